"""Comparisons to render: one with something of everything, and one that means harm."""

from scanner.compare import compare
from scanner.model.comparison import Comparison
from scanner.model.finding import Severity
from scanner.model.result import Control, Framework, Result, Rule, Summary, Tool
from tests.build import ACCOUNT, OTHER
from tests.compare.worlds import FAILED, PASSED, UNREAD, finding, run, scope_account
from tests.reports.sample import FRAMEWORKS, HOSTILE_TEXTS, WAIVER

NEWCOMER = "222233334444"
TOOL = Tool(version="0.1.0")
BUCKET = "arn:aws:s3:::acme-logs"


def _rule(check: str, **options: int) -> Rule:
    return Rule(id=check, severity=Severity.MEDIUM, options=dict(options))


def _controls(status: str) -> tuple[Framework, ...]:
    (framework,) = FRAMEWORKS
    controls: list[Control] = [one.model_copy(update={"status": status}) for one in framework.controls[:1]]
    return (framework.model_copy(update={"controls": (*controls, *framework.controls[1:])}),)


def _counted(some: Result) -> Result:
    return some.model_copy(update={"summary": Summary.of(some.findings)})


def runs() -> tuple[Result, Result, Result]:
    """Three quarters in which something of every kind happened."""
    rules = (_rule("bucket-public-access"), _rule("bucket-retention", min_days=365), _rule("trail-logging"))
    last_rules = (*rules[:1], _rule("bucket-retention", min_days=400), rules[2], _rule("trail-tags"))
    home = scope_account(name="payments")
    first = run(
        finding(PASSED, severity=Severity.HIGH),
        finding(check="bucket-retention", resource=BUCKET, message="keeps logs 31 days, fewer than 365"),
        finding(PASSED, check="bucket-public-access", resource=BUCKET, severity=Severity.CRITICAL),
        finding(account=OTHER, severity=Severity.HIGH, message="is not logging"),
        finding(check="trail-logging", resource="arn:aws:cloudtrail:eu-west-1:010203040506:trail/second"),
        finding(check="trail-logging", resource="arn:aws:cloudtrail:eu-west-1:010203040506:trail/third"),
        finding(waiver=WAIVER, resource="arn:aws:cloudtrail:eu-west-1:010203040506:trail/waived"),
        accounts=[home, scope_account(OTHER, name="legacy")],
        ran=rules,
        frameworks=_controls("pass"),
    )
    middle = first.model_copy(update={"run": run(quarter=1).run})
    last = run(
        finding(FAILED, severity=Severity.HIGH, message="is not logging since 2026-07-01"),
        finding(PASSED, check="bucket-retention", resource=BUCKET, message="keeps logs 400 days"),
        finding(
            FAILED,
            check="bucket-public-access",
            resource=BUCKET,
            severity=Severity.CRITICAL,
            message="is public: the policy lets everyone s3:GetObject, and no block is on",
        ),
        finding(UNREAD, resource="arn:aws:cloudtrail:eu-west-1:010203040506:trail/second"),
        finding(resource="arn:aws:cloudtrail:eu-west-1:010203040506:trail/waived"),
        finding(PASSED, check="trail-tags"),
        finding(account=NEWCOMER, severity=Severity.HIGH, message="is not logging"),
        quarter=2,
        accounts=[home, scope_account(OTHER, "skipped", name="legacy"), scope_account(NEWCOMER, name="shop")],
        ran=last_rules,
        frameworks=_controls("fail"),
    )
    return _counted(first), _counted(middle), _counted(last)


def comparison() -> Comparison:
    return compare(runs(), TOOL)


def quiet() -> Comparison:
    """Two runs that say the same."""
    return compare([run(finding(PASSED)), run(finding(PASSED), quarter=1)], TOOL)


def hostile() -> Comparison:
    """Names and messages of somebody who wishes us ill, new and gone and mended."""
    named = [text.encode("utf-8", "replace").decode() for text in HOSTILE_TEXTS]
    before, after = [], []
    for number, text in enumerate(named):
        where = f"region-{number}"
        before += [finding(region=where, resource=text, message=text)]
        after += [finding(PASSED, region=where, resource=text, message=text)]
        after += [finding(check="bucket-retention", region=where, resource=text, message=text)]
    accounts = [scope_account(name=text) for text in named[:1]]
    closed = [scope_account(f"{900_000_000_000 + at}", name=text) for at, text in enumerate(named)]
    return compare(
        [
            run(*before, accounts=accounts, version=named[1]),
            run(*after, accounts=[*accounts, *closed], quarter=1),
        ],
        TOOL,
    )


def large(count: int) -> Comparison:
    """So many failures that opened, and as many that were fixed."""
    arns = [f"arn:aws:cloudtrail:eu-west-1:{ACCOUNT}:trail/{number:06}" for number in range(count)]
    opened = [finding(resource=arn) for arn in arns]
    closed = [finding(PASSED, resource=arn) for arn in arns]
    other = [finding(resource=arn, check="trail-tags") for arn in arns]
    mended = [finding(PASSED, resource=arn, check="trail-tags") for arn in arns]
    return compare([run(*closed, *other), run(*opened, *mended, quarter=1)], TOOL)
