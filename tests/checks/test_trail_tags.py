from typing import Any

from checks.trail_tags import TrailTags
from scanner.model.finding import Finding, Reason, Status
from scanner.model.posture import Posture
from scanner.model.reading import Known
from scanner.model.trail import Tag
from scanner.scan import needs
from tests.build import denied, posture, summary, trail, trail_arn

TAGS = Known((Tag(key="owner", value="audit"), Tag(key="stage")))
UNREAD = denied("cloudtrail:ListTags")


def evaluated(it: Posture, *required_keys: str) -> list[Finding]:
    return list(TrailTags(required_keys=required_keys).evaluate(it))


def judged(tags: Any, *required_keys: str) -> tuple[Status, str]:
    (finding,) = evaluated(posture(trail(tags=tags)), *required_keys)
    return finding.status, finding.message


def test_a_trail_with_all_required_keys_passes_whatever_their_values() -> None:
    assert summary(evaluated(posture(trail(tags=TAGS)), "stage", "owner")) == [
        (trail_arn(), Status.PASS, "has the tags owner and stage")
    ]


def test_a_missing_key_fails_and_is_named() -> None:
    assert judged(TAGS, "owner", "cost-center") == (Status.FAIL, "lacks the tags cost-center")


def test_case_matters() -> None:
    assert judged(TAGS, "Owner") == (Status.FAIL, "lacks the tags Owner")


def test_a_trail_without_tags_fails() -> None:
    assert judged(Known(()), "owner") == (Status.FAIL, "lacks the tags owner")


def test_tags_that_may_not_be_read_are_unknown() -> None:
    (finding,) = evaluated(posture(trail(tags=UNREAD)), "owner")
    assert finding.status is Status.UNKNOWN
    assert isinstance(finding.reason, Reason)
    assert finding.reason.action == "cloudtrail:ListTags"


def test_where_no_keys_are_required_nothing_is_judged_and_nothing_need_be_read() -> None:
    assert judged(UNREAD) == (Status.NOT_APPLICABLE, "No tag keys are required.")
    assert needs([TrailTags()]) == frozenset()
    assert needs([TrailTags(required_keys=("owner",))]) == {"cloudtrail:ListTags"}


def test_an_account_without_a_trail_is_not_judged() -> None:
    assert [one.status for one in evaluated(posture(trails=()), "owner")] == [Status.NOT_APPLICABLE]
