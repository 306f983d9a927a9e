import json
from typing import Any

import pytest
from oscal_bindings.parser import parse_assessment_results

import reports.oscal
from reports.oscal import OscalRenderer
from scanner.model.result import Report
from tests.reports.sample import MAIN, UNREACHABLE, clean, finding, hostile, many, report


def read(some: Report) -> dict[str, Any]:
    document = json.loads(OscalRenderer().render(some))["assessment-results"]
    assert isinstance(document, dict)
    return document


def result(some: Report) -> dict[str, Any]:
    (found,) = read(some)["results"]
    assert isinstance(found, dict)
    return found


def props(thing: dict[str, Any]) -> dict[str, str]:
    return {prop["name"]: prop["value"] for prop in thing["props"]}


def observation(some: Report, check: str) -> dict[str, Any]:
    (found,) = [one for one in result(some)["observations"] if props(one)["check"] == check]
    assert isinstance(found, dict)
    return found


def uuids(value: Any) -> list[str]:
    """Every identifier that is given."""
    if isinstance(value, list):
        return [uuid for item in value for uuid in uuids(item)]
    if isinstance(value, dict):
        return ([value["uuid"]] if "uuid" in value else []) + uuids(list(value.values()))
    return []


SOME = pytest.mark.parametrize("some", [report(), clean(), hostile()], ids=["report", "clean", "hostile"])


@SOME
def test_a_reader_made_from_nist_s_schema_takes_the_document(some: Report) -> None:
    read_back = parse_assessment_results(OscalRenderer().render(some).decode())
    assert read_back.assessment_results.metadata.oscal_version == "1.1.3"


@SOME
def test_identifiers_are_given_once_and_references_lead_to_them(some: Report) -> None:
    given = uuids(read(some))
    assert len(set(given)) == len(given)
    text = OscalRenderer().render(some).decode()
    found = result(some)
    references = [one["subject-uuid"] for each in found["observations"] for one in each["subjects"]]
    references += [
        one["observation-uuid"]
        for each in found.get("findings", [])
        for one in each.get("related-observations", [])
    ]
    references.append(read(some)["import-ap"]["href"].removeprefix("#"))
    assert references
    assert set(references) <= set(given)
    assert "None" not in {props(one)["verdict"] for one in found["observations"]}
    assert text.endswith("}\n")


def test_the_same_report_gives_the_same_bytes_and_another_run_other_identifiers() -> None:
    assert OscalRenderer().render(report()) == OscalRenderer().render(report())
    other = report(run=report().result.run.model_copy(update={"id": "another"}))
    assert not set(uuids(read(report()))) & set(uuids(read(other)))


def test_a_verdict_is_an_observation_on_an_item_of_the_inventory() -> None:
    found = observation(report(), "trail-log-file-validation")
    assert props(found)["verdict"] == "fail"
    assert props(found)["finding-id"] == finding().id
    assert (found["description"], found["methods"]) == ("does not sign its log files", ["TEST"])
    subject = found["subjects"][0]["subject-uuid"]
    (item,) = [
        one for one in result(report())["local-definitions"]["inventory-items"] if one["uuid"] == subject
    ]
    assert props(item) == {
        "asset-id": finding().resource,
        "type": "AWS::CloudTrail::Trail",
        "account": MAIN,
        "region": "eu-west-1",
    }


def test_a_waived_failure_says_so_and_who_answers() -> None:
    found = observation(report(), "trail-notifications")
    assert props(found)["verdict"] == "waived"
    assert found["remarks"].startswith("Waiver W-1 of platform@example.com")


def test_an_account_that_could_not_be_entered_is_an_unknown_observation() -> None:
    entered = [one for one in result(report())["observations"] if props(one)["check"] == "account-entered"]
    assert [props(one)["verdict"] for one in entered] == ["unknown", "not_applicable"]
    assert UNREACHABLE in json.dumps(result(report())["local-definitions"])


def test_a_control_with_evidence_is_a_finding_and_one_without_is_none() -> None:
    found = result(report())["findings"]
    assert [(one["target"]["target-id"], *list(one["target"]["status"].values())[:2]) for one in found] == [
        ("cis_aws_5_0-3.1", "satisfied", "pass"),
        ("cis_aws_5_0-3.2", "not-satisfied", "fail"),
        ("cis_aws_5_0-3.5", "not-satisfied", "other"),
    ]
    failed = observation(report(), "trail-log-file-validation")["uuid"]
    assert found[1]["related-observations"] == [{"observation-uuid": failed}]


def test_without_a_framework_every_control_is_said_to_be_in_and_none_is_found() -> None:
    found = result(clean())
    assert "findings" not in found
    assert found["reviewed-controls"]["control-selections"][0]["include-all"] == {}


def test_a_finding_refers_to_so_many_observations_and_says_how_many_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reports.oscal, "MOST_RELATED", 10)
    some = many(25)
    (found,) = [one for one in result(some)["findings"] if one["title"].endswith("3.2")]
    assert len(found["related-observations"]) == 10
    assert found["remarks"] == "15 more observations left out, the mildest."


def test_text_of_a_stranger_is_no_markdown() -> None:
    texts = [one["description"] for one in result(hostile())["observations"]]
    assert r"\[click\](javascript:alert(1)) \| \`code\` \| \*\*bold\*\*" in texts
