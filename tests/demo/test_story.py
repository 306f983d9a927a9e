from scanner.demo import story
from scanner.model.arn import is_account_id


def test_every_account_has_an_id_of_its_own() -> None:
    ids = [member.id for member in story.ACCOUNTS]
    assert all(map(is_account_id, ids))
    assert len(set(ids)) == len(ids)


def test_an_id_begins_with_a_zero() -> None:
    assert any(member.id.startswith("0") for member in story.ACCOUNTS)


def test_names_and_lessons_fit_into_their_columns() -> None:
    assert [m for m in story.ACCOUNTS if len(m.name) > 11 or len(m.lesson) > 26] == []
