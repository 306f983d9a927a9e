"""Which failures are excused, until when, and what is said of waivers that excuse nothing."""

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.model.finding import Finding, Status, Waiver
from scanner.model.waiver import WaiverRule
from scanner.waivers import apply
from scanner.waivers.apply import covers
from tests.build import ACCOUNT, OTHER, trail_arn
from tests.waivers.shorthand import TODAY, finding, waiver

ARNS = (trail_arn(), trail_arn("audit-2"), trail_arn(account=OTHER), f"arn:aws:iam::{ACCOUNT}:root")


def excused(some: WaiverRule, *findings: Finding, today: date = TODAY) -> list[str | None]:
    judged, _ = apply(findings, [some], today)
    return [one.waiver.id if one.waiver else None for one in judged]


def told(some: WaiverRule, *findings: Finding, today: date = TODAY) -> tuple[str, str]:
    _, (note,) = apply(findings, [some], today)
    return note.state, note.detail


def test_a_waived_failure_stays_a_failure_and_names_the_waiver() -> None:
    judged, (note,) = apply([finding()], [waiver(approver="ciso", ticket="SEC-1")], TODAY)
    assert judged == (
        replace(
            finding(),
            waiver=Waiver(
                id="W-1",
                owner="platform@example.com",
                approver="ciso",
                reason="replaced in March",
                ticket="SEC-1",
                expires=date(2026, 2, 28),
            ),
        ),
    )
    assert (note.state, note.detail, note.findings) == ("active", "excuses 1 failure", (finding().id,))


def test_the_last_day_is_inclusive() -> None:
    last = waiver().expires
    assert excused(waiver(), finding(), today=last) == ["W-1"]
    assert excused(waiver(), finding(), today=last + timedelta(days=1)) == [None]


def test_an_expired_waiver_leaves_the_failure_open_and_says_so() -> None:
    after = waiver().expires + timedelta(days=1)
    assert told(waiver(), finding(), today=after) == (
        "expired",
        "ended on 2026-02-28: 1 failure left open by it",
    )
    assert told(waiver(), today=after) == ("expired", "ended on 2026-02-28: no failure left open by it")


def test_a_waiver_excuses_nothing_that_was_read_before_it_was_created() -> None:
    day_before = waiver().created - timedelta(days=1)
    assert excused(waiver(), finding(), today=day_before) == [None]
    assert excused(waiver(), finding(), today=waiver().created) == ["W-1"]
    assert told(waiver(), finding(), today=day_before) == (
        "pending",
        "begins on 2026-01-01: 1 failure open until then",
    )


@pytest.mark.parametrize("status", [Status.UNKNOWN, Status.PASS, Status.NOT_APPLICABLE])
def test_only_a_failure_can_be_waived(status: Status) -> None:
    assert excused(waiver(), finding(status)) == [None]


def test_a_waiver_on_an_unknown_says_that_it_does_not_help() -> None:
    assert told(waiver(), finding(Status.UNKNOWN)) == (
        "unused",
        "nothing in its scope failed (1 unknown), and no waiver excuses an unknown",
    )
    assert told(waiver(), finding(), finding(Status.UNKNOWN, resource=ARNS[1])) == (
        "active",
        "excuses 1 failure; 1 unknown, which no waiver excuses",
    )


def test_an_unused_waiver_says_why() -> None:
    assert told(waiver(), finding(check="trail-tags")) == (
        "unused",
        "its check gave no verdict in this run",
    )
    assert told(waiver(), finding(account=OTHER)) == (
        "unused",
        "nothing that its check judged is in its scope",
    )
    assert told(waiver(), finding(Status.PASS)) == ("unused", "nothing in its scope failed (1 passed)")


def test_of_two_that_excuse_the_same_the_one_that_lasts_longer_is_named() -> None:
    longer = waiver("W-0", expires=date(2026, 3, 1))
    for both in ([waiver(), longer], [longer, waiver()]):
        judged, notes = apply([finding()], both, TODAY)
        assert judged[0].waiver is not None
        assert judged[0].waiver.id == "W-0"
        assert [(note.id, note.state) for note in notes] == [("W-0", "active"), ("W-1", "active")]


def test_a_name_with_brackets_is_no_pattern() -> None:
    odd = trail_arn("a[bc]")
    assert excused(waiver(resource=odd), finding(resource=odd), finding(resource=trail_arn("ab"))) == [
        "W-1",
        None,
    ]


def test_a_subject_without_a_region_is_only_in_the_scope_of_any_region() -> None:
    assert covers(waiver(), finding(region=None))
    assert not covers(waiver(region="eu-west-1"), finding(region=None))


def as_regex(pattern: str) -> str:
    return "".join({"*": ".*", "?": "."}.get(mark, re.escape(mark)) for mark in pattern)


PARTS = st.lists(
    st.sampled_from(["*", "?", "arn:aws:", "cloudtrail", ":trail/", "audit", "-2", ACCOUNT, ":"])
)
PATTERNS = PARTS.map("".join).filter(str.strip)


SCOPES = st.builds(
    waiver,
    account=st.sampled_from([ACCOUNT, OTHER, "*", "0*", "0102030405??"]),
    region=st.sampled_from(["*", "eu-*", "eu-west-1", "us-east-1"]),
    resource=st.one_of(st.sampled_from(ARNS), PATTERNS),
)
THINGS = st.builds(
    finding,
    account=st.sampled_from([ACCOUNT, OTHER]),
    region=st.sampled_from([None, "eu-west-1", "us-east-1"]),
    resource=st.sampled_from(ARNS),
)


@given(SCOPES, THINGS)
def test_a_scope_matches_as_the_regexes_of_its_members_do(some: WaiverRule, thing: Finding) -> None:
    pairs = (
        (some.scope.account, thing.account),
        (some.scope.region, thing.region or ""),
        (some.scope.resource, thing.resource),
    )
    assert covers(some, thing) == all(re.fullmatch(as_regex(pattern), text) for pattern, text in pairs)


@given(st.sampled_from(ARNS), THINGS)
def test_without_a_wildcard_a_member_matches_itself_only(resource: str, thing: Finding) -> None:
    assert covers(waiver(account="*", resource=resource), thing) == (resource == thing.resource)


STATUSES = st.sampled_from(list(Status))
SUBJECTS = st.lists(
    st.builds(finding, STATUSES, account=st.sampled_from([ACCOUNT, OTHER]), resource=st.sampled_from(ARNS)),
    unique_by=lambda one: one.id,
)
WAIVERS = st.lists(
    st.builds(
        waiver,
        st.sampled_from(["W-1", "W-2", "W-3"]),
        account=st.sampled_from([ACCOUNT, "*"]),
        resource=st.sampled_from([ARNS[0], "*trail*"]),
        expires=st.dates(TODAY - timedelta(days=3), TODAY + timedelta(days=3)),
    ),
    unique_by=lambda one: one.id,
)


@given(SUBJECTS, WAIVERS)
def test_exactly_the_failures_that_a_waiver_in_force_is_about_are_excused(
    findings: list[Finding], waivers: list[WaiverRule]
) -> None:
    judged, notes = apply(findings, waivers, TODAY)
    in_force = [one for one in waivers if one.created <= TODAY <= one.expires]
    assert [replace(one, waiver=None) for one in judged] == findings
    assert [one.waiver is not None for one in judged] == [
        one.status is Status.FAIL and any(covers(some, one) for some in in_force) for one in findings
    ]
    assert apply(findings, waivers[::-1], TODAY) == (judged, notes)
