"""The check `bucket-immediate-access`."""

from collections.abc import Iterator, Sequence

from pydantic import Field

from scanner.check import (
    AtHandDays,
    BucketCheck,
    Fail,
    NotApplicable,
    Pass,
    RequiredBy,
    Unknown,
    Verdict,
    required,
)
from scanner.model.bucket import Bucket, Versioning
from scanner.model.finding import Severity
from scanner.model.posture import Posture
from scanner.model.reading import Gap, Known, Reading, first_gap
from scanner.model.trail import Trail
from scanner.retention import Folder, Move, delivers, moves
from scanner.words import listed, plural

READABLE = frozenset({"STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER_IR"})
ARCHIVES = frozenset({"GLACIER", "DEEP_ARCHIVE"})
"""Their objects must be restored first, which takes minutes to days."""
UNREAD_FOR = 90
"""Days without a read after which INTELLIGENT_TIERING archives at the earliest, where that is switched on."""


class BucketImmediateAccess(BucketCheck):
    """Logs and digests can be read at once for as long as an investigation needs them at hand.

    Why it matters: Objects in the classes GLACIER and DEEP_ARCHIVE must be restored before they can be read,
    which takes hours or days while an incident goes on. PCI DSS asks for three months at hand.

    How to fix: Let the rule that the message names move objects later, or to a class that can be read at
    once (STANDARD_IA, INTELLIGENT_TIERING, GLACIER_IR). By default S3 moves no object below 128 KB, which
    many log files are, but not all.

    - Console: S3 > the bucket > Management > Lifecycle rules.
    - CLI: `aws s3api get-bucket-lifecycle-configuration --bucket BUCKET > rules.json`, edit, then
      `aws s3api put-bucket-lifecycle-configuration --bucket BUCKET --lifecycle-configuration file://rules.json`.
    - Terraform: `transition` in a rule of `aws_s3_bucket_lifecycle_configuration`.

    See: https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-class-intro.html
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html
    """

    id = "bucket-immediate-access"
    reads = frozenset(
        {"cloudtrail:GetInsightSelectors", "s3:GetLifecycleConfiguration", "s3:GetBucketVersioning"}
    )

    severity: Severity = Severity.LOW
    min_days: AtHandDays = Field(90, description="For how many days logs and digests must be at hand.")
    required_by: RequiredBy = None

    def judge(self, bucket: Bucket, posture: Posture, /) -> Verdict:
        trails = posture.users(bucket.name)
        if not trails:
            return NotApplicable("No trail delivers to the bucket.")
        rules = bucket.lifecycle.require()
        if not any(rule.transitions or rule.noncurrent_transitions for rule in rules):
            return Pass("moves nothing to another storage class")
        # What can't be read is taken one way and the other: where both agree, it doesn't matter.
        versionings = _either(bucket.versioning)
        found = [
            [
                move
                for trail in trails
                for folder in Folder
                for move in moves(rules, versioning, trail, folder, now=posture.taken_at)
                if move.days < self.min_days and _may(delivers(trail, folder), doubtful=doubtful)
            ]
            for versioning in versionings
            for doubtful in (False, True)
        ]
        early = [[move for move in some if move.storage_class in ARCHIVES] for some in found]
        if all(early):
            return Fail(f"moves {_words(early[0])}, before {required(self.min_days, self.required_by)}")
        if any(early):
            return Unknown(first_gap(_gaps(bucket, trails)))
        doubts = [gap for some in found for move in some if (gap := self._doubt(move, bucket)) is not None]
        if doubts:
            return Unknown(first_gap(doubts))
        return Pass(f"keeps everything at hand for {self.min_days} days")

    def _doubt(self, move: Move, bucket: Bucket) -> Gap | None:
        """Why it can't be told whether objects are at hand after this move."""
        if move.storage_class == "INTELLIGENT_TIERING" and move.days + UNREAD_FOR < self.min_days:
            return Gap(
                f"the bucket {bucket.name} moves objects to INTELLIGENT_TIERING after "
                f"{plural(move.days, 'day')} ({move.because}); whether that archives what nobody read for "
                f"{UNREAD_FOR} days is a setting that is not read",
                code="ArchiveTiersUnread",
            )
        if move.storage_class not in READABLE:
            return Gap(
                f"the bucket {bucket.name} moves objects to {move.storage_class} ({move.because}), a class "
                "that this version does not know",
                code="UnknownStorageClass",
            )
        return None


def _either(versioning: Reading[Versioning]) -> tuple[Versioning, ...]:
    if isinstance(versioning, Known):
        return (versioning.value,)
    return (Versioning(), Versioning(status="Enabled"))


def _may(reading: Reading[bool], *, doubtful: bool) -> bool:
    return reading.value if isinstance(reading, Known) else doubtful


def _gaps(bucket: Bucket, trails: Sequence[Trail]) -> Iterator[Gap]:
    readings = [bucket.versioning, *(delivers(trail, folder) for trail in trails for folder in Folder)]
    yield from (one for one in readings if isinstance(one, Gap))


def _words(early: Sequence[Move]) -> str:
    ordered = sorted(set(early), key=lambda move: move.order)
    said = [f"to {move.storage_class} after {plural(move.days, 'day')} ({move.because})" for move in ordered]
    return f"files {listed(said)}"
