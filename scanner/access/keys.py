"""The condition keys: who decides what a request carries under each.

Sources: the IAM User Guide, "AWS global condition context keys"; the S3 User Guide, "Condition keys" and
"The meaning of public"; the KMS and SNS developer guides on their own keys.
"""

from enum import Enum, auto


class Owner(Enum):
    """Who decides the value of a key."""

    CALLER = auto()
    """Who calls is; there in each signed request."""
    AFFILIATION = auto()
    """Who calls is; not there where the caller's account is in no organization, for instance."""
    SOURCE = auto()
    """The resource that an AWS service works for."""
    PLACE = auto()
    """Where the request comes from, or something else that only its owner can use."""
    ANYONE = auto()
    """The caller, freely."""
    NATURE = auto()
    """Whether an AWS service itself calls: true or false, in each request."""
    SERVICE = auto()
    """Which AWS service calls."""
    UNKNOWN = auto()
    """A fact of the resource, the time, or a key that isn't known here."""


CLOUDTRAIL_CONTEXT = "kms:encryptioncontext:aws:cloudtrail:arn"
"""The trail that CloudTrail encrypts for. Whoever calls KMS themselves chooses it freely."""

_OWNERS = {
    Owner.CALLER: "aws:principalarn aws:principalaccount aws:userid kms:calleraccount",
    Owner.AFFILIATION: "aws:principalorgid aws:principalorgpaths",
    Owner.SOURCE: "aws:sourcearn aws:sourceaccount aws:sourceorgid aws:sourceorgpaths",
    Owner.PLACE: (
        "aws:sourceip aws:sourcevpc aws:sourcevpce aws:sourcevpcarn aws:vpceaccount aws:vpceorgid "
        "aws:vpceorgpaths aws:sourceowner s3:dataaccesspointarn s3:dataaccesspointaccount "
        "s3:x-amz-server-side-encryption-aws-kms-key-id"
    ),
    Owner.NATURE: "aws:principalisawsservice",
    Owner.SERVICE: "aws:principalservicename aws:principalservicenameslist",
    Owner.ANYONE: (
        # Whoever has a VPC has its private addresses.
        "aws:vpcsourceip aws:securetransport aws:referer aws:useragent aws:username aws:principaltype "
        "aws:viaawsservice aws:calledvia aws:calledviafirst aws:calledvialast aws:requestedregion "
        "aws:multifactorauthpresent aws:multifactorauthage aws:tagkeys aws:sourceidentity "
        "s3:prefix s3:delimiter s3:max-keys s3:tlsversion s3:authtype s3:signatureversion s3:signatureage "
        "s3:versionid s3:locationconstraint kms:viaservice kms:encryptioncontextkeys "
        "kms:encryptionalgorithm kms:grantisforawsresource kms:grantoperations sns:endpoint sns:protocol"
    ),
}
_KEYS = {key: owner for owner, keys in _OWNERS.items() for key in keys.split()}
_CHOSEN_PREFIXES = (
    *("s3:x-amz-", "s3:object-lock-", "s3:requestobjecttag/", "kms:encryptioncontext:"),
    *("aws:requesttag/", "aws:principaltag/"),
)

IN_EACH_REQUEST = frozenset({"aws:securetransport", "aws:principalisawsservice"})
BOOLEANS = frozenset({*IN_EACH_REQUEST, "aws:viaawsservice", "aws:multifactorauthpresent"})
"""Keys that are true or false, whatever operator asks."""

BOUNDING = frozenset(
    {CLOUDTRAIL_CONTEXT, "aws:principalservicename", "aws:principalisawsservice", "kms:viaservice"}
    | {
        key
        for key, owner in _KEYS.items()
        if owner in (Owner.CALLER, Owner.AFFILIATION, Owner.SOURCE, Owner.PLACE)
    }
)
"""Keys that can say whom or what a grant is for."""


def owner_of(key: str) -> Owner:
    """By the key in lower case."""
    if (owner := _KEYS.get(key)) is not None:
        return owner
    return Owner.ANYONE if key.startswith(_CHOSEN_PREFIXES) else Owner.UNKNOWN
