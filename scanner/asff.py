"""Findings in the form in which Security Hub takes and holds them (ASFF), as far as sending takes it.

How a verdict is said in that form is the business of the report format `asff`. Here is what follows once it
was said: which of the findings that Security Hub holds are ours, and which of those no longer stand.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from scanner.compare import Sight
from scanner.model.base import iso
from scanner.model.finding import finding_id
from scanner.model.result import Run

Asff = Mapping[str, Any]
"""A finding with the names of the format."""

GENERATOR = "trailaudit/"
"""How the generator of each of our findings begins; the name of the check follows."""
CHECK, RESOURCE, WAIVER = "trailaudit/Check", "trailaudit/Resource", "trailaudit/Waiver"
"""The product fields that tell a finding's subject, and what excuses it."""
NEW, NOTIFIED, SUPPRESSED, RESOLVED = "NEW", "NOTIFIED", "SUPPRESSED", "RESOLVED"
"""States of the workflow."""

MOST_AT_ONCE = 100
LARGEST_FINDING = 240_000
LARGEST_BATCH = 6_000_000
"""Findings of one BatchImportFindings, and bytes of a finding and of them all."""

_STATED = (
    "SchemaVersion",
    "Id",
    "ProductArn",
    "GeneratorId",
    "AwsAccountId",
    "FirstObservedAt",
    "LastObservedAt",
    "CreatedAt",
    "Title",
    "Description",
    "Remediation",
    "Resources",
    "Compliance",
    "FindingProviderFields",
)
"""What of a finding is its provider's to say. Security Hub adds to it, and its users own the workflow."""


@dataclass(frozen=True, slots=True)
class Held:
    """A finding of ours that Security Hub holds; `hub` is the region of that hub."""

    id: str
    check: str
    account: str
    region: str | None
    resource: str
    hub: str
    observed: datetime
    updated: datetime
    active: bool
    content: Asff = field(repr=False)


def product_arn(partition: str, region: str, account: str) -> str:
    """Whose findings those are that an account imports for itself."""
    return f"arn:{partition}:securityhub:{region}:{account}:product/{account}/default"


def held(content: Asff) -> Held | None:
    """None: not ours, as its id is not that of the subject that it names.

    Raises KeyError or ValueError for one that is no finding.
    """
    fields = content.get("ProductFields") or {}
    check, resource = fields.get(CHECK), fields.get(RESOURCE)
    if check is None or resource is None:
        return None
    account, hub, id_ = content["AwsAccountId"], content["Region"], content["Id"]
    for region in (None, hub):  # a verdict on a whole account has none, and yet is filed in one
        if finding_id(check, account, region, resource) == id_:
            return Held(
                id=id_,
                check=check,
                account=account,
                region=region,
                resource=resource,
                hub=hub,
                observed=datetime.fromisoformat(content["LastObservedAt"]),
                updated=datetime.fromisoformat(content["UpdatedAt"]),
                active=content["RecordState"] == "ACTIVE",
                content=content,
            )
    return None


def is_later(one: Held, run: Run) -> bool:
    """Whether it was seen, or judged, after this run: an old posture may be judged at any time."""
    return one.observed > run.seen_at or one.updated > run.finished


def filed_in(content: Asff, region: str) -> Asff:
    """The finding, for the hub of another region."""
    arn = content["ProductArn"].split(":")
    return {**content, "Region": region, "ProductArn": ":".join((*arn[:3], region, *arn[4:]))}


def outdated(found: Iterable[Held], sight: Sight, filed: Mapping[str, str]) -> Iterator[Held]:
    """Those that stand in Security Hub and no longer anywhere else, as far as this run could see.

    `filed`: the region in whose hub the verdicts of this run are, by id.
    """
    for one in found:
        if not one.active:
            continue
        if one.id in sight.findings:
            if filed.get(one.id, one.hub) != one.hub:
                yield one
        elif sight.absence(one) in ("resource-gone", "filed-elsewhere"):
            yield one


def workflow(one: Held, content: Asff) -> str | None:
    """To which state a finding that is imported again must be moved, as importing leaves it in its own.

    A waiver or a pass moves what is open, and the end of our waiver what that had suppressed; all else that
    people decided stays.
    """
    was, now = (one.content.get("Workflow") or {}).get("Status", NEW), content["Workflow"]["Status"]
    if was == SUPPRESSED:
        return NEW if now != SUPPRESSED and WAIVER in one.content["ProductFields"] else None
    closes = now in (SUPPRESSED, RESOLVED) and was in (NEW, NOTIFIED)
    return now if closes else None


def archived(one: Held, at: datetime) -> Asff:
    """The finding as it is imported to be archived, as of this time."""
    ours = {name: text for name, text in one.content["ProductFields"].items() if name.startswith(GENERATOR)}
    return {
        **{name: one.content[name] for name in _STATED if name in one.content},
        "ProductFields": ours,
        "UpdatedAt": iso(at),
        "RecordState": "ARCHIVED",
    }


def size(content: Asff) -> int:
    """Bytes, as the SDK writes it."""
    return len(json.dumps(content))


def batches(findings: Sequence[Asff]) -> Iterator[list[Asff]]:
    """As few calls as the limits allow; no finding may be too large itself."""
    batch: list[Asff] = []
    weight = empty = len(json.dumps({"Findings": []}))
    for one in findings:
        more = size(one) + 2  # the comma and the space between two
        if batch and (len(batch) == MOST_AT_ONCE or weight + more > LARGEST_BATCH):
            yield batch
            batch, weight = [], empty
        batch.append(one)
        weight += more
    if batch:
        yield batch
