import pytest

from tests.aws.conftest import _environment, wire
from tests.aws.fake import Wire
from tests.truth.disturb import Bench

__all__ = ["_environment", "bench", "wire"]


@pytest.fixture(scope="session")
def bench(wire: Wire) -> Bench:
    return Bench(wire)
