"""An AWS with one trail and all that it delivered: what `trailaudit verify` and AWS's own validator ask.

    python -m benchmarks.deliveries --days 30 --regions 3 --logs 5 --latency 20

A process of its own. Prints its port once the tree is made, and ends with its standard input. `GET
/_calls` tells how often what was asked and forgets it.
"""

import argparse
import asyncio
import base64
import sys
from collections import Counter
from datetime import timedelta

from benchmarks.answers import HOMES, Answer, as_json, as_xml
from benchmarks.fake_aws import FakeAws, account_ids, parse_request, region_enabled
from scanner.demo.deliveries import Delivery, Signer, deliver
from scanner.integrity.layout import HOUR
from tests.integrity.s3_server import Cut, Hang, S3Server, listen, url_of, whole

RECORDS = 270
"""In a log file: 66 KB, as a busy account's, and 6 KB packed."""
REGIONS = HOMES[:3]


def delivery(*, days: int, regions: int, logs: int, records: int = RECORDS) -> Delivery:
    return Delivery(
        bucket="trail-logs",
        accounts=tuple(account_ids(1)),
        home=HOMES[0],
        regions=HOMES[:regions],
        hours=24 * days,
        logs=logs,
        records=records,
    )


class Deliveries(S3Server):
    """Everything but objects and their listing is answered as JSON or by the fake of `benchmarks.scan`."""

    def __init__(self, made: Delivery, latency: float) -> None:
        self._signer = Signer()
        super().__init__(deliver(made, self._signer), bucket=made.bucket, region=made.home, latency=latency)
        self._made = made
        self._aws = FakeAws()
        self._calls: Counter[str] = Counter()

    def answer(self, target: str, headers: dict[str, str], body: bytes) -> bytes | Cut | Hang:
        if target == "/_calls":
            told, self._calls = as_json(self._calls), Counter()
            return whole(200, told.body)
        request = parse_request("POST" if body else "GET", target, headers, body)
        if request.service != "s3":
            action = headers.get("x-amz-target", request.service).rpartition(".")[2]
            answer = self._control(action, request.region) or self._aws.answer(request)
            self._calls[action] += 1
            return whole(answer.status, answer.body, {"content-type": answer.type})
        if "location" in request.query:
            self._calls["GetBucketLocation"] += 1
            place = f"<LocationConstraint>{self._made.home}</LocationConstraint>"
            return whole(200, as_xml(place).body)
        self._calls["ListObjects" if "prefix" in request.query else "GetObject"] += 1
        return super().answer(target, headers, body)

    def _control(self, action: str, region: str) -> Answer | None:
        made = self._made
        match action:
            case "DescribeTrails" | "GetTrail":
                trail = {
                    "Name": made.trail,
                    "S3BucketName": made.bucket,
                    "HomeRegion": made.home,
                    "TrailARN": made.arn,
                    "IsMultiRegionTrail": True,
                    "IsOrganizationTrail": False,
                    "LogFileValidationEnabled": True,
                    "IncludeGlobalServiceEvents": True,
                }
                return as_json({"trailList": [trail]} if action == "DescribeTrails" else {"Trail": trail})
            case "GetTrailStatus":
                delivered = made.end.timestamp()
                return as_json(
                    {
                        "IsLogging": True,
                        "StartLoggingTime": made.start.timestamp(),
                        "LatestDeliveryTime": delivered,
                        "LatestDigestDeliveryTime": delivered,
                    }
                )
            case "account":
                return as_json({"Regions": [region_enabled(name) for name in made.regions]})
            case "ListPublicKeys":
                return as_json({"PublicKeyList": [self._public_key(region)]})
            case _:
                return None

    def _public_key(self, region: str) -> dict[str, object]:
        made = self._made
        return {
            "Value": base64.b64encode(self._signer.der(region)).decode(),
            "Fingerprint": self._signer.fingerprint(region),
            "ValidityStartTime": (made.start - HOUR).timestamp(),
            "ValidityEndTime": (made.end + timedelta(days=1)).timestamp(),
        }


async def serve(server: S3Server) -> None:
    listening = await listen(server)
    print(url_of(listening), flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--regions", type=int, default=3)
    parser.add_argument("--logs", type=int, default=5, help="files an hour")
    parser.add_argument("--records", type=int, default=RECORDS, help="in a log file")
    parser.add_argument("--latency", type=float, default=20, help="milliseconds before each answer")
    given = parser.parse_args()
    made = delivery(days=given.days, regions=given.regions, logs=given.logs, records=given.records)
    asyncio.run(serve(Deliveries(made, given.latency / 1000)))


if __name__ == "__main__":
    main()
