"""The check `bucket-retention`."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TypeVar

from pydantic import Field

from scanner.check import (
    BucketCheck,
    Fail,
    KeptDays,
    NotApplicable,
    Pass,
    RequiredBy,
    Unknown,
    Verdict,
    required,
)
from scanner.model.bucket import Bucket, LifecycleRule, Versioning
from scanner.model.finding import Severity
from scanner.model.posture import Posture
from scanner.model.reading import Gap, Known, Reading, first_gap
from scanner.model.trail import Trail
from scanner.retention import Folder, Lifetime, delivers, lifetime
from scanner.words import span

T = TypeVar("T")

KINDS = {
    Folder.LOG: "logs",
    Folder.DIGEST: "digests",
    Folder.INSIGHT: "Insights logs",
    Folder.NETWORK_ACTIVITY: "network activity logs",
}
DELETE_ALL = (LifecycleRule(enabled=True, expire_days=1, noncurrent_days=1),)


class BucketRetention(BucketCheck):
    """Log buckets keep logs and digests for the whole retention period.

    Why it matters: Intrusions are often found after months. What a lifecycle rule has deleted by then can't
    be asked any more, and without its digests a log file proves nothing. A lifecycle rule is a date of
    death, not a promise to keep: the shortest one that can hit a file decides.

    How to fix: Lengthen or narrow the rule that the message names; without an expiration objects live
    forever. A versioned bucket keeps what has expired for the days of the rule's noncurrent versions on
    top, and Object Lock outlasts every rule. A rule with a fixed date deletes from then on whatever is
    there: give it days.

    - Console: S3 > the bucket > Management > Lifecycle rules.
    - CLI: `aws s3api get-bucket-lifecycle-configuration --bucket BUCKET > rules.json`, edit, then
      `aws s3api put-bucket-lifecycle-configuration --bucket BUCKET --lifecycle-configuration file://rules.json`.
    - Terraform: `expiration { days = 365 }` in a rule of `aws_s3_bucket_lifecycle_configuration`.

    See: https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-conflicts.html
    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html
    """

    id = "bucket-retention"
    reads = frozenset(
        {
            "cloudtrail:GetInsightSelectors",
            "s3:GetLifecycleConfiguration",
            "s3:GetBucketVersioning",
            "s3:GetBucketObjectLockConfiguration",
        }
    )

    severity: Severity = Severity.HIGH
    min_days: KeptDays = Field(365, description="How many days logs and digests must live at least.")
    required_by: RequiredBy = None

    def judge(self, bucket: Bucket, posture: Posture, /) -> Verdict:
        trails = posture.users(bucket.name)
        if not trails:
            return NotApplicable("No trail delivers to the bucket.")
        versioning: Reading[Versioning] = bucket.versioning
        locked: Reading[int | None] = bucket.object_lock.map(lambda lock: lock.days if lock else None)
        # Object Lock can't be without versioning, so each can tell what the other is.
        if isinstance(versioning, Known) and versioning.value.status != "Enabled":
            locked = Known(None)
        elif isinstance(bucket.object_lock, Known) and bucket.object_lock.value is not None:
            versioning = Known(Versioning(status="Enabled"))
        # What can't be read is taken at its worst, then at its best: where both agree, it doesn't matter.
        worst = _shortest(
            trails,
            _or(bucket.lifecycle, DELETE_ALL),
            _or(versioning, Versioning()),
            _or(locked, None),
            posture.taken_at,
            doubtful=True,
        )
        best = _shortest(
            trails,
            _or(bucket.lifecycle, ()),
            _or(versioning, Versioning(status="Enabled")),
            _or(locked, self.min_days),
            posture.taken_at,
            doubtful=False,
        )
        sure = worst == best
        if not self._short(worst):
            return Pass(f"keeps {_words(worst, '' if sure else 'at least ')}")
        if short := self._short(best):
            wanted = required(self.min_days, self.required_by)
            return Fail(f"keeps {_words(short, '' if sure else 'at most ')}, fewer than {wanted}")
        gaps = [one for one in (bucket.lifecycle, versioning, locked) if isinstance(one, Gap)]
        folders = [delivers(trail, folder) for trail in trails for folder in Folder]
        return Unknown(first_gap(gaps or [one for one in folders if isinstance(one, Gap)]))

    def _short(self, lifetimes: Mapping[Folder, Lifetime]) -> dict[Folder, Lifetime]:
        return {
            folder: life
            for folder, life in lifetimes.items()
            if life.days is not None and life.days < self.min_days
        }


def _shortest(
    trails: tuple[Trail, ...],
    rules: tuple[LifecycleRule, ...],
    versioning: Versioning,
    locked_days: int | None,
    now: datetime,
    *,
    doubtful: bool,
) -> dict[Folder, Lifetime]:
    """The shortest life in each folder that the trails fill; with `doubtful`, that they may fill."""
    found: dict[Folder, Lifetime] = {}
    for folder in Folder:
        lives = [
            lifetime(rules, versioning, trail, folder, now=now, locked_days=locked_days)
            for trail in trails
            if _or(delivers(trail, folder), doubtful)
        ]
        if lives:
            found[folder] = min(lives, key=lambda life: life.order)
    return found


def _words(lifetimes: Mapping[Folder, Lifetime], bound: str) -> str:
    """What lives how long, as in: logs 31 days (rule 'expire') and digests forever."""
    alike: dict[Lifetime, list[str]] = {}
    for folder, life in lifetimes.items():
        alike.setdefault(life, []).append(KINDS[folder])
    return " and ".join(f"{' and '.join(kinds)} {_span(life, bound)}" for life, kinds in alike.items())


def _span(life: Lifetime, bound: str) -> str:
    if life.days is None:
        return "forever"
    return f"{bound}{span(timedelta(days=life.days))} ({life.because})"


def _or(reading: Reading[T], assumed: T) -> T:
    return reading.value if isinstance(reading, Known) else assumed
