"""The patches of moto's CloudTrail, and what a scenario can make it say."""

import base64
import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import moto.cloudtrail.models
from moto.cloudtrail.exceptions import TrailNotFoundException
from moto.cloudtrail.models import CloudTrailBackend, Trail, cloudtrail_backends
from moto.cloudtrail.responses import CloudTrailResponse
from moto.core.exceptions import JsonRESTError
from moto.moto_api._internal import mock_random
from moto.organizations.models import organizations_backends

from scanner.demo.replacement import Replacement

DEFAULT_SELECTOR: dict[str, Any] = {
    "ReadWriteType": "All",
    "IncludeManagementEvents": True,
    "DataResources": [],
    "ExcludeManagementEventSources": [],
}


def trail(account: str, region: str, name: str) -> Trail:
    """The record that moto keeps of a trail, to be changed in ways that no API offers."""
    return cloudtrail_backends[account][region].trails[name]


def say(trail: Trail, account: str | None = None, **status: Any) -> None:
    """Make GetTrailStatus answer these members, in one account or (None) in all; None drops a member.

    The way to delivery errors and to the past: moto's trails deliver always and since just now.
    """
    said: dict[str | None, dict[str, Any]] = vars(trail).setdefault("said", {})
    said.setdefault(account, {}).update(status)


def happened(
    account: str,
    region: str,
    name: str,
    parameters: dict[str, Any],
    *,
    ago: timedelta,
    actor: str,
    source: str = "cloudtrail.amazonaws.com",
) -> None:
    """Put a successful call into an account's event history, which moto has none of."""
    identity = {"type": "AssumedRole", "arn": f"arn:aws:sts::{account}:assumed-role/{actor}"}
    time = datetime.now(UTC) - ago
    record = {
        "eventTime": time.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "awsRegion": region,
        "eventSource": source,
        "eventName": name,
        "userIdentity": identity,
        "sourceIPAddress": "198.51.100.23",
        "requestParameters": parameters,
    }
    events = _history(cloudtrail_backends[account][region])
    events.append(
        {
            "EventId": str(mock_random.uuid4()),
            "EventName": name,
            "EventTime": int(time.timestamp()),
            "EventSource": source,
            "CloudTrailEvent": json.dumps(record),
        }
    )


def _history(backend: CloudTrailBackend) -> list[dict[str, Any]]:
    kept: list[dict[str, Any]] = vars(backend).setdefault("history", [])
    return kept


def signs_with(account: str, region: str, keys: list[dict[str, Any]]) -> None:
    """Let ListPublicKeys answer these, as boto3 returns them."""
    vars(cloudtrail_backends[account][region])["public_keys"] = keys


def public_keys() -> Iterable[Replacement]:
    """ListPublicKeys, those that were valid at any time of a period: moto has no such call."""

    def list_public_keys(self: CloudTrailResponse) -> str:
        asked = json.loads(self.body or "{}")
        found = []
        for key in vars(self.cloudtrail_backend).get("public_keys", ()):
            first, last = (int(key[f"Validity{end}Time"].timestamp()) for end in ("Start", "End"))
            if asked.get("StartTime", first) <= last and asked.get("EndTime", last) >= first:
                value = base64.b64encode(key["Value"]).decode()
                times = {"ValidityStartTime": first, "ValidityEndTime": last}
                found.append(key | times | {"Value": value})
        return json.dumps({"PublicKeyList": found})

    yield Replacement(CloudTrailResponse, "list_public_keys", list_public_keys)


def event_history() -> Iterable[Replacement]:
    """LookupEvents, newest first, by one attribute: moto has no such call."""

    def lookup_events(self: CloudTrailResponse) -> str:
        asked = json.loads(self.body or "{}")
        wanted = {one["AttributeKey"]: one["AttributeValue"] for one in asked.get("LookupAttributes", ())}
        found = [
            event
            for event in _history(self.cloudtrail_backend)
            if all(event[key] == value for key, value in wanted.items())
            if asked.get("StartTime", 0) <= event["EventTime"] <= asked.get("EndTime", event["EventTime"])
        ]
        found.sort(key=lambda event: event["EventTime"], reverse=True)
        start = int(asked.get("NextToken") or 0)
        end = start + asked.get("MaxResults", 50)
        page: dict[str, Any] = {"Events": found[start:end]}
        if end < len(found):
            page["NextToken"] = str(end)
        return json.dumps(page)

    yield Replacement(CloudTrailResponse, "lookup_events", lookup_events)


def organization_trails() -> Iterable[Replacement]:
    """An organization trail is seen in every member, by the ARN of its owner; moto hides it there."""

    def describe_trails(self: CloudTrailBackend, include_shadow_trails: bool) -> list[Trail]:
        if not include_shadow_trails:
            return list(self.trails.values())
        owners = [(self.account_id, False)]
        if membership := organizations_backends.master_accounts.get(self.account_id):
            owners.append((membership[0], True))
        return [
            trail
            for owner, shared in owners
            for backend in list(cloudtrail_backends[owner].values())
            for trail in list(backend.trails.values())
            if trail.is_multi_region or trail.region_name == self.region_name
            if trail.is_org_trail or not shared
        ]

    yield Replacement(CloudTrailBackend, "describe_trails", describe_trails)


def _seen(backend: CloudTrailBackend, name: str) -> Trail:
    """The trail of that ARN wherever it is visible; a bare name only means one that is homed here."""
    for found in backend.describe_trails(include_shadow_trails=True):
        if found.arn == name or backend.trails.get(name) is found:
            return found
    raise TrailNotFoundException(account_id=backend.account_id, name=name)


def trail_status() -> Iterable[Replacement]:
    """GetTrailStatus answers by ARN in members too, each member for itself, and tells of digests.

    moto knows neither members nor digest files nor errors, and takes UTC for the host's local time.
    """

    def get_trail_status(self: CloudTrailResponse) -> str:
        account = self.cloudtrail_backend.account_id
        found = _seen(self.cloudtrail_backend, self._get_param("Name"))
        status = found.status.description()
        if found.status.is_logging:
            now = status["LatestDeliveryTime"]
            if found.log_validation:
                status["LatestDigestDeliveryTime"] = now
            if found.cw_log_group_arn:
                status["LatestCloudWatchLogsDeliveryTime"] = now
        said: dict[str | None, dict[str, Any]] = vars(found).get("said", {})
        status |= said.get(None, {}) | said.get(account, {})
        return json.dumps({name: value for name, value in status.items() if value is not None})

    def epoch(date: datetime) -> int:
        return int(date.replace(tzinfo=UTC).timestamp())

    yield Replacement(CloudTrailResponse, "get_trail_status", get_trail_status)
    yield Replacement(moto.cloudtrail.models, "datetime2int", epoch)


def event_selectors() -> Iterable[Replacement]:
    """A trail has selectors of one kind, the default ones to begin with; the last kind that was put wins.

    moto answers both kinds, empty by default, and keeps the advanced ones when basic ones are put.
    """

    def put_event_selectors(
        self: Trail,
        event_selectors: list[dict[str, Any]] | None,
        advanced_event_selectors: list[dict[str, Any]] | None,
    ) -> None:
        self.event_selectors = event_selectors or []
        self.advanced_event_selectors = advanced_event_selectors or []

    def get_event_selectors(self: CloudTrailResponse) -> str:
        found = _seen(self.cloudtrail_backend, self._get_param("TrailName"))
        answer: dict[str, Any] = {"TrailARN": found.arn}
        if found.advanced_event_selectors:
            answer["AdvancedEventSelectors"] = found.advanced_event_selectors
        else:
            basic = found.event_selectors or [DEFAULT_SELECTOR]
            answer["EventSelectors"] = [DEFAULT_SELECTOR | selector for selector in basic]
        return json.dumps(answer)

    yield Replacement(Trail, "put_event_selectors", put_event_selectors)
    yield Replacement(CloudTrailResponse, "get_event_selectors", get_event_selectors)


def insight_selectors() -> Iterable[Replacement]:
    """Without Insights AWS answers InsightNotEnabledException, and a put replaces; moto's appends."""

    def put_insight_selectors(self: Trail, insight_selectors: list[dict[str, str]]) -> None:
        self.insight_selectors = insight_selectors

    def get_insight_selectors(self: CloudTrailResponse) -> str:
        found = _seen(self.cloudtrail_backend, self._get_param("TrailName"))
        if not found.insight_selectors:
            raise JsonRESTError("InsightNotEnabledException", f"Insights is not enabled on {found.arn}")
        return json.dumps({"TrailARN": found.arn, "InsightSelectors": found.insight_selectors})

    yield Replacement(Trail, "put_insight_selectors", put_insight_selectors)
    yield Replacement(CloudTrailResponse, "get_insight_selectors", get_insight_selectors)


def event_data_stores() -> Iterable[Replacement]:
    """Event data stores: moto has none of their calls."""

    def stores(response: CloudTrailResponse) -> dict[str, dict[str, Any]]:
        kept: dict[str, dict[str, Any]] = vars(response.cloudtrail_backend).setdefault("stores", {})
        return kept

    def create_event_data_store(self: CloudTrailResponse) -> str:
        asked = json.loads(self.body)
        arn = (
            f"arn:{self.partition}:cloudtrail:{self.region}:{self.current_account}"
            f":eventdatastore/{mock_random.uuid4()}"
        )
        management = {"Field": "eventCategory", "Equals": ["Management"]}
        defaults = {
            "AdvancedEventSelectors": [{"Name": "Default", "FieldSelectors": [management]}],
            "MultiRegionEnabled": True,
            "OrganizationEnabled": False,
            "RetentionPeriod": 366,
            "TerminationProtectionEnabled": True,
            "BillingMode": "EXTENDABLE_RETENTION_PRICING",
        }
        ingesting = asked.pop("StartIngestion", True)
        asked.pop("TagsList", None)
        status = "ENABLED" if ingesting else "STOPPED_INGESTION"
        stores(self)[arn] = defaults | asked | {"EventDataStoreArn": arn, "Status": status}
        return json.dumps(stores(self)[arn])

    def list_event_data_stores(self: CloudTrailResponse) -> str:
        found = [
            {"EventDataStoreArn": arn, "Name": store["Name"]} for arn, store in sorted(stores(self).items())
        ]
        return json.dumps({"EventDataStores": found})

    def get_event_data_store(self: CloudTrailResponse) -> str:
        arn = self._get_param("EventDataStore")
        if arn not in stores(self):
            raise JsonRESTError("EventDataStoreNotFoundException", f"{arn} does not exist")
        return json.dumps(stores(self)[arn])

    for method in (create_event_data_store, list_event_data_stores, get_event_data_store):
        yield Replacement(CloudTrailResponse, method.__name__, method)


PATCHES: tuple[Callable[[], Iterable[Replacement]], ...] = (
    organization_trails,
    trail_status,
    event_selectors,
    insight_selectors,
    event_data_stores,
    event_history,
    public_keys,
)
