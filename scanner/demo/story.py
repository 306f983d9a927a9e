"""The organization of the demo, as data: who is in it and what each account has to teach."""

from typing import NamedTuple

from scanner.demo.access_keys import access_key_id

HOME_REGION = "eu-west-1"
OWN_TRAIL = "own-trail"
"""What members call the trail that is theirs alone."""
ROLE = "trailaudit"
"""The audit role that every account has but the one that nobody set up."""

FRAMEWORKS = ("cis_aws_5_0", "pci_dss_4_0_1")


class Member(NamedTuple):
    id: str
    name: str
    lesson: str
    """What its reader is to see, in at most 26 characters."""


MANAGEMENT = Member("111122223333", "management", "has the organization trail")
LOG_ARCHIVE = Member("222233334444", "log-archive", "owns its bucket and key")
PAYMENTS = Member("010203040506", "payments", "needs no trail of its own")
SANDBOX = Member("300010001000", "sandbox", "no trail gets its events")
STOPPED = Member("400010001000", "billing", "its own trail was stopped")
BLIND = Member("500010001000", "data-lake", "records data events only")
SINGLE_REGION = Member("600010001000", "legacy", "records a single region")
PUBLIC = Member("700010001000", "web-shop", "its log bucket is public")
SHORT_LIVED = Member("800010001000", "research", "its logs live for a day")
KEY_DELETED = Member("900010001000", "identity", "its key: pending deletion")
NO_ROLE = Member("910010001000", "acquired", "has no role to assume")
CLOSED = Member("920010001000", "old-shop", "was closed")

MEMBERS = (
    LOG_ARCHIVE,
    PAYMENTS,
    SANDBOX,
    STOPPED,
    BLIND,
    SINGLE_REGION,
    PUBLIC,
    SHORT_LIVED,
    KEY_DELETED,
    NO_ROLE,
    CLOSED,
)
ACCOUNTS = (MANAGEMENT, *MEMBERS)

LATECOMERS = (SANDBOX, STOPPED, BLIND, SINGLE_REGION)
"""They joined after the central bucket's policy was written, and nobody added their folders."""

TAMPERED = SINGLE_REGION
"""Somebody altered a log file of its own trail."""
TAMPERED_TRAIL = f"arn:aws:cloudtrail:{HOME_REGION}:{TAMPERED.id}:trail/{OWN_TRAIL}"

CALLER_KEY_ID = access_key_id(MANAGEMENT.id)
CALLER_SECRET = "any-secret-will-do-moto-checks-no-signatures"  # noqa: S105 - it opens nothing
