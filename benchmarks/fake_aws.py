"""What a scan asks, answered blamelessly, for accounts that are all alike; and every call counted.

The account of a request comes from its access key id, as AssumeRole hands them out.
"""

import json
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

from benchmarks.answers import (
    BLOCK,
    BUCKET_ANSWERS,
    HOMES,
    REGIONS,
    Answer,
    as_json,
    as_xml,
    error,
    key_policy,
    s3_error,
)
from benchmarks.sessions import Sessions
from scanner.demo.access_keys import account_of

ROLE = "trailaudit"
FIRST_ACCOUNT = 100000000001


def account_ids(count: int) -> list[str]:
    """The caller's account first."""
    return [str(FIRST_ACCOUNT + index) for index in range(count)]


class Call(NamedTuple):
    account: str
    region: str
    service: str
    action: str


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes
    key: str
    """The access key id that signed it."""
    account: str
    """Whose key that is."""
    region: str
    service: str

    def json(self) -> dict[str, Any]:
        asked: dict[str, Any] = json.loads(self.body or b"{}")
        return asked

    def form(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(self.body.decode()).items()}


@dataclass
class FakeAws:
    """Accounts that are all alike: each with its trails, log buckets and keys, and buckets besides."""

    accounts: int = 1
    trails: int = 5
    buckets: int = 5
    extra_buckets: int = 0
    history_pages: int = 1
    """Pages of event history in each region, for each event source."""
    calls: Counter[Call] = field(default_factory=Counter)
    sessions: Sessions = field(default_factory=Sessions)

    def answer(self, request: Request) -> Answer:
        return self.settle(request)[1]

    def settle(self, request: Request) -> tuple[str, Answer]:
        """What the request asks for, and its answer."""
        action, answer = self._settle(request)
        self.calls[Call(request.account, request.region, request.service, action)] += 1
        return action, answer

    def _settle(self, request: Request) -> tuple[str, Answer]:
        match request.service:
            case "sts":
                action = request.form()["Action"]
                return action, self._sts(action, request)
            case "s3" if request.path.startswith("/v20180820/"):
                return "GetAccountPublicAccessBlock", as_xml(BLOCK)
            case "s3":
                return self._s3(request)
            case "account":
                return "ListRegions", as_json({"Regions": [region_enabled(name) for name in REGIONS]})
            case _:
                action = request.headers["x-amz-target"].rpartition(".")[2]
                return action, self._json(request, action)

    def _json(self, request: Request, action: str) -> Answer:
        answers = ANSWERS.get((request.service, action))
        return answers(self, request) if answers else error("UnknownOperationException")

    def _sts(self, action: str, request: Request) -> Answer:
        if action == "GetCallerIdentity":
            who = f"arn:aws:sts::{request.account}:assumed-role/{ROLE}/benchmark"
            result = f"<Arn>{who}</Arn><UserId>AROA</UserId><Account>{request.account}</Account>"
        else:
            owner = request.form()["RoleArn"].split(":")[4]
            session = self.sessions.issue(owner, time.time())
            expires = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(session.expires))
            result = (
                f"<Credentials><AccessKeyId>{session.key}</AccessKeyId><SecretAccessKey>secret"
                f"</SecretAccessKey><SessionToken>token</SessionToken><Expiration>{expires}</Expiration>"
                f"</Credentials><AssumedRoleUser><AssumedRoleId>AROA:benchmark</AssumedRoleId>"
                f"<Arn>arn:aws:sts::{owner}:assumed-role/{ROLE}/benchmark</Arn></AssumedRoleUser>"
            )
        return as_xml(
            f'<{action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><{action}Result>{result}'
            f"</{action}Result><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></{action}Response>"
        )

    def _s3(self, request: Request) -> tuple[str, Answer]:
        bucket = request.path.strip("/")
        if not bucket:
            return "ListBuckets", self._list_buckets(request)
        for parameter, (action, answer) in BUCKET_ANSWERS.items():
            if parameter in request.query:
                if self.owner(bucket) != request.account:
                    return action, s3_error("AccessDenied", 403)
                return action, answer(bucket)
        if request.method == "HEAD":
            return "HeadBucket", Answer(200 if self.owner(bucket) == request.account else 403, "", b"")
        return "ListObjects", s3_error("NotImplemented", 501)

    def _list_buckets(self, request: Request) -> Answer:
        names = self.buckets_of(request.account)
        start = int(request.query.get("continuation-token", ["0"])[0])
        end = start + int(request.query.get("max-buckets", ["10000"])[0])
        listed = "".join(
            f"<Bucket><Name>{name}</Name><CreationDate>2024-01-01T00:00:00.000Z</CreationDate></Bucket>"
            for name in names[start:end]
        )
        more = f"<ContinuationToken>{end}</ContinuationToken>" if end < len(names) else ""
        return as_xml(
            f"<ListAllMyBucketsResult><Owner><ID>{request.account}</ID></Owner><Buckets>{listed}</Buckets>{more}"
            "</ListAllMyBucketsResult>"
        )

    def buckets_of(self, account: str) -> list[str]:
        return [
            *(bucket_name(account, index) for index in range(self.buckets)),
            *(f"other-{account}-{index:05}" for index in range(self.extra_buckets)),
        ]

    def owner(self, bucket: str) -> str:
        return bucket.split("-")[1]

    def trails_of(self, account: str) -> list[dict[str, Any]]:
        return [
            {
                "Name": f"trail-{index}",
                "S3BucketName": bucket_name(account, index % self.buckets),
                "IncludeGlobalServiceEvents": index == 0,
                "IsMultiRegionTrail": index == 0,
                "HomeRegion": HOMES[index],
                "TrailARN": f"arn:aws:cloudtrail:{HOMES[index]}:{account}:trail/trail-{index}",
                "LogFileValidationEnabled": True,
                "KmsKeyId": f"arn:aws:kms:{HOMES[index]}:{account}:key/{index:08}-0000-4000-8000-00000000",
                "HasCustomEventSelectors": True,
                "HasInsightSelectors": True,
                "IsOrganizationTrail": False,
                "RecursiveLogging": False,
                "SnsTopicARN": f"arn:aws:sns:{HOMES[index]}:{account}:trails",
                "CloudWatchLogsLogGroupArn": f"arn:aws:logs:{HOMES[index]}:{account}:log-group:trails:*",
                "CloudWatchLogsRoleArn": f"arn:aws:iam::{account}:role/trails",
            }
            for index in range(self.trails)
        ]


def bucket_name(account: str, index: int) -> str:
    return f"logs-{account}-{index}"


def region_enabled(name: str) -> dict[str, str]:
    return {"RegionName": name, "RegionOptStatus": "ENABLED_BY_DEFAULT"}


def describe_trails(aws: FakeAws, request: Request) -> Answer:
    seen = [
        trail
        for trail in aws.trails_of(request.account)
        if trail["IsMultiRegionTrail"] or trail["HomeRegion"] == request.region
    ]
    return as_json({"trailList": seen})


def get_trail_status(_: FakeAws, __: Request) -> Answer:
    now = time.time()
    return as_json(
        {
            "IsLogging": True,
            "StartLoggingTime": now - 90 * 86400,
            "LatestDeliveryTime": now - 300,
            "LatestDigestDeliveryTime": now - 1800,
            "LatestCloudWatchLogsDeliveryTime": now - 300,
            "LatestNotificationTime": now - 300,
        }
    )


def get_event_selectors(_: FakeAws, request: Request) -> Answer:
    def data(kind: str) -> dict[str, Any]:
        return {
            "FieldSelectors": [
                {"Field": "eventCategory", "Equals": ["Data"]},
                {"Field": "resources.type", "Equals": [kind]},
            ]
        }

    selectors = [
        {"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}]},
        *map(data, ("AWS::S3::Object", "AWS::Lambda::Function", "AWS::DynamoDB::Table")),
    ]
    return as_json({"TrailARN": request.json()["TrailName"], "AdvancedEventSelectors": selectors})


def get_insight_selectors(_: FakeAws, request: Request) -> Answer:
    kinds = ("ApiCallRateInsight", "ApiErrorRateInsight")
    selectors = [{"InsightType": kind} for kind in kinds]
    return as_json({"TrailARN": request.json()["TrailName"], "InsightSelectors": selectors})


def list_tags(_: FakeAws, request: Request) -> Answer:
    tags = [{"Key": "owner", "Value": "security"}]
    told = [{"ResourceId": arn, "TagsList": tags} for arn in request.json()["ResourceIdList"]]
    return as_json({"ResourceTagList": told})


def lookup_events(aws: FakeAws, request: Request) -> Answer:
    """Full pages of events that change nothing; the last page is empty."""
    page = int(request.json().get("NextToken", "1"))
    if page == aws.history_pages:
        return as_json({"Events": []})
    now = time.time()
    events = [
        {"EventId": f"{page}-{index}", "EventName": "ListTags", "EventTime": now, "CloudTrailEvent": "{}"}
        for index in range(50)
    ]
    return as_json({"Events": events, "NextToken": str(page + 1)})


def describe_log_groups(_: FakeAws, request: Request) -> Answer:
    where = f"{request.region}:{request.account}"
    group = {
        "logGroupName": "trails",
        "arn": f"arn:aws:logs:{where}:log-group:trails:*",
        "retentionInDays": 400,
        "kmsKeyId": f"arn:aws:kms:{where}:key/1",
        "logGroupClass": "STANDARD",
    }
    return as_json({"logGroups": [group]})


def describe_key(_: FakeAws, request: Request) -> Answer:
    arn = request.json()["KeyId"]
    return as_json(
        {
            "KeyMetadata": {
                "AWSAccountId": request.account,
                "KeyId": arn.rpartition("/")[2],
                "Arn": arn,
                "Enabled": True,
                "KeyState": "Enabled",
                "KeyManager": "CUSTOMER",
                "KeySpec": "SYMMETRIC_DEFAULT",
                "Origin": "AWS_KMS",
                "KeyUsage": "ENCRYPT_DECRYPT",
            }
        }
    )


def get_key_policy(_: FakeAws, request: Request) -> Answer:
    return as_json({"PolicyName": "default", "Policy": key_policy(request.account)})


ANSWERS: dict[tuple[str, str], Callable[[FakeAws, Request], Answer]] = {
    ("cloudtrail", "DescribeTrails"): describe_trails,
    ("cloudtrail", "GetTrailStatus"): get_trail_status,
    ("cloudtrail", "GetEventSelectors"): get_event_selectors,
    ("cloudtrail", "GetInsightSelectors"): get_insight_selectors,
    ("cloudtrail", "ListTags"): list_tags,
    ("cloudtrail", "ListEventDataStores"): lambda _, __: as_json({"EventDataStores": []}),
    ("cloudtrail", "LookupEvents"): lookup_events,
    ("kms", "DescribeKey"): describe_key,
    ("kms", "GetKeyPolicy"): get_key_policy,
    ("kms", "GetKeyRotationStatus"): lambda _, __: as_json({"KeyRotationEnabled": True}),
    ("logs", "DescribeLogGroups"): describe_log_groups,
    ("logs", "DescribeMetricFilters"): lambda _, __: as_json({"metricFilters": []}),
    ("organizations", "DescribeOrganization"): lambda _, __: error("AWSOrganizationsNotInUseException"),
}


def parse_request(method: str, target: str, headers: dict[str, str], body: bytes) -> Request:
    key, _, region, service, _ = headers["authorization"].partition("Credential=")[2].split(",")[0].split("/")
    url = urlsplit(target)
    query = parse_qs(url.query, keep_blank_values=True)
    account = account_of(key) or ""
    return Request(method, unquote(url.path), query, headers, body, key, account, region, service)
