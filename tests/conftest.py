"""What all tests share."""

from hypothesis import settings

# Two cores that are busy with other tests make honest code miss a deadline; the count of examples is the bound.
settings.register_profile("trailaudit", deadline=None)
settings.load_profile("trailaudit")
