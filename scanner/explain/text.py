"""An explanation in words, 80 columns wide."""

import textwrap
from collections.abc import Iterator

from scanner.model.arn import parse_arn
from scanner.model.explanation import Case, Explanation, RecorderVerdict, SelectorVerdict
from scanner.model.finding import Reason
from scanner.model.result import Recorded
from scanner.words import listed, plural, printable

WIDTH = 80
SHOWN = 5
"""How many regions are named; the others are counted."""
_VERDICTS: dict[Recorded, str] = {
    "yes": "recorded",
    "partly": "recorded in part",
    "no": "not recorded",
    "unknown": "can't be told",
}
_RECORDERS: dict[Recorded, str] = {
    "yes": "records it",
    "partly": "records part of it",
    "no": "does not record it",
    "unknown": "can't be told",
}
_CATEGORIES = {
    "management": "Management event",
    "data": "Data event",
    "network-activity": "Network activity event",
    "insight": "Insights event",
}


def text(explanation: Explanation) -> str:
    return "\n".join(line for said in _said(explanation) for line in _wrapped(said)) + "\n"


def _wrapped(line: str) -> list[str]:
    """The line in lines; what follows the first hangs by four."""
    plain = printable(line)
    indent = plain[: len(plain) - len(plain.lstrip())]
    return textwrap.wrap(
        plain,
        WIDTH,
        subsequent_indent=f"{indent}    ",
        break_on_hyphens=False,
    ) or [""]


def _said(explanation: Explanation) -> Iterator[str]:
    event = explanation.event
    yield f"{event.name} of {event.source}: {_VERDICTS[explanation.recorded]}. {explanation.why}"
    yield ""
    place = f" in {event.region}" if event.region else ""
    yield f"account: {explanation.account}{place}"
    if event.resource is not None:
        yield f"resource: {event.resource}"
    yield from (f"{field}: {value}" for field, value in event.fields.items())
    yield from (f"assumed: {one}" for one in explanation.assumed)
    yield from (f"note: {one}" for one in explanation.notes)
    for case in explanation.cases:
        yield ""
        yield from _case(case)


def _case(case: Case) -> Iterator[str]:
    types = f" of {listed(case.resource_types)}" if case.resource_types else ""
    yield f"{_CATEGORIES[case.category]}{types} {_where(case)}: {_VERDICTS[case.recorded]}"
    if case.recorded == "partly":
        yield f"  not recorded: {listed(case.holes)}"
    if case.reason is not None:
        yield f"  {_unread(case.reason)}"
    if not case.recorders:
        yield "  no trail and no event data store was seen"
    for recorder in case.recorders:
        yield from _recorder(recorder)


def _where(case: Case) -> str:
    regions = listed(case.regions) if len(case.regions) <= SHOWN else plural(len(case.regions), "region")
    return f"of a global service, in {regions}" if case.global_service else f"in {regions}"


def _recorder(recorder: RecorderVerdict) -> Iterator[str]:
    arn = parse_arn(recorder.arn)
    kind = "organization " if recorder.organization else ""
    verdict = recorder.why or (_unread(recorder.reason) if recorder.reason else _RECORDERS[recorder.records])
    yield f"  {kind}{arn.resource} of {arn.account} in {arn.region}: {verdict}"
    for selector in recorder.selectors:
        yield f"    {_label(selector)}: {_selector(selector)}"


def _label(selector: SelectorVerdict) -> str:
    name = f" {selector.name!r}" if selector.name else f" ({selector.selects})" if selector.selects else ""
    return f"selector {selector.number}{name}"


def _selector(selector: SelectorVerdict) -> str:
    match selector.records:
        case "yes":
            return "selects it"
        case "no" if selector.fields:
            return f"no, {selector.fields[0]} doesn't hold"
        case "no":
            return "no, it has no fields"
        case "partly":
            return f"hangs on {listed(selector.fields)}"
        case "unknown":
            return _unread(selector.reason) if selector.reason else _VERDICTS["unknown"]


def _unread(reason: Reason) -> str:
    needed = reason.action if reason.action is not None and reason.action not in reason.detail else None
    return f"can't be told: {reason.detail}{f' ({needed})' if needed else ''}"
