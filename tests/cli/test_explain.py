"""One event, asked of a saved posture or of AWS."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from scanner.aws import collect
from scanner.aws.scope import Scope
from scanner.model.posture import Posture
from scanner.model.reading import Known
from scanner.model.trail import Selectors
from tests.build import ACCOUNT, MANAGEMENT, OTHER, REGION, account, denied, posture, status, trail, view
from tests.cli.conftest import Run, save
from tests.probes import unreachable

SCHEMA = Path(__file__).parents[2] / "docs" / "explanation.schema.json"
PUT = ("--event-source", "s3.amazonaws.com", "--event-name", "PutObject", "--region", REGION)
OBJECT = ("--resource", "arn:aws:s3:::payments/a.csv")


def asked(run: Run, it: Posture, *args: str) -> Any:
    return run("explain", "--posture", save(it), *PUT, *args)


@pytest.mark.parametrize(
    ("it", "code"),
    [
        (posture(), 0),
        (posture(trail(selectors=Known(MANAGEMENT))), 1),
        (posture(trail(status=Known(status(logging=False)))), 1),
        (posture(trail(status=denied("cloudtrail:GetTrailStatus"))), 3),
        (posture(trail(selectors=Known(Selectors()))), 3),
    ],
    ids=["recorded", "not selected", "stopped", "unread", "unsaid"],
)
def test_the_exit_code_says_whether_it_is_recorded(run: Run, it: Posture, code: int) -> None:
    result = asked(run, it, *OBJECT)
    assert (result.exit_code, result.stderr) == (code, "")
    assert result.stdout.startswith("PutObject of s3.amazonaws.com: ")


@pytest.mark.parametrize(
    "found",
    [
        unreachable(ACCOUNT),
        account(state="skipped", reason="it is suspended", views=()),
        account(views=()),
        account(views=(view(REGION, denied("cloudtrail:DescribeTrails")),)),
    ],
    ids=["not entered", "skipped", "no region", "nothing listed"],
)
def test_where_nothing_could_be_read_it_ends_with_4_and_says_why(run: Run, found: Any) -> None:
    result = asked(run, posture(accounts=(found,)), *OBJECT)
    assert (result.exit_code, result.stdout) == (4, "")
    assert result.stderr.startswith(f"trailaudit: nothing could be read of account {ACCOUNT}: ")


@pytest.mark.parametrize("it", [posture(), posture(trails=()), posture(trail(status=denied("x:Y")))])
def test_json_has_the_published_shape(run: Run, it: Posture) -> None:
    told = json.loads(asked(run, it, *OBJECT, "--output", "json").stdout)
    Draft202012Validator(json.loads(SCHEMA.read_text())).validate(told)
    assert list(told) == [
        *("schema_version", "account", "event", "recorded", "why", "assumed", "notes", "cases"),
    ]  # fmt: skip
    assert told["event"] == {
        "source": "s3.amazonaws.com",
        "name": "PutObject",
        "read_only": False,
        "resource": "arn:aws:s3:::payments/a.csv",
        "region": REGION,
        "fields": {},
    }


def test_what_is_said_beside_names_is_asked(run: Run) -> None:
    args = (
        "--read",
        "--category",
        "data",
        "--resource-type",
        "AWS::S3::Object",
        "--field",
        "errorCode=Denied=1",
    )
    told = json.loads(asked(run, posture(), *args, "--output", "json").stdout)
    assert (told["event"]["read_only"], told["event"]["fields"]) == (True, {"errorCode": "Denied=1"})
    assert [(case["category"], case["resource_types"]) for case in told["cases"]] == [
        ("data", ["AWS::S3::Object"])
    ]


def test_an_account_of_several_is_named_and_by_default_the_callers(run: Run) -> None:
    it = posture(
        accounts=(account(trails=(trail(),)), account(OTHER, views=(view(REGION), view("us-east-1"))))
    )
    assert asked(run, it, *OBJECT).exit_code == 0
    assert asked(run, it, *OBJECT, "--account", OTHER).exit_code == 1


@pytest.mark.parametrize(
    ("args", "problem"),
    [
        (("--event-source", "s3"), "--event-source: 's3' is not an event source"),
        (("--event-name", "s3:PutObject"), "--event-name: 's3:PutObject' is not the name of an event"),
        (("--read", "--write"), "--read: excludes --write"),
        (("--field", "errorCode"), "--field: 'errorCode' is not NAME=VALUE"),
        (("--resource", "payments"), "--resource: 'payments' is not an ARN"),
        (("--account", "12"), "--account: '12' is not an AWS account id"),
        (("--account", OTHER), f"account {OTHER} is not in the posture"),
        (("--region", "eu-north-1"), f"--region: eu-north-1 is not enabled in account {ACCOUNT}"),
        (("--profile", "audit"), "--profile: has no effect with --posture"),
    ],
)
def test_a_mistake_is_refused_with_its_option(run: Run, args: tuple[str, ...], problem: str) -> None:
    result = asked(run, posture(), *args)
    assert result.exit_code == 2
    assert result.stderr.startswith(f"trailaudit: {problem}")


def test_without_an_event_there_is_nothing_to_explain(run: Run) -> None:
    result = run("explain", "--event-source", "s3.amazonaws.com")
    assert result.exit_code == 2
    assert "Missing option '--event-name'" in result.stderr


class Seen:
    """Stands in for AWS."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, it: Posture) -> None:
        self.scope: Scope
        self.needs: frozenset[str]

        def answer(scope: Scope, needs: frozenset[str], **_: Any) -> Posture:
            self.scope, self.needs = scope, needs
            return it

        monkeypatch.setattr(collect, "collect", answer)


def test_of_aws_it_reads_one_account_in_all_its_regions(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = Seen(monkeypatch, posture())
    everybody = {
        "TRAILAUDIT_ORGANIZATION": "true",
        "TRAILAUDIT_REGION": "us-east-1",
        "TRAILAUDIT_ROLE_NAME": "audit",
    }
    assert run("explain", *PUT, *OBJECT, **everybody).exit_code == 0
    assert (seen.scope.organization, seen.scope.accounts, seen.scope.regions) == (False, (), ())
    assert seen.scope.role_name == "audit"
    assert seen.needs == {"cloudtrail:ListEventDataStores"}


def test_another_account_is_entered_through_the_role(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = Seen(monkeypatch, posture(accounts=(account(OTHER, views=(view(REGION),)),)))
    run("explain", *PUT, *OBJECT, "--account", OTHER, "--role-name", "audit")
    assert (seen.scope.accounts, seen.scope.role_name) == ((OTHER,), "audit")


def test_insights_are_read_only_where_they_are_asked_about(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = Seen(monkeypatch, posture())
    run("explain", *PUT, "--category", "insight")
    assert "cloudtrail:GetInsightSelectors" in seen.needs
