"""Why a run has no verdict where another has one: only one of the reasons is that the thing is gone."""

import pytest

from scanner.compare import Sight
from scanner.model.finding import Finding
from scanner.model.result import Absence, Result
from tests.build import OTHER
from tests.compare.worlds import PASSED, UNREAD, finding, rules, run, scope_account, unlisted

BUCKET = finding(check="bucket-retention", resource="arn:aws:s3:::acme-logs")


@pytest.mark.parametrize(
    ("later", "why"),
    [
        (run(), "resource-gone"),
        (run(ran=rules(["trail-tags"])), "check-not-run"),
        (run(accounts=[scope_account(OTHER)]), "account-not-in-scope"),
        (run(accounts=[scope_account(state="skipped", regions=())]), "account-skipped"),
        (run(accounts=[scope_account(state="unreachable", regions=())]), "account-unreachable"),
        (run(accounts=[scope_account(regions=("us-east-1",))]), "region-not-in-scope"),
        (run(unlisted()), "not-visible"),
        (run(unlisted(OTHER)), "resource-gone"),
        (run(unlisted(check="trail-tags")), "resource-gone"),
    ],
)
def test_a_trail_that_has_no_verdict(later: Result, why: Absence) -> None:
    assert Sight.of(later).absence(finding()) == why


@pytest.mark.parametrize(
    ("later", "why"),
    [
        (run(), "resource-gone"),
        (run(unlisted(OTHER, "bucket-retention")), "not-visible"),
        (run(accounts=[scope_account(), scope_account(OTHER, "unreachable", regions=())]), "not-visible"),
        (run(finding(PASSED, check="bucket-retention", account=OTHER, resource=BUCKET.resource)), "filed-elsewhere"),
        (run(finding(UNREAD, check="bucket-retention", account=OTHER, resource=BUCKET.resource)), "not-visible"),
    ],
)  # fmt: skip
def test_a_bucket_is_only_gone_where_everybody_who_may_name_it_was_heard(later: Result, why: Absence) -> None:
    assert Sight.of(later).absence(BUCKET) == why


def test_the_same_root_of_an_account_is_no_resource_that_moved() -> None:
    regional = finding(resource=f"arn:aws:iam::{OTHER}:root", account=OTHER)
    other_region = finding(resource=regional.resource, account=OTHER, region="us-east-1")
    assert Sight.of(run(other_region)).absence(regional) == "resource-gone"


def test_a_result_of_old_tells_by_its_findings_which_checks_ran() -> None:
    def absence(*findings: Finding) -> Absence:
        return Sight.of(run(*findings, ran=())).absence(finding())

    assert absence(finding(check="trail-tags")) == "check-not-run"
    assert absence(finding(account=OTHER)) == "resource-gone"
