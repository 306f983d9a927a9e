"""What the demo says in one screen of 80 columns."""

from collections import Counter
from collections.abc import Iterable, Iterator
from textwrap import fill

from scanner.demo import story
from scanner.model.finding import Finding, Severity, Status
from scanner.model.result import Result, ScopeAccount
from scanner.model.verification import Verification
from scanner.words import listed, plural

WIDTH = 80
LESSONS = {member.id: member.lesson for member in story.ACCOUNTS}


def screen(
    result: Result, proof: Verification, folder: str, *, program: str, seconds: float, keep: bool
) -> str:
    """`proof` is of the tampered trail. `folder` (it holds the reports) and `program` as one types them in a
    shell; `keep`: the embedded AWS goes on running.
    """
    calls = sum(count.count for count in result.readings)
    lines = [
        _paragraph(
            f"Built an organization of {plural(len(result.scope.accounts), 'account')} in an embedded AWS "
            f"(moto on 127.0.0.1) and scanned it through the role {story.ROLE!r}: {plural(calls, 'call')} "
            f"in {seconds:.1f} s. Nothing of yours was read, no credentials were used."
        ),
        "",
        "What it has to teach, worst first:",
        *(_account_line(account, result) for account in _worst_first(result)),
        "",
        _paragraph(f"Could everything be checked? {_completeness(result)}"),
        _paragraph(
            f"Are {story.TAMPERED.name}'s log files of {proof.start.date()} intact? {_integrity(proof)}"
        ),
        "",
        f"Reports in {folder}:",
        "  report.html (open it in a browser); the same as a table, a workbook, CSV,",
        "  Markdown, JUnit, SARIF, OCSF, ASFF, OSCAL and JSON (report.json)",
        "  posture.json: all that was read, to be judged again offline",
        "  waivers.yaml: one failure that somebody answers for, and one no longer",
        "",
        "Try next:",
        *(f"  {command}" for command in _commands(result, proof, folder, program, keep=keep)),
        "",
        _paragraph(
            f"The same scan of a real organization would have ended with exit code {result.gate.code} "
            f"({result.gate.verdict}): {'; '.join(result.gate.reasons)}. The demo itself ends with 0."
        ),
    ]
    return "\n".join(lines)


def _worst_first(result: Result) -> list[ScopeAccount]:
    readable = ("unreachable", "partial", "assessed", "skipped")

    def badness(account: ScopeAccount) -> tuple[int, int, int, str]:
        checks = _failed_checks(finding for finding in result.findings if finding.account == account.id)
        worst = checks[0][0].rank if checks else -1
        return (-worst, readable.index(account.state), -len(checks), account.id)

    return sorted(result.scope.accounts, key=badness)


def _account_line(account: ScopeAccount, result: Result) -> str:
    name = account.name or account.id
    return f"  {name:<11}  {LESSONS.get(account.id, ''):<26}  {_outcome(account, result)}"


def _outcome(account: ScopeAccount, result: Result) -> str:
    if account.state == "skipped":
        return "skipped"
    if account.state == "unreachable":
        return "could not be entered"
    found = [finding for finding in result.findings if finding.account == account.id]
    checks = _failed_checks(found)
    if checks:
        (severity, worst), *others = checks
        more = f" +{len(others)}" if others else ""
        return f"{severity:<8} {worst}{more}"
    unknown = sum(finding.status is Status.UNKNOWN for finding in found)
    return f"{unknown} unknown" if unknown else "no check fails"


def _failed_checks(findings: Iterable[Finding]) -> list[tuple[Severity, str]]:
    """The checks that fail, the gravest first, then those that fail for most."""
    counts = Counter(
        (one.severity, one.check) for one in findings if one.status is Status.FAIL and one.waiver is None
    )
    return sorted(counts, key=lambda check: (-check[0].rank, -counts[check], check[1]))


def _completeness(result: Result) -> str:
    closed = [account for account in result.scope.accounts if account.state == "unreachable"]
    unknown = result.summary.unknown
    if not closed and not unknown:
        return "Yes."
    parts = [f"account {account.id} ({account.name}) could not be entered" for account in closed]
    parts += [f"{unknown:,} unknown"] if unknown else []
    return f"No: {'; '.join(parts)}. What is not known is never counted as passed."


def _integrity(proof: Verification) -> str:
    """Each finding with its hour, and how much is valid."""
    answer = {"intact": "Yes", "tampered": "No"}.get(proof.verdict, "Not all could be proven")
    valid = f"{proof.counts.logs_valid:,} of {plural(proof.counts.logs, 'file')} are valid (verify.html)"
    found = [f"{one.kind} from {one.first:%H:%M} to {one.last:%H:%M}" for one in proof.findings]
    return f"{answer}: {'; '.join([*([listed(found)] if found else []), valid])}."


def _commands(result: Result, proof: Verification, folder: str, program: str, *, keep: bool) -> Iterator[str]:
    yield f"{program} report {folder}/report.json"
    if failed := _failed_checks(result.findings):
        _, worst = failed[0]
        yield f"{program} scan --posture {folder}/posture.json \\"
        yield f"  --check {worst}"
        yield f"{program} checks {worst}"
    yield f"{program} checks digest-chain"
    if keep:
        period = f"--start {proof.start.date()} --end {proof.end.date()}"
        yield f"{program} verify --role-name {story.ROLE} {period} \\"
        yield f"  --trail {proof.trail}"
        yield f"{program} scan --organization --role-name {story.ROLE}"
    else:
        yield f"{program} demo --keep"


def _paragraph(text: str) -> str:
    return fill(text, WIDTH)
