"""What Security Hub holds of ours, and the only calls of this program that write."""

from dataclasses import dataclass

from scanner.asff import GENERATOR, Asff, Held, held, product_arn
from scanner.aws import permissions
from scanner.aws.reader import INCOMPLETE, Answer, Fact, Reader, UnclearError
from scanner.model.reading import Gap, Outcome, Reading

NOT_ENABLED = "InvalidAccessException"
"""How Security Hub answers where it isn't enabled; a missing permission has another code."""
PAGE = 100


@dataclass(frozen=True, slots=True)
class Rejected:
    """A finding that Security Hub did not take."""

    id: str
    code: str
    message: str


def read_held(reader: Reader, partition: str) -> Reading[tuple[Held, ...]]:
    """Our findings in the hub of the reader's account and region, archived ones included."""
    region, account = reader.region or "", reader.account
    asked = {
        "ProductArn": product_arn(partition, region, account),
        "AwsAccountId": account,
        "Region": region,
    }
    filters = {name: [{"Value": value, "Comparison": "EQUALS"}] for name, value in asked.items()}
    filters["GeneratorId"] = [{"Value": GENERATOR, "Comparison": "PREFIX"}]
    found = reader.read_all(_HELD, Filters=filters, MaxResults=PAGE)
    # An administrator's hub shows members, and one that aggregates other regions.
    return found.map(lambda all_: tuple(one for one in all_ if (one.account, one.hub) == (account, region)))


def import_findings(reader: Reader, findings: list[Asff]) -> Reading[tuple[Rejected, ...]]:
    """Write one batch; importing a finding again is no different from importing it once."""
    return reader.read(_IMPORT, Findings=findings)


def move(reader: Reader, findings: list[Asff], state: str) -> Reading[tuple[Rejected, ...]]:
    """Set the state of the workflow of at most a hundred findings, with the note of the first."""
    note = findings[0].get("Note")
    return reader.read(
        _MOVE,
        FindingIdentifiers=[{"Id": one["Id"], "ProductArn": one["ProductArn"]} for one in findings],
        Workflow={"Status": state},
        **({} if note is None else {"Note": {"Text": note["Text"], "UpdatedBy": note["UpdatedBy"]}}),
    )


def is_missing(gap: Gap) -> bool:
    """Whether there is no Security Hub: not enabled, or in a region that isn't."""
    return gap.code == NOT_ENABLED or gap.outcome is Outcome.REGION_DISABLED


def _held(answer: Answer) -> tuple[Held, ...]:
    return tuple(ours for content in answer["Findings"] if (ours := held(content)) is not None)


def _rejected(answer: Answer) -> tuple[Rejected, ...]:
    refused = tuple(
        Rejected(one["Id"], one["ErrorCode"], one["ErrorMessage"]) for one in answer.get("FailedFindings", ())
    )
    if len(refused) != answer["FailedCount"]:
        raise UnclearError(INCOMPLETE, f"{answer['FailedCount']} findings failed, {len(refused)} are named")
    return refused


def _unmoved(answer: Answer) -> tuple[Rejected, ...]:
    return tuple(
        Rejected(one["FindingIdentifier"]["Id"], one["ErrorCode"], one["ErrorMessage"])
        for one in answer["UnprocessedFindings"]
    )


_HELD = Fact(permissions.GET_FINDINGS, _held)
_IMPORT = Fact(permissions.BATCH_IMPORT_FINDINGS, _rejected)
_MOVE = Fact(permissions.BATCH_UPDATE_FINDINGS, _unmoved)
