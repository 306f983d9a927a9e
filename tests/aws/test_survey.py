"""Accounts that several read in shares: together they see what one would, and ask for nothing more."""

import pickle
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from scanner.aws import survey as module
from scanner.aws.collect import Workers, collect
from scanner.aws.journal import Journal, fleeting
from scanner.aws.pool import Pool
from scanner.aws.scope import Scope
from scanner.aws.survey import Errand, Found, sign_in, survey
from scanner.aws.targets import Target
from scanner.errors import UserError
from scanner.model.arn import principal
from scanner.model.posture import Caller, Posture
from scanner.model.reading import Known
from tests.aws.fake import ARCHIVE, CALLER, HOME, MEMBER, FakeAws, Refusal, Wire, identity, issued
from tests.aws.test_resume import OF_SESSIONS, SHUT, asked, but_for_sessions, flawed
from tests.aws.world import (
    BUCKET,
    DENIED,
    EVERYTHING,
    KEY,
    NOW,
    ORGANIZATION_WIDE,
    TOPIC,
    TRAIL,
    alarm,
    trail,
)

OWN = TRAIL.replace(CALLER, MEMBER).replace("organization", "own")
OTHER_KEY = KEY.replace("1234", "5678")
GROUP = f"arn:aws:logs:{HOME}:{MEMBER}:log-group:own"
STORES = EVERYTHING | {"cloudtrail:ListEventDataStores"}
AUDITOR = principal(identity(CALLER)["Arn"])
TO_MEMBER = (Target(MEMBER, in_organization=True),)


@pytest.fixture(autouse=True, scope="module")
def _alone(wire: Wire) -> Iterator[None]:
    """Nobody waits, and workers send to the fake."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Pool, "sleep", lambda _self, _seconds: False)
        patch.setattr(module, "Clients", lambda **_: wire.clients)
        yield


@pytest.fixture(autouse=True)
def _signed_out() -> None:
    module._signed_in.cache_clear()


def tangled(aws: FakeAws) -> FakeAws:
    """The flawed organization, and a trail of the member's own: its key, its access logs and the topic of its
    alarm belong to the archive.
    """
    flawed(aws)
    own = trail(
        OWN,
        "member-logs",
        IsOrganizationTrail=False,
        KmsKeyId=OTHER_KEY,
        CloudWatchLogsLogGroupArn=f"{GROUP}:*",
    )
    aws.on("DescribeTrails", {"trailList": [trail(KmsKeyId=KEY), own]}, account=MEMBER, region=HOME)
    aws.on("GetTrailStatus", {"IsLogging": True}, account=MEMBER, Name=OWN)
    aws.on("ListTags", {"ResourceTagList": [{"ResourceId": OWN, "TagsList": []}]}, account=MEMBER)
    for operation, account, region, params, answer in list(aws.rules):
        if account == ARCHIVE and operation.startswith(("GetBucket", "GetPublic", "GetObjectLock")):
            aws.on(operation, answer, account=MEMBER, region=region, **params)
    (described,) = (rule[-1] for rule in aws.rules if rule[0] == "DescribeKey")
    assert isinstance(described, dict)
    metadata = described["KeyMetadata"] | {"Arn": OTHER_KEY}
    aws.on("DescribeKey", {"KeyMetadata": metadata}, account=ARCHIVE, KeyId=OTHER_KEY)
    aws.on("ListBuckets", {"Buckets": [{"Name": "member-logs"}]}, account=MEMBER)
    aws.on("ListBuckets", {"Buckets": [{"Name": BUCKET}, {"Name": "access-logs"}]}, account=ARCHIVE)
    aws.on("GetBucketAcl", DENIED)
    logged = {"LoggingEnabled": {"TargetBucket": "access-logs", "TargetPrefix": ""}}
    aws.on("GetBucketLogging", logged, account=MEMBER)
    aws.on("DescribeLogGroups", {"logGroups": [{"logGroupName": "own"}]}, account=MEMBER)
    made = {"metricName": "Own", "metricNamespace": "CloudTrail", "metricValue": "1"}
    watch = {"filterName": "own", "filterPattern": "{ $.a = 1 }", "metricTransformations": [made]}
    aws.on("DescribeMetricFilters", {"metricFilters": [watch]}, account=MEMBER)
    alarms = {"MetricAlarms": [alarm("Own", TOPIC)], "CompositeAlarms": []}
    aws.on("DescribeAlarms", alarms, account=MEMBER)
    return aws


def errand(scope: Scope = ORGANIZATION_WIDE, needs: frozenset[str] = EVERYTHING, **changes: Any) -> Errand:
    made = Errand.of(scope, changes.pop("external_id_env", None), needs, NOW)
    usual: dict[str, Any] = {"sender": AUDITOR, "targets": TO_MEMBER}
    return replace(made, **usual | changes)


def write(found: Found, journal: Journal) -> None:
    journal.put(found.rows)
    for role, name in found.sessions:
        journal.keep_session(role, name)


def in_shares(journal: Journal, needs: frozenset[str], shares: Sequence[Sequence[str]]) -> Workers:
    def read(_: Caller, targets: tuple[Target, ...]) -> None:
        for share in shares:
            chosen = tuple(target for target in targets if target.id in share)
            write(survey(errand(needs=needs, targets=chosen)), journal)

    return read


def scan(aws: FakeAws, needs: frozenset[str], shares: Sequence[Sequence[str]] = ()) -> Posture:
    with fleeting() as journal:
        workers = in_shares(journal, needs, shares)
        return collect(
            ORGANIZATION_WIDE, needs, now=NOW, clients=aws.clients, journal=journal, workers=workers
        )


@pytest.mark.parametrize("needs", [EVERYTHING, STORES])
@settings(max_examples=15, deadline=None)
@given(dealt=st.lists(st.sampled_from([0, 1, 2, None]), min_size=3, max_size=3))
def test_however_accounts_are_dealt_out_the_posture_is_the_same_and_nothing_more_is_asked(
    wire: Wire, needs: frozenset[str], dealt: list[int | None]
) -> None:
    module._signed_in.cache_clear()
    alone = wire.fake = FakeAws(wire.clients)
    once = scan(tangled(alone), needs)
    together = wire.fake = FakeAws(wire.clients)
    members = dict(zip((MEMBER, ARCHIVE, SHUT), dealt, strict=True))
    shares = [[account for account, share in members.items() if share == number] for number in range(3)]
    assert but_for_sessions(scan(tangled(together), needs, shares)) == but_for_sessions(once)
    assert asked(together) == asked(alone)


def test_a_share_reads_what_its_accounts_say_and_have_themselves(aws: FakeAws) -> None:
    tangled(aws)
    found = survey(errand(needs=STORES))
    operations = {operation for account, _, operation, *_ in found.rows}
    assert {account for account, *_ in found.rows} == {MEMBER}
    assert operations >= {"ListRegions", "GetEventSelectors", "GetBucketVersioning", "DescribeAlarms"}
    assert operations >= {"LookupEvents", "ListEventDataStores"}
    assert not operations & {"DescribeOrganization", "DescribeKey", "ListSubscriptionsByTopic"}
    assert [role for role, _ in found.sessions] == [f"arn:aws:iam::{MEMBER}:role/trailaudit"]


def test_stores_that_only_matter_where_trails_leave_something_open_are_left_to_the_sender(
    aws: FakeAws,
) -> None:
    tangled(aws)
    survey(errand())
    assert "ListEventDataStores" not in aws.operations()


def test_a_worker_enters_no_account_with_its_own_credentials_that_others_enter_by_the_role(
    aws: FakeAws,
) -> None:
    tangled(aws).on("GetCallerIdentity", identity(MEMBER), account=CALLER)
    assert survey(errand()) == Found((), ())


class TestARoleThatTurnsTheWorkerAway:
    def test_is_not_tried_again_by_the_same_principal(self, world: FakeAws) -> None:
        world.on("AssumeRole", DENIED)
        ((account, _, operation, *_),) = survey(errand()).rows
        assert (account, operation) == (MEMBER, "AssumeRole")

    def test_may_let_another_sender_in(self, world: FakeAws) -> None:
        world.on("AssumeRole", DENIED)
        assert survey(errand(sender="arn:aws:iam::111111111111:role/other")) == Found((), ())


def test_a_session_that_answers_for_another_account_reads_nothing(world: FakeAws) -> None:
    world.on("AssumeRole", issued(ARCHIVE))
    assert survey(errand()) == Found((), ())
    assert set(world.operations()) == set(OF_SESSIONS)


def test_what_was_not_settled_is_left_to_the_sender(world: FakeAws) -> None:
    world.on("DescribeTrails", Refusal("ThrottlingException"))
    assert "DescribeTrails" not in {operation for _, _, operation, *_ in survey(errand()).rows}


def test_a_worker_signs_in_once_for_all_shares(world: FakeAws) -> None:
    sign_in(errand(targets=()))
    survey(errand())
    survey(errand(targets=(Target(ARCHIVE),)))
    assert [call.account for call in world.calls if call.operation == "GetCallerIdentity"] == [
        CALLER,
        MEMBER,
        ARCHIVE,
    ]


class TestAnErrand:
    scope = ORGANIZATION_WIDE.model_copy(
        update={"external_id": SecretStr("h1dden"), "accounts": (MEMBER,), "excluded": (ARCHIVE,)}
    )

    def test_carries_no_secret(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("EXTERNAL_ID", "h1dden")
        sent = errand(self.scope, external_id_env="EXTERNAL_ID")
        assert b"h1dden" not in pickle.dumps(sent)
        assert "h1dden" not in repr(sent)

    def test_comes_back_unchanged(self) -> None:
        assert pickle.loads(pickle.dumps(errand(self.scope))) == errand(self.scope)

    def test_names_only_the_accounts_of_its_share(self) -> None:
        sent = errand(self.scope)
        assert (sent.scope.accounts, sent.scope.excluded) == ((), ())

    def test_is_done_with_the_external_id_of_the_workers_own_environment(
        self, world: FakeAws, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("EXTERNAL_ID", "theirs")
        survey(errand(self.scope, external_id_env="EXTERNAL_ID"))
        (entered,) = (call for call in world.calls if call.operation == "AssumeRole")
        assert entered.params["ExternalId"] == "theirs"

    def test_can_not_be_done_where_the_external_id_is_missing(self, world: FakeAws) -> None:
        with pytest.raises(UserError, match="EXTERNAL_ID is not set") as problem:
            sign_in(errand(self.scope, external_id_env="EXTERNAL_ID"))
        assert problem.value.hint is not None
        assert world.calls == []


def test_a_role_that_only_the_sender_may_enter_is_entered_by_the_sender(world: FakeAws) -> None:
    def read(_: Caller, targets: tuple[Target, ...]) -> None:
        world.on("AssumeRole", DENIED)
        write(survey(errand(sender="arn:aws:iam::111111111111:role/other", targets=targets)), journal)
        world.on("AssumeRole", lambda call: issued(call.params["RoleArn"].split(":")[4]))

    with fleeting() as journal:
        seen = collect(
            ORGANIZATION_WIDE, EVERYTHING, now=NOW, clients=world.clients, journal=journal, workers=read
        )
    assert {account.state for account in seen.accounts} == {"assessed"}
    assert seen.buckets[0].owner == Known(ARCHIVE)
