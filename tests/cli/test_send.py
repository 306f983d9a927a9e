"""The command that writes, against moto's Security Hub: the SDK serializes, signs and parses."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.session import Session
from moto import mock_aws

from scanner.model.finding import Finding
from scanner.model.result import Result
from scanner.send import NO_HUB, Delivery
from tests.build import REGION
from tests.cli.conftest import Run
from tests.compare.worlds import PASSED, finding, scope_account
from tests.compare.worlds import run as judged

OWN, MEMBER = "123456789012", "210987654321"
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "secret",
    "AWS_REGION": REGION,
    "AWS_DEFAULT_REGION": REGION,
    "AWS_CONFIG_FILE": "/nonexistent",
    "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent",
}
RUN = ("send", "securityhub", "run.json")
ROLE = ("--role-name", "trailaudit")


@pytest.fixture(autouse=True)
def _moto(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_SESSION_TOKEN", "AWS_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    # libcurl would send past moto, which stands in for the SDK's own HTTP client.
    monkeypatch.setattr("scanner.aws.wire.is_available", lambda: False)
    with mock_aws():
        yield


def mine(number: int = 0, account: str = OWN, **changes: Any) -> Finding:
    trail = f"arn:aws:cloudtrail:{REGION}:{account}:trail/t{number}"
    return finding(**{"account": account, "resource": trail, **changes})


def saved(*findings: Finding, accounts: tuple[str, ...] = (OWN,), **changes: Any) -> None:
    scope = {"accounts": [scope_account(account, regions=(REGION,)) for account in accounts], **changes}
    result: Result = judged(*findings, **scope)
    Path("run.json").write_text(result.model_dump_json(by_alias=True))


def held(account: str = OWN) -> dict[str, str]:
    """What the account's Security Hub says of each finding."""
    session = Session()
    client: Any = session.create_client("sts", region_name=REGION)
    if account != OWN:
        role = {"RoleArn": f"arn:aws:iam::{account}:role/x", "RoleSessionName": "look"}
        issued = client.assume_role(**role)["Credentials"]
        session.set_credentials(issued["AccessKeyId"], issued["SecretAccessKey"], issued["SessionToken"])
    hub: Any = session.create_client("securityhub", region_name=REGION)
    return {
        one["Id"]: f"{one['Compliance']['Status']} {one['RecordState']}"
        for one in hub.get_findings()["Findings"]
    }


def test_each_account_gets_its_verdicts(run: Run) -> None:
    saved(mine(), mine(1, status=PASSED), mine(account=MEMBER), accounts=(OWN, MEMBER))
    result = run(*RUN, *ROLE)
    assert result.exit_code == 0
    assert result.stdout == (
        "ACCOUNT       REGION       SENT    ARCHIVED    NOT SENT\n"
        "123456789012  eu-west-1       2           0           0\n"
        "210987654321  eu-west-1       1           0           0\n"
    )
    assert result.stderr.endswith("exit code 0: 3 findings sent, 0 archived, 0 not sent\n")
    assert held() == {mine().id: "FAILED ACTIVE", mine(1).id: "PASSED ACTIVE"}
    assert held(MEMBER) == {mine(account=MEMBER).id: "FAILED ACTIVE"}


def test_sent_again_it_is_the_same_and_what_is_gone_is_archived(run: Run) -> None:
    saved(mine(), mine(1))
    run(*RUN)
    assert run(*RUN).exit_code == 0
    assert held() == {mine().id: "FAILED ACTIVE", mine(1).id: "FAILED ACTIVE"}
    saved(mine(), quarter=1)
    assert "1 finding sent, 1 archived" in run(*RUN).stderr
    assert held() == {mine().id: "FAILED ACTIVE", mine(1).id: "FAILED ARCHIVED"}


def test_a_dry_run_writes_nothing(run: Run) -> None:
    saved(mine())
    result = run(*RUN, "--dry-run")
    assert result.exit_code == 0
    assert result.stdout.startswith("ACCOUNT       REGION       WOULD SEND    WOULD ARCHIVE    NOT SENT\n")
    assert result.stderr.endswith("exit code 0: 1 finding would be sent, 0 would be archived, 0 not sent\n")
    assert held() == {}


def test_an_account_without_its_role_is_a_mistake_to_mend(run: Run) -> None:
    saved(mine(account=MEMBER), accounts=(MEMBER,))
    result = run(*RUN)
    assert result.exit_code == 2
    assert "which role is to be assumed in it?" in result.stderr


def test_what_no_run_wrote_is_refused(run: Run) -> None:
    Path("run.json").write_text("{}")
    assert run(*RUN).exit_code == 2


def test_a_run_that_entered_no_account_has_nothing_to_send(run: Run) -> None:
    closed = judged(accounts=[scope_account(OWN, "unreachable", regions=())])
    Path("run.json").write_text(closed.model_dump_json(by_alias=True))
    result = run(*RUN)
    assert (result.exit_code, result.stdout) == (4, "")
    assert f"nothing is sent of {OWN}, which the run did not enter (unreachable)" in result.stderr


FAILED = ("denied",)


@pytest.mark.parametrize(
    ("deliveries", "code"),
    [
        ((Delivery(OWN, REGION, sent=1),), 0),
        ((Delivery(OWN, REGION, archived=1),), 0),
        ((Delivery(OWN, REGION, sent=1), Delivery(MEMBER, None, unsent=1, problems=FAILED)), 3),
        ((Delivery(OWN, REGION, sent=1, problems=FAILED),), 3),
        ((Delivery(OWN, REGION, unsent=1, problems=FAILED),), 4),
    ],
)
def test_the_exit_code_says_whether_all_arrived(
    run: Run, monkeypatch: pytest.MonkeyPatch, deliveries: tuple[Delivery, ...], code: int
) -> None:
    saved(mine())
    monkeypatch.setattr("scanner.cli.send.deliver", lambda *_, **__: deliveries)
    assert run(*RUN).exit_code == code


def test_the_same_problem_of_several_regions_is_told_once(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    saved(mine())
    failed = [Delivery(OWN, region, unsent=1, problems=(NO_HUB,)) for region in ("eu-west-1", "us-east-1")]
    monkeypatch.setattr(
        "scanner.cli.send.deliver", lambda *_, **__: (*failed, Delivery(MEMBER, REGION, sent=1))
    )
    assert run(*RUN).stderr.splitlines() == [
        f"trailaudit: {OWN} in eu-west-1 and us-east-1: Security Hub is not enabled",
        "trailaudit: exit code 3: 1 finding sent, 0 archived, 2 not sent",
    ]
