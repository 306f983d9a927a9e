"""A scan that was ended, and gone on with: it ends as if nothing had been, and asks for nothing twice."""

import contextlib
import sqlite3
import threading
import zlib
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from scanner import run_file
from scanner.aws.collect import collect
from scanner.aws.journal import Journal, prepare
from scanner.aws.permissions import DESCRIBE_TRAILS
from scanner.aws.pool import Pool
from scanner.aws.reader import Fact
from scanner.aws.recorder import Recorder
from scanner.aws.scope import Scope
from scanner.errors import SourceExpiredError, UserError
from scanner.model.posture import Posture
from scanner.model.reading import Gap, Known
from tests.aws.fake import ARCHIVE, CALLER, HOME, MEMBER, Call, FakeAws, Refusal, Wire, identity, issued
from tests.aws.world import DENIED, EVERYTHING, LEADER, NOW, ORGANIZATION_WIDE, organization

NAMES = Fact(DESCRIBE_TRAILS, lambda answer: tuple(one["Name"] for one in answer["trailList"]))
ONE_BY_ONE = ORGANIZATION_WIDE.model_copy(update={"concurrency": 1})
OF_SESSIONS = ("AssumeRole", "GetCallerIdentity")
SHUT = "444444444444"
MEMBERS_ROLE = f"arn:aws:iam::{MEMBER}:role/trailaudit"
IN_PAGES = ("ListAccounts", "ListRegions")


@pytest.fixture(autouse=True, scope="module")
def _nobody_waits() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Pool, "sleep", lambda _self, _seconds: False)
        yield


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    prepare(tmp_path, {}, {}, resume=False)
    return tmp_path


def flawed(aws: FakeAws) -> FakeAws:
    """The organization, with long lists, a role that is closed, denials and a disabled region."""
    organization(aws)
    names = {CALLER: "payer", MEMBER: "shop", ARCHIVE: "log-archive"}
    accounts = [{"Id": id_, "Name": name, "State": "ACTIVE"} for id_, name in names.items()]
    shut = {"Id": SHUT, "Name": "shut", "State": "ACTIVE"}
    aws.on("ListAccounts", {"Accounts": accounts, "NextToken": "2"})
    aws.on("ListAccounts", {"Accounts": [shut]}, NextToken="2")
    regions = [{"RegionName": name, "RegionOptStatus": "ENABLED"} for name in (HOME, LEADER, "af-south-1")]
    aws.on("ListRegions", {"Regions": regions[:2], "NextToken": "2"})
    aws.on("ListRegions", {"Regions": regions[2:]}, NextToken="2")
    aws.on("AssumeRole", DENIED, RoleArn=f"arn:aws:iam::{SHUT}:role/trailaudit")
    aws.on("DescribeTrails", Refusal("UnrecognizedClientException"), region="af-south-1", account=MEMBER)
    aws.on("GetTrailStatus", DENIED, account=MEMBER)
    aws.on("GetBucketAcl", DENIED)
    aws.on("ListEventDataStores", {"EventDataStores": []})
    return aws


def scan(
    aws: FakeAws, folder: Path | None, scope: Scope = ONE_BY_ONE, recorder: Recorder | None = None
) -> Posture:
    with contextlib.nullcontext() if folder is None else Journal(folder) as journal:
        return collect(scope, EVERYTHING, now=NOW, clients=aws.clients, journal=journal, recorder=recorder)


def but_for_sessions(posture: Posture) -> Posture:
    calls = tuple(one for one in posture.calls if one.action.partition(":")[2] not in OF_SESSIONS)
    return posture.model_copy(update={"calls": calls})


def asked(aws: FakeAws) -> Counter[str]:
    return Counter(
        f"{call.account} {call.region} {call.operation} {sorted(call.params.items())}"
        for call in aws.calls
        if call.operation not in OF_SESSIONS
    )


class TestHoweverOftenItIsInterrupted:
    @settings(max_examples=25)
    @given(st.lists(st.integers(min_value=0, max_value=60), min_size=1, max_size=4))
    def test_it_ends_the_same_and_nothing_settled_is_asked_twice(self, wire: Wire, ends: list[int]) -> None:
        wire.fake = FakeAws(wire.clients)
        once = scan(flawed(wire.fake), None)
        aws = wire.fake = FakeAws(wire.clients)
        flawed(aws)
        interrupted = 0
        with TemporaryDirectory() as name:
            folder = Path(name)
            prepare(folder, {}, {}, resume=False)
            for at in ends:
                aws.left = at
                with contextlib.suppress(KeyboardInterrupt):
                    scan(aws, folder)
                    continue
                interrupted += 1
            aws.left = None
            resumed = scan(aws, folder)
        assert but_for_sessions(resumed) == but_for_sessions(once)
        again = {question: count for question, count in asked(aws).items() if count > 1}
        assert all(any(f" {name} " in question for name in IN_PAGES) for question in again), again
        assert all(count <= 1 + interrupted for count in again.values())

    def test_it_ends_the_same_with_many_threads(self, aws: FakeAws, folder: Path) -> None:
        once = scan(flawed(aws), None)
        for at in (10, 20, 30):
            aws.left = at
            with pytest.raises(KeyboardInterrupt):
                scan(aws, folder, ORGANIZATION_WIDE)
            _wait_for_calls()
        aws.left = None
        assert but_for_sessions(scan(aws, folder, ORGANIZATION_WIDE)) == but_for_sessions(once)

    def test_what_was_settled_is_not_asked_even_where_the_answer_is_another_today(
        self, aws: FakeAws, folder: Path
    ) -> None:
        first = scan(flawed(aws), folder)
        aws.on("GetBucketVersioning", {"Status": "Suspended"})
        assert but_for_sessions(scan(aws, folder)) == but_for_sessions(first)

    def test_what_was_not_settled_is(self, world: FakeAws, folder: Path) -> None:
        once = scan(world, None)
        world.on("GetBucketVersioning", Refusal("SlowDown", status=503))
        (bucket,) = scan(world, folder).buckets
        assert isinstance(bucket.versioning, Gap)
        world.on("GetBucketVersioning", {"Status": "Enabled"})
        world.calls.clear()
        assert but_for_sessions(scan(world, folder)) == but_for_sessions(once)
        assert [one for one in world.operations() if one not in OF_SESSIONS] == ["GetBucketVersioning"]


def _wait_for_calls() -> None:
    for thread in threading.enumerate():
        if thread.name.startswith("trailaudit"):
            thread.join()


class TestASession:
    def test_is_not_begun_again_where_all_is_known(self, world: FakeAws, folder: Path) -> None:
        scan(world, folder)
        world.calls.clear()
        scan(world, folder)
        assert world.operations() == ["GetCallerIdentity"]

    def test_is_begun_where_something_is_left_to_ask_and_proves_whose_it_is(
        self, world: FakeAws, folder: Path
    ) -> None:
        world.on("GetBucketVersioning", Refusal("SlowDown", status=503))
        scan(world, folder)
        world.on("GetBucketVersioning", {"Status": "Enabled"})
        world.calls.clear()
        scan(world, folder)
        assert [(call.operation, call.account) for call in world.calls] == [
            ("GetCallerIdentity", CALLER),
            ("AssumeRole", CALLER),
            ("GetCallerIdentity", ARCHIVE),
            ("GetBucketVersioning", ARCHIVE),
        ]

    def test_that_answers_for_another_account_when_it_begins_again_reads_nothing(
        self, world: FakeAws, folder: Path
    ) -> None:
        world.on("GetBucketVersioning", Refusal("SlowDown", status=503))
        scan(world, folder)
        world.on("GetBucketVersioning", {"Status": "Enabled"})
        world.on("AssumeRole", issued(MEMBER))
        world.calls.clear()
        (bucket,) = scan(world, folder).buckets
        assert isinstance(bucket.versioning, Gap)
        assert f"answers for account {MEMBER}" in bucket.versioning.detail
        assert set(world.operations()) == set(OF_SESSIONS)

    def test_that_was_refused_stays_refused(self, world: FakeAws, folder: Path) -> None:
        world.on("AssumeRole", DENIED, RoleArn=MEMBERS_ROLE)
        first = scan(world, folder)
        world.on("AssumeRole", issued(MEMBER), RoleArn=MEMBERS_ROLE)
        again = scan(world, folder)
        account = again.account(MEMBER)
        assert account is not None
        assert account.state == "unreachable"
        assert account == first.account(MEMBER)

    def test_that_was_refused_without_an_external_id_is_asked_for_with_one(
        self, world: FakeAws, folder: Path
    ) -> None:
        world.on("AssumeRole", DENIED, RoleArn=MEMBERS_ROLE)
        scan(world, folder)
        world.on("AssumeRole", lambda call: issued(call.params["RoleArn"].split(":")[4]))
        knowing = ONE_BY_ONE.model_copy(update={"external_id": SecretStr("x1")})
        assert {one.state for one in scan(world, folder, knowing).accounts} == {"assessed"}

    def test_that_could_not_be_had_for_other_reasons_is_asked_for_again(
        self, world: FakeAws, folder: Path
    ) -> None:
        world.on("AssumeRole", Refusal("Throttling"), RoleArn=MEMBERS_ROLE)
        assert {one.state for one in scan(world, folder).accounts} == {"assessed", "unreachable"}
        world.on("AssumeRole", lambda call: issued(call.params["RoleArn"].split(":")[4]))
        assert {one.state for one in scan(world, folder).accounts} == {"assessed"}

    def test_leaves_no_secret_in_the_file(self, world: FakeAws, folder: Path) -> None:
        secrets = ("s3cret-key", "t0ken-of-a-session", "h1dden-external-id", f"ASIA{ARCHIVE}")
        hidden = {"SecretAccessKey": "s3cret-key", "SessionToken": "t0ken-of-a-session"}

        def issue(call: Call) -> Any:
            account = call.params["RoleArn"].split(":")[4]
            if account == MEMBER:
                return Refusal("AccessDenied", "not with the id h1dden-external-id", status=403)
            return {"Credentials": issued(account)["Credentials"] | hidden}

        world.on("AssumeRole", issue)
        scope = ONE_BY_ONE.model_copy(update={"external_id": SecretStr("h1dden-external-id")})
        with Journal(folder) as journal:
            collect(scope, EVERYTHING, now=NOW, clients=world.clients, journal=journal)
            content = b"".join(path.read_bytes() for path in folder.iterdir())
        with contextlib.closing(sqlite3.connect(folder / run_file.SCAN)) as connection:
            told = [zlib.decompress(row).decode() for (row,) in connection.execute("select told from answer")]
            operations = {name for (name,) in connection.execute("select operation from answer")}
        assert len(told) > 20
        assert "not with the id ***" in "".join(told)
        assert operations >= {"AssumeRole", "DescribeTrails"}
        for secret in secrets:
            assert secret.encode() not in content
            assert secret not in "".join(told)


class TestWhatEndsAScanUntilItIsPutRight:
    def test_is_asked_again_where_the_organization_could_not_be_listed(
        self, world: FakeAws, folder: Path
    ) -> None:
        rules = list(world.rules)
        world.on("ListAccounts", DENIED)
        for _ in range(2):
            with pytest.raises(UserError, match="can't be listed"):
                scan(world, folder)
        world.rules[:] = rules
        assert {one.state for one in scan(world, folder).accounts} == {"assessed"}
        assert world.operations().count("ListAccounts") == 3

    def test_is_asked_again_where_the_role_that_lists_was_refused(self, world: FakeAws, folder: Path) -> None:
        scope = ONE_BY_ONE.model_copy(update={"list_role_arn": f"arn:aws:iam::{CALLER}:role/list"})
        rules = list(world.rules)
        world.on("AssumeRole", DENIED, RoleArn=scope.list_role_arn)
        with pytest.raises(UserError, match="can't be assumed"):
            scan(world, folder, scope)
        world.rules[:] = rules
        assert {one.state for one in scan(world, folder, scope).accounts} == {"assessed"}

    def test_is_asked_again_though_others_could_do_without_it(self, aws: FakeAws, folder: Path) -> None:
        aws.on("DescribeTrails", DENIED)
        with Journal(folder) as journal:
            assert isinstance(aws.reader(journal=journal).read(NAMES), Gap)
            aws.on("DescribeTrails", {"trailList": []})
            assert aws.reader(journal=journal, indispensable=True).read(NAMES) == Known(())


class TestTheCaller:
    def test_may_have_another_session_of_the_same_role(self, world: FakeAws, folder: Path) -> None:
        for name in ("monday", "tuesday"):
            world.on(
                "GetCallerIdentity", identity(CALLER, who=f"assumed-role/auditor/{name}"), account=CALLER
            )
            scan(world, folder)
        assert world.operations().count("DescribeOrganization") == 1

    def test_may_not_be_another(self, world: FakeAws, folder: Path) -> None:
        scan(world, folder)
        world.on("GetCallerIdentity", identity(CALLER, who="user/other"), account=CALLER)
        with pytest.raises(UserError, match=r"was begun by arn:.*:user/auditor, not arn:.*:user/other"):
            scan(world, folder)

    @pytest.mark.parametrize(
        "operation", ["DescribeOrganization", "AssumeRole", "GetBucketPolicy", "GetTrailStatus"]
    )
    def test_whose_credentials_end_ends_the_scan_which_goes_on_with_new_ones(
        self, world: FakeAws, folder: Path, operation: str
    ) -> None:
        once = scan(world, None)
        rules = list(world.rules)
        world.on(operation, Refusal("ExpiredToken", status=403))
        if operation != "GetBucketPolicy":
            with pytest.raises(SourceExpiredError):
                scan(world, folder)
        else:  # asked with the session of a role, which ended for itself
            (bucket,) = scan(world, folder).buckets
            assert isinstance(bucket.policy, Gap)
        world.rules[:] = rules
        assert but_for_sessions(scan(world, folder)) == but_for_sessions(once)

    def test_whose_credentials_end_when_a_session_must_be_renewed_ends_the_scan(
        self, world: FakeAws, folder: Path
    ) -> None:
        def soon(call: Call) -> Any:
            answer = issued(call.params["RoleArn"].split(":")[4])
            answer["Credentials"]["Expiration"] = datetime.now(UTC) + timedelta(seconds=1)
            world.on("AssumeRole", Refusal("ExpiredToken", status=403))
            return answer

        rules = list(world.rules)
        world.on("AssumeRole", soon)
        with pytest.raises(SourceExpiredError):
            scan(world, folder)
        world.rules[:] = rules
        assert {one.state for one in scan(world, folder).accounts} == {"assessed"}


class TestTheEvidence:
    def test_of_a_resumed_scan_has_every_record_as_it_was_heard(self, world: FakeAws, folder: Path) -> None:
        world.left = 30
        first, second = _Kept(NOW), _Kept(NOW + timedelta(days=1))
        with pytest.raises(KeyboardInterrupt):
            scan(world, folder, recorder=first.recorder)
        world.left = None
        scan(world, folder, recorder=second.recorder)
        before, after = first.by_question(), second.by_question()
        assert {name: after[name] for name in before} == before
        assert len(after) > len(before) > 10
        today = [record for name, record in after.items() if name not in before]
        assert {record["at"][:10] for record in today} == {"2026-02-01"}

    def test_of_a_scan_that_asked_nothing_is_as_complete(self, world: FakeAws, folder: Path) -> None:
        first, second = _Kept(NOW), _Kept(NOW + timedelta(days=1))
        scan(world, folder, recorder=first.recorder)
        scan(world, folder, recorder=second.recorder)
        assert second.by_question() == first.by_question()
        assert all(record["request_ids"] for record in second.by_question().values())


class _Kept:
    """All that a recorder put away, with a clock that goes a second ahead at each look."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._lines: list[dict[str, Any]] = []
        self.recorder = Recorder(self._keep, self._clock)

    def by_question(self) -> dict[str, dict[str, Any]]:
        return {
            f"{line['account']} {line['region']} {line['operation']} {line['parameters']}": line
            for line in self._lines
            if line["operation"] not in OF_SESSIONS
        }

    def _keep(self, account: str, record: Any) -> str:
        self._lines.append(dict(record))
        return f"{account}/{len(self._lines)}"

    def _clock(self) -> datetime:
        self._now += timedelta(seconds=1)
        return self._now
