"""CloudTrail Lake: event data stores."""

from scanner.aws.permissions import GET_EVENT_DATA_STORE, LIST_EVENT_DATA_STORES
from scanner.aws.reader import Answer, Fact, Reader
from scanner.aws.trails import advanced_selectors
from scanner.model.reading import Reading
from scanner.model.store import StoreSettings


def list_stores(reader: Reader) -> Reading[tuple[str, ...]]:
    """The ARNs that the reader's region names; the other members of the list are deprecated."""
    return reader.read_all(_STORES, MaxResults=1000)


def read_settings(reader: Reader, arn: str) -> Reading[StoreSettings]:
    return reader.read(_SETTINGS, EventDataStore=arn)


def _arns(answer: Answer) -> tuple[str, ...]:
    return tuple(item["EventDataStoreArn"] for item in answer["EventDataStores"])


def _settings(answer: Answer) -> StoreSettings:
    return StoreSettings(
        name=answer["Name"],
        status=answer["Status"],
        multi_region=answer["MultiRegionEnabled"],
        organization=answer["OrganizationEnabled"],
        retention_days=answer["RetentionPeriod"],
        termination_protection=answer["TerminationProtectionEnabled"],
        key_id=answer.get("KmsKeyId") or None,
        selectors=advanced_selectors(answer["AdvancedEventSelectors"]),
    )


# Partitions and regions without Lake refuse the operation as such.
_STORES: Fact[tuple[str, ...]] = Fact(
    LIST_EVENT_DATA_STORES, _arns, absent={"UnsupportedOperationException": ()}
)
_SETTINGS = Fact(GET_EVENT_DATA_STORE, _settings)
