"""What Security Hub holds of ours, and which of it no longer stands."""

import json
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.asff import AsffRenderer
from scanner.asff import (
    LARGEST_BATCH,
    MOST_AT_ONCE,
    Asff,
    Held,
    archived,
    batches,
    filed_in,
    held,
    is_later,
    outdated,
    workflow,
)
from scanner.compare import Sight
from scanner.model.arn import root_arn
from scanner.model.base import iso
from scanner.model.finding import Finding
from scanner.model.result import Report, Result
from tests.build import ACCOUNT, OTHER, REGION
from tests.compare.worlds import PASSED, UNREAD, at, finding, rules, run, scope_account, unlisted

BUCKET = finding(check="bucket-retention", resource="arn:aws:s3:::acme-logs")
WHOLE = finding(region=None, resource=root_arn("aws", ACCOUNT))


def said(*findings: Finding) -> list[dict[str, Any]]:
    """The findings as the report format says them."""
    found: list[dict[str, Any]] = json.loads(AsffRenderer().render(Report(result=run(*findings), checks=())))
    return found


def stored(one: Finding, **changes: Any) -> Held:
    """The finding as Security Hub gives it back."""
    (content,) = said(one)
    found = held({**content, **changes})
    assert found is not None
    return found


def test_a_finding_of_ours_tells_what_it_is_about() -> None:
    found = stored(BUCKET)
    assert (found.check, found.account, found.region, found.resource, found.hub) == (
        "bucket-retention",
        ACCOUNT,
        REGION,
        "arn:aws:s3:::acme-logs",
        REGION,
    )
    assert found.active


def test_a_verdict_on_a_whole_account_has_no_region_whatever_hub_holds_it() -> None:
    (content,) = said(WHOLE)
    assert [(one.region, one.hub) for one in map(held, [content, filed_in(content, REGION)]) if one] == [
        (None, "us-east-1"),
        (None, REGION),
    ]


def test_another_hub_has_another_product() -> None:
    (content,) = said(WHOLE)
    moved = filed_in(content, "eu-central-1")
    assert moved["ProductArn"] == f"arn:aws:securityhub:eu-central-1:{ACCOUNT}:product/{ACCOUNT}/default"
    assert moved["Id"] == content["Id"]


@pytest.mark.parametrize(
    "changes",
    [
        {"ProductFields": {}},
        {"ProductFields": None},
        {"ProductFields": {"trailaudit/Check": "trail-logging"}},
        {"Id": "somebody else's"},
        {"AwsAccountId": OTHER},
    ],
)
def test_what_does_not_prove_to_be_ours_is_left_alone(changes: dict[str, Any]) -> None:
    (content,) = said(finding())
    assert held({**content, **changes}) is None


@pytest.mark.parametrize(
    ("one", "later", "goes"),
    [
        (finding(), run(), True),  # the trail is gone
        (finding(), run(finding(PASSED)), False),  # its new verdict takes its place
        (finding(), run(finding(UNREAD)), False),
        (finding(), run(ran=rules(["trail-tags"])), False),  # the check did not run
        (finding(), run(accounts=[scope_account(OTHER)]), False),
        (finding(), run(accounts=[scope_account(state="unreachable", regions=())]), False),
        (finding(), run(accounts=[scope_account(state="skipped", regions=())]), False),
        (finding(), run(accounts=[scope_account(regions=("us-east-1",))]), False),
        (finding(), run(unlisted()), False),  # trails could not be listed
        (finding(), run(unlisted(OTHER)), True),
        (BUCKET, run(), True),
        (BUCKET, run(unlisted(OTHER, "bucket-retention")), False),  # there may be a trail that names it
        (BUCKET, run(finding(PASSED, check=BUCKET.check, account=OTHER, resource=BUCKET.resource)), True),
        (BUCKET, run(finding(UNREAD, check=BUCKET.check, account=OTHER, resource=BUCKET.resource)), False),
        (unlisted(), run(), True),  # trails can be listed by now
        (unlisted(), run(unlisted()), False),
    ],
)  # fmt: skip
def test_only_what_was_assessed_is_archived(one: Finding, later: Result, goes: bool) -> None:
    found = stored(one)
    filed = {verdict.id: found.hub for verdict in later.findings}
    assert list(outdated([found], Sight.of(later), filed)) == [found] * goes


def test_what_is_archived_already_is_not_archived_again() -> None:
    assert not list(outdated([stored(finding(), RecordState="ARCHIVED")], Sight.of(run()), {}))


@pytest.mark.parametrize(
    ("filed", "goes"), [({WHOLE.id: REGION}, True), ({WHOLE.id: "us-east-1"}, False), ({}, False)]
)
def test_a_verdict_leaves_a_hub_once_another_has_accepted_it(filed: dict[str, str], goes: bool) -> None:
    found = stored(WHOLE)
    assert list(outdated([found], Sight.of(run(WHOLE)), filed)) == [found] * goes


@pytest.mark.parametrize(
    ("was", "by_us", "now", "state"),
    [
        ("NEW", False, "NEW", None),
        ("NEW", False, "RESOLVED", "RESOLVED"),
        ("NOTIFIED", False, "RESOLVED", "RESOLVED"),
        ("NOTIFIED", False, "NEW", None),
        ("NEW", False, "SUPPRESSED", "SUPPRESSED"),
        ("SUPPRESSED", True, "SUPPRESSED", None),
        ("SUPPRESSED", True, "NEW", "NEW"),  # the waiver has ended
        ("SUPPRESSED", True, "RESOLVED", "NEW"),
        ("SUPPRESSED", False, "NEW", None),  # somebody else's decision
        ("SUPPRESSED", False, "RESOLVED", None),
        ("RESOLVED", False, "NEW", None),  # Security Hub opens what fails again
        ("RESOLVED", False, "SUPPRESSED", None),
    ],
)
def test_the_workflow_follows_our_waivers_and_passes_and_leaves_people_theirs(
    was: str, by_us: bool, now: str, state: str | None
) -> None:
    (content,) = said(finding())
    fields = {**content["ProductFields"], **({"trailaudit/Waiver": "W-1"} if by_us else {})}
    found = stored(finding(), Workflow={"Status": was}, ProductFields=fields)
    assert workflow(found, {**content, "Workflow": {"Status": now}}) == state


@pytest.mark.parametrize(
    ("seen", "judged", "later"),
    [(0, 0, False), (0, 1, True), (1, 1, True), (1, 0, True)],
    ids=["the same", "judged again", "a later run", "an old posture, judged after it"],
)
def test_what_was_seen_or_judged_after_a_run_is_not_its_to_change(
    seen: int, judged: int, later: bool
) -> None:
    found = stored(finding(), LastObservedAt=iso(at(seen)), UpdatedAt=iso(at(judged)))
    assert is_later(found, run().run) is later


def test_an_archived_finding_is_what_we_said_of_it_and_nothing_that_security_hub_added() -> None:
    (content,) = said(finding())
    added = {"aws/securityhub/FindingId": "arn", "aws/securityhub/ProductName": "trailaudit"}
    found = stored(
        finding(),
        ProductFields={**content["ProductFields"], **added},
        WorkflowState="NEW",
        ProcessedAt="2026-01-31T09:00:00Z",
        Sample=False,
    )
    assert archived(found, datetime(2026, 3, 1, tzinfo=UTC)) == {
        **{
            name: value
            for name, value in content.items()
            if name not in ("ProductName", "CompanyName", "Region", "Types", "Severity", "Workflow")
        },
        "UpdatedAt": "2026-03-01T00:00:00Z",
        "RecordState": "ARCHIVED",
    }


@settings(deadline=None, max_examples=25)
@given(st.lists(st.sampled_from([1, 2_000, 100_000, 239_000]), max_size=150))
def test_batches_hold_everything_once_in_order_and_are_as_full_as_can_be(sizes: list[int]) -> None:
    def weight(findings: list[Asff]) -> int:
        return len(json.dumps({"Findings": findings}))

    findings: list[Asff] = [{"Id": "x" * length} for length in sizes]
    made = list(batches(findings))
    assert [one for batch in made for one in batch] == findings
    assert all(0 < len(batch) <= MOST_AT_ONCE and weight(batch) <= LARGEST_BATCH for batch in made)
    for batch, after in pairwise(made):
        assert len(batch) == MOST_AT_ONCE or weight([*batch, after[0]]) > LARGEST_BATCH - 2
