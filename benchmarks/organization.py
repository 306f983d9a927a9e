"""An organization: a management account, a log archive, members, and one trail for all of them."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from benchmarks.answers import HOMES, Answer, as_json
from benchmarks.fake_aws import FakeAws, Request, account_ids
from scanner.guardrails import BLINDING

ORGANIZATION = "o-benchmark0"
PAGE = 20
"""Accounts that ListAccounts tells at once, as AWS does at most."""
HOME = HOMES[0]
GUARDRAIL = "p-guardrail"


@dataclass
class Organization(FakeAws):
    """The first account manages it and owns the trail, the second has its bucket and its key.

    Each account has `trails` of its own besides, and `buckets` for them.
    """

    trails: int = 0
    buckets: int = 0

    @property
    def management(self) -> str:
        return account_ids(1)[0]

    @property
    def archive(self) -> str:
        return account_ids(2)[1]

    @property
    def bucket(self) -> str:
        return f"organization-{self.archive}-0"

    @property
    def trail(self) -> dict[str, Any]:
        where = f"{HOME}:{self.management}"
        return {
            "Name": "organization",
            "S3BucketName": self.bucket,
            "IncludeGlobalServiceEvents": True,
            "IsMultiRegionTrail": True,
            "HomeRegion": HOME,
            "TrailARN": f"arn:aws:cloudtrail:{where}:trail/organization",
            "LogFileValidationEnabled": True,
            "KmsKeyId": f"arn:aws:kms:{HOME}:{self.archive}:key/00000000-0000-4000-8000-000000000000",
            "HasCustomEventSelectors": True,
            "HasInsightSelectors": True,
            "IsOrganizationTrail": True,
            "RecursiveLogging": False,
            "SnsTopicARN": f"arn:aws:sns:{where}:trails",
            "CloudWatchLogsLogGroupArn": f"arn:aws:logs:{where}:log-group:trails:*",
            "CloudWatchLogsRoleArn": f"arn:aws:iam::{self.management}:role/trails",
        }

    def trails_of(self, account: str) -> list[dict[str, Any]]:
        return [self.trail, *super().trails_of(account)]

    def buckets_of(self, account: str) -> list[str]:
        return [*([self.bucket] if account == self.archive else ()), *super().buckets_of(account)]

    def _s3(self, request: Request) -> tuple[str, Answer]:
        if request.path.strip("/") == self.bucket and "policy" in request.query:
            return "GetBucketPolicy", self._bucket_policy()
        return super()._s3(request)

    def _json(self, request: Request, action: str) -> Answer:
        if action == "GetKeyPolicy" and request.json()["KeyId"] == self.trail["KmsKeyId"]:
            return as_json({"PolicyName": "default", "Policy": self._key_policy()})
        answers = ANSWERS.get((request.service, action))
        return answers(self, request) if answers else super()._json(request, action)

    def _bucket_policy(self) -> Answer:
        deliver = self._for_the_trail("s3:PutObject", f"arn:aws:s3:::{self.bucket}/AWSLogs/*")
        only_tls = {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [f"arn:aws:s3:::{self.bucket}", f"arn:aws:s3:::{self.bucket}/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
        policy = {"Version": "2012-10-17", "Statement": [deliver, only_tls]}
        return Answer(200, "application/json", json.dumps(policy).encode())

    def _key_policy(self) -> str:
        statement = self._for_the_trail("kms:GenerateDataKey*", "*")
        return json.dumps({"Version": "2012-10-17", "Statement": [statement]})

    def _for_the_trail(self, action: str, resource: str) -> dict[str, Any]:
        return {
            "Effect": "Allow",
            "Principal": {"Service": "cloudtrail.amazonaws.com"},
            "Action": action,
            "Resource": resource,
            "Condition": {"StringEquals": {"aws:SourceArn": self.trail["TrailARN"]}},
        }


def describe_organization(aws: Organization, _: Request) -> Answer:
    root = f"arn:aws:organizations::{aws.management}"
    return as_json(
        {
            "Organization": {
                "Id": ORGANIZATION,
                "Arn": f"{root}:organization/{ORGANIZATION}",
                "FeatureSet": "ALL",
                "MasterAccountId": aws.management,
                "MasterAccountArn": f"{root}:account/{ORGANIZATION}/{aws.management}",
            }
        }
    )


def list_accounts(aws: Organization, request: Request) -> Answer:
    start = int(request.json().get("NextToken", "0"))
    names = {aws.management: "management", aws.archive: "log-archive"}
    listed = [
        {"Id": account, "Name": names.get(account, f"member-{account}"), "State": "ACTIVE"}
        for account in account_ids(aws.accounts)[start : start + PAGE]
    ]
    more = {"NextToken": str(start + PAGE)} if start + PAGE < aws.accounts else {}
    return as_json({"Accounts": listed} | more)


def list_roots(_: Organization, __: Request) -> Answer:
    enabled = [{"Type": "SERVICE_CONTROL_POLICY", "Status": "ENABLED"}]
    return as_json({"Roots": [{"Id": "r-root", "PolicyTypes": enabled}]})


def describe_policy(_: Organization, __: Request) -> Answer:
    """The guardrail: nobody may blind CloudTrail."""
    denial = {"Effect": "Deny", "Action": list(BLINDING), "Resource": "*"}
    content = json.dumps({"Version": "2012-10-17", "Statement": [denial]})
    return as_json({"Policy": {"PolicySummary": {"Id": GUARDRAIL}, "Content": content}})


ANSWERS: dict[tuple[str, str], Callable[[Organization, Request], Answer]] = {
    ("organizations", "DescribeOrganization"): describe_organization,
    ("organizations", "ListAccounts"): list_accounts,
    ("organizations", "ListDelegatedAdministrators"): lambda _, __: as_json({"DelegatedAdministrators": []}),
    ("organizations", "ListRoots"): list_roots,
    ("organizations", "ListPolicies"): lambda _, __: as_json(
        {"Policies": [{"Id": GUARDRAIL, "Name": "guardrail"}]}
    ),
    ("organizations", "ListTargetsForPolicy"): lambda _, __: as_json(
        {"Targets": [{"TargetId": "r-root", "Type": "ROOT"}]}
    ),
    ("organizations", "DescribePolicy"): describe_policy,
}
"""What the organization answers, or answers otherwise than a lone account."""
