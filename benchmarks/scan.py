"""What a scan costs: `trailaudit scan` as a whole process against the local fake, case by case.

    python -m benchmarks.scan                 all cases
    python -m benchmarks.scan one ten         some of them
    python -m benchmarks.scan ten --calls     and what was called how often

CPU is user + system time of the scanning process alone, interpreter and imports included; the fake
runs in another. Of several rounds the cheapest counts. `divided` is by what a plain boto3 call costs,
measured before and after the case.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NamedTuple
from urllib.request import urlopen

from benchmarks.answers import HOMES, REGIONS
from benchmarks.fake_aws import ROLE, Call, account_ids
from benchmarks.faults import Faults
from scanner.demo.access_keys import access_key_id

SCAN = [sys.executable, "-c", "from scanner.cli import main; main()", "scan"]
BARE = [sys.executable, "-m", "benchmarks.bare"]


NO_FAULTS = Faults()


@dataclass(frozen=True)
class Case:
    name: str
    what: str
    accounts: int = 1
    organization: bool = False
    """With one trail for all of them."""
    trails: int = 5
    """Of each account itself."""
    extra_buckets: int = 0
    history_pages: int = 1
    faults: Faults = NO_FAULTS
    rounds: int | None = None
    """Fewer than asked for, where one takes minutes."""
    targets: "Targets | None" = None
    bare: tuple[str, ...] | None = None
    """Not a scan: the calls that the scan of the same accounts made, through boto3 with these options."""


@dataclass(frozen=True)
class Targets:
    wall: float
    """Seconds."""
    memory: float
    """MB."""
    cpu: float
    """Milliseconds for a call where the yardstick is 1."""


CASES = (
    Case("one", "one account: 17 regions, 5 trails, 5 log buckets"),
    Case("buckets", "the same with 200 buckets that no trail uses", extra_buckets=200),
    Case("ten", "ten such accounts by role", accounts=10),
    Case("hundred", "a hundred such accounts by role", accounts=100),
    Case("bare", "the calls of `ten`, bare: one boto3 session per account", accounts=10, bare=()),
    Case("bare-one", "the same with one boto3 session for all", accounts=10, bare=("--one-session",)),
    Case("loop", "as `bare`, each answer 20 ms late", accounts=10, bare=(), faults=Faults(20), rounds=1),
    Case(
        "organization",
        "300 accounts, 17 regions, one trail, each answer 80 ms late",
        accounts=300,
        organization=True,
        trails=0,
        faults=Faults(latency=80),
        rounds=1,
        targets=Targets(wall=60, memory=250, cpu=1.6),
    ),
    Case(
        "five-thousand",
        "5,000 accounts of such an organization, no latency",
        accounts=5000,
        organization=True,
        trails=0,
        rounds=1,
    ),
)


class Cost(NamedTuple):
    cpu: float
    """Seconds."""
    wall: float
    memory: float
    """Peak resident set, MB."""
    code: int


@contextmanager
def started(command: list[str]) -> Iterator[str]:
    """A server as a process that ends with its standard input; yields its first line."""
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.stdin.close()
        process.wait()
        process.stdout.close()


@contextmanager
def fake(case: Case, latency: float | None = None, *, log: bool = False) -> Iterator[str]:
    """The fake for a case, as a process; yields its URL. `latency` in place of the case's own."""
    command = [sys.executable, "-m", "benchmarks.server", "--accounts", str(case.accounts)]
    command += ["--trails", str(case.trails), "--buckets", str(case.trails)]
    command += ["--extra-buckets", str(case.extra_buckets), "--history-pages", str(case.history_pages)]
    command += ["--faults", case.faults.to_json(), *(["--organization"] if case.organization else ())]
    command += [*(["--log"] if log else ()), *(() if latency is None else ("--latency", str(latency)))]
    with started(command) as port:
        yield f"http://127.0.0.1:{int(port)}"


def environment(url: str) -> dict[str, str]:
    """No credentials and no configuration but the fake's."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "TRAILAUDIT_"))}
    return kept | {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": access_key_id(account_ids(1)[0]),
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_DEFAULT_REGION": HOMES[0],
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def scan_command(case: Case, output: str = os.devnull) -> list[str]:
    # Five trails in one account record some events twice: a failure, a low one.
    command = [*SCAN, "--fail-on", "medium", "--no-progress", "--output", f"json={output}"]
    if case.organization:
        return [*command, "--organization", "--role-name", ROLE]
    if case.accounts > 1:
        command += ["--role-name", ROLE]
        for account in account_ids(case.accounts):
            command += ["--account", account]
    return command


def run(command: list[str], url: str, stdin: str = "") -> Cost:
    """Run it to its end and take its resource usage; the exit code is judged by the caller."""
    started = time.perf_counter()
    process = subprocess.Popen(
        command,
        env=environment(url),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stderr is not None
    process.stdin.write(stdin)
    process.stdin.close()
    said = process.stderr.read()
    process.stderr.close()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = code = os.waitstatus_to_exitcode(status)
    if code not in (0, 1, 3):
        raise SystemExit(f"{' '.join(command)} ended with {code}:\n{said}")
    wall = time.perf_counter() - started
    return Cost(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss * 1024 / 1e6, code)


def yardstick(rounds: int) -> float:
    """Milliseconds of CPU that a plain boto3 call costs at this moment: machines differ, and virtual
    ones from hour to hour.
    """
    with fake(CASES[0]) as url:
        command = [*BARE, "--plain", "1000"]
        runs = (
            subprocess.run(command, env=environment(url), capture_output=True, text=True, check=True)
            for _ in range(rounds)
        )
        return min(float(one.stdout) for one in runs)


def calls(url: str, *, forget: bool) -> list[tuple[Call, int]]:
    with urlopen(f"{url}/_calls") as answer:
        found = [(Call(*row[:4]), row[4]) for row in json.load(answer)]
    if forget:
        urlopen(f"{url}/_reset", data=b"").close()
    return found


class Measured(NamedTuple):
    best: Cost
    calls: Counter[str]
    """By `service:Action`."""
    scan: Cost
    """Of the scan that the calls were taken from; another than `best` only for a bare case."""


def measure(case: Case, *, rounds: int, latency: float | None) -> Measured:
    with fake(case, latency) as url:
        costs = []
        for _ in range(rounds):
            calls(url, forget=True)
            costs.append(run(scan_command(case), url))
        scan = min(costs)
        made = calls(url, forget=True)
        if case.bare is not None:
            replayed = json.dumps([[*call, count] for call, count in made])
            costs = [run([*BARE, *case.bare], url, replayed) for _ in range(rounds)]
    by_action: Counter[str] = Counter()
    for call, count in made:
        by_action[f"{call.service}:{call.action}"] += count
    return Measured(min(costs), by_action, scan)


def tell(case: Case, found: Measured, stick: float, *, list_calls: bool) -> None:
    best, total = found.best, found.calls.total()
    figures = (
        f"{total:6,} calls",
        f"{best.cpu:6.2f} s CPU",
        f"{best.wall:6.2f} s wall",
        f"{best.memory:5.0f} MB",
        f"{best.cpu / total * 1000:5.2f} ms CPU a call",
        f"{best.cpu / total * 1000 / stick:5.2f} divided",
    )
    print(f"{case.name:13}", *figures, f"exit {best.code}", case.what, sep="  ", flush=True)
    if case.bare is not None:
        cpu, wall = best.cpu / found.scan.cpu, best.wall / found.scan.wall
        line(f"{cpu:.1f} times the CPU and {wall:.1f} times the time of the scan, which judges too")
    if case.organization:
        # A member: AssumeRole, GetCallerIdentity, ListRegions, and the trails of each region.
        line(f"{total / case.accounts:.1f} calls an account; at least {3 + len(REGIONS)} are needed")
    if case.targets is not None:
        line(*verdicts(case.targets, best, best.cpu / total * 1000 / stick))
    if list_calls:
        for action, count in found.calls.most_common():
            line(f"{count:7,} {action}", f"{count / case.accounts:6.2f} an account")


def verdicts(targets: Targets, best: Cost, cpu: float) -> Iterator[str]:
    for what, measured, target in (
        ("wall", best.wall, targets.wall),
        ("memory", best.memory, targets.memory),
        ("CPU", cpu, targets.cpu),
    ):
        yield f"{what} {'held' if measured <= target else 'MISSED'} ({measured:.4g} of {target:g})"


def line(*parts: str) -> None:
    print(" " * 13, *parts, sep="  ", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description="\n".join(f"{case.name}: {case.what}" for case in CASES))
    parser.add_argument("cases", nargs="*", metavar="CASE", help="all by default")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--latency", type=float, help="milliseconds before each answer, whatever the case")
    parser.add_argument("--calls", action="store_true", help="list the calls by action")
    options = parser.parse_args()
    if strangers := set(options.cases) - {case.name for case in CASES}:
        parser.error(f"no such case: {', '.join(sorted(strangers))}")
    stick = yardstick(options.rounds)
    memory: dict[str, float] = {}
    for case in CASES:
        if options.cases and case.name not in options.cases:
            continue
        found = measure(case, rounds=case.rounds or options.rounds, latency=options.latency)
        after = yardstick(options.rounds)
        tell(case, found, (stick + after) / 2, list_calls=options.calls)
        line(f"yardstick {stick:.2f} ms before, {after:.2f} ms after")
        stick = after
        memory[case.name] = found.best.memory
    if {"organization", "five-thousand"} <= memory.keys():
        ratio = memory["five-thousand"] / memory["organization"]
        line(f"5,000 accounts take {ratio:.1f} times the memory of 300")


if __name__ == "__main__":
    main()
