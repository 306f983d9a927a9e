"""The day whose log files the demo proves."""

import gzip
import json
from datetime import date
from typing import Any

import pytest

from scanner.demo import cloudtrail, log_files, story
from scanner.integrity.layout import parse_digest_key, parse_log_key
from tests.integrity import tree as trees

DAY = date(2026, 6, 1)
Objects = dict[str, dict[str, Any]]


class Bucket:
    """Takes objects, as a client would."""

    def __init__(self) -> None:
        self.objects: Objects = {}

    def put_object(self, **asked: Any) -> None:
        self.objects[asked["Key"]] = asked


@pytest.fixture(scope="module")
def objects() -> Objects:
    bucket = Bucket()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(log_files, "Signer", lambda: trees.SIGNER)
        patch.setattr(cloudtrail, "signs_with", lambda *_, **__: None)
        log_files.build(bucket, "acme", story.TAMPERED, DAY)
    return bucket.objects


def records(stored: dict[str, Any]) -> int:
    return len(json.loads(gzip.decompress(stored["Body"]))["Records"])


def test_each_hour_of_the_day_has_a_signed_digest(objects: Objects) -> None:
    ends = [digest.end.hour for key in objects if (digest := parse_digest_key(key))]
    assert sorted(ends) == list(range(24))
    assert all(objects[key]["Metadata"]["signature"] for key in objects if parse_digest_key(key))


def test_one_log_file_has_lost_a_record(objects: Objects) -> None:
    found = {log.stamp.hour: records(objects[key]) for key in objects if (log := parse_log_key(key))}
    assert found == dict.fromkeys(range(24), 3) | {log_files.ALTERED: 2}
