"""Reads of objects are recorded for all buckets, present and future."""

import pytest

from checks.s3_data_events_read import S3DataEventsRead
from scanner.model.finding import Finding, Status
from scanner.model.posture import Posture
from scanner.model.reading import Known
from scanner.model.trail import Selectors
from tests.build import MANAGEMENT, denied, posture, select, trail

S3 = ("AWS::S3::Object",)


def judge(world: Posture) -> Finding:
    (finding,) = S3DataEventsRead().evaluate(world)
    return finding


@pytest.mark.parametrize("read_only", [(), ("true",), ("true", "false")])
def test_a_selector_that_admits_reads_passes(read_only: tuple[str, ...]) -> None:
    fields = {"readOnly": read_only} if read_only else {}
    selectors = Selectors(advanced=(select("Data", type=S3, **fields),))
    assert judge(posture(trail(selectors=Known(selectors)))).status is Status.PASS


def test_a_selector_of_writes_alone_fails() -> None:
    selectors = Selectors(advanced=(select("Data", type=S3, readOnly=("false",)),))
    finding = judge(posture(trail(selectors=Known(selectors))))
    assert finding.status is Status.FAIL
    assert "read" in finding.message


def test_get_object_alone_is_not_all_reads() -> None:
    selectors = Selectors(advanced=(select("Data", type=S3, eventName=("GetObject",)),))
    assert judge(posture(trail(selectors=Known(selectors)))).status is Status.FAIL


def test_management_events_are_not_data_events() -> None:
    assert judge(posture(trail(selectors=Known(MANAGEMENT)))).status is Status.FAIL


def test_unreadable_selectors_are_unknown() -> None:
    assert judge(posture(trail(selectors=denied("cloudtrail:GetEventSelectors")))).status is Status.UNKNOWN
