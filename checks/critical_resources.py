"""The check `critical-resources`."""

from typing import Annotated

from pydantic import AfterValidator, Field

from checks._data_events import joined, judge_everywhere, missing, recorded_by
from checks._resources import Resource, read_resource
from scanner.check import AccountCheck, Fail, NotApplicable, Pass, Unknown, Verdict, out_of_scope
from scanner.coverage import everywhere, in_region
from scanner.model.finding import Severity
from scanner.model.posture import Account, Posture
from scanner.model.reading import Gap, Known, Reading, any_of


def _readable(text: str) -> str:
    read_resource(text)
    return text


class CriticalResources(AccountCheck):
    """Reads and writes of the resources that must not be touched unseen are recorded.

    Why it matters: Not every bucket is worth the price of data events, but some hold what an intruder comes
    for. A selector that was written for yesterday's names leaves out today's.

    How to fix: Select data events of these resources in a trail that covers their region.

    - Console: CloudTrail > Trails > the trail > Data events > Edit.
    - CLI: `aws cloudtrail put-event-selectors --trail-name NAME --advanced-event-selectors` with
      `resources.type` and a `resources.ARN` that `StartsWith` the resource's, beside the selectors that
      are there.
    - Terraform: an `advanced_event_selector` with these `field_selector` blocks.

    An ARN that names an account is judged in that account alone, one that names a region there alone. The
    ARN of a bucket names neither: it is judged in each account that may own it, in all regions.

    See: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html
    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/filtering-data-events.html
    """

    id = "critical-resources"

    severity: Severity = Severity.HIGH
    resources: tuple[Annotated[str, AfterValidator(_readable)], ...] = Field(
        (),
        description="ARNs, or beginnings of ARNs that end in *: arn:aws:s3:::payments* or "
        "arn:aws:lambda:eu-west-1:010203040506:function:pay. A bucket stands for all of its objects.",
    )

    def judge(self, account: Account, posture: Posture, /) -> Verdict:
        if not self.resources:
            return NotApplicable("No resources are named.")
        named = [read_resource(text) for text in self.resources]
        verdicts = {
            resource.text: verdict
            for resource in named
            if (verdict := _verdict(resource, account, posture)) is not None
        }
        if not verdicts:
            return NotApplicable("None of the resources belongs to the account.")
        return joined(verdicts)


def _verdict(resource: Resource, account: Account, posture: Posture) -> Verdict | None:
    """None where the resource is another account's to judge."""
    if resource.partition != posture.partition:
        return None
    owner = _owner(resource, posture)
    if owner is None:
        return _of_any_account(resource, account, posture)
    if owner == account.id:
        return _recorded(resource, account, posture)
    if not posture.in_scope(owner) and account.id == posture.reachable[0].id:
        return out_of_scope(posture, owner, f"the resource {resource.text}")
    return None


def _owner(resource: Resource, posture: Posture) -> str | None:
    if resource.bucket is not None:
        bucket = posture.destination(resource.bucket)
        if bucket is not None and isinstance(bucket.owner, Known):
            return bucket.owner.value
    return resource.account


def _recorded(resource: Resource, account: Account, posture: Posture) -> Verdict:
    if resource.region is None:
        return judge_everywhere(account, posture, resource.events)
    found = in_region(account, posture, resource.events, resource.region)
    match found.complete:
        case Gap() as gap:
            return Unknown(gap)
        case Known(value=True):
            return Pass(recorded_by([found]))
        case Known():
            return Fail(missing({resource.region: found}))


def _of_any_account(resource: Resource, account: Account, posture: Posture) -> Verdict:
    """Of a resource that may be any account's. What one account doesn't record may be another's."""
    verdict = _recorded(resource, account, posture)
    if not isinstance(verdict, Fail):
        return verdict
    match any_of(_completeness(resource, other, posture) for other in posture.reachable):
        case Known(value=True):
            return Unknown(
                Gap(
                    f"{resource.text} names no account; another account records it, this one does not, "
                    "and whose it is can't be told",
                    code="OwnerUnknown",
                    account=account.id,
                )
            )
        case Gap() as gap:
            return Unknown(gap)
        case Known():
            return verdict


def _completeness(resource: Resource, account: Account, posture: Posture) -> Reading[bool]:
    """Whether the account records it; worked out once, since each account asks for all others."""
    key = (_completeness, resource.text, account.id)
    if key not in posture.derived:
        if resource.region is None:
            found, _ = everywhere(account, posture, resource.events)
        else:
            found = in_region(account, posture, resource.events, resource.region).complete
        posture.derived[key] = found
    complete: Reading[bool] = posture.derived[key]
    return complete
