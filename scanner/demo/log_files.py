"""A day of one trail's log files as CloudTrail delivers them, but for one that somebody altered later."""

import gzip
import json
from datetime import UTC, date, datetime, time
from typing import Any

from scanner.demo import cloudtrail
from scanner.demo.deliveries import Delivery, Signer, deliver
from scanner.demo.story import HOME_REGION, OWN_TRAIL, Member
from scanner.integrity.layout import parse_log_key

ALTERED = 9
"""The hour of the day whose log file was altered: a record is gone from it."""


def build(s3: Any, bucket: str, owner: Member, day: date) -> None:
    """Fill the bucket. The keys that signed are made here, and told by ListPublicKeys from then on."""
    delivery = Delivery(
        bucket=bucket,
        accounts=(owner.id,),
        trail=OWN_TRAIL,
        home=HOME_REGION,
        regions=(HOME_REGION,),
        start=datetime.combine(day, time(), UTC),
        hours=24,
        logs=1,
    )
    signer = Signer()
    for key, stored in deliver(delivery, signer).items():
        log = parse_log_key(key)
        altered = log is not None and log.stamp.hour == ALTERED
        body = _with_a_record_less(stored.body) if altered else stored.body
        s3.put_object(Bucket=bucket, Key=key, Body=body, Metadata=dict(stored.metadata))
    cloudtrail.signs_with(owner.id, HOME_REGION, signer.public_keys(HOME_REGION, around=delivery.end))


def _with_a_record_less(body: bytes) -> bytes:
    document = json.loads(gzip.decompress(body))
    document["Records"].pop()
    return gzip.compress(json.dumps(document).encode(), mtime=0)
