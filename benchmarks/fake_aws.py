"""A local AWS that costs almost nothing: what a scan asks, answered blamelessly, and every call counted.

    python -m benchmarks.fake_aws --accounts 10 --trails 5 --buckets 5 --extra-buckets 200 --latency 0

One process, one asyncio loop, about 0.1 ms of its own CPU for a request, so that a benchmark measures
the scanner and not the server. The account of a request comes from its access key id, as AssumeRole
hands them out. `GET /_calls` tells the calls by account, region, service and action, `POST /_reset`
forgets them. Prints its port on the first line and ends with its standard input.
"""

import argparse
import asyncio
import json
import sys
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
from scanner.demo.access_keys import access_key_id, account_of

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
    account: str
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
    calls: Counter[Call] = field(default_factory=Counter)

    def answer(self, request: Request) -> Answer:
        action, answer = self._settle(request)
        self.calls[Call(request.account, request.region, request.service, action)] += 1
        return answer

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
                answers = ANSWERS.get((request.service, action))
                return action, answers(self, request) if answers else error("UnknownOperationException")

    def _sts(self, action: str, request: Request) -> Answer:
        if action == "GetCallerIdentity":
            who = f"arn:aws:sts::{request.account}:assumed-role/{ROLE}/benchmark"
            result = f"<Arn>{who}</Arn><UserId>AROA</UserId><Account>{request.account}</Account>"
        else:
            owner = request.form()["RoleArn"].split(":")[4]
            expires = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3600))
            result = (
                f"<Credentials><AccessKeyId>{access_key_id(owner)}</AccessKeyId><SecretAccessKey>secret"
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
        names = [
            *(bucket_name(request.account, index) for index in range(self.buckets)),
            *(f"other-{request.account}-{index:05}" for index in range(self.extra_buckets)),
        ]
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
    ("cloudtrail", "LookupEvents"): lambda _, __: as_json({"Events": []}),
    ("kms", "DescribeKey"): describe_key,
    ("kms", "GetKeyPolicy"): get_key_policy,
    ("kms", "GetKeyRotationStatus"): lambda _, __: as_json({"KeyRotationEnabled": True}),
    ("logs", "DescribeLogGroups"): describe_log_groups,
    ("logs", "DescribeMetricFilters"): lambda _, __: as_json({"metricFilters": []}),
    ("organizations", "DescribeOrganization"): lambda _, __: error("AWSOrganizationsNotInUseException"),
}


class Connection(asyncio.Protocol):
    """One kept-alive connection: requests one after the other."""

    def __init__(self, aws: FakeAws, latency: float) -> None:
        self._aws = aws
        self._latency = latency
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            first, *lines = self._buffer[:end].decode("latin-1").split("\r\n")
            headers = {
                name.lower(): value.strip() for name, _, value in (one.partition(":") for one in lines)
            }
            length = int(headers.get("content-length", 0))
            if len(self._buffer) < end + 4 + length:
                return
            body = self._buffer[end + 4 : end + 4 + length]
            self._buffer = self._buffer[end + 4 + length :]
            method, target, _ = first.split(" ", 2)
            reply = self._reply(method, target, headers, body)
            if self._latency and not target.startswith("/_"):
                asyncio.get_running_loop().call_later(self._latency, self._transport.write, reply)
            else:
                self._transport.write(reply)

    def _reply(self, method: str, target: str, headers: dict[str, str], body: bytes) -> bytes:
        if target == "/_calls":
            answer = as_json([[*call, count] for call, count in sorted(self._aws.calls.items())])
        elif target == "/_reset":
            self._aws.calls.clear()
            answer = as_json({})
        else:
            answer = self._aws.answer(parse_request(method, target, headers, body))
        head = (
            f"HTTP/1.1 {answer.status} -\r\ncontent-type: {answer.type}\r\ncontent-length: {len(answer.body)}"
            "\r\nx-amzn-requestid: r\r\n\r\n"
        )
        return head.encode() + (b"" if method == "HEAD" else answer.body)


def parse_request(method: str, target: str, headers: dict[str, str], body: bytes) -> Request:
    key, _, region, service, _ = headers["authorization"].partition("Credential=")[2].split(",")[0].split("/")
    url = urlsplit(target)
    query = parse_qs(url.query, keep_blank_values=True)
    account = account_of(key) or ""
    return Request(method, unquote(url.path), query, headers, body, account, region, service)


async def serve(aws: FakeAws, *, port: int, latency: float) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(aws, latency), "127.0.0.1", port, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else None)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--accounts", type=int, default=1)
    parser.add_argument("--trails", type=int, default=5, help="in each account; at most 10")
    parser.add_argument("--buckets", type=int, default=5, help="log buckets in each account")
    parser.add_argument("--extra-buckets", type=int, default=0, help="that no trail uses, in each account")
    parser.add_argument("--latency", type=float, default=0, help="milliseconds before each answer")
    given = parser.parse_args()
    aws = FakeAws(given.accounts, given.trails, given.buckets, given.extra_buckets)
    asyncio.run(serve(aws, port=given.port, latency=given.latency / 1000))


if __name__ == "__main__":
    main()
