"""What kind of thing a finding is about, as other programs call it."""

from typing import NamedTuple

from scanner.model.arn import is_arn, parse_arn


class Kind(NamedTuple):
    """Its type in CloudFormation's words, and in those of Security Hub (`Other` where it has none)."""

    type: str
    asff: str


OTHER = Kind("AWS::Other", "Other")
ACCOUNT = Kind("AWS::Account", "AwsAccount")

_KINDS = {
    ("cloudtrail", "trail"): Kind("AWS::CloudTrail::Trail", "AwsCloudTrailTrail"),
    ("cloudtrail", "eventdatastore"): Kind("AWS::CloudTrail::EventDataStore", "Other"),
    ("cloudwatch", "alarm"): Kind("AWS::CloudWatch::Alarm", "AwsCloudWatchAlarm"),
    ("iam", "role"): Kind("AWS::IAM::Role", "AwsIamRole"),
    ("iam", "user"): Kind("AWS::IAM::User", "AwsIamUser"),
    ("iam", "root"): ACCOUNT,
    ("kms", "key"): Kind("AWS::KMS::Key", "AwsKmsKey"),
    ("logs", "log-group"): Kind("AWS::Logs::LogGroup", "Other"),
    ("organizations", "organization"): Kind("AWS::Organizations::Organization", "Other"),
}
_WHOLE = {
    "s3": Kind("AWS::S3::Bucket", "AwsS3Bucket"),
    "sns": Kind("AWS::SNS::Topic", "AwsSnsTopic"),
}
"""Services whose ARNs name one kind of thing, without a word for it."""


def kind_of(resource: str) -> Kind:
    if not is_arn(resource):
        return OTHER
    arn = parse_arn(resource)
    word = arn.resource.partition("/")[0].partition(":")[0]
    return _WHOLE.get(arn.service) or _KINDS.get((arn.service, word), OTHER)
