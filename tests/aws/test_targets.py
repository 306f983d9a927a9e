"""Who asks, which accounts are meant, and how one gets into each."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError, SSOTokenLoadError
from pydantic import SecretStr

from scanner.aws import targets
from scanner.aws.permissions import DESCRIBE_TRAILS
from scanner.aws.reader import Fact
from scanner.aws.scope import Scope
from scanner.aws.targets import (
    ADVISORY_REFRESH,
    GLANCE,
    MANDATORY_REFRESH,
    SessionCredentials,
    Target,
    enabled_regions,
    enter,
    find_targets,
    identify,
    organization_reader,
)
from scanner.errors import UserError
from scanner.model.posture import Caller
from scanner.model.reading import Gap, Known, Outcome
from tests.aws.fake import ARCHIVE, CALLER, MEMBER, FakeAws, Refusal, identity, issued

ME = Caller(account=CALLER, arn=f"arn:aws:iam::{CALLER}:user/auditor", partition="aws")
ROLE = f"arn:aws:iam::{MEMBER}:role/audit/trailaudit"
SECRET = "s3cret-of-ours"
SCOPE = Scope(role_name="trailaudit", role_path="/audit/", external_id=SecretStr(SECRET))


@pytest.fixture
def open_doors(aws: FakeAws) -> FakeAws:
    """Every role can be assumed and answers for its account."""
    aws.on("GetCallerIdentity", lambda call: identity(call.account))
    aws.on("AssumeRole", lambda call: issued(call.params["RoleArn"].split(":")[4]))
    aws.on("ListRegions", {"Regions": [{"RegionName": "eu-west-1", "RegionOptStatus": "ENABLED_BY_DEFAULT"}]})
    return aws


def unreachable(aws: FakeAws, scope: Scope = SCOPE) -> Gap:
    visit = enter(scope, ME, aws.reader(), Target(MEMBER))
    assert isinstance(visit.session, Gap)
    assert visit.reader is None
    assert visit.session.account == MEMBER
    return visit.session


class TestTheCaller:
    def test_is_who_the_credentials_belong_to(self, aws: FakeAws) -> None:
        aws.on("GetCallerIdentity", identity(CALLER, "aws-cn"))
        caller, reader = identify(aws.reader(account=""))
        assert caller == Caller(
            account=CALLER, arn=f"arn:aws-cn:iam::{CALLER}:user/auditor", partition="aws-cn"
        )
        assert reader.account == CALLER
        assert [(one.account, one.count) for one in reader.ledger.counts()] == [(CALLER, 1)]

    @pytest.mark.parametrize(
        ("failure", "problem"),
        [
            (Refusal("ExpiredToken", status=403), "expired"),
            (SSOTokenLoadError(error_msg="x"), "expired"),
            (Refusal("InvalidClientTokenId", status=403), "does not accept"),
            (EndpointConnectionError(endpoint_url="https://sts"), "could not be reached"),
            (Refusal("Odd"), "does not say whose"),
        ],
    )
    def test_whom_nobody_knows_is_told_the_way_out(self, aws: FakeAws, failure: Any, problem: str) -> None:
        aws.on("GetCallerIdentity", failure)
        with pytest.raises(UserError, match=problem) as raised:
            identify(aws.reader())
        assert raised.value.hint


class TestTheTargets:
    def test_are_the_callers_own_account(self, aws: FakeAws) -> None:
        assert find_targets(Scope(), ME, aws.reader()) == (Target(CALLER),)
        assert aws.calls == []

    def test_are_the_accounts_that_are_named_without_a_listing(self, aws: FakeAws) -> None:
        scope = Scope(accounts=(MEMBER, CALLER, ARCHIVE), excluded=(ARCHIVE,), role_name="r")
        assert find_targets(scope, ME, aws.reader()) == (Target(CALLER), Target(MEMBER))
        assert aws.calls == []

    def test_are_those_of_the_organization_of_which_only_active_ones_are_entered(self, aws: FakeAws) -> None:
        accounts = [
            {"Id": MEMBER, "Name": "member", "State": "SUSPENDED"},
            {"Id": CALLER, "Name": "payer", "State": "ACTIVE"},
            {"Id": ARCHIVE, "Name": "archive", "State": "ACTIVE"},
        ]
        aws.on("ListAccounts", {"Accounts": accounts})
        scope = Scope(organization=True, excluded=(ARCHIVE,), role_name="r")
        assert find_targets(scope, ME, aws.reader()) == (
            Target(CALLER, "payer", in_organization=True),
            Target(MEMBER, "member", in_organization=True, skipped="SUSPENDED"),
        )

    @pytest.mark.parametrize("accounts", [(), (CALLER,)])
    def test_are_not_guessed_where_the_organization_cannot_be_listed(
        self, aws: FakeAws, accounts: tuple[str, ...]
    ) -> None:
        aws.on("ListAccounts", Refusal("AccessDeniedException"))
        with pytest.raises(UserError, match="can't be listed"):
            find_targets(Scope(organization=True, accounts=accounts, role_name="r"), ME, aws.reader())

    def test_need_a_role_where_they_are_not_the_callers(self, aws: FakeAws) -> None:
        with pytest.raises(UserError, match=f"account {MEMBER} is not the caller's"):
            find_targets(Scope(accounts=(MEMBER,)), ME, aws.reader())

    def test_are_never_none(self, aws: FakeAws) -> None:
        with pytest.raises(UserError, match="no account is left"):
            find_targets(Scope(excluded=(CALLER,)), ME, aws.reader())


class TestEntering:
    def test_the_callers_own_account_takes_no_role(self, open_doors: FakeAws) -> None:
        own = open_doors.reader()
        assert enter(SCOPE, ME, own, Target(CALLER)).session == Known(own)
        assert open_doors.operations() == ["ListRegions"]

    def test_another_account_takes_its_role_and_proves_whose_it_is(self, open_doors: FakeAws) -> None:
        visit = enter(SCOPE, ME, open_doors.reader(), Target(MEMBER))
        assert visit.reader is not None
        assert visit.reader.account == MEMBER
        assert visit.enabled == Known(("eu-west-1",))
        assumed, proof, regions = open_doors.calls
        assert assumed.account == CALLER
        assert assumed.params == {
            "RoleArn": ROLE,
            "RoleSessionName": "trailaudit",
            "DurationSeconds": 3600,
            "ExternalId": SECRET,
        }
        assert (proof.operation, proof.account, regions.account) == ("GetCallerIdentity", MEMBER, MEMBER)

    def test_the_role_of_another_partition_has_its_arn(self, open_doors: FakeAws) -> None:
        enter(SCOPE, ME.model_copy(update={"partition": "aws-cn"}), open_doors.reader(), Target(MEMBER))
        assert open_doors.calls[0].params["RoleArn"] == ROLE.replace("arn:aws:", "arn:aws-cn:")

    def test_a_session_of_the_wrong_account_is_not_used(self, open_doors: FakeAws) -> None:
        open_doors.on("AssumeRole", issued(ARCHIVE))
        gap = unreachable(open_doors)
        assert gap.code == "WrongAccount"
        assert gap.detail == f"the session of {ROLE} answers for account {ARCHIVE}"
        assert open_doors.operations() == ["AssumeRole", "GetCallerIdentity"]

    @pytest.mark.parametrize("operation", ["AssumeRole", "GetCallerIdentity"])
    @pytest.mark.parametrize("answer", [Refusal("AccessDenied", status=403), {}])
    def test_a_closed_door_leaves_the_account_unreachable(
        self, open_doors: FakeAws, operation: str, answer: Any
    ) -> None:
        open_doors.on(operation, answer)
        assert unreachable(open_doors).operation == operation

    def test_the_external_id_is_in_no_message(self, open_doors: FakeAws) -> None:
        open_doors.on("AssumeRole", Refusal("ValidationError", f"Value '{SECRET}' at 'externalId'"))
        assert SECRET not in unreachable(open_doors).detail
        assert SECRET not in repr(SCOPE)
        assert SECRET not in SCOPE.model_dump_json()

    @pytest.mark.parametrize(
        ("arn", "asked", "given"),
        [
            (f"arn:aws:iam::{CALLER}:user/x", 43200, 43200),
            (f"arn:aws:sts::{CALLER}:assumed-role/x/y", 43200, 3600),
            (f"arn:aws:sts::{CALLER}:assumed-role/x/y", 900, 900),
        ],
    )
    def test_a_role_that_assumes_a_role_gets_an_hour_at_most(
        self, open_doors: FakeAws, arn: str, asked: int, given: int
    ) -> None:
        scope = SCOPE.model_copy(update={"session_duration": asked})
        enter(scope, ME.model_copy(update={"arn": arn}), open_doors.reader(), Target(MEMBER))
        assert open_doors.calls[0].params["DurationSeconds"] == given

    def test_a_session_is_renewed_before_it_ends(self, open_doors: FakeAws) -> None:
        soon = issued(MEMBER)
        soon["Credentials"]["Expiration"] = datetime.now(UTC) + timedelta(seconds=60)
        answers = iter([soon, issued(MEMBER), issued(MEMBER)])
        open_doors.on("AssumeRole", lambda _: next(answers))
        open_doors.on("DescribeTrails", {"trailList": []})
        reader = enter(SCOPE, ME, open_doors.reader(), Target(MEMBER)).reader
        assert reader is not None
        for _ in range(3):
            assert reader.at("eu-west-1").read(Fact(DESCRIBE_TRAILS, lambda _: "read")) == Known("read")
        assert open_doors.operations().count("AssumeRole") == 2
        renewal = [call for call in open_doors.calls if call.operation == "AssumeRole"][1]
        assert renewal.account == CALLER

    def test_a_session_that_runs_low_is_renewed_at_the_next_look(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        start = datetime.now(UTC)
        elapsed = 0.0
        monkeypatch.setattr(targets, "monotonic", lambda: elapsed)
        session = SessionCredentials(
            "key",
            "secret",
            "token",
            expiry_time=start + timedelta(seconds=ADVISORY_REFRESH + 1),
            refresh_using=dict,
            method="assume-role",
            time_fetcher=lambda: start + timedelta(seconds=elapsed),
            advisory_timeout=ADVISORY_REFRESH,
            mandatory_timeout=MANDATORY_REFRESH,
        )
        needed = {}
        for elapsed in (0.0, 2.0, GLANCE - 1.0, GLANCE + 0.0, GLANCE + 1.0):
            needed[elapsed] = session.refresh_needed(ADVISORY_REFRESH)
        assert needed == {0: False, 2: False, GLANCE - 1: False, GLANCE: True, GLANCE + 1: True}

    def test_a_session_that_cannot_be_renewed_leaves_gaps(self, open_doors: FakeAws) -> None:
        soon = issued(MEMBER)
        soon["Credentials"]["Expiration"] = datetime.now(UTC) + timedelta(seconds=1)
        answers = iter([soon])
        open_doors.on("AssumeRole", lambda _: next(answers, Refusal("AccessDenied", status=403)))
        visit = enter(SCOPE, ME, open_doors.reader(), Target(MEMBER))
        assert isinstance(visit.enabled, Gap)
        assert "sts:AssumeRole was denied" in visit.enabled.detail

    def test_a_renewed_session_that_answers_for_another_account_reads_nothing(
        self, open_doors: FakeAws
    ) -> None:
        soon = issued(MEMBER)
        soon["Credentials"]["Expiration"] = datetime.now(UTC) + timedelta(seconds=1)
        answers = iter([soon])
        open_doors.on("AssumeRole", lambda _: next(answers, issued(ARCHIVE)))
        visit = enter(SCOPE, ME, open_doors.reader(), Target(MEMBER))
        assert isinstance(visit.enabled, Gap)
        assert f"answers for account {ARCHIVE}" in visit.enabled.detail
        assert "ListRegions" not in open_doors.operations()

    def test_an_account_whose_door_does_not_answer_keeps_no_other_one_shut(self, open_doors: FakeAws) -> None:
        silent = ReadTimeoutError(endpoint_url="https://sts")
        open_doors.on("AssumeRole", silent, RoleArn=f"arn:aws:iam::{MEMBER}:role/audit/trailaudit")
        own = open_doors.reader(payer=CALLER)
        assert isinstance(enter(SCOPE, ME, own, Target(MEMBER)).session, Gap)
        assert isinstance(enter(SCOPE, ME, own, Target(ARCHIVE)).session, Known)

    def test_a_skipped_account_is_left_alone(self, aws: FakeAws) -> None:
        visit = enter(SCOPE, ME, aws.reader(), Target(MEMBER, skipped="SUSPENDED"))
        assert visit.reader is None
        assert aws.calls == []


class TestTheListingRole:
    ARN = f"arn:aws:iam::{ARCHIVE}:role/list"

    def test_is_the_caller_where_none_is_given(self, aws: FakeAws) -> None:
        own = aws.reader()
        assert organization_reader(Scope(), ME, own) is own

    def test_is_assumed_first(self, open_doors: FakeAws) -> None:
        desk = organization_reader(Scope(list_role_arn=self.ARN), ME, open_doors.reader())
        assert desk.account == ARCHIVE
        assert desk.credentials.access_key == f"ASIA{ARCHIVE}"

    @pytest.mark.parametrize("arn", [ARN, "list"])
    def test_that_does_not_open_is_a_thing_to_put_right(self, open_doors: FakeAws, arn: str) -> None:
        open_doors.on("AssumeRole", Refusal("AccessDenied", status=403))
        with pytest.raises(UserError, match="list"):
            organization_reader(Scope(list_role_arn=arn), ME, open_doors.reader())


class TestTheRegions:
    def test_are_those_that_are_enabled_or_about_to_change(self, aws: FakeAws) -> None:
        states = ["ENABLED", "ENABLED_BY_DEFAULT", "ENABLING", "DISABLING", "DISABLED"]
        regions = [{"RegionName": state.lower(), "RegionOptStatus": state} for state in states]
        aws.on("ListRegions", {"Regions": regions[3:], "NextToken": "page2"})
        aws.on("ListRegions", {"Regions": regions[:3]}, NextToken="page2")
        assert enabled_regions(aws.reader()) == Known(
            ("disabling", "enabled", "enabled_by_default", "enabling")
        )
        assert aws.operations() == ["ListRegions", "ListRegions"]

    @pytest.mark.parametrize("answer", [Refusal("AccessDeniedException"), {}, {"Regions": []}])
    def test_are_asked_of_ec2_where_the_account_service_refuses(self, aws: FakeAws, answer: Any) -> None:
        aws.on("ListRegions", answer)
        regions = [
            {"RegionName": "us-east-1", "OptInStatus": "opt-in-not-required"},
            {"RegionName": "af-south-1", "OptInStatus": "opted-in"},
            {"RegionName": "me-south-1", "OptInStatus": "not-opted-in"},
        ]
        aws.on("DescribeRegions", {"Regions": regions})
        assert enabled_regions(aws.reader()) == Known(("af-south-1", "us-east-1"))

    def test_are_unknown_where_both_refuse(self, aws: FakeAws) -> None:
        aws.on("ListRegions", Refusal("AccessDeniedException"))
        aws.on("DescribeRegions", Refusal("UnauthorizedOperation", status=403))
        found = enabled_regions(aws.reader())
        assert isinstance(found, Gap)
        assert (found.action, found.outcome) == ("account:ListRegions", Outcome.DENIED)
