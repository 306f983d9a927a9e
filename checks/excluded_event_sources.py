"""The check `excluded-event-sources`."""

from scanner.check import AccountCheck, Fail, NotApplicable, Pass, Unknown, Verdict
from scanner.coverage import (
    KMS_EVENTS,
    MANAGEMENT_READ,
    MANAGEMENT_WRITE,
    RDS_DATA_EVENTS,
    Answer,
    everywhere,
)
from scanner.model.finding import Severity
from scanner.model.posture import Account, Posture
from scanner.model.reading import Gap, Known, Reading, all_of, first_gap
from scanner.words import listed


class ExcludedEventSources(AccountCheck):
    """Management events of KMS and the RDS Data API are recorded too.

    Why it matters: Both sources can be left out of a trail to save money. With KMS go the events
    that show a key being disabled or scheduled for deletion, and every decryption; with the RDS
    Data API the SQL that was sent to Aurora.

    How to fix: Take the exclusions out of the trail's selectors, or let a second trail record them.
    To save money on KMS's many reads, exclude only reads by selecting write events of that source.

    - Console: CloudTrail > Trails > the trail > Management events > Edit: clear "Exclude AWS KMS
      events" and "Exclude Amazon RDS Data API events".
    - Terraform: remove `exclude_management_event_sources` from `event_selector`.

    See: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-management-events-with-cloudtrail.html
    """

    id = "excluded-event-sources"

    severity: Severity = Severity.MEDIUM

    def judge(self, account: Account, posture: Posture, /) -> Verdict:
        _, reads = everywhere(account, posture, MANAGEMENT_READ)
        _, writes = everywhere(account, posture, MANAGEMENT_WRITE)
        kms, kms_by_region = everywhere(account, posture, KMS_EVENTS)
        rds, rds_by_region = everywhere(account, posture, RDS_DATA_EVENTS)
        match all_of((kms, rds)):
            case Known(value=True):
                return Pass("KMS and RDS Data API events are recorded in every region")
            case Gap() as gap:
                return Unknown(gap)
            case Known():
                pass
        holes: dict[str, list[str]] = {}
        blamed_elsewhere: list[Reading[bool]] = []
        for region in reads:
            excluded = [one for one in (kms_by_region[region], rds_by_region[region]) if _known_hole(one)]
            if not excluded:
                continue
            base = all_of((reads[region].complete, writes[region].complete))
            if base == Known(value=True):
                holes[region] = sorted({str(hole) for one in excluded for hole in one.holes})
            else:
                blamed_elsewhere.append(base)
        if holes:
            texts = sorted({text for found_texts in holes.values() for text in found_texts})
            return Fail(f"does not record {listed(texts)} in {listed(sorted(holes))}")
        gaps = [one for one in (kms, rds, *blamed_elsewhere) if isinstance(one, Gap)]
        if gaps:
            return Unknown(first_gap(gaps))
        return NotApplicable(
            "Where these sources are not recorded, other management events aren't either: "
            "see region-management-events."
        )


def _known_hole(answer: Answer) -> bool:
    return answer.complete == Known(value=False)
