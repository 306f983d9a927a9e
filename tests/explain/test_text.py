"""The words of an explanation."""

from typing import Any

from scanner.explain import Question, explain
from scanner.explain.text import text
from scanner.model.posture import Posture
from scanner.model.reading import Known
from scanner.model.trail import AdvancedSelector, FieldSelector, Selectors
from tests.build import ACCOUNT, REGION, account, denied, posture, select, status, trail

PUT = Question(
    source="s3.amazonaws.com", name="PutObject", resource="arn:aws:s3:::payments/a.csv", region=REGION
)
OUTSIDE = FieldSelector(field="resources.ARN", not_starts_with=("arn:aws:s3:::payments/",))
NARROW = AdvancedSelector(name="but payments", fields=(*select("Data").fields, OUTSIDE))


def said(question: Question, it: Posture) -> list[str]:
    return text(explain(question, it.accounts[0], it)).splitlines()


def narrow(**changes: Any) -> Posture:
    return posture(trail(selectors=Known(Selectors(advanced=(select(), NARROW))), **changes))


def test_a_refusal_is_said_with_the_selector_and_its_field() -> None:
    assert said(PUT, narrow()) == [
        "PutObject of s3.amazonaws.com: not recorded. Nothing would record it.",
        "",
        f"account: {ACCOUNT} in {REGION}",
        "resource: arn:aws:s3:::payments/a.csv",
        "assumed: a data event of AWS::S3::Object, by its name (otherwise --category,",
        "    --resource-type)",
        "assumed: it writes, by its name (otherwise --read)",
        "assumed: eventType AwsApiCall (otherwise --field eventType=…)",
        "",
        f"Data event of AWS::S3::Object in {REGION}: not recorded",
        f"  trail/audit of {ACCOUNT} in {REGION}: does not record it",
        "    selector 1 (Management): no, eventCategory Equals Management doesn't hold",
        "    selector 2 'but payments': no, resources.ARN NotStartsWith",
        "        arn:aws:s3:::payments/ doesn't hold",
    ]


def test_what_is_recorded_in_part_is_said_with_what_it_hangs_on() -> None:
    lines = said(PUT.model_copy(update={"resource": None, "resource_type": "AWS::S3::Object"}), narrow())
    joined = " ".join(" ".join(lines).split())
    assert "can't be told. It hangs on what was not said." in joined
    assert "recorded in part not recorded: write events named PutObject" in joined
    assert "on objects in arn:aws:s3:::payments/ trail/audit" in joined
    assert "'but payments': hangs on resources.ARN NotStartsWith arn:aws:s3:::payments/" in joined


def test_why_a_trail_records_nothing_is_said_before_its_selectors() -> None:
    lines = said(PUT, narrow(status=Known(status(logging=False))))
    assert f"  trail/audit of {ACCOUNT} in {REGION}: is stopped" in lines


def test_a_gap_is_said_with_the_permission() -> None:
    it = posture(trail(status=denied("cloudtrail:GetTrailStatus")))
    lines = said(PUT, it)
    assert "  can't be told: GetTrailStatus was denied (cloudtrail:GetTrailStatus)" in lines


def test_an_account_without_a_trail_is_said() -> None:
    assert "  no trail and no event data store was seen" in said(PUT, posture(trails=()))


def test_many_regions_are_counted() -> None:
    regions = tuple(f"eu-west-{number}" for number in range(1, 8))
    it = posture(accounts=(account(trails=(trail(),), regions=regions),))
    lines = said(PUT.model_copy(update={"region": None}), it)
    assert "Data event of AWS::S3::Object in 7 regions: recorded" in lines


def test_a_global_service_is_said() -> None:
    lines = said(Question(source="iam.amazonaws.com", name="CreateUser"), posture())
    assert "Management event of a global service, in us-east-1: recorded" in lines


def test_nothing_acts_on_the_terminal_and_80_columns_suffice() -> None:
    hostile = AdvancedSelector(name="\x1b[2J" + "x" * 300 + "\ud800\u202e", fields=NARROW.fields)
    it = posture(trail(selectors=Known(Selectors(advanced=(hostile,)))))
    lines = said(PUT.model_copy(update={"fields": {"errorCode": "y" * 200}}), it)
    assert all(len(line) <= 80 and line.isprintable() for line in lines)
    "\n".join(lines).encode()
