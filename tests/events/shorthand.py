"""Selectors and classes of events in few words."""

from scanner.events import EventClass, data_events, missed, translate
from scanner.events.classes import S3_OBJECT
from scanner.model.trail import AdvancedSelector, BasicSelector, DataResource, FieldSelector, Selectors

MANAGEMENT = FieldSelector(field="eventCategory", equals=("Management",))
DATA = FieldSelector(field="eventCategory", equals=("Data",))
READ = FieldSelector(field="readOnly", equals=("true",))
WRITE = FieldSelector(field="readOnly", equals=("false",))
OBJECTS = FieldSelector(field="resources.type", equals=(S3_OBJECT,))

S3 = data_events(S3_OBJECT, "aws")
S3_WRITES = data_events(
    S3_OBJECT, "aws", read_only=False, service_events=False, without=("arn:aws:s3:::logs/",)
)


def management(*fields: FieldSelector) -> AdvancedSelector:
    return AdvancedSelector(fields=(MANAGEMENT, *fields))


def objects(*fields: FieldSelector) -> AdvancedSelector:
    return AdvancedSelector(fields=(DATA, OBJECTS, *fields))


def words(wanted: EventClass, *selectors: AdvancedSelector) -> list[str]:
    return [str(hole) for hole in missed(selectors, wanted)]


def basic_words(wanted: EventClass, *selectors: BasicSelector, partition: str = "aws") -> list[str]:
    return words(wanted, *translate(Selectors(basic=selectors), partition))


def data(kind: str, *values: str) -> BasicSelector:
    return BasicSelector(management=False, data=(DataResource(type=kind, values=values),))
