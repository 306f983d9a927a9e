"""What a scan costs: `trailaudit scan` as a whole process against the local fake, case by case.

    python -m benchmarks.scan                 all cases
    python -m benchmarks.scan one ten         some of them
    python -m benchmarks.scan ten --calls     and what was called how often

CPU is user + system time of the scanning process alone, interpreter and imports included; the fake
runs in another. Of several rounds the cheapest counts.
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

from benchmarks.answers import HOMES
from benchmarks.fake_aws import ROLE, Call, account_ids
from scanner.demo.access_keys import access_key_id

SCAN = [sys.executable, "-c", "from scanner.cli import main; main()", "scan"]
BARE = [sys.executable, "-m", "benchmarks.bare"]


@dataclass(frozen=True)
class Case:
    name: str
    what: str
    accounts: int = 1
    extra_buckets: int = 0
    bare: tuple[str, ...] | None = None
    """Not a scan: the calls that the scan of the same accounts made, through boto3 with these options."""


CASES = (
    Case("one", "one account: 17 regions, 5 trails, 5 log buckets"),
    Case("buckets", "the same with 200 buckets that no trail uses", extra_buckets=200),
    Case("ten", "ten such accounts by role", accounts=10),
    Case("hundred", "a hundred such accounts by role", accounts=100),
    Case("bare", "the calls of `ten`, bare: one boto3 session per account", accounts=10, bare=()),
    Case("bare-one", "the same with one boto3 session for all", accounts=10, bare=("--one-session",)),
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
def fake(case: Case, latency: float) -> Iterator[str]:
    """The fake for a case, as a process; yields its URL."""
    command = [sys.executable, "-m", "benchmarks.fake_aws", "--accounts", str(case.accounts)]
    command += ["--extra-buckets", str(case.extra_buckets), "--latency", str(latency)]
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


def scan_command(case: Case) -> list[str]:
    # Five trails in one account record some events twice: a failure, a low one.
    command = [*SCAN, "--fail-on", "medium", "--no-progress", "--output", f"json={os.devnull}"]
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


def yardstick(rounds: int) -> None:
    """What a boto3 call costs at this moment: machines differ, and virtual ones from hour to hour."""
    with fake(CASES[0], latency=0) as url:
        told = [
            subprocess.run(
                [*BARE, "--plain", "1000"], env=environment(url), capture_output=True, text=True, check=True
            ).stdout
            for _ in range(rounds)
        ]
    print(f"{'yardstick':9}  {min(map(float, told)):5.2f} ms CPU for a plain boto3 call", flush=True)


def calls(url: str, *, forget: bool) -> list[tuple[Call, int]]:
    with urlopen(f"{url}/_calls") as answer:
        found = [(Call(*row[:4]), row[4]) for row in json.load(answer)]
    if forget:
        urlopen(f"{url}/_reset", data=b"").close()
    return found


def measure(case: Case, *, rounds: int, latency: float, list_calls: bool) -> None:
    with fake(case, latency) as url:
        costs = []
        for _ in range(rounds):
            calls(url, forget=True)
            costs.append(run(scan_command(case), url))
        made = calls(url, forget=True)
        if case.bare is not None:
            replayed = json.dumps([[*call, count] for call, count in made])
            costs = [run([*BARE, *case.bare], url, replayed) for _ in range(rounds)]
    best = min(costs)
    total = sum(count for _, count in made)
    figures = (
        f"{total:6,} calls",
        f"{best.cpu:6.2f} s CPU",
        f"{best.wall:6.2f} s wall",
        f"{best.memory:5.0f} MB",
        f"{best.cpu / total * 1000:5.2f} ms CPU a call",
    )
    print(f"{case.name:9}", *figures, f"exit {best.code}", case.what, sep="  ", flush=True)
    if list_calls:
        by_action: Counter[str] = Counter()
        for call, count in made:
            by_action[f"{call.service}:{call.action}"] += count
        for action, count in by_action.most_common():
            print(f"{'':9} {count:6,} {action}")


def main() -> None:
    parser = argparse.ArgumentParser(description="\n".join(f"{case.name}: {case.what}" for case in CASES))
    parser.add_argument("cases", nargs="*", metavar="CASE", help="all by default")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--latency", type=float, default=0, help="milliseconds before each answer")
    parser.add_argument("--calls", action="store_true", help="list the calls by action")
    options = parser.parse_args()
    if strangers := set(options.cases) - {case.name for case in CASES}:
        parser.error(f"no such case: {', '.join(sorted(strangers))}")
    yardstick(options.rounds)
    for case in CASES:
        if not options.cases or case.name in options.cases:
            measure(case, rounds=options.rounds, latency=options.latency, list_calls=options.calls)


if __name__ == "__main__":
    main()
