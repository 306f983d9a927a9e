"""The calls of a scan, made bare: boto3 as most programs use it, one thread, answers thrown away.

Reads from standard input what `GET /_calls` of the fake told after a scan. A session for each account
(the usual way), or one for all with `--one-session`.
"""

import argparse
import json
import re
import sys
import time
from collections.abc import Callable
from typing import Any

import boto3
from botocore import xform_name

from benchmarks.answers import HOMES
from benchmarks.fake_aws import ROLE, bucket_name

SERVICES = {"GetAccountPublicAccessBlock": "s3control"}
OPERATIONS = {"GetAccountPublicAccessBlock": "GetPublicAccessBlock"}


def parameters(account: str, region: str, service: str, action: str, turn: int) -> dict[str, Any]:
    trail = f"arn:aws:cloudtrail:{region}:{account}:trail/trail-{HOMES.index(region)}"
    match service, action:
        case "cloudtrail", "GetTrailStatus":
            return {"Name": trail}
        case "cloudtrail", "GetEventSelectors" | "GetInsightSelectors":
            return {"TrailName": trail}
        case "cloudtrail", "ListTags":
            return {"ResourceIdList": [trail]}
        case "kms", _:
            return {"KeyId": f"arn:aws:kms:{region}:{account}:key/1"}
        case "s3control", _:
            return {"AccountId": account}
        case "s3", action if action != "ListBuckets":
            return {"Bucket": bucket_name(account, turn % 5)}
        case _:
            return {}


def strip_account_from_host(request: Any, **_: Any) -> None:
    request.url = re.sub(r"^(http://)\d{12}\.", r"\1", request.url)


class Bare:
    def __init__(self, *, one_session: bool) -> None:
        self._caller = boto3.Session()
        self._one_session = one_session
        self._accounts: dict[str, Callable[[str, str], Any]] = {}
        self._clients: dict[tuple[str, str, str], Any] = {}

    def client(self, account: str, service: str, region: str) -> Any:
        where = (account, service, region)
        if where not in self._clients:
            self._clients[where] = self._factory(account)(service, region)
            if service == "s3control":
                events = self._clients[where].meta.events
                events.register_first("request-created.s3-control", strip_account_from_host)
        return self._clients[where]

    def _factory(self, account: str) -> Callable[[str, str], Any]:
        """Makes clients for an account; assumes its role once."""
        if account not in self._accounts:
            sts = self._caller.client("sts", region_name=HOMES[0])
            role = f"arn:aws:iam::{account}:role/{ROLE}"
            given = sts.assume_role(RoleArn=role, RoleSessionName="bare")["Credentials"]
            session = self._caller if self._one_session else boto3.Session()
            self._accounts[account] = lambda service, region: session.client(
                service,  # type: ignore[call-overload] # any service
                region_name=region,
                aws_access_key_id=given["AccessKeyId"],
                aws_secret_access_key=given["SecretAccessKey"],
                aws_session_token=given["SessionToken"],
            )
        return self._accounts[account]

    def replay(self, calls: list[tuple[str, str, str, str, int]]) -> None:
        for account, region, logged, action, count in calls:
            if action == "AssumeRole":
                continue
            service = SERVICES.get(action, logged)
            client = self.client(account, service, region)
            call = getattr(client, xform_name(OPERATIONS.get(action, action)))
            for turn in range(count):
                try:
                    call(**parameters(account, region, service, action, turn))
                except client.exceptions.ClientError:
                    continue  # absent: an answer like others


def plain(count: int) -> float:
    """Milliseconds of CPU that one call costs a client that does nothing else."""
    client = boto3.Session().client("cloudtrail")
    client.get_trail_status(Name="trail-0")
    started = time.process_time()
    for _ in range(count):
        client.get_trail_status(Name="trail-0")
    return (time.process_time() - started) / count * 1000


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--one-session", action="store_true")
    parser.add_argument("--plain", type=int, metavar="COUNT", help="make this one call so often, and time it")
    options = parser.parse_args()
    if options.plain:
        print(plain(options.plain))
        return
    Bare(one_session=options.one_session).replay(json.load(sys.stdin))


if __name__ == "__main__":
    main()
