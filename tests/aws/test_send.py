"""An earlier run in the Security Hub of each account: what is sent, refused, archived and left alone."""

import json
from collections import defaultdict
from datetime import date
from typing import Any

import pytest

from reports.asff import AsffRenderer
from scanner import send as module
from scanner.aws.pace import Pace
from scanner.aws.scope import Scope
from scanner.errors import UserError
from scanner.model.arn import root_arn
from scanner.model.finding import Finding, Waiver
from scanner.model.result import Report, Result
from scanner.send import NO_HUB, Delivery, send
from tests.aws.fake import CALLER, HOME, MEMBER, Call, FakeAws, Refusal, identity, issued
from tests.compare.worlds import PASSED, UNREAD, finding, rules, run, scope_account, unlisted

SCOPE = Scope(role_name="trailaudit", concurrency=2)
GLOBAL = "us-east-1"
DENIED = Refusal("AccessDeniedException", "not authorized", 403)
NOT_ENABLED = Refusal("InvalidAccessException", "not subscribed to AWS Security Hub", 401)


def silent(_done: int, _total: int) -> None:
    pass


class Hubs:
    """What each account and region holds, by id; as Security Hub, it adds to what it takes."""

    def __init__(self, aws: FakeAws) -> None:
        self.aws = aws
        self.held: defaultdict[tuple[str, str], dict[str, Any]] = defaultdict(dict)

    def take(self, call: Call) -> Any:
        for one in call.params["Findings"]:
            assert one["AwsAccountId"] == call.account
            assert one["ProductArn"].split(":")[3] == call.region
            assert not [name for name in one["ProductFields"] if name.startswith("aws/")]
            assert len(call.params["Findings"]) <= 100
            added = {
                "Region": call.region,
                "ProductFields": {**one["ProductFields"], "aws/securityhub/ProductName": "trailaudit"},
                "WorkflowState": "NEW",
            }
            before = self.held[call.account, call.region].get(one["Id"])
            kept = {} if before is None else {"Workflow": before["Workflow"]}
            self.held[call.account, call.region][one["Id"]] = {**one, **added, **kept}
        return {"FailedCount": 0, "SuccessCount": len(call.params["Findings"]), "FailedFindings": []}

    def move(self, call: Call) -> Any:
        identifiers = call.params["FindingIdentifiers"]
        for one in identifiers:
            held = self.held[call.account, call.region][one["Id"]]
            assert held["ProductArn"] == one["ProductArn"]
            held["Workflow"] = call.params["Workflow"]
        return {"ProcessedFindings": identifiers, "UnprocessedFindings": []}

    def give(self, call: Call) -> Any:
        """One a page."""
        found = list(self.held[call.account, call.region].values())
        page = int(call.params.get("NextToken", 0))
        more = {"NextToken": str(page + 1)} if page + 1 < len(found) else {}
        return {"Findings": found[page : page + 1], **more}

    def workflows(self) -> list[str]:
        return [one["Workflow"]["Status"] for one in self.held[CALLER, HOME].values()]

    def states(self, account: str = CALLER, region: str = HOME) -> dict[str, str]:
        return {id_: one["RecordState"] for id_, one in self.held[account, region].items()}


@pytest.fixture
def hubs(aws: FakeAws, monkeypatch: pytest.MonkeyPatch) -> Hubs:
    monkeypatch.setattr(module, "Pace", lambda **_: Pace(sleep=lambda _: False))
    made = Hubs(aws)
    aws.on("GetCallerIdentity", lambda call: identity(call.account))
    aws.on("AssumeRole", lambda call: issued(call.params["RoleArn"].split(":")[4]))
    aws.on("GetFindings", made.give)
    aws.on("BatchImportFindings", made.take)
    aws.on("BatchUpdateFindings", made.move)
    return made


def result(*findings: Finding, accounts: tuple[str, ...] = (CALLER,), **changes: Any) -> Result:
    scope = {"accounts": [scope_account(account) for account in accounts], **changes}
    return run(*findings, **scope)


def sent(hubs: Hubs, what: Result, home: str | None = None, **changes: Any) -> tuple[Delivery, ...]:
    findings = json.loads(AsffRenderer().render(Report(result=what, checks=())))
    asked: dict[str, Any] = {"dry_run": False, "on_progress": silent, **changes}
    return send(what, findings, SCOPE, home=home, clients=hubs.aws.clients, **asked)


def mine(number: int = 0, **changes: Any) -> Finding:
    return finding(
        **{"account": CALLER, "resource": f"arn:aws:cloudtrail:{HOME}:{CALLER}:trail/t{number}", **changes}
    )


def whole(account: str = CALLER, **changes: Any) -> Finding:
    return finding(account=account, region=None, resource=root_arn("aws", account), **changes)


def imports(hubs: Hubs) -> list[int]:
    return [
        len(call.params["Findings"]) for call in hubs.aws.calls if call.operation == "BatchImportFindings"
    ]


def test_a_verdict_goes_to_its_own_region_and_one_on_the_account_to_that_of_global_events(hubs: Hubs) -> None:
    assert sent(hubs, result(mine(), whole())) == (
        Delivery(CALLER, HOME, sent=1),
        Delivery(CALLER, GLOBAL, sent=1),
    )
    assert list(hubs.held[CALLER, HOME]) == [mine().id]
    assert list(hubs.held[CALLER, GLOBAL]) == [whole().id]


def test_verdicts_on_the_account_can_go_to_another_region(hubs: Hubs) -> None:
    assert sent(hubs, result(mine(), whole()), home=HOME) == (Delivery(CALLER, HOME, sent=2),)


def test_one_that_moves_is_archived_where_it_was(hubs: Hubs) -> None:
    sent(hubs, result(whole()))
    assert sent(hubs, result(whole()), home=HOME) == (
        Delivery(CALLER, HOME, sent=1),
        Delivery(CALLER, GLOBAL, archived=1),
    )
    assert hubs.states(region=GLOBAL) == {whole().id: "ARCHIVED"}


def test_one_that_could_not_move_stays_where_it_was(hubs: Hubs) -> None:
    sent(hubs, result(whole()))
    hubs.aws.on("BatchImportFindings", DENIED, region=HOME)
    sent(hubs, result(whole()), home=HOME)
    assert hubs.states(region=GLOBAL) == {whole().id: "ACTIVE"}


def test_a_region_that_nobody_knows_is_refused(hubs: Hubs) -> None:
    with pytest.raises(UserError, match="unknown region 'eu-wset-1'"):
        sent(hubs, result(mine()), home="eu-wset-1")


def test_each_account_is_entered_with_its_own_session(hubs: Hubs) -> None:
    deliveries = sent(hubs, result(mine(), whole(MEMBER), accounts=(CALLER, MEMBER)))
    assert [(one.account, one.sent) for one in deliveries] == [(CALLER, 1), (MEMBER, 1)]
    assert list(hubs.held[MEMBER, GLOBAL]) == [whole(MEMBER).id]


def test_250_verdicts_are_three_calls(hubs: Hubs) -> None:
    assert sent(hubs, result(*map(mine, range(250)))) == (Delivery(CALLER, HOME, sent=250),)
    assert imports(hubs) == [100, 100, 50]


def test_the_same_run_sent_twice_leaves_the_same(hubs: Hubs) -> None:
    what = result(mine(), mine(1, status=PASSED), whole(status=UNREAD))
    assert sent(hubs, what) == sent(hubs, what)
    assert hubs.states() == {mine().id: "ACTIVE", mine(1).id: "ACTIVE"}


def test_a_pass_and_an_unknown_verdict_take_the_place_of_a_failure(hubs: Hubs) -> None:
    sent(hubs, result(mine(), mine(1)))
    sent(hubs, result(mine(status=PASSED), mine(1, status=UNREAD), quarter=1))
    held = hubs.held[CALLER, HOME]
    assert [one["Compliance"]["Status"] for one in held.values()] == ["PASSED", "WARNING"]


def waived(number: int = 0, id_: str = "W-1") -> Finding:
    waiver = Waiver(id=id_, owner="platform@example.com", reason="later", expires=date(2026, 3, 31))
    return mine(number, waiver=waiver)


def test_a_waiver_suppresses_what_was_open_and_its_end_opens_it_again(hubs: Hubs) -> None:
    workflows = []
    for quarter, verdict in enumerate((mine(), waived(), mine())):
        sent(hubs, result(verdict, quarter=quarter))
        workflows += hubs.workflows()
    assert workflows == ["NEW", "SUPPRESSED", "NEW"]


def test_the_note_of_each_waiver_comes_with_it(hubs: Hubs) -> None:
    sent(hubs, result(mine(), mine(1), mine(2)))
    sent(hubs, result(waived(), waived(1), waived(2, "W-2"), quarter=1))
    moves = [call.params for call in hubs.aws.calls if call.operation == "BatchUpdateFindings"]
    assert [(len(one["FindingIdentifiers"]), one["Note"]["Text"][:10]) for one in moves] == [
        (2, "Waiver W-1"),
        (1, "Waiver W-2"),
    ]


def test_a_pass_resolves(hubs: Hubs) -> None:
    sent(hubs, result(mine()))
    sent(hubs, result(mine(status=PASSED), quarter=1))
    assert hubs.workflows() == ["RESOLVED"]


def test_what_somebody_suppressed_stays_suppressed(hubs: Hubs) -> None:
    sent(hubs, result(mine()))
    hubs.held[CALLER, HOME][mine().id]["Workflow"] = {"Status": "SUPPRESSED"}
    sent(hubs, result(mine(status=PASSED), quarter=1))
    assert hubs.workflows() == ["SUPPRESSED"]


def test_a_pass_that_is_not_accepted_resolves_nothing(hubs: Hubs) -> None:
    sent(hubs, result(mine()))
    hubs.aws.on("BatchImportFindings", DENIED)
    sent(hubs, result(mine(status=PASSED), quarter=1))
    assert hubs.workflows() == ["NEW"]


def test_a_state_that_is_not_taken_is_told(hubs: Hubs) -> None:
    sent(hubs, result(mine()))
    refused = {
        "FindingIdentifier": {"Id": mine().id, "ProductArn": "x"},
        "ErrorCode": "FindingNotFound",
        "ErrorMessage": "none",
    }
    hubs.aws.on("BatchUpdateFindings", {"ProcessedFindings": [], "UnprocessedFindings": [refused]})
    (delivery,) = sent(hubs, result(mine(status=PASSED), quarter=1))
    assert delivery.problems == ("1 finding not accepted (FindingNotFound: none): trail-logging",)


def test_what_is_gone_is_archived(hubs: Hubs) -> None:
    sent(hubs, result(mine(), mine(1)))
    assert sent(hubs, result(mine(), quarter=1)) == (Delivery(CALLER, HOME, sent=1, archived=1),)
    assert hubs.states() == {mine().id: "ACTIVE", mine(1).id: "ARCHIVED"}


@pytest.mark.parametrize(
    "later",
    [
        result(quarter=1, ran=rules(["trail-tags"])),
        result(unlisted(CALLER), quarter=1),
        result(quarter=1, accounts=(MEMBER,)),
    ],
    ids=["check not run", "not listed", "account not in scope"],
)
def test_what_a_run_could_not_see_stays(hubs: Hubs, later: Result) -> None:
    sent(hubs, result(mine()))
    sent(hubs, later)
    assert hubs.states() == {mine().id: "ACTIVE"}


def test_what_is_not_ours_stays(hubs: Hubs) -> None:
    sent(hubs, result(mine()))
    hubs.held[CALLER, HOME][mine().id]["ProductFields"] = {}
    assert sent(hubs, result(quarter=1)) == ()


def test_an_administrator_s_hub_shows_members_that_are_not_touched(hubs: Hubs) -> None:
    sent(hubs, result(mine(), whole(MEMBER), accounts=(CALLER, MEMBER)))
    hubs.held[CALLER, HOME] |= hubs.held[MEMBER, GLOBAL]
    assert sent(hubs, result(mine(), quarter=1)) == (Delivery(CALLER, HOME, sent=1),)


def test_an_old_run_does_not_undo_a_later_one(hubs: Hubs) -> None:
    sent(hubs, result(mine(status=PASSED), mine(1), quarter=1))
    problem = "1 finding not sent: Security Hub holds a later verdict"
    assert sent(hubs, result(mine())) == (Delivery(CALLER, HOME, unsent=1, problems=(problem,)),)
    assert hubs.states() == {mine().id: "ACTIVE", mine(1).id: "ACTIVE"}
    assert hubs.held[CALLER, HOME][mine().id]["Compliance"]["Status"] == "PASSED"


def test_what_security_hub_does_not_accept_is_told_by_check_and_reason(hubs: Hubs) -> None:
    refused = [
        {"Id": mine(number).id, "ErrorCode": "InvalidInput", "ErrorMessage": "no\nsense"} for number in (0, 1)
    ]
    hubs.aws.on("BatchImportFindings", {"FailedCount": 2, "SuccessCount": 1, "FailedFindings": refused})
    problem = "2 findings not accepted (InvalidInput: no): trail-logging"
    assert sent(hubs, result(mine(), mine(1), mine(2))) == (
        Delivery(CALLER, HOME, sent=1, unsent=2, problems=(problem,)),
    )


def test_a_finding_that_is_too_large_keeps_no_other(hubs: Hubs) -> None:
    what = result(mine(), mine(1))
    findings = json.loads(AsffRenderer().render(Report(result=what, checks=())))
    findings[0]["Resources"] *= 2000
    assert send(
        what, findings, SCOPE, home=None, dry_run=False, on_progress=silent, clients=hubs.aws.clients
    ) == (
        Delivery(
            CALLER, HOME, sent=1, unsent=1, problems=("1 finding not sent: larger than Security Hub takes",)
        ),
    )


def test_an_answer_that_does_not_add_up_is_no_acceptance(hubs: Hubs) -> None:
    hubs.aws.on("BatchImportFindings", {"FailedCount": 1, "SuccessCount": 0, "FailedFindings": []})
    (delivery,) = sent(hubs, result(mine()))
    assert (delivery.sent, delivery.unsent) == (0, 1)
    assert delivery.problems[0].endswith("1 findings failed, 0 are named")


def test_a_hub_that_is_not_enabled_is_told_and_keeps_nobody_else(hubs: Hubs) -> None:
    hubs.aws.on("GetFindings", NOT_ENABLED, region=GLOBAL)
    assert sent(hubs, result(mine(), whole())) == (
        Delivery(CALLER, HOME, sent=1),
        Delivery(CALLER, GLOBAL, unsent=1, problems=(NO_HUB,)),
    )


def test_a_hub_that_is_not_enabled_and_gets_nothing_is_no_matter(hubs: Hubs) -> None:
    hubs.aws.on("GetFindings", NOT_ENABLED, region=GLOBAL)
    assert sent(hubs, result(mine())) == (Delivery(CALLER, HOME, sent=1),)


def test_an_account_that_can_not_be_entered_stops_no_other(hubs: Hubs) -> None:
    hubs.aws.on("AssumeRole", DENIED)
    first, second = sent(hubs, result(mine(), whole(MEMBER), accounts=(CALLER, MEMBER)))
    assert first == Delivery(CALLER, HOME, sent=1)
    assert (second.account, second.region, second.unsent) == (MEMBER, None, 1)
    assert second.problems[0].startswith("sts:AssumeRole was denied")


def test_a_denied_import_is_not_tried_again(hubs: Hubs) -> None:
    hubs.aws.on("BatchImportFindings", DENIED)
    (delivery,) = sent(hubs, result(*map(mine, range(250))))
    assert (delivery.sent, delivery.unsent, imports(hubs)) == (0, 250, [100])


def test_where_earlier_findings_can_not_be_read_new_ones_are_sent_and_none_is_archived(hubs: Hubs) -> None:
    sent(hubs, result(mine(1)))
    hubs.aws.on("GetFindings", DENIED, region=HOME)
    (delivery,) = sent(hubs, result(mine(), quarter=1))
    assert delivery.sent == 1
    assert delivery.problems[0].startswith(
        "earlier findings stay as they are: securityhub:GetFindings was denied"
    )
    assert set(hubs.states().values()) == {"ACTIVE"}


def test_a_throttled_batch_is_sent_again(hubs: Hubs) -> None:
    answers = iter(
        [Refusal("TooManyRequestsException", status=429), Refusal("LimitExceededException", status=429)]
    )
    hubs.aws.on("BatchImportFindings", lambda call: next(answers, None) or hubs.take(call))
    assert sent(hubs, result(mine())) == (Delivery(CALLER, HOME, sent=1),)


def test_a_dry_run_says_the_same_and_writes_nothing(hubs: Hubs) -> None:
    sent(hubs, result(mine(), mine(1)))
    later = result(mine(status=PASSED), whole(), quarter=1)
    hubs.aws.calls.clear()
    told = sent(hubs, later, dry_run=True)
    assert {call.operation for call in hubs.aws.calls} == {"GetCallerIdentity", "GetFindings"}
    assert told == sent(hubs, later)


def test_of_accounts_that_the_run_did_not_enter_nothing_is_sent(hubs: Hubs) -> None:
    closed = run(accounts=[scope_account(CALLER, "unreachable", regions=())])
    assert sent(hubs, closed) == ()
    assert hubs.aws.calls == []


def test_another_account_needs_a_role(hubs: Hubs) -> None:
    what = result(whole(MEMBER), accounts=(MEMBER,))
    with pytest.raises(UserError, match="which role is to be assumed"):
        send(what, [], Scope(), home=None, dry_run=False, on_progress=silent, clients=hubs.aws.clients)
