import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from reports.json import JsonRenderer, schema
from scanner.model.finding import Status
from scanner.model.result import Report, Result
from tests.reports.sample import HOSTILE_TEXTS, account, clean, finding, hostile, many, report

SCHEMA = Path(__file__).parents[2] / "docs" / "result.schema.json"


def rendered(some: Report) -> str:
    return JsonRenderer().render(some).decode()


def read_back(some: Report) -> Result:
    return Result.model_validate_json(JsonRenderer().render(some))


def shape(value: object) -> object:
    """The members at every depth, in their order; a list is told by its first entry."""
    if isinstance(value, dict):
        return {key: shape(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [shape(entry) for entry in value[:1]]
    return None


def test_every_published_member_is_there_in_its_published_order() -> None:
    some = report(findings=[finding(status=Status.UNKNOWN)], accounts=[account()])
    published = """{
        "schema_version": null,
        "tool": {"name": null, "version": null},
        "run": {"id": null, "started": null, "finished": null, "caller": null, "organization": null, "taken_at": null},
        "scope": {"accounts": [{"id": null, "name": null, "state": null, "regions": [null], "reason": null}]},
        "rules": [],
        "readings": [{"account": null, "region": null, "action": null, "outcome": null, "code": null, "count": null}],
        "coverage": [{"account": null, "region": null, "event_class": null, "recorded": null, "by": [null], "holes": []}],
        "findings": [{
            "id": null, "check": null, "status": null, "severity": null, "account": null, "region": null,
            "resource": null, "message": null,
            "reason": {"action": null, "operation": null, "code": null, "detail": null, "account": null, "region": null},
            "waiver": null, "change": null, "first_seen": null, "evidence": null
        }],
        "waivers": [],
        "baseline": null,
        "frameworks": [{
            "key": null, "name": null, "short": null, "version": null, "publisher": null, "notes": [null], "retention": [],
            "controls": [{
                "id": null, "status": null, "pass": null, "fail": null, "unknown": null, "not_applicable": null, "waived": null,
                "title": null, "level": null, "assessment": null, "reason": null, "note": null,
                "evidence": [{
                    "check": null, "confidence": null, "sources": [null], "status": null,
                    "pass": null, "fail": null, "unknown": null, "not_applicable": null, "waived": null, "reason": null
                }]
            }]
        }],
        "summary": {"pass": null, "fail": null, "unknown": null, "not_applicable": null, "waived": null, "score": null},
        "gate": {"code": null, "verdict": null, "reasons": [null]},
        "evidence": []
    }"""
    assert json.dumps(shape(json.loads(rendered(some)))) == json.dumps(json.loads(published))


def test_a_waiver_has_its_published_members() -> None:
    (waived,) = [one for one in json.loads(rendered(report()))["findings"] if one["waiver"]]
    assert waived["status"] == "fail"
    assert waived["waiver"] == {
        "id": "W-1",
        "owner": "platform@example.com",
        "approver": "ciso@example.com",
        "reason": "Replaced by the organization trail in March",
        "ticket": "SEC-42",
        "expires": "2026-03-31",
    }


def test_it_is_indented_by_two_ends_in_a_newline_and_says_null() -> None:
    text = rendered(clean())
    assert text.startswith('{\n  "schema_version": "1",\n  "tool": {\n    "name"')
    assert text.endswith("}\n")
    assert '"change": null' in text


def test_times_are_utc_and_account_ids_text() -> None:
    parsed = json.loads(rendered(report()))
    assert parsed["run"]["started"] == "2026-01-31T09:00:00Z"
    assert parsed["scope"]["accounts"][0]["id"] == "010203040506"


def test_nothing_assessed_is_a_null_score() -> None:
    assert json.loads(rendered(report(findings=[])))["summary"]["score"] is None


def test_other_scripts_are_written_as_themselves() -> None:
    assert "一二三 ß é 👩‍👩‍👧" in rendered(hostile())


@pytest.mark.parametrize("act", ["\x00", "\x1b", "\x9b", "\u202e", "\u2028", "\u200b"])
def test_what_acts_on_a_terminal_is_escaped_and_read_back_unchanged(act: str) -> None:
    some = report(findings=[finding(message=f"a{act}b")])
    assert act not in rendered(some)
    assert read_back(some) == some.result


def test_a_lone_surrogate_is_replaced_since_no_reader_takes_it() -> None:
    some = report(findings=[finding(message="a\ud800b")])
    assert read_back(some).findings[0].message == "a\ufffdb"


def test_a_hostile_report_is_read_back_with_every_text_whole() -> None:
    messages = {one.message for one in read_back(hostile()).findings}
    assert messages == {text.replace("\ud800", "\ufffd") for text in HOSTILE_TEXTS}


@pytest.mark.parametrize("some", [report(), clean(), many(20)], ids=["report", "clean", "many"])
def test_it_is_read_back_equal(some: Report) -> None:
    assert read_back(some) == some.result


TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@settings(deadline=None)
@given(TEXT, TEXT, TEXT)
def test_any_text_is_read_back_equal(name: str, message: str, reason: str) -> None:
    some = report(
        findings=[
            finding(resource=name, message=message),
            finding(status=Status.NOT_APPLICABLE, reason=reason),
        ],
        accounts=[account(name=name, reason=reason)],
    )
    assert read_back(some) == some.result


@settings(deadline=None)
@given(st.text(st.characters()))
def test_any_text_at_all_is_written_as_json(text: str) -> None:
    (found,) = read_back(report(findings=[finding(message=text)])).findings
    assert len(found.message) == len(text)


def test_the_published_schema_is_that_of_the_model() -> None:
    assert SCHEMA.read_text() == schema(), "write reports.json.schema() to docs/result.schema.json"


@pytest.mark.parametrize("some", [report(), clean(), hostile()], ids=["report", "clean", "hostile"])
def test_what_is_written_follows_the_published_schema(some: Report) -> None:
    published = json.loads(SCHEMA.read_text())
    Draft202012Validator.check_schema(published)
    assert list(Draft202012Validator(published).iter_errors(json.loads(rendered(some)))) == []


def test_the_published_schema_lets_a_reader_rely_on_every_member() -> None:
    without_reason = json.loads(rendered(report()))
    del without_reason["findings"][0]["waiver"]
    published = Draft202012Validator(json.loads(SCHEMA.read_text()))
    assert [error.message for error in published.iter_errors(without_reason)] == [
        "'waiver' is a required property"
    ]


def test_what_is_streamed_is_what_is_rendered_and_comes_in_pieces() -> None:
    long = report(findings=[finding(message="x" * 70_000), finding(message="y" * 70_000)])
    pieces = list(JsonRenderer().stream(long))
    assert len(pieces) > 2
    assert b"".join(pieces) == JsonRenderer().render(long)
