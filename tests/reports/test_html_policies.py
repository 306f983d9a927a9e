"""The policy that would let the scan read what it could not."""

import html
import json
from typing import Any

from reports.html.policies import policy_document
from reports.html.problems import all_grants, unknowns
from scanner.model.finding import Reason, Status
from scanner.model.posture import CallCount
from scanner.model.reading import Outcome
from tests.reports import sample
from tests.reports.sample import finding, report


def call(action: str, outcome: Outcome = Outcome.DENIED, code: str = "AccessDenied") -> CallCount:
    return CallCount(account=sample.MAIN, region=None, action=action, outcome=outcome, code=code, count=1)


def waiting(action: str, code: str = "AccessDenied") -> Any:
    return finding(action, Status.UNKNOWN, reason=Reason(action=action, code=code, detail="no answer"))


def document(markup: object) -> Any:
    return json.loads(
        html.unescape(str(markup).removeprefix('<pre class="policy"><code>').removesuffix("</code></pre>"))
    )


def test_a_refused_action_is_granted_by_a_whole_policy() -> None:
    some = report(findings=[waiting("kms:GetKeyPolicy")], readings=[call("kms:GetKeyPolicy")])
    (one,) = unknowns(some.result)
    assert document(one.policy) == {
        "Version": "2012-10-17",
        "Statement": [{"Sid": "Read", "Effect": "Allow", "Action": ["kms:GetKeyPolicy"], "Resource": "*"}],
    }


def test_what_was_not_refused_is_nothing_that_a_policy_mends() -> None:
    throttled = call("kms:GetKeyPolicy", Outcome.THROTTLED, "Throttling")
    some = report(findings=[waiting("kms:GetKeyPolicy", "Throttling")], readings=[throttled])
    assert [one.policy for one in unknowns(some.result)] == [None]


def test_entering_an_account_is_not_granted_to_the_role_that_is_entered() -> None:
    some = report(findings=[waiting("sts:AssumeRole")], readings=[call("sts:AssumeRole")])
    assert [one.policy for one in unknowns(some.result)] == [None]


def test_several_refused_actions_are_in_one_policy_too() -> None:
    actions = ("s3:GetBucketPolicy", "kms:GetKeyPolicy")
    some = report(findings=[waiting(one) for one in actions], readings=[call(one) for one in actions])
    (statement,) = document(all_grants(unknowns(some.result)))["Statement"]
    assert statement["Action"] == ["kms:GetKeyPolicy", "s3:GetBucketPolicy"]


def test_one_policy_is_not_said_twice() -> None:
    assert all_grants(unknowns(report().result)) is None


def test_a_long_policy_is_whole_and_a_hostile_action_is_text() -> None:
    actions = [f"service:Action{number}" for number in range(500)]
    assert document(policy_document(actions))["Statement"][0]["Action"] == sorted(actions)
    assert "<script" not in policy_document(["<script>alert(1)</script>"])
