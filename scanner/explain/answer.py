"""From a question and a posture to the answer."""

from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from scanner.coverage import GLOBAL_SOURCES, Place, everywhere, global_place, place_of, places
from scanner.events.catalogue import has_network_activity
from scanner.explain.insights import reporting
from scanner.explain.question import Form, Question, assumptions, forms, reads
from scanner.explain.verdicts import undecided, verdict
from scanner.model.arn import parse_arn
from scanner.model.explanation import AskedEvent, Case, Explanation
from scanner.model.finding import Reason
from scanner.model.posture import Account, Posture
from scanner.model.reading import Gap, Known
from scanner.recorders import Recorder, recorders
from scanner.words import listed

STS = "sts.amazonaws.com"


class _Spot(NamedTuple):
    """Where the event may happen."""

    place: Place
    global_service: bool = False


def explain(question: Question, account: Account, posture: Posture) -> Explanation:
    """Whether the event would be recorded in the account, in every case that the question leaves open."""
    asked = forms(question, posture.partition)
    cases = tuple(
        _case(form, spot, question, account, posture)
        for form in asked
        for spot in _spots(question, form, account, posture)
    )
    doubt = _elsewhere(question, asked, account, posture)
    recorded = _together(cases, doubt)
    return Explanation(
        account=account.id,
        event=AskedEvent(
            source=question.source,
            name=question.name,
            read_only=reads(question),
            resource=question.resource,
            region=question.region,
            fields=question.fields,
        ),
        recorded=recorded,
        why=_why(recorded, cases, doubt),
        assumed=tuple(assumptions(question, asked)),
        notes=tuple(_notes(question, asked, account, posture)),
        cases=cases,
    )


def _spots(question: Question, form: Form, account: Account, posture: Posture) -> Iterator[_Spot]:
    region = _region(question, form)
    if _is_global(question, form):
        # STS has an endpoint in each region besides, whose events are like any other's.
        regional = region if question.source == STS else None
        if regional is None or regional in posture.leader_regions:
            yield _Spot(global_place(account, posture), global_service=True)
        if regional is not None:
            yield _Spot(place_of(account, posture, regional))
    elif region is not None:
        yield _Spot(place_of(account, posture, region))
    else:
        for place in places(account, posture):
            yield _Spot(place)


def _is_global(question: Question, form: Form) -> bool:
    return form.category in ("management", "insight") and question.source in GLOBAL_SOURCES


def _region(question: Question, form: Form) -> str | None:
    """Where it happens, as said or by the resource of a data event."""
    if question.region is None and question.resource is not None and form.category == "data":
        return parse_arn(question.resource).region or None
    return question.region


def _case(form: Form, spot: _Spot, question: Question, account: Account, posture: Posture) -> Case:
    def as_asked(recorder: Recorder) -> Recorder:
        return reporting(recorder, form, question, posture) if form.category == "insight" else recorder

    place = Place(spot.place.regions, tuple(map(as_asked, spot.place.covering)), spot.place.unseen)
    found = place.answer(form.wanted)
    readings = (
        *place.unseen,
        *(one.recording for one in place.covering),
        *(one.selectors for one in place.covering),
    )
    gap = undecided(found, readings)
    return Case(
        category=form.category,
        resource_types=form.types,
        regions=place.regions,
        global_service=spot.global_service,
        recorded=found.recorded,
        by=found.by,
        holes=tuple(str(hole) for hole in found.holes),
        reason=None if gap is None else Reason.of(gap),
        recorders=tuple(
            verdict(one, place, form.wanted, posture, global_service=spot.global_service)
            for one in map(as_asked, recorders(account, posture).known)
        ),
    )


def _elsewhere(question: Question, asked: Iterable[Form], account: Account, posture: Posture) -> Gap | None:
    """Why the event may happen in a region that nobody saw, where that can change the answer."""
    unlisted = account.enabled_regions
    if isinstance(unlisted, Known) or account.narrowed:
        return None
    for form in asked:
        anywhere = _region(question, form) is None and not _is_global(question, form)
        if anywhere and everywhere(account, posture, form.wanted)[0] != Known(value=True):
            return unlisted
    return None


def _together(cases: Iterable[Case], doubt: Gap | None) -> Literal["yes", "no", "unknown"]:
    match {case.recorded for case in cases}:
        case found if found == {"yes"} and doubt is None:
            return "yes"
        case found if found == {"no"} and doubt is None:
            return "no"
        case _:
            return "unknown"


def _why(recorded: str, cases: tuple[Case, ...], doubt: Gap | None) -> str:
    if recorded == "yes":
        return f"{_names(sorted({arn for case in cases for arn in case.by}))} would record it."
    if recorded == "no":
        return "Nothing would record it."
    if doubt is not None:
        return f"It can't be told, for there may be other enabled regions: {doubt.detail}."
    if reasons := [case.reason.detail for case in cases if case.reason is not None]:
        return f"It can't be told: {reasons[0]}."
    if len({case.recorded for case in cases}) > 1:
        return f"It hangs on {_difference(cases)}."
    return "It hangs on what was not said."


def _names(arns: Iterable[str]) -> str:
    return listed([parse_arn(arn).resource for arn in arns])


def _difference(cases: tuple[Case, ...]) -> str:
    """What the cases that were asked differ in, with the option that settles it."""
    if len({case.category for case in cases}) > 1:
        return "the category of the event (--category)"
    if len({case.resource_types for case in cases}) > 1:
        return "the type of the resource (--resource-type)"
    if len({case.global_service for case in cases}) > 1:
        return "the endpoint of STS, the global one or that of the region"
    return "the region (--region)"


def _notes(question: Question, asked: tuple[Form, ...], account: Account, posture: Posture) -> Iterator[str]:
    categories = {form.category for form in asked}
    if len(categories) > 1:
        yield (
            f"AWS names no data events of {question.source}, so that it may be a management or a data event; "
            "both are asked about (--category)"
        )
    if reads(question) is None:
        yield "whether it reads or writes isn't known; both are asked about (--read, --write)"
    if question.resource is not None and "data" not in categories:
        yield "selectors of such events don't look at resources: --resource changes nothing"
    if account.narrowed and any(
        _region(question, form) is None and not _is_global(question, form) for form in asked
    ):
        yield f"no other regions were looked at than {listed(account.judged_regions)} (--region)"
    if any(_is_global(question, form) for form in asked):
        where = " or ".join(posture.leader_regions)
        if question.source != STS:
            yield f"events of {question.source} are recorded in {where}, wherever the call is made"
        elif question.region is None:
            yield (
                f"calls to the global endpoint of STS are recorded in {where}, those to a region's endpoint "
                "in that region (--region)"
            )
    if question.category is None and has_network_activity(question.source):
        yield from _network_activity(question, account, posture)


def _network_activity(question: Question, account: Account, posture: Posture) -> Iterator[str]:
    through = question.model_copy(update={"category": "network-activity", "resource_type": None})
    by = {
        arn
        for form in forms(through, posture.partition)
        for spot in _spots(through, form, account, posture)
        for arn in spot.place.answer(form.wanted).by
    }
    if by:
        yield (
            f"through a VPC endpoint it makes a network activity event too, which {_names(sorted(by))} "
            "may record (--category network-activity)"
        )
