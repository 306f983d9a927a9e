"""The check `tamper-history`."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Annotated

from pydantic import Field

from scanner.check import (
    AccountCheck,
    Fail,
    NotApplicable,
    Pass,
    Unknown,
    Verdict,
    bucket_subject,
    out_of_scope,
)
from scanner.model.arn import parse_arn
from scanner.model.base import iso
from scanner.model.bucket import Bucket
from scanner.model.finding import Severity
from scanner.model.history import KEPT
from scanner.model.posture import Account, Posture
from scanner.model.reading import Gap, Known, first_gap
from scanner.model.trail import Trail
from scanner.tampering import Tampering, after, is_key, tamperings
from scanner.words import plural, span

MOST = 5
"""Calls that a message tells one by one."""


class TamperHistory(AccountCheck):
    """Nobody has stopped, deleted, redirected or narrowed logging lately.

    Why it matters: Blinding the trails is what an intruder does before the rest, and a trail that runs
    again looks as if nothing had been. CloudTrail's own event history keeps such calls for 90 days,
    whatever trails record.

    How to fix: Ask the caller that the verdict names. If it was nobody's plan, treat it as an incident:
    the event history tells what else these credentials did, and only for 90 days. Then take the
    permission away, best by a service control policy (see organization-guardrail). Planned changes,
    such as a tool that replaces a trail, can be waived until they age out.

    - Console: CloudTrail > Event history, event source cloudtrail.amazonaws.com, in the region named.
    - CLI: `aws cloudtrail lookup-events --region REGION
      --lookup-attributes AttributeKey=EventSource,AttributeValue=cloudtrail.amazonaws.com`.

    Only calls that succeeded count, on CloudTrail itself, on log buckets and on trails' keys, and they are
    judged by what they asked for. Calls of the last quarter of an hour may not be in the history yet.

    See: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/view-cloudtrail-events.html
    https://attack.mitre.org/techniques/T1562/008/
    """

    id = "tamper-history"
    reads = frozenset({"cloudtrail:LookupEvents", "s3:GetBucketLocation", "s3:ListAllMyBuckets"})

    severity: Severity = Severity.HIGH
    lookback_days: Annotated[int, Field(ge=1, le=KEPT.days)] = Field(
        default=KEPT.days, description="How many days back a call counts; AWS keeps 90."
    )

    def judge(self, account: Account, posture: Posture, /) -> Verdict:
        since = posture.taken_at - timedelta(days=self.lookback_days)
        found, gaps = tamperings(account, posture, since)
        if found:
            told = [_words(one) for one in reversed(found[-MOST:])]
            more = [f"and {len(found) - MOST} more"] if len(found) > MOST else []
            return Fail("; ".join([*told, *more]))
        unread = [*gaps, *account.unlisted]
        if isinstance(account.enabled_regions, Gap) and not account.narrowed:
            unread.append(account.enabled_regions)
        if unread:
            return Unknown(first_gap(unread), "part of the history could not be read")
        if (elsewhere := _elsewhere(account, posture)) is not None:
            return elsewhere
        if not account.judged_regions:
            return NotApplicable("No region asked for is enabled here.")
        where = f" in the {plural(len(account.judged_regions), 'region')} scanned" if account.narrowed else ""
        return Pass(f"nobody tampered with logging in the last {plural(self.lookback_days, 'day')}{where}")


def _words(one: Tampering) -> str:
    event = one.event
    origin = f" from {event.source_ip}" if event.source_ip else ""
    gap = after(one)
    undone = f" ({one.undone.name} followed {_soon(gap)} later)" if one.undone and gap is not None else ""
    return (
        f"{event.name} of {one.thing} by {event.actor}{origin} in {one.region} at {iso(event.time)} "
        f"{one.effect}{undone}"
    )


def _soon(duration: timedelta) -> str:
    if duration < timedelta(hours=1):
        return plural(max(int(duration.total_seconds() // 60), 1), "minute")
    return span(duration)


def _elsewhere(account: Account, posture: Posture) -> Verdict | None:
    """What this account's logging rests on, and whose history nobody read: told once, by one account.

    None where there is nothing of that kind.
    """
    filed = _filed_under(posture).get(account.id, ())
    trails = (_trail_elsewhere(one, posture) for one in filed if isinstance(one, Trail))
    buckets = (_bucket_elsewhere(one, account, posture) for one in filed if isinstance(one, Bucket))
    return next((one for one in (*trails, *buckets) if one is not None), None)


def _filed_under(posture: Posture) -> Mapping[str | None, Sequence[Trail | Bucket]]:
    """The trails and log buckets by the account that tells of them, for each account asks."""
    if _filed_under not in posture.derived:
        filed: dict[str | None, list[Trail | Bucket]] = {}
        for trail in posture.trails:
            filed.setdefault(_filed(trail, posture), []).append(trail)
        for bucket in posture.buckets:
            filed.setdefault(bucket_subject(bucket, posture).account, []).append(bucket)
        posture.derived[_filed_under] = filed
    found: Mapping[str | None, Sequence[Trail | Bucket]] = posture.derived[_filed_under]
    return found


def _trail_elsewhere(trail: Trail, posture: Posture) -> Verdict | None:
    if not posture.in_scope(trail.owner):
        return out_of_scope(posture, trail.owner, "the organization trail")
    if trail.key_id is None:
        return None
    if not is_key(trail.key_id):
        return Unknown(Gap(f"{trail.key_id} is not the ARN of a key", code="InvalidArn"))
    owner = parse_arn(trail.key_id).account
    return None if posture.in_scope(owner) else out_of_scope(posture, owner, "the trail's key")


def _bucket_elsewhere(bucket: Bucket, account: Account, posture: Posture) -> Verdict | None:
    for fact in (bucket.owner, bucket.region):
        if isinstance(fact, Gap):
            return Unknown(fact, f"the history of the bucket {bucket.name} could not be read")
    if bucket.owner != Known(account.id):
        return out_of_scope(posture, bucket.owner.require(), "the log bucket")
    return None


def _filed(trail: Trail, posture: Posture) -> str | None:
    if posture.in_scope(trail.owner):
        return trail.owner
    return next((one.id for one in posture.seers(trail)), None)
