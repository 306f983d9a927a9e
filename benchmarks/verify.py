"""What a proof costs: `trailaudit verify` and AWS's own validator over the same files.

    python -m benchmarks.verify                              30 days, 3 regions, 5 files an hour, 20 ms
    python -m benchmarks.verify --aws ~/cli/bin/aws          and AWS's, minutes of it
    python -m benchmarks.verify --days 90 --records 5000     more and larger files

Whole processes are measured: CPU is user and system time, of the child processes too.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

from benchmarks.deliveries import RECORDS, delivery
from benchmarks.scan import Cost, environment, run, started
from scanner.demo.deliveries import Delivery
from scanner.integrity.objects import Credentials, List, list_all
from scanner.integrity.s3 import open_s3
from scanner.integrity.s3_requests import S3Place
from scanner.model.base import iso

VERIFY = [sys.executable, "-c", "from scanner.cli import main; main()", "verify", "--no-progress"]
BARE = [sys.executable, "-m", "benchmarks.bare_files"]
CONNECTIONS = 16
"""Of the floor: enough to keep it busy where there is no latency."""


@contextmanager
def serving(given: argparse.Namespace, latency: float) -> Iterator[str]:
    command = [sys.executable, "-m", "benchmarks.deliveries", "--latency", str(latency)]
    for name in ("days", "regions", "logs", "records"):
        command += [f"--{name}", str(getattr(given, name))]
    with started(command) as url:
        yield url


def window(made: Delivery) -> list[str]:
    return [iso(made.start), iso(made.end)]


def ours(made: Delivery, url: str, directory: Path, *more: str) -> Cost:
    start, end = window(made)
    command = [*VERIFY, "--trail", made.arn, "--start", start, "--end", end, "--run-dir", str(directory)]
    return run([*command, "--output", f"json={directory / 'verify.json'}", *more], url)


def aws(made: Delivery, url: str, program: str) -> Cost:
    """One run for each region: that is how it is used."""
    start, end = window(made)
    command = [program, "cloudtrail", "validate-logs", "--trail-arn", made.arn]
    command += ["--start-time", start, "--end-time", end, "--region"]
    costs = [run([*command, region], url) for region in made.regions]
    cpu, wall, memory, codes = zip(*costs, strict=True)
    return Cost(sum(cpu), sum(wall), max(memory), max(codes))


def floor(made: Delivery, url: str) -> float:
    """CPU seconds of getting, inflating and hashing the same log files."""
    place = S3Place(made.bucket, made.home, endpoint=url)
    with open_s3(place, lambda: Credentials("A", "secret")) as objects:
        keys = [
            listed.key for listed in list_all(objects, List("AWSLogs/"))[2] if "/CloudTrail/" in listed.key
        ]
    done = subprocess.run(
        [*BARE, url, made.bucket, str(CONNECTIONS)],
        input="\n".join(keys),
        env=environment(url),
        capture_output=True,
        text=True,
        check=True,
    )
    return float(done.stdout)


def show(name: str, cost: Cost, calls: dict[str, int] | None) -> None:
    figures = (
        f"{cost.wall:7.2f} s wall",
        f"{cost.cpu:6.2f} s CPU",
        f"{cost.memory:4.0f} MB",
        f"exit {cost.code}",
    )
    asked = ", ".join(f"{count:,} {call}" for call, count in sorted((calls or {}).items()))
    print(f"{name:12}", *figures, asked, sep="  ", flush=True)


def calls(url: str) -> dict[str, int]:
    with urlopen(f"{url}/_calls") as answer:
        told: dict[str, int] = json.load(answer)
    return told


def measure(given: argparse.Namespace, made: Delivery) -> None:
    with serving(given, given.latency) as url, tempfile.TemporaryDirectory() as directory:
        firsts = []
        for turn in range(given.rounds):
            where = Path(directory) / str(turn)
            where.mkdir()
            calls(url)
            firsts.append(ours(made, url, where))
            show("first run", firsts[-1], calls(url))
            show("second run", ours(made, url, where, "--resume"), calls(url))
        first = min(firsts)
        if given.aws:
            theirs = aws(made, url, given.aws)
            show("validate-logs", theirs, calls(url))
            print(f"{theirs.wall / first.wall:.0f} times faster, {theirs.cpu / first.cpu:.1f} times less CPU")
    with serving(given, 0) as url, tempfile.TemporaryDirectory() as directory:
        bare = floor(made, url)
        cost = ours(made, url, Path(directory))
    files = made.hours * made.logs * len(made.regions)
    show("no latency", cost, None)
    print(
        f"log files a second and core: {files / cost.cpu:,.0f}; GET, inflate and SHA-256 alone, with no "
        f"process start, no digest, no signature: {files / bare:,.0f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--regions", type=int, default=3)
    parser.add_argument("--logs", type=int, default=5, help="files an hour and region")
    parser.add_argument("--records", type=int, default=RECORDS, help="in a file")
    parser.add_argument("--latency", type=float, default=20, help="milliseconds before each answer")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--aws", metavar="PROGRAM", help="the AWS CLI to compare with")
    given = parser.parse_args()
    measure(given, delivery(days=given.days, regions=given.regions, logs=given.logs, records=given.records))


if __name__ == "__main__":
    main()
