"""The check `digest-chain`."""

from datetime import timedelta

from pydantic import Field, PositiveInt

from scanner.check import Fail, NotApplicable, Pass, TrailCheck, Unknown, Verdict
from scanner.model.base import iso
from scanner.model.finding import Severity
from scanner.model.posture import Posture
from scanner.model.reading import Gap
from scanner.model.trail import Trail
from scanner.model.verification import Verified
from scanner.words import listed, plural, span

NEVER = "No verification of its files was given (--verified)."


class DigestChain(TrailCheck):
    """The last `trailaudit verify` found every digest of the trail signed and chained, and every log file
    there and unaltered.

    Why it matters: That log files are validated is a switch. Only whoever checks signatures, hashes and the
    chain of digests knows that no log file was altered, deleted or slipped in; and only a check that is made
    regularly tells in time.

    How to fix: Verify the trail, and give the result to the scan:

        trailaudit verify --trail ARN --output json=verify.json
        trailaudit scan --verified verify.json

    Where it says tampered, keep the bucket as it is, find out who could write to it at the times named, and
    compare with copies (replication, versions, backups). Where it says incomplete, its findings name what was
    missing: mostly a permission, an archived object, or hours in which the trail was stopped.

    See: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-intro.html
    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-custom-validation.html
    """

    id = "digest-chain"

    severity: Severity = Severity.HIGH
    min_days: PositiveInt = Field(7, description="Days that the last verification must cover.")
    max_age_days: PositiveInt = Field(
        92, description="Days after which a verification is too old to speak for today."
    )

    def judge(self, trail: Trail, posture: Posture, /) -> Verdict:
        found = [one for one in posture.verifications if one.trail == trail.arn]
        if not found:
            return NotApplicable(NEVER)
        standing = [one for one in found if not any(other.repeats(one) for other in found)]
        if tampered := [one for one in standing if one.verdict == "tampered"]:
            return Fail("; ".join(f"{_period(one)}: {_kinds(one)}" for one in tampered))
        last = max(found, key=lambda one: one.order)
        if doubt := self._doubt(last, posture):
            gap = Gap(doubt, account=trail.owner, region=trail.home_region)
            return Unknown(gap, "is not proven")
        counts = last.counts
        where = "" if _is_of(trail, last) else f" in a copy ({last.source})"
        return Pass(
            f"{plural(counts.digests, 'digest')} and {plural(counts.logs, 'log file')} are intact{where}, "
            f"{_period(last)}, verified at {iso(last.verified_at)}"
        )

    def _doubt(self, last: Verified, posture: Posture) -> str | None:
        """Why an intact verification says too little, or another one nothing."""
        if last.verdict == "incomplete":
            return f"{_period(last)} not everything could be proven: {_kinds(last)}"
        if narrowed := [*last.only_accounts, *last.only_regions]:
            return f"the last verification was only of {listed(narrowed)}"
        if last.end - last.start < timedelta(days=self.min_days):
            covered, wanted = span(last.end - last.start), plural(self.min_days, "day")
            return f"the last verification covers {covered}, fewer than {wanted}"
        age = posture.taken_at - last.end
        if age > timedelta(days=self.max_age_days):
            return f"the last verification ends {span(age)} ago, more than {plural(self.max_age_days, 'day')}"
        return None


def _is_of(trail: Trail, verified: Verified) -> bool:
    """Whether the files were read where the trail puts them."""
    return verified.source == f"s3://{'/'.join(filter(None, (trail.bucket, trail.prefix)))}"


def _period(verified: Verified) -> str:
    return f"from {iso(verified.start)} to {iso(verified.end)}"


def _kinds(verified: Verified) -> str:
    return listed(f"{one.count:,} {one.kind.value}" for one in verified.kinds)
