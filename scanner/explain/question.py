"""What is asked, and the kinds of events that it may mean."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pydantic import Field

from scanner.errors import UserError
from scanner.events import EventClass, data_events, meet
from scanner.events.catalogue import data_types, read_only
from scanner.events.classes import S3_OBJECT, is_category
from scanner.model.arn import is_arn, parse_arn
from scanner.model.base import Frozen
from scanner.model.explanation import Category
from scanner.model.trail import FieldSelector
from scanner.words import listed

CATEGORIES: Mapping[Category, str] = {
    "management": "Management",
    "data": "Data",
    "network-activity": "NetworkActivity",
    "insight": "Insight",
}
"""As selectors name them."""
EVENT_TYPES = {"network-activity": "AwsVpceEvent", "insight": "AwsCloudTrailInsight"}
SIGN_IN = "signin.amazonaws.com"
SAID = frozenset(
    {"eventCategory", "eventSource", "eventName", "readOnly", "resources.type", "resources.ARN", "awsRegion"}
)
"""Fields that have an option of their own."""


class Question(Frozen):
    """An event, as far as it is known. What is None or missing stays open, or follows from the names."""

    source: str
    name: str
    resource: str | None = None
    resource_type: str | None = None
    category: Category | None = None
    read_only: bool | None = None
    region: str | None = None
    fields: dict[str, str] = Field({})
    """Further fields of the event, by the names that selectors have for them."""


@dataclass(frozen=True, slots=True)
class Form:
    """One kind of event that the question may mean; `types` are empty but for data events."""

    category: Category
    types: tuple[str, ...]
    wanted: EventClass


def require_sound(question: Question) -> None:
    """Raise UserError where what is said contradicts itself."""
    if question.resource is not None and not is_arn(question.resource):
        raise UserError(f"--resource: {question.resource!r} is not an ARN")
    if question.resource_type is not None and question.category not in (None, "data"):
        raise UserError(
            f"--resource-type: a {question.category} event has none", hint="leave one of them out"
        )
    if said := sorted(SAID & question.fields.keys()):
        raise UserError(f"--field: {said[0]} has an option of its own")
    if question.category == "data" and not _data_types(question):
        raise UserError(
            f"--category: data events of {question.source} are not known here",
            hint="name their type (--resource-type AWS::…::…)",
        )


def _data_types(question: Question) -> tuple[str, ...]:
    if question.resource_type is not None:
        return (question.resource_type,)
    known = data_types(question.source, question.name, question.resource)
    return known.named or known.nameless


def forms(question: Question, partition: str) -> tuple[Form, ...]:
    """The kinds of events that it may mean; several where the names don't tell.

    Raises UserError where the resource is of none of the types: of no events everything is recorded.
    """
    asked = [
        Form(category, types, _wanted(question, category, types, partition))
        for category, types in _kinds(question)
    ]
    possible = tuple(form for form in asked if meet(form.wanted))
    if not possible:
        types = listed(sorted({type_ for form in asked for type_ in form.types}))
        raise UserError(f"--resource: {question.resource} is none of {types} in the partition {partition}")
    return possible


def _kinds(question: Question) -> Iterator[tuple[Category, tuple[str, ...]]]:
    known = data_types(question.source, question.name, question.resource)
    if question.category is not None and question.category != "data":
        yield question.category, ()
    elif question.resource_type is not None:
        yield "data", (question.resource_type,)
    elif known.named:
        for type_ in known.named:
            yield "data", (type_,)
    else:
        if question.category is None:
            yield "management", ()
        if known.nameless:
            yield "data", known.nameless


def reads(question: Question) -> bool | None:
    """Whether the event reads, as said or by its name."""
    return read_only(question.source, question.name) if question.read_only is None else question.read_only


def _wanted(question: Question, category: Category, types: tuple[str, ...], partition: str) -> EventClass:
    """All events that agree with what is said."""
    given = {
        "eventSource": question.source,
        "eventName": question.name,
        "eventType": _type(question, category),
    }
    if (reading := reads(question)) is not None:
        given["readOnly"] = "true" if reading else "false"
    given |= question.fields
    equal = [FieldSelector(field=field, equals=(value,)) for field, value in given.items()]
    if category != "data":
        fields = [is_category(CATEGORIES[category]), *equal]
    elif len(types) == 1:
        fields = [*data_events(types[0], partition).fields, *equal, *_resource(question, types[0])]
    else:
        several = FieldSelector(field="resources.type", equals=types)
        fields = [is_category(CATEGORIES[category]), several, *equal, *_resource(question, None)]
    return EventClass(label=f"{question.name} of {question.source}", fields=tuple(fields))


def _type(question: Question, category: Category) -> str:
    usual = "AwsConsoleSignIn" if question.source == SIGN_IN else "AwsApiCall"
    return EVENT_TYPES.get(category, usual)


def _resource(question: Question, type_: str | None) -> Iterator[FieldSelector]:
    if question.resource is None:
        return
    if is_bucket(question.resource, type_):
        yield FieldSelector(field="resources.ARN", starts_with=(f"{question.resource}/",))
    else:
        yield FieldSelector(field="resources.ARN", equals=(question.resource,))


def is_bucket(resource: str, type_: str | None) -> bool:
    """Whether it is a bucket where an object is meant: it stands for any object in it."""
    return type_ == S3_OBJECT and "/" not in parse_arn(resource).resource


def assumptions(question: Question, asked: tuple[Form, ...]) -> Iterator[str]:
    """What follows from the names alone, with the options that say otherwise."""
    if question.category is None and question.resource_type is None and len(asked) == 1:
        otherwise = "(otherwise --category, --resource-type)"
        if asked[0].types:
            yield f"a data event of {listed(asked[0].types)}, by its name {otherwise}"
        else:
            yield f"a management event: no data event of {question.source} has this name {otherwise}"
    reading = read_only(question.source, question.name)
    if question.read_only is None and reading is not None:
        verb, other = ("reads", "--write") if reading else ("writes", "--read")
        yield f"it {verb}, by its name (otherwise {other})"
    if "eventType" not in question.fields:
        types = sorted({_type(question, form.category) for form in asked})
        yield f"eventType {listed(types)} (otherwise --field eventType=…)"
    types_asked = {type_ for form in asked for type_ in form.types}
    if question.resource is not None and any(is_bucket(question.resource, one) for one in types_asked):
        yield "the bucket stands for any object in it"
