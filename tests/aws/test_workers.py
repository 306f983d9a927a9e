"""Accounts over a Dask cluster of real processes, against a local AWS: what is lost with a worker, and what isn't."""

import json
import os
import pickle
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from pydantic import SecretStr

from benchmarks.fake_aws import ROLE, account_ids
from benchmarks.faults import Entry
from benchmarks.judging import wrong_credentials
from benchmarks.scan import environment, started
from scanner.aws import survey, workers
from scanner.aws.collect import collect
from scanner.aws.journal import Journal, fleeting
from scanner.aws.scope import Scope
from scanner.aws.survey import Errand
from scanner.aws.targets import Target
from scanner.aws.workers import DaskWorkers, dealt
from scanner.errors import UserError
from scanner.model.posture import Posture
from tests.aws.fake import ARCHIVE as LOGS
from tests.aws.fake import MEMBER, FakeAws
from tests.aws.test_resume import but_for_sessions
from tests.aws.world import DENIED, EVERYTHING, NOW, ORGANIZATION_WIDE

CALLER, ARCHIVE, *MEMBERS = account_ids(16)
SCOPE = Scope(organization=True, role_name=ROLE, regions=("eu-west-1", "us-east-1"))
NEEDS = EVERYTHING | {"cloudtrail:ListEventDataStores"}
SERVER = "import time; now = time.time(); time.time = lambda: now; from benchmarks.server import main; main()"
"""The fake, whose clock stands still: two scans are told the same."""
DASK = [sys.executable, "-m", "distributed.cli.dask_"]


def targets(count: int) -> list[Target]:
    return [Target(f"{number:012}") for number in range(count)]


class TestAccountsAreDealtOut:
    def test_and_none_is_lost(self) -> None:
        units = list(dealt(targets(95), 4))
        assert sorted((one for unit in units for one in unit), key=lambda one: one.id) == targets(95)

    def test_in_units_that_are_not_too_large(self) -> None:
        assert {len(unit) for unit in dealt(targets(95), 4)} == {9, 10}

    def test_in_as_many_units_as_keep_all_workers_busy(self) -> None:
        assert [len(unit) for unit in dealt(targets(8), 4)] == [2, 2, 2, 2]

    def test_one_by_one_where_they_are_few(self) -> None:
        assert [len(unit) for unit in dealt(targets(3), 8)] == [1, 1, 1]


class Inline:
    """A client whose one worker is this process; it keeps what it is sent."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.errands: list[Errand] = []
        self.failing = False

    def nthreads(self) -> dict[str, int]:
        return {"tcp://one": 2}

    def run(self, function: Callable[..., object], *arguments: object, on_error: str) -> dict[str, object]:
        assert on_error == "return"
        self.sent.append(pickle.dumps(arguments))
        try:
            return {"tcp://one": function(*arguments)}
        except UserError as error:
            return {"tcp://one": error}

    def submit(self, function: Callable[[Errand], Any], errand: Errand, *, pure: bool) -> "Future[Any]":
        assert not pure
        self.sent.append(pickle.dumps(errand))
        self.errands.append(errand)
        future: Future[Any] = Future()
        future.release = lambda: None  # type: ignore[attr-defined]  # as Dask's have it
        if self.failing:
            future.set_exception(RuntimeError("out of memory"))
        else:
            future.set_result(pickle.loads(pickle.dumps(function(errand))))
        return future

    def cancel(self, futures: list[object]) -> None:
        pass


@pytest.fixture
def inline(world: FakeAws, monkeypatch: pytest.MonkeyPatch) -> Inline:
    client = Inline()
    survey._signed_in.cache_clear()
    monkeypatch.setattr(survey, "Clients", lambda **_: world.clients)
    monkeypatch.setattr(workers, "connected", lambda _: nullcontext(client))
    monkeypatch.setattr(workers, "completed", lambda _, futures: iter(futures))
    return client


def help_with(world: FakeAws, scope: Scope = ORGANIZATION_WIDE, env: str | None = None) -> Posture:
    with fleeting() as journal:
        helpers = DaskWorkers(
            "tcp://x", Errand.of(scope, env, EVERYTHING, NOW), journal, lambda _done, _total: None
        )
        return collect(scope, EVERYTHING, now=NOW, clients=world.clients, journal=journal, workers=helpers)


class TestWorkers:
    def test_are_sent_to_all_accounts_but_the_callers(self, world: FakeAws, inline: Inline) -> None:
        help_with(world)
        sent = [target.id for errand in inline.errands for target in errand.targets]
        assert sorted(sent) == sorted([MEMBER, LOGS])

    def test_are_not_asked_for_where_the_caller_scans_itself(self, world: FakeAws, inline: Inline) -> None:
        for operation in ("GetBucketLocation", "DescribeKey", "GetKeyPolicy", "GetKeyRotationStatus"):
            world.on(operation, DENIED)
        world.on("ListEventDataStores", {"EventDataStores": []})
        world.on("ListSubscriptionsByTopic", DENIED)
        help_with(world, Scope())
        assert inline.sent == []

    def test_share_the_threads_of_one_machine(self, world: FakeAws, inline: Inline) -> None:
        help_with(world)
        assert {errand.threads for errand in inline.errands} == {ORGANIZATION_WIDE.concurrency // 2}

    def test_are_sent_no_secret(
        self, world: FakeAws, inline: Inline, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("EXTERNAL_ID", "h1dden-id")
        help_with(
            world, ORGANIZATION_WIDE.model_copy(update={"external_id": SecretStr("h1dden-id")}), "EXTERNAL_ID"
        )
        caller = world.clients.caller.get_frozen_credentials()
        assert caller.secret_key is not None
        assert len(inline.sent) == 3
        for secret in ("h1dden-id", caller.secret_key, caller.access_key, f"ASIA{MEMBER}"):
            assert all(str(secret).encode() not in sent for sent in inline.sent)

    def test_that_fail_leave_their_accounts_to_the_scan(
        self, world: FakeAws, inline: Inline, caplog: pytest.LogCaptureFixture
    ) -> None:
        inline.failing = True
        assert {account.state for account in help_with(world).accounts} == {"assessed"}
        assert caplog.messages == [
            "Dask workers did not read 2 accounts (RuntimeError: out of memory): read here"
        ]

    def test_that_cannot_sign_in_are_named(self, world: FakeAws, inline: Inline) -> None:  # noqa: ARG002
        with pytest.raises(UserError, match=r"the Dask worker at tcp://one can't help: .*EXTERNAL_ID"):
            help_with(world, env="EXTERNAL_ID")


@dataclass(frozen=True)
class Site:
    """A local AWS."""

    url: str

    def log(self) -> list[Entry]:
        with urlopen(f"{self.url}/_log") as answer:
            return [Entry(*row) for row in json.load(answer)]

    def forget(self) -> None:
        urlopen(f"{self.url}/_reset", data=b"").close()


@pytest.fixture(scope="module")
def running() -> Iterator[Site]:
    command = [sys.executable, "-c", SERVER, "--organization", "--accounts", "16", "--trails", "1"]
    with started([*command, "--buckets", "1", "--latency", "20", "--log"]) as port:
        yield Site(f"http://127.0.0.1:{int(port)}")


@pytest.fixture
def site(running: Site, monkeypatch: pytest.MonkeyPatch) -> Site:
    for name, value in environment(running.url).items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_SESSION_TOKEN")
    running.forget()
    return running


@dataclass
class Cluster:
    """A scheduler and workers, each a process without a nanny: what is killed stays dead."""

    address: str
    processes: list["subprocess.Popen[bytes]"]

    def kill_one(self) -> None:
        os.kill(self.processes[-1].pid, signal.SIGKILL)
        self.processes.pop().wait()


@contextmanager
def cluster(folder: Path, workers: int, **environ: str) -> Iterator[Cluster]:
    file = folder / "scheduler.json"
    told = ["--scheduler-file", str(file), "--no-dashboard"]
    with ExitStack() as stack:

        def begin(command: list[str]) -> "subprocess.Popen[bytes]":
            process = subprocess.Popen(
                command, env=os.environ | environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            stack.callback(process.wait)
            stack.callback(process.kill)
            return process

        scheduler, worker = f"{DASK[-1]}scheduler", f"{DASK[-1]}worker"
        begin([*DASK[:-1], scheduler, "--host", "127.0.0.1", "--port", "0", *told])
        only = ["--no-nanny", "--nthreads", "1", "--local-directory", str(folder)]
        found = [begin([*DASK[:-1], worker, *told, *only]) for _ in range(workers)]
        distributed: Any = pytest.importorskip("distributed")
        with distributed.Client(scheduler_file=str(file), set_as_default=False, timeout="60s") as client:
            client.wait_for_workers(workers, timeout=60)
            address = client.scheduler.address
        yield Cluster(address, found)


def scan(journal: Journal, workers: DaskWorkers | None = None) -> Posture:
    return collect(SCOPE, NEEDS, now=NOW, journal=journal, workers=workers)


def over(address: str, journal: Journal, scope: Scope = SCOPE) -> DaskWorkers:
    return DaskWorkers(address, Errand.of(scope, None, NEEDS, NOW), journal, lambda _done, _total: None)


def asked(log: list[Entry], account: str) -> Counter[tuple[str, str, str]]:
    return Counter(
        (one.region, one.service, one.action)
        for one in log
        if one.account == account and one.service != "sts"
    )


@pytest.fixture
def plain(site: Site) -> Posture:  # noqa: ARG001 - it asks there
    """What a scan sees that nobody helps."""
    with fleeting() as journal:
        return scan(journal)


@pytest.mark.slow
class TestOverACluster:
    def test_a_scan_sees_what_it_sees_alone_though_a_worker_is_killed(
        self, site: Site, plain: Posture, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        site.forget()
        done: list[int] = []
        with cluster(tmp_path, 2) as dask, fleeting() as journal:

            def tell(accounts: int, total: int) -> None:
                assert total == len(MEMBERS) + 1
                done.append(accounts)
                if len(dask.processes) == 2 and accounts:
                    dask.kill_one()

            seen = scan(journal, replace(over(dask.address, journal), tell=tell))
            assert len(dask.processes) == 1
        assert but_for_sessions(seen) == but_for_sessions(plain)
        assert done == sorted(done)
        assert done[-1] == len(MEMBERS) + 1
        assert list(wrong_credentials(site.log(), CALLER, {CALLER, ARCHIVE})) == []
        assert caplog.records == []

    def test_what_workers_found_is_not_asked_again_after_an_interruption(
        self, site: Site, plain: Posture, tmp_path: Path
    ) -> None:
        site.forget()
        with cluster(tmp_path, 1) as dask, fleeting() as journal:

            def interrupt(accounts: int, _: int) -> None:
                if accounts >= 4:
                    raise KeyboardInterrupt

            with pytest.raises(KeyboardInterrupt):
                scan(journal, replace(over(dask.address, journal), tell=interrupt))
            settled = journal.accounts() - {CALLER}
            before = {account: asked(site.log(), account) for account in settled}
            seen = scan(journal, over(dask.address, journal))
        assert 4 <= len(settled) < len(MEMBERS)
        assert but_for_sessions(seen) == but_for_sessions(plain)
        again = {account: asked(site.log(), account) - before[account] for account in settled - {ARCHIVE}}
        assert {account: calls for account, calls in again.items() if calls} == {}

    def test_where_no_worker_is_left_the_scan_reads_the_rest_itself(
        self,
        plain: Posture,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        monkeypatch.setattr("scanner.cluster.COUNT", 0.2)
        monkeypatch.setattr("scanner.cluster.PATIENCE", 0.5)
        with cluster(tmp_path, 1) as dask, fleeting() as journal:

            def kill(accounts: int, _: int) -> None:
                if dask.processes and accounts:
                    dask.kill_one()

            seen = scan(journal, replace(over(dask.address, journal), tell=kill))
        assert but_for_sessions(seen) == but_for_sessions(plain)
        (warning,) = caplog.messages
        assert "Dask workers did not read" in warning

    def test_a_worker_without_credentials_is_named(self, site: Site, tmp_path: Path) -> None:
        named = pytest.raises(UserError, match=r"Dask worker at tcp://127.* no AWS credentials were found")
        with cluster(tmp_path, 1, AWS_ACCESS_KEY_ID="") as dask, fleeting() as journal, named:
            scan(journal, over(dask.address, journal))
        assert {one.account for one in site.log()} == {CALLER}
