"""Scans in a world in which things go wrong; each is judged, and a complaint ends the command with 1.

python -m benchmarks.trials                 all
python -m benchmarks.trials chaos governor  some of them
"""

import argparse
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

from benchmarks.answers import HOMES
from benchmarks.fake_aws import account_ids
from benchmarks.faults import Entry, Faults
from benchmarks.judging import (
    LAG,
    complete,
    invented,
    misattributed,
    miscounted,
    paces,
    stale,
    unequal,
    unexplained,
    wrong_credentials,
)
from benchmarks.scan import Case, Cost, fake, run, scan_command
from scanner.model.posture import Posture
from scanner.model.result import Result

CALLER, ARCHIVE, *MEMBERS = account_ids(100)

DENIED = tuple(MEMBERS[10:20])
HUNG = tuple(MEMBERS[20:21])
DEAF = tuple(MEMBERS[21:23])
EXPIRING = tuple(MEMBERS[30:32])
THROTTLED = tuple(MEMBERS[40:45])
IMPOSTOR, VICTIM = MEMBERS[50], MEMBERS[60]
ENOUGH = 600
"""Calls of the trial of identities."""
SLACK = 1.3
"""Times what the rate allows that a scan may take."""


@dataclass(frozen=True)
class Seen:
    """What a scan left behind."""

    cost: Cost
    result: Result
    posture: Posture
    log: list[Entry]


@dataclass(frozen=True)
class Trial:
    case: Case
    judge: Callable[[Seen], Iterator[str]]
    """Yields complaints."""
    figures: Callable[[Seen], str]
    options: tuple[str, ...] = ()
    """Of the scan."""


def judge_chaos(seen: Seen) -> Iterator[str]:
    expected = (
        dict.fromkeys(DENIED, "AccessDenied")
        | dict.fromkeys((*HUNG, *DEAF), "Timeout")
        | {IMPOSTOR: f"answers for account {VICTIM}"}
    )
    if seen.cost.code != 3:
        yield f"exit {seen.cost.code}, not 3"
    whole = complete(seen.result)
    for account in sorted({CALLER, ARCHIVE, *MEMBERS} - whole - expected.keys() - set(THROTTLED)):
        yield f"{account} is not complete"
    for account in sorted(whole & expected.keys()):
        yield f"{account} is complete, though much could not be read"
    # Whatever ended the attempts of a call: a refusal, or an answer that was cut.
    throttled = dict.fromkeys(set(THROTTLED) - whole, "code=")
    yield from unexplained(seen.result, seen.posture, expected | throttled)
    yield from invented(seen.result, seen.posture)
    yield from _attributed(seen, {CALLER, ARCHIVE})
    for account in EXPIRING:
        yield from stale(account, seen.log)


def chaos_figures(seen: Seen) -> str:
    faults = Counter(call.fault for call in seen.log if call.fault)
    told = ", ".join(f"{count} {fault}" for fault, count in faults.most_common())
    return f"{len(complete(seen.result))} of 100 accounts complete; {told}"


def judge_governor(seen: Seen) -> Iterator[str]:
    if seen.cost.code != 1:
        yield f"exit {seen.cost.code}, not 1"
    if throttled := sum(bool(call.fault) for call in seen.log):
        yield f"{throttled} calls were throttled"
    yield from _kept(seen, ())
    least = paces(seen.log).least
    if seen.cost.wall > SLACK * least:
        yield f"took {seen.cost.wall:.1f} s, more than {SLACK} times the {least:.1f} s that the rate allows"


def governor_figures(seen: Seen) -> str:
    found = paces(seen.log)
    return (
        f"{seen.cost.wall / found.least:.2f} times the {found.least:.1f} s that the rate allows; "
        f"at most {found.headway * 1000:.0f} ms ahead of it"
    )


def judge_identity(seen: Seen) -> Iterator[str]:
    yield from _attributed(seen, ())
    if len(seen.log) < ENOUGH:
        yield f"only {len(seen.log)} calls"
    yield from unequal([account.id for account in seen.posture.accounts if account.id != CALLER], seen.log)


def identity_figures(seen: Seen) -> str:
    sessions = len({call.key for call in seen.log})
    return f"{len(wrong_credentials(seen.log, CALLER))} with a wrong credential, of {sessions} that were used"


def _attributed(seen: Seen, shared: set[str] | tuple[()]) -> Iterator[str]:
    yield from misattributed(seen.posture, shared)
    yield from miscounted(seen.posture, seen.log)
    yield from _kept(seen, shared)


def _kept(seen: Seen, shared: set[str] | tuple[()]) -> Iterator[str]:
    """Complaints about credentials and pace."""
    for call in wrong_credentials(seen.log, CALLER, shared):
        yield f"wrong credential: {call}"
    if (ahead := paces(seen.log).headway) > LAG:
        yield f"calls were {ahead:.2f} s ahead of the rate"


TRIALS = (
    Trial(
        Case(
            "chaos",
            "100 accounts: 10 denied, 3 hung, 2 expiring, 5 throttled, 1 impostor; answers cut",
            accounts=100,
            organization=True,
            trails=1,
            faults=Faults(
                latency=20,
                jitter=40,
                denied=DENIED,
                hung=HUNG,
                deaf=DEAF,
                expiring=EXPIRING,
                throttled=THROTTLED,
                impostors={IMPOSTOR: VICTIM},
                cut=25,
            ),
        ),
        judge_chaos,
        chaos_figures,
    ),
    Trial(
        Case(
            "governor",
            "6 accounts, 3 regions, much event history; throttled above AWS's rate",
            accounts=6,
            trails=1,
            history_pages=8,
            faults=Faults(quotas={"cloudtrail:LookupEvents": (2, 1), "cloudtrail:DescribeTrails": (10, 1)}),
        ),
        judge_governor,
        governor_figures,
        ("--region", HOMES[0], "--region", HOMES[1]),
    ),
    Trial(
        Case(
            "identity",
            "20 accounts, a region, 32 threads; each session is renewed at once",
            accounts=20,
            faults=Faults(jitter=20, expiring=tuple(account_ids(20))),
        ),
        judge_identity,
        identity_figures,
        ("--region", HOMES[0]),
    ),
)


def try_it(trial: Trial, directory: Path) -> list[str]:
    """The complaints; prints the figures."""
    result, posture = directory / "result.json", directory / "posture.json"
    command = [*scan_command(trial.case, str(result)), *trial.options, "--save-posture", str(posture)]
    with fake(trial.case, log=True) as url:
        cost = run(command, url)
        with urlopen(f"{url}/_log") as answer:
            log = [Entry(*row) for row in json.load(answer)]
    seen = Seen(
        cost,
        Result.model_validate_json(result.read_bytes()),
        Posture.model_validate_json(posture.read_bytes()),
        log,
    )
    complaints = list(trial.judge(seen))
    print(
        f"{trial.case.name:9}  {len(log):6,} calls  {cost.wall:6.1f} s wall  {cost.cpu:5.1f} s CPU  "
        f"{cost.memory:4.0f} MB  exit {cost.code}  {trial.figures(seen)}",
        f"{trial.case.what}: {f'{len(complaints)} complaints' if complaints else 'well'}",
        *complaints[:20],
        sep=f"\n{'':11}",
        flush=True,
    )
    return complaints


def main() -> None:
    names = {trial.case.name for trial in TRIALS}
    parser = argparse.ArgumentParser(
        description="\n".join(f"{trial.case.name}: {trial.case.what}" for trial in TRIALS)
    )
    parser.add_argument("trials", nargs="*", metavar="TRIAL", help="all by default")
    chosen = parser.parse_args().trials
    if strangers := set(chosen) - names:
        parser.error(f"no such trial: {', '.join(sorted(strangers))}")
    failed = False
    for trial in TRIALS:
        if not chosen or trial.case.name in chosen:
            with tempfile.TemporaryDirectory() as directory:
                failed |= bool(try_it(trial, Path(directory)))
    sys.exit(failed)


if __name__ == "__main__":
    main()
