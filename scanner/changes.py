"""What a request that succeeded changed about logging, judged by its parameters alone.

Names and parameters: the CloudTrail, S3 and KMS API references; S3's bucket calls as the S3 User Guide
lists them for CloudTrail.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from scanner.coverage import selected_by_all, unselected
from scanner.events import management_events, translate
from scanner.model.history import HistoryEvent
from scanner.model.posture import Posture
from scanner.model.reading import Gap, Known, Reading
from scanner.model.trail import Selectors
from scanner.words import listed

CLOUDTRAIL = "cloudtrail.amazonaws.com"
S3 = "s3.amazonaws.com"
KMS = "kms.amazonaws.com"
SHORTEST = 365
"""Days: log files that a lifecycle rule ends sooner are held to be deleted."""

Before = Mapping[str, Any]
"""The settings of one thing, as earlier requests of the history put them."""

Judge = Callable[[HistoryEvent, Before, Posture, str], Reading[str | None]]
"""What a request did, in words that follow the thing's name; None: no harm."""


def effect(event: HistoryEvent, before: Before, posture: Posture, thing: str) -> Reading[str | None]:
    """What the request did to the thing; a gap where it doesn't say enough."""
    judge = JUDGES.get(event.name)
    return judge(event, before, posture, thing) if judge else Known(None)


def _always(effect: str) -> Judge:
    return lambda _event, _before, _posture, _thing: Known(effect)


def _switched(event: HistoryEvent, before: Before, settings: Mapping[str, str]) -> list[str]:
    """The effects of the settings that the request puts to false or empty, unless they were before."""
    return [
        words
        for key, words in settings.items()
        if key in event.parameters
        and _is_off(event.parameters[key])
        and not (key in before and _is_off(before[key]))
    ]


def _is_off(value: object) -> bool:
    return str(value).lower() in ("false", "", "none", "[]")


_TRAIL_SWITCHES = {
    "isMultiRegionTrail": "made it record a single region",
    "includeGlobalServiceEvents": "left out global service events",
    "isOrganizationTrail": "took it from the organization's members",
    "enableLogFileValidation": "switched off log file validation",
    "cloudWatchLogsLogGroupArn": "took its log group away",
    "kmsKeyId": "took its KMS key away",
}
_STORE_SWITCHES = {
    "multiRegionEnabled": "made it record a single region",
    "organizationEnabled": "took it from the organization's members",
    "terminationProtectionEnabled": "took its termination protection away",
}


def _update_trail(event: HistoryEvent, before: Before, posture: Posture, thing: str) -> Reading[str | None]:
    effects = _switched(event, before, _TRAIL_SWITCHES)
    bucket = event.parameters.get("s3BucketName")
    trail = posture.trail(thing)
    # Many tools repeat the bucket with each update. Where it is the one of today and nothing says that it
    # wasn't before, it counts as that; whose it is, is asked of every bucket.
    previous = before.get("s3BucketName") or (trail.bucket if trail else None)
    if isinstance(bucket, str) and bucket and bucket != previous:
        effects.append(f"redirected it to the bucket {bucket}")
    return Known(listed(effects) or None)


def _update_store(event: HistoryEvent, before: Before, posture: Posture, _thing: str) -> Reading[str | None]:
    effects = _switched(event, before, _STORE_SWITCHES)
    days, were = event.parameters.get("retentionPeriod"), before.get("retentionPeriod")
    if isinstance(days, int) and isinstance(were, int) and days < were:
        effects.append(f"shortened its retention from {were} to {days} days")
    if effects:
        return Known(listed(effects))
    if isinstance(event.selectors, Known) and event.selectors.value is None:
        return Known(None)
    if "selectors" not in before and _selects_none(event):
        return Gap("selects no management events, and whether the store did before is not told")
    return _selection(event, before, posture)


def _selects_none(event: HistoryEvent) -> bool:
    """A store may well be for other events than these."""
    match event.selectors:
        case Known(value=Selectors(advanced=advanced)):
            return selected_by_all(management_events(), advanced) == Known(value=False)
        case _:
            return False


def _put_selectors(event: HistoryEvent, before: Before, posture: Posture, _thing: str) -> Reading[str | None]:
    if event.selectors == Known(None):
        return Gap("names no event selectors")
    return _selection(event, before, posture)


def _selection(event: HistoryEvent, before: Before, posture: Posture) -> Reading[str | None]:
    """Whether all management events stay selected."""
    if event.selectors == before.get("selectors"):
        return Known(None)
    match event.selectors:
        case Gap() as gap:
            return gap
        case Known(value=Selectors() as selectors):
            holes = unselected(translate(selectors, posture.partition), management_events())
            return holes.map(
                lambda left: f"no longer selects {listed(str(hole) for hole in left)}" if left else None
            )
        case _:
            return Known(None)


def _put_insights(
    event: HistoryEvent, _before: Before, _posture: Posture, _thing: str
) -> Reading[str | None]:
    if "insightSelectors" not in event.parameters:
        return Gap("names no Insights selectors")
    return Known(None if event.parameters["insightSelectors"] else "switched Insights off")


def _body(event: HistoryEvent, member: str) -> Mapping[str, Any] | None:
    """What was put on a bucket, as S3 tells it: XML, as JSON."""
    found = event.parameters.get(member)
    return found if isinstance(found, dict) else None


def _put_lifecycle(
    event: HistoryEvent, _before: Before, _posture: Posture, _thing: str
) -> Reading[str | None]:
    body = _body(event, "lifecycleConfiguration")
    rules = body.get("Rule") if body else None
    if not rules:
        return Gap("does not tell its rules")
    ends = [
        days
        for rule in (rules if isinstance(rules, list) else [rules])
        if isinstance(rule, dict) and rule.get("Status") == "Enabled"
        for days in _days(rule)
    ]
    shortest = min(ends, default=SHORTEST)
    return Known(f"let objects expire after {shortest} days" if shortest < SHORTEST else None)


def _days(rule: Mapping[str, Any]) -> Iterator[int]:
    expiration = rule.get("Expiration")
    if isinstance(expiration, dict) and "Date" in expiration:
        yield 0
    for part, member in ((expiration, "Days"), (rule.get("NoncurrentVersionExpiration"), "NoncurrentDays")):
        if isinstance(part, dict) and str(part.get(member, "")).isdigit():
            yield int(part[member])


def _put_versioning(
    event: HistoryEvent, _before: Before, _posture: Posture, _thing: str
) -> Reading[str | None]:
    body = _body(event, "versioningConfiguration")
    if body is None or "Status" not in body:
        return Gap("does not tell the state")
    return Known("suspended its versioning" if body["Status"] == "Suspended" else None)


def _put_block(event: HistoryEvent, _before: Before, _posture: Posture, _thing: str) -> Reading[str | None]:
    body = _body(event, "publicAccessBlockConfiguration")
    if body is None:
        return Gap("does not tell the flags")
    off = sorted(flag for flag in _FLAGS if _is_off(body.get(flag, False)))
    return Known(f"switched off {listed(off)}" if off else None)


def _put_lock(event: HistoryEvent, _before: Before, _posture: Posture, _thing: str) -> Reading[str | None]:
    body = _body(event, "objectLockConfiguration")
    if body is None:
        return Gap("does not tell the rule")
    return Known(None if body.get("Rule") else "took its default Object Lock retention away")


_FLAGS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")

JUDGES: Mapping[str, Judge] = {
    "StopLogging": _always("stopped it"),
    "DeleteTrail": _always("deleted it"),
    "UpdateTrail": _update_trail,
    "PutEventSelectors": _put_selectors,
    "PutInsightSelectors": _put_insights,
    "DeleteEventDataStore": _always("deleted it"),
    "StopEventDataStoreIngestion": _always("stopped it"),
    "UpdateEventDataStore": _update_store,
    "DeleteBucket": _always("deleted it"),
    "DeleteBucketPolicy": _always("took CloudTrail's access to it away"),
    "DeleteBucketPublicAccessBlock": _always("took its public access block away"),
    "PutBucketLifecycle": _put_lifecycle,
    "PutBucketObjectLockConfiguration": _put_lock,
    "PutBucketPublicAccessBlock": _put_block,
    "PutBucketVersioning": _put_versioning,
    "DeleteImportedKeyMaterial": _always("deleted its key material"),
    "DisableKey": _always("disabled it"),
    "ScheduleKeyDeletion": _always("scheduled its deletion"),
}

UNDONE_BY = {
    "StopLogging": "StartLogging",
    "DeleteTrail": "CreateTrail",
    "DeleteEventDataStore": "RestoreEventDataStore",
    "StopEventDataStoreIngestion": "StartEventDataStoreIngestion",
    "DeleteBucket": "CreateBucket",
    "DeleteBucketPolicy": "PutBucketPolicy",
    "DeleteBucketPublicAccessBlock": "PutBucketPublicAccessBlock",
    "DeleteImportedKeyMaterial": "ImportKeyMaterial",
    "DisableKey": "EnableKey",
    "ScheduleKeyDeletion": "CancelKeyDeletion",
}

_STORE = ("eventDataStore",)
_BUCKET = ("bucketName",)
_KEY = ("keyId",)
WATCHED: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    CLOUDTRAIL: {
        "StopLogging": ("name",),
        "StartLogging": ("name",),
        "DeleteTrail": ("name",),
        "CreateTrail": ("name", "s3BucketName", *_TRAIL_SWITCHES),
        "UpdateTrail": ("name", "s3BucketName", *_TRAIL_SWITCHES),
        "PutEventSelectors": ("trailName",),
        "PutInsightSelectors": ("trailName", *_STORE, "insightSelectors"),
        "DeleteEventDataStore": _STORE,
        "RestoreEventDataStore": _STORE,
        "StopEventDataStoreIngestion": _STORE,
        "StartEventDataStoreIngestion": _STORE,
        "UpdateEventDataStore": (*_STORE, *_STORE_SWITCHES, "retentionPeriod"),
    },
    S3: {
        "CreateBucket": _BUCKET,
        "DeleteBucket": _BUCKET,
        "DeleteBucketPolicy": _BUCKET,
        "DeleteBucketPublicAccessBlock": _BUCKET,
        "PutBucketLifecycle": (*_BUCKET, "lifecycleConfiguration"),
        "PutBucketObjectLockConfiguration": (*_BUCKET, "objectLockConfiguration"),
        "PutBucketPolicy": _BUCKET,
        "PutBucketPublicAccessBlock": (*_BUCKET, "publicAccessBlockConfiguration"),
        "PutBucketVersioning": (*_BUCKET, "versioningConfiguration"),
    },
    KMS: dict.fromkeys(
        (
            "CancelKeyDeletion",
            "DeleteImportedKeyMaterial",
            "DisableKey",
            "EnableKey",
            "ImportKeyMaterial",
            "ScheduleKeyDeletion",
        ),
        _KEY,
    ),
}
"""For each event source the event names that matter, and of each the request parameters to keep."""
