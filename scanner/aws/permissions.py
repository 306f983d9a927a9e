"""Every call that a command can make: what one grants for it, and why it is made.

The readers take their calls from this table, so nothing else can be called. All of them read, but for
two of `send`, which stand apart at the end.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from botocore import xform_name


@dataclass(frozen=True)
class ApiCall:
    """`service` is botocore's name, `operation` the API's, `action` what one grants in IAM."""

    service: str
    operation: str
    action: str
    why: str

    @cached_property
    def method(self) -> str:
        """Of the SDK's client."""
        return str(xform_name(self.operation))


GET_CALLER_IDENTITY = ApiCall(
    "sts", "GetCallerIdentity", "sts:GetCallerIdentity", "proves whose account a session answers for"
)
ASSUME_ROLE = ApiCall("sts", "AssumeRole", "sts:AssumeRole", "enters the other accounts")

DESCRIBE_ORGANIZATION = ApiCall(
    "organizations",
    "DescribeOrganization",
    "organizations:DescribeOrganization",
    "the organization and its management account",
)
LIST_ACCOUNTS = ApiCall(
    "organizations", "ListAccounts", "organizations:ListAccounts", "the accounts of an organization"
)
LIST_ACCOUNTS_FOR_PARENT = ApiCall(
    "organizations",
    "ListAccountsForParent",
    "organizations:ListAccountsForParent",
    "the accounts of an organizational unit",
)
LIST_ORGANIZATIONAL_UNITS_FOR_PARENT = ApiCall(
    "organizations",
    "ListOrganizationalUnitsForParent",
    "organizations:ListOrganizationalUnitsForParent",
    "nested organizational units",
)
LIST_DELEGATED_ADMINISTRATORS = ApiCall(
    "organizations",
    "ListDelegatedAdministrators",
    "organizations:ListDelegatedAdministrators",
    "who else may administer organization trails",
)

LIST_ROOTS = ApiCall(
    "organizations",
    "ListRoots",
    "organizations:ListRoots",
    "whether service control policies are enabled in an organization",
)
LIST_POLICIES = ApiCall(
    "organizations",
    "ListPolicies",
    "organizations:ListPolicies",
    "the service control policies of an organization",
)
LIST_TARGETS_FOR_POLICY = ApiCall(
    "organizations",
    "ListTargetsForPolicy",
    "organizations:ListTargetsForPolicy",
    "which accounts a service control policy binds",
)
DESCRIBE_POLICY = ApiCall(
    "organizations", "DescribePolicy", "organizations:DescribePolicy", "what a service control policy denies"
)

LIST_REGIONS = ApiCall("account", "ListRegions", "account:ListRegions", "the enabled regions of an account")
DESCRIBE_REGIONS = ApiCall(
    "ec2", "DescribeRegions", "ec2:DescribeRegions", "the same, where account:ListRegions is refused"
)

DESCRIBE_TRAILS = ApiCall(
    "cloudtrail", "DescribeTrails", "cloudtrail:DescribeTrails", "the trails of a region and their settings"
)
GET_TRAIL_STATUS = ApiCall(
    "cloudtrail",
    "GetTrailStatus",
    "cloudtrail:GetTrailStatus",
    "whether a trail records and what it delivered",
)
GET_EVENT_SELECTORS = ApiCall(
    "cloudtrail", "GetEventSelectors", "cloudtrail:GetEventSelectors", "which events a trail records"
)
GET_INSIGHT_SELECTORS = ApiCall(
    "cloudtrail",
    "GetInsightSelectors",
    "cloudtrail:GetInsightSelectors",
    "which unusual activity a trail reports",
)
LOOKUP_EVENTS = ApiCall(
    "cloudtrail",
    "LookupEvents",
    "cloudtrail:LookupEvents",
    "who stopped or narrowed logging in the last 90 days",
)
LIST_PUBLIC_KEYS = ApiCall(
    "cloudtrail",
    "ListPublicKeys",
    "cloudtrail:ListPublicKeys",
    "the keys that digest files are signed with, for `verify`",
)
LIST_TAGS = ApiCall("cloudtrail", "ListTags", "cloudtrail:ListTags", "the tags of a trail")
LIST_EVENT_DATA_STORES = ApiCall(
    "cloudtrail",
    "ListEventDataStores",
    "cloudtrail:ListEventDataStores",
    "event data stores, which record events too",
)
GET_EVENT_DATA_STORE = ApiCall(
    "cloudtrail", "GetEventDataStore", "cloudtrail:GetEventDataStore", "what an event data store records"
)

LIST_BUCKETS = ApiCall("s3", "ListBuckets", "s3:ListAllMyBuckets", "which account owns a log bucket")
GET_BUCKET_LOCATION = ApiCall(
    "s3", "GetBucketLocation", "s3:GetBucketLocation", "where a log bucket lives, and whether it exists"
)
GET_BUCKET_ENCRYPTION = ApiCall(
    "s3", "GetBucketEncryption", "s3:GetEncryptionConfiguration", "the default encryption of a log bucket"
)
GET_BUCKET_POLICY = ApiCall(
    "s3", "GetBucketPolicy", "s3:GetBucketPolicy", "whom the policy of a log bucket lets do what"
)
GET_BUCKET_POLICY_STATUS = ApiCall(
    "s3", "GetBucketPolicyStatus", "s3:GetBucketPolicyStatus", "whether S3 holds that policy for public"
)
GET_BUCKET_ACL = ApiCall("s3", "GetBucketAcl", "s3:GetBucketAcl", "public grants on a log bucket")
GET_BUCKET_PUBLIC_ACCESS_BLOCK = ApiCall(
    "s3",
    "GetPublicAccessBlock",
    "s3:GetBucketPublicAccessBlock",
    "whether the bucket itself blocks public access",
)
GET_ACCOUNT_PUBLIC_ACCESS_BLOCK = ApiCall(
    "s3control",
    "GetPublicAccessBlock",
    "s3:GetAccountPublicAccessBlock",
    "whether the bucket's account blocks public access",
)
GET_BUCKET_OWNERSHIP_CONTROLS = ApiCall(
    "s3",
    "GetBucketOwnershipControls",
    "s3:GetBucketOwnershipControls",
    "whether ACLs are switched off on a log bucket",
)
GET_BUCKET_VERSIONING = ApiCall(
    "s3", "GetBucketVersioning", "s3:GetBucketVersioning", "versioning and MFA delete of a log bucket"
)
GET_OBJECT_LOCK_CONFIGURATION = ApiCall(
    "s3",
    "GetObjectLockConfiguration",
    "s3:GetBucketObjectLockConfiguration",
    "how long a log bucket locks objects",
)
GET_BUCKET_LIFECYCLE = ApiCall(
    "s3",
    "GetBucketLifecycleConfiguration",
    "s3:GetLifecycleConfiguration",
    "how long a log bucket keeps objects",
)
GET_BUCKET_LOGGING = ApiCall(
    "s3", "GetBucketLogging", "s3:GetBucketLogging", "where a log bucket's access logs go"
)
GET_BUCKET_REPLICATION = ApiCall(
    "s3", "GetBucketReplication", "s3:GetReplicationConfiguration", "where a log bucket is replicated to"
)

DESCRIBE_KEY = ApiCall("kms", "DescribeKey", "kms:DescribeKey", "whether a trail's key exists and works")
GET_KEY_POLICY = ApiCall("kms", "GetKeyPolicy", "kms:GetKeyPolicy", "whom a trail's key lets do what")
GET_KEY_ROTATION_STATUS = ApiCall(
    "kms", "GetKeyRotationStatus", "kms:GetKeyRotationStatus", "whether a trail's key is rotated"
)
DESCRIBE_LOG_GROUPS = ApiCall(
    "logs",
    "DescribeLogGroups",
    "logs:DescribeLogGroups",
    "retention and encryption of a trail's log group",
)
DESCRIBE_METRIC_FILTERS = ApiCall(
    "logs",
    "DescribeMetricFilters",
    "logs:DescribeMetricFilters",
    "which events of a trail's log group are counted",
)
DESCRIBE_ALARMS = ApiCall(
    "cloudwatch", "DescribeAlarms", "cloudwatch:DescribeAlarms", "which of those counts raise an alarm"
)
LIST_SUBSCRIPTIONS_BY_TOPIC = ApiCall(
    "sns",
    "ListSubscriptionsByTopic",
    "sns:ListSubscriptionsByTopic",
    "whether anyone hears of such an alarm",
)

CALLER_ONLY = (
    ASSUME_ROLE,
    DESCRIBE_ORGANIZATION,
    LIST_ACCOUNTS,
    LIST_ACCOUNTS_FOR_PARENT,
    LIST_ORGANIZATIONAL_UNITS_FOR_PARENT,
    LIST_DELEGATED_ADMINISTRATORS,
    LIST_ROOTS,
    LIST_POLICIES,
    LIST_TARGETS_FOR_POLICY,
    DESCRIBE_POLICY,
)
"""Made with the credentials that the scan starts from (or `list_role_arn`), never in other accounts."""

CALLS = tuple(value for value in list(globals().values()) if isinstance(value, ApiCall))
"""All that a scan or `verify` can call, in the order above; the policy that is published grants no more."""

_SURROUNDINGS = ("s3", "s3control", "kms", "logs", "cloudwatch", "sns")
_OPTIONAL = frozenset(
    {
        LIST_DELEGATED_ADMINISTRATORS,
        LIST_ROOTS,
        LIST_POLICIES,
        LIST_TARGETS_FOR_POLICY,
        DESCRIBE_POLICY,
        LOOKUP_EVENTS,
        GET_INSIGHT_SELECTORS,
        LIST_PUBLIC_KEYS,
        LIST_TAGS,
        *(call for call in CALLS if call.service in _SURROUNDINGS),
    }
)
_BUCKET_BASICS = (LIST_BUCKETS.action, GET_BUCKET_LOCATION.action)


VERIFY = (
    GET_CALLER_IDENTITY.action,
    ASSUME_ROLE.action,
    DESCRIBE_ORGANIZATION.action,
    LIST_ACCOUNTS.action,
    LIST_REGIONS.action,
    DESCRIBE_REGIONS.action,
    DESCRIBE_TRAILS.action,
    GET_TRAIL_STATUS.action,
    LIST_PUBLIC_KEYS.action,
    LOOKUP_EVENTS.action,
    GET_BUCKET_LIFECYCLE.action,
    "s3:ListBucket",
    "s3:GetObject",
    "kms:Decrypt",
)
"""Every IAM action that `verify` may use. The last three are needed to read the objects themselves."""


GET_FINDINGS = ApiCall(
    "securityhub",
    "GetFindings",
    "securityhub:GetFindings",
    "which findings of earlier runs Security Hub holds",
)
BATCH_IMPORT_FINDINGS = ApiCall(
    "securityhub",
    "BatchImportFindings",
    "securityhub:BatchImportFindings",
    "sends findings to Security Hub, and archives those that no longer stand",
)
BATCH_UPDATE_FINDINGS = ApiCall(
    "securityhub",
    "BatchUpdateFindings",
    "securityhub:BatchUpdateFindings",
    "resolves what passes and suppresses what is waived, of findings that Security Hub holds already",
)
SEND = (GET_CALLER_IDENTITY, ASSUME_ROLE, GET_FINDINGS, BATCH_IMPORT_FINDINGS, BATCH_UPDATE_FINDINGS)
"""All that `send` can call. The last two write, so those that are its own are not among `CALLS`."""

GET_PUBLIC_KEY = ApiCall(
    "kms", "GetPublicKey", "kms:GetPublicKey", "what the signature of evidence is checked with"
)
SIGN = ApiCall("kms", "Sign", "kms:Sign", "signs the manifest of evidence")
SIGNING = (GET_CALLER_IDENTITY, GET_PUBLIC_KEY, SIGN)
"""What `scan --sign-with-kms` calls beside the scan: on one key, by the caller, so in no policy of ours."""


def needs_buckets(needs: Iterable[str]) -> bool:
    return any(action.startswith("s3:") for action in needs)


def actions(needs: Iterable[str]) -> tuple[str, ...]:
    """Every IAM action that a scan may use whose checks need these; sorted. Includes `CALLER_ONLY`."""
    wanted = frozenset(needs)
    basics = _BUCKET_BASICS if needs_buckets(wanted) else ()
    return tuple(
        sorted(
            {
                call.action
                for call in CALLS
                if call not in _OPTIONAL or call.action in wanted or call.action in basics
            }
        )
    )
