"""Options: where each may stand, which one wins, and how a wrong one is named."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field, PositiveInt

from scanner.aws.scope import Scope
from scanner.check import AtHandDays, Check, KeptDays, RequiredBy, Subject, Verdict
from scanner.config import Config, load, load_settings, scope
from scanner.errors import UserError
from scanner.model.finding import Severity
from scanner.model.posture import Posture
from scanner.settings import FLAGS, Settings

FORMATS = ("html", "json", "table")


class _Silent(Check):
    subject: ClassVar[str] = "account"

    severity: Severity = Severity.MEDIUM

    def verdicts(self, posture: Posture) -> Iterator[tuple[Subject, Verdict]]:  # noqa: ARG002
        return iter(())


class BucketObjectLock(_Silent):
    id = "bucket-object-lock"

    min_days: PositiveInt = 365
    modes: tuple[Literal["GOVERNANCE", "COMPLIANCE"], ...] = ("GOVERNANCE", "COMPLIANCE")
    strict: bool = Field(default=False)


class BucketOwned(_Silent):
    id = "bucket-owned"

    trusted_accounts: tuple[str, ...] = ()


class BucketTamperAccess(_Silent):
    id = "bucket-tamper-access"

    trusted_principals: tuple[str, ...] = ()


class BucketRetention(_Silent):
    id = "bucket-retention"

    min_days: KeptDays = 365
    required_by: RequiredBy = None


class BucketImmediateAccess(_Silent):
    id = "bucket-immediate-access"

    min_days: AtHandDays = 90
    required_by: RequiredBy = None


class TrailLogging(_Silent):
    id = "trail-logging"


CHECKS = (
    BucketImmediateAccess,
    BucketObjectLock,
    BucketOwned,
    BucketRetention,
    BucketTamperAccess,
    TrailLogging,
)


def _load(
    folder: Path, text: str | None = None, environ: dict[str, str] | None = None, **flags: Any
) -> Config:
    if text is not None:
        flags["config"] = str(folder / "config.yaml")
        (folder / "config.yaml").write_text(text)
    return load(flags, environ or {}, CHECKS, FORMATS, {"ours": folder / "ours.yaml"})


def _refusal(
    folder: Path, text: str | None = None, environ: dict[str, str] | None = None, **flags: Any
) -> tuple[str, str | None]:
    with pytest.raises(UserError) as refused:
        _load(folder, text, environ, **flags)
    return refused.value.problem.removeprefix(f"{folder}/"), refused.value.hint


def test_without_anything_every_option_is_at_its_default(tmp_path: Path) -> None:
    config = _load(tmp_path)
    assert config.settings == Settings()
    assert config.checks == tuple(check() for check in CHECKS)
    assert config.frameworks == ()
    assert scope(config.settings, {}) == Scope()


def test_a_flag_wins_over_the_environment_that_over_the_file_that_over_the_default(tmp_path: Path) -> None:
    file = "fail_on: high\nconcurrency: 5\nprofile: file\nrole: {name: file, path: /file/}\n"
    environ = {
        "TRAILAUDIT_FAIL_ON": "medium",
        "TRAILAUDIT_PROFILE": "environment",
        "TRAILAUDIT_ROLE_NAME": "environment",
    }
    settings = _load(tmp_path, file, environ, fail_on="critical", profile=None, role_name=None).settings
    assert (settings.fail_on, settings.profile, settings.concurrency) == ("critical", "environment", 5)
    assert (settings.role.name, settings.role.path, settings.role.session_duration) == (
        "environment",
        "/file/",
        3600,
    )


def test_the_environment_can_switch_off_what_the_file_switches_on(tmp_path: Path) -> None:
    settings = _load(tmp_path, "organization: true\n", {"TRAILAUDIT_ORGANIZATION": "false"}).settings
    assert settings.organization is False


def test_lists_and_outputs_in_the_environment_stand_between_commas(tmp_path: Path) -> None:
    environ = {
        "TRAILAUDIT_ACCOUNT": "010203040506, 112233445566",
        "TRAILAUDIT_OUTPUT": "html=a.html,table",
        "TRAILAUDIT_CONCURRENCY": "7",
        "TRAILAUDIT_PROFILE": "",
    }
    settings = _load(tmp_path, None, environ).settings
    assert settings.accounts == ("010203040506", "112233445566")
    assert settings.outputs == {"html": "a.html", "table": "-"}
    assert (settings.concurrency, settings.profile) == (7, None)


def test_the_environment_may_name_the_file(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("concurrency: 3\n")
    config = _load(tmp_path, None, {"TRAILAUDIT_CONFIG": str(tmp_path / "config.yaml")})
    assert config.settings.concurrency == 3


def test_a_louder_flag_replaces_a_quiet_environment(tmp_path: Path) -> None:
    settings = _load(tmp_path, None, {"TRAILAUDIT_QUIET": "true"}, verbose=True).settings
    assert (settings.quiet, settings.verbose) == (False, True)


def test_an_option_that_is_left_empty_stays_at_its_default(tmp_path: Path) -> None:
    text = "accounts:\nrole:\n  name:\nchecks:\n  bucket-object-lock:\n  trail-logging:\n    severity:\n"
    config = _load(tmp_path, text)
    assert (config.settings.accounts, config.settings.role) == (Settings().accounts, Settings().role)
    assert config.checks == _load(tmp_path).checks


@pytest.mark.parametrize(
    ("text", "problem", "hint"),
    [
        ("acounts: []", "config.yaml:1: acounts: unknown option", "did you mean accounts?"),
        ("role:\n  nme: x", "config.yaml:2: role.nme: unknown option", "did you mean name?"),
        ("painting: x", "config.yaml:1: painting: unknown option", None),
        ("accounts: [123]", "config.yaml:1: accounts[0]: must be text, not 123", 'quote it: "123"'),
        ("\naccounts:\n- '123'", "config.yaml:3: accounts[0]: '123' is not an AWS account id", None),
        ("accounts: x", "config.yaml:1: accounts: must be a list, not 'x'", None),
        ("role: x", "config.yaml:1: role: must be a mapping (`key: value`), not 'x'", None),
        ("organization: yes", "config.yaml:1: organization: must be true or false, not 'yes'", "write true"),
        ("organization: No", "config.yaml:1: organization: must be true or false, not 'No'", "write false"),
        ("organization: 1", "config.yaml:1: organization: must be true or false, not 1", None),
        ("concurrency: '5'", "config.yaml:1: concurrency: must be a whole number, not '5'", None),
        ("concurrency: 0", "config.yaml:1: concurrency: must be greater than or equal to 1, not 0", None),
        ("concurrency: 2.5", "config.yaml:1: concurrency: must be a whole number, not 2.5", None),
        (
            "fail_on: hihg",
            "config.yaml:1: fail_on: must be 'info', 'low', 'medium', 'high', 'critical' or 'never', not 'hihg'",
            None,
        ),
        ("regions: [Frankfurt]", "config.yaml:1: regions[0]: 'Frankfurt' is not the name of a region", None),
        ("ous: [acme]", "config.yaml:1: ous[0]: 'acme' is not the id of an organizational unit or root", None),
        ("list_role_arn: audit", "config.yaml:1: list_role_arn: 'audit' is not the ARN of a role", None),
        ("outputs: {htlm: x}", "config.yaml:1: outputs.htlm: unknown format 'htlm'", "did you mean html?"),
        ("outputs: {html: }", "config.yaml:1: outputs.html: must be text, not null", None),
        ("quiet: true\nverbose: true", "config.yaml:1: quiet: excludes config.yaml:2: verbose", None),
    ],
)  # fmt: skip
def test_a_wrong_option_of_the_file_is_named_with_line_key_and_fix(
    tmp_path: Path, text: str, problem: str, hint: str | None
) -> None:
    said, way_out = _refusal(tmp_path, text)
    assert said.replace(f"{tmp_path}/", "") == problem
    if hint is not None:
        assert way_out == hint


@pytest.mark.parametrize(
    ("text", "problem", "hint"),
    [
        (
            "checks:\n  bucket-object-lock:\n    min_dayz: 1",
            "config.yaml:3: checks.bucket-object-lock.min_dayz: unknown option",
            "did you mean min_days? see `trailaudit checks bucket-object-lock`",
        ),
        (
            "checks:\n  bucket-object-lck: {}",
            "config.yaml:2: checks.bucket-object-lck: unknown check 'bucket-object-lck'",
            "did you mean bucket-object-lock? `trailaudit checks` lists them all",
        ),
        (
            "checks: {bucket-object-lock: {min_days: 0}}",
            "config.yaml:1: checks.bucket-object-lock.min_days: must be greater than 0, not 0",
            "see `trailaudit checks bucket-object-lock`",
        ),
        (
            "checks: {bucket-object-lock: {strict: on}}",
            "config.yaml:1: checks.bucket-object-lock.strict: must be true or false, not 'on'",
            "write true; see `trailaudit checks bucket-object-lock`",
        ),
        (
            "checks: {bucket-object-lock: {modes: [FOREVER]}}",
            "config.yaml:1: checks.bucket-object-lock.modes[0]: must be 'GOVERNANCE' or 'COMPLIANCE', not 'FOREVER'",
            "see `trailaudit checks bucket-object-lock`",
        ),
        (
            "checks: {trail-logging: {severity: urgent}}",
            "config.yaml:1: checks.trail-logging.severity: must be 'info', 'low', 'medium', 'high' or 'critical', not 'urgent'",
            "see `trailaudit checks trail-logging`",
        ),
        (
            "checks: {bucket-owned: {trusted_accounts: []}}",
            "config.yaml:1: checks.bucket-owned.trusted_accounts: is set for all at once",
            "move it to trusted_accounts at the top of the file",
        ),
        (
            "skip: [trail-loging]",
            "config.yaml:1: skip[0]: unknown check 'trail-loging'",
            "did you mean trail-logging? `trailaudit checks` lists them all",
        ),
        ("checks: [trail-logging]", "config.yaml:1: checks: must be a mapping (`key: value`)", None),
        ("checks: {trail-logging: high}", "config.yaml:1: checks.trail-logging: must be a mapping (`key: value`), not 'high'", None),
    ],
)  # fmt: skip
def test_a_wrong_option_of_a_check_is_named_with_the_page_that_helps(
    tmp_path: Path, text: str, problem: str, hint: str | None
) -> None:
    assert _refusal(tmp_path, text) == (problem, hint)


def test_an_error_names_the_variable_or_the_flag_that_it_comes_from(tmp_path: Path) -> None:
    refusals = [
        _refusal(tmp_path, "concurrency: 5", {"TRAILAUDIT_CONCURRENCY": "many"}),
        _refusal(tmp_path, None, {"TRAILAUDIT_ALLOW_UNKNOWN": "yes"}),
        _refusal(tmp_path, None, None, session_duration="60"),
        _refusal(tmp_path, None, None, account=("12",)),
        _refusal(tmp_path, None, None, check=("nothing-like-it",)),
        _refusal(tmp_path, None, None, output=("json=",)),
        _refusal(tmp_path, None, None, output=("json=a", "json=b")),
        _refusal(tmp_path, None, {"TRAILAUDIT_OUTPUT": "jsn"}),
    ]
    assert refusals == [
        ("TRAILAUDIT_CONCURRENCY: must be a whole number, not 'many'", None),
        ("TRAILAUDIT_ALLOW_UNKNOWN: must be true or false, not 'yes'", "write true"),
        ("--session-duration: must be greater than or equal to 900, not 60", None),
        ("--account: '12' is not an AWS account id", None),
        ("--check: unknown check 'nothing-like-it'", "`trailaudit checks` lists them all"),
        ("--output: 'json=' names no file", "write json=PATH, or json for standard output"),
        ("--output: json is asked for twice", "one output per format"),
        ("TRAILAUDIT_OUTPUT: unknown format 'jsn'", "did you mean json?"),
    ]


def test_a_wrong_option_is_an_error_even_where_a_stronger_source_would_win(tmp_path: Path) -> None:
    problem, _ = _refusal(tmp_path, "concurrency: many", None, concurrency="5")
    assert problem == "config.yaml:1: concurrency: must be a whole number, not 'many'"


def test_only_one_report_goes_to_standard_output_and_each_to_a_file_of_its_own(tmp_path: Path) -> None:
    assert (
        _refusal(tmp_path, "outputs: {json: '-', table: '-'}")[0]
        == "json and table can't both go to standard output"
    )
    assert (
        _refusal(tmp_path, "outputs: {json: ./a, html: a}")[0] == "json and html can't both be written to a"
    )
    problem, _ = _refusal(tmp_path, None, None, save_posture="a", output=("json=a",))
    assert problem == "the posture and json can't both be written to a"


def test_what_to_read_of_aws_has_no_place_beside_a_saved_posture(tmp_path: Path) -> None:
    problem, _ = _refusal(tmp_path, None, None, posture="posture.json", role_name="audit")
    assert problem == "--role-name: has no effect with --posture"
    assert _load(tmp_path, "accounts: ['010203040506']", None, posture="posture.json").settings.posture


def test_checks_are_selected_by_only_and_skip_and_carry_their_options(tmp_path: Path) -> None:
    text = """
        only: [bucket-owned, bucket-object-lock]
        skip: [bucket-owned]
        checks: {bucket-object-lock: {min_days: 30, severity: critical, modes: [COMPLIANCE]}}
    """
    assert _load(tmp_path, text).checks == (
        BucketObjectLock(min_days=30, severity=Severity.CRITICAL, modes=("COMPLIANCE",)),
    )


def test_a_selection_that_leaves_no_check_is_refused(tmp_path: Path) -> None:
    problem, _ = _refusal(tmp_path, None, None, check=("trail-logging",), skip=("trail-logging",))
    assert problem == "no check is left to run"


@pytest.mark.parametrize(
    "name",
    [
        "112233445566",
        "arn:aws:iam::112233445566:role/log-keeper",
        "arn:aws:iam::112233445566:role/*",
        "arn:aws-us-gov:sts::112233445566:assumed-role/keeper/session",
        "config.amazonaws.com",
        "0123456789abcdef" * 4,
    ],
)
def test_trusted_principals_reach_the_check_that_asks(tmp_path: Path, name: str) -> None:
    config = _load(tmp_path, f"trusted_principals: ['{name}']")
    assert BucketTamperAccess(trusted_principals=(name,)) in config.checks


@pytest.mark.parametrize("name", ["log-keeper", "*", "arn:aws:s3:::acme-logs", "1122"])
def test_what_is_no_principal_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UserError, match=r"trusted_principals\[0\]"):
        _load(tmp_path, f"trusted_principals: ['{name}']")


def test_trusted_accounts_reach_the_scope_and_the_check_that_asks(tmp_path: Path) -> None:
    config = _load(tmp_path, "trusted_accounts: ['112233445566']")
    assert BucketOwned(trusted_accounts=("112233445566",)) in config.checks
    assert scope(config.settings, {}).trusted_accounts == ("112233445566",)


def test_the_external_id_comes_from_the_variable_and_shows_nowhere(tmp_path: Path) -> None:
    settings = _load(tmp_path, "role: {name: audit, external_id_env: SECRET_ID}").settings
    found = scope(settings, {"SECRET_ID": "hush-hush"})
    assert found.external_id is not None
    assert found.external_id.get_secret_value() == "hush-hush"
    assert "hush-hush" not in f"{found!r} {settings!r}"


def test_an_external_id_whose_variable_is_not_set_is_refused(tmp_path: Path) -> None:
    settings = _load(tmp_path, None, None, external_id_env="SECRET_ID").settings
    for environ in ({}, {"SECRET_ID": ""}):
        with pytest.raises(UserError, match="the environment variable SECRET_ID is not set"):
            scope(settings, environ)


def test_a_secret_in_place_of_the_variable_s_name_is_not_repeated(tmp_path: Path) -> None:
    problem, hint = _refusal(tmp_path, "role: {external_id_env: hush-hush}")
    assert "hush-hush" not in f"{problem} {hint}"


def test_every_setting_but_those_of_the_file_alone_is_a_flag() -> None:
    leaves = {flag.key[0] for flag in FLAGS}
    assert set(Settings.model_fields) - leaves == {"checks", "trusted_accounts", "trusted_principals"}
    assert all(flag.description for flag in FLAGS)


@given(
    st.dictionaries(
        st.sampled_from(sorted(Settings.model_fields)),
        st.sampled_from(
            [
                "x",
                "true",
                "1",
                "[]",
                "{}",
                "[1]",
                "{a: 1}",
                "''",
                "-1",
                "[[]]",
                "{trail-logging: {severity: 1}}",
            ]
        ),
    )
)
def test_any_file_is_a_config_or_a_user_error(
    tmp_path_factory: pytest.TempPathFactory, options: dict[str, str]
) -> None:
    text = "\n".join(f"{name}: {value}" for name, value in options.items())
    try:
        config = _load(tmp_path_factory.getbasetemp(), text)
    except UserError as error:
        assert "\n" not in error.problem  # noqa: PT017 - one line, whatever it says
    else:
        assert config.checks


def test_a_command_without_checks_takes_the_settings_and_looks_up_none_of_their_names(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("profile: audit\noutputs: {acme: report.acme}\nskip: [acme-check]\n")
    settings = load_settings({"config": str(file), "quiet": True}, {"TRAILAUDIT_ROLE_NAME": "verify"})
    assert (settings.profile, settings.role.name, settings.quiet) == ("audit", "verify", True)
    with pytest.raises(UserError, match="--quiet: excludes --verbose"):
        load_settings({"quiet": True, "verbose": True}, {})


OURS = """\
key: ours
name: Our rules
short: Ours
version: '1'
publisher: Us
retention:
  - {control: '2.1', min_days: 400, immediately_available_days: 30, force: rule, confidence: high, sources: [reading], note: So it is.}
controls:
  - {id: '1.1', title: Trails run, checks: [{check: trail-logging, confidence: high, sources: [reading]}]}
"""  # fmt: skip


def _days(config: Config) -> dict[str, tuple[int, str | None]]:
    return {
        check.id: (check.min_days, check.required_by)
        for check in config.checks
        if isinstance(check, BucketRetention | BucketImmediateAccess)
    }


def test_frameworks_are_named_by_key_or_as_files(tmp_path: Path) -> None:
    (tmp_path / "ours.yaml").write_text(OURS)
    (ours,) = _load(tmp_path, "frameworks: [ours]\n").frameworks
    assert (ours.key, [control.id for control in ours.controls]) == ("ours", ["1.1"])
    file = tmp_path / "theirs.yaml"
    file.write_text(OURS.replace("ours", "theirs"))
    both = _load(tmp_path, framework=("ours", str(file))).frameworks
    assert [one.key for one in both] == ["ours", "theirs"]


def test_a_framework_asks_for_its_days_wherever_no_option_does(tmp_path: Path) -> None:
    (tmp_path / "ours.yaml").write_text(OURS)
    assert _days(_load(tmp_path, "retention_for: ours\n")) == {
        "bucket-retention": (400, "ours 2.1"),
        "bucket-immediate-access": (30, "ours 2.1"),
    }
    text = "retention_for: ours\nchecks: {bucket-retention: {min_days: 7}}\n"
    assert _days(_load(tmp_path, text))["bucket-retention"] == (7, None)


def test_days_that_are_about_something_else_stay_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "ours.yaml").write_text(OURS)
    config = _load(tmp_path, retention_for="ours")
    assert BucketObjectLock() in config.checks


def test_a_framework_without_days_at_hand_leaves_them_alone(tmp_path: Path) -> None:
    (tmp_path / "ours.yaml").write_text(OURS.replace("immediately_available_days: 30, ", ""))
    assert _days(_load(tmp_path, retention_for="ours"))["bucket-immediate-access"] == (90, None)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("frameworks: [cis, our]", "config.yaml:1: frameworks[0]: unknown framework 'cis'"),
        ("skip: []\nretention_for: our", "config.yaml:2: retention_for: unknown framework 'our'"),
    ],
)
def test_an_unknown_framework_is_named_with_its_place(tmp_path: Path, text: str, problem: str) -> None:
    told, hint = _refusal(tmp_path, text)
    assert told == problem
    assert hint is not None
    assert hint.endswith("`trailaudit checks --frameworks` lists them all")


def test_an_unknown_framework_of_the_command_line_is_named_by_its_flag(tmp_path: Path) -> None:
    problem, hint = _refusal(tmp_path, framework=("our",))
    assert problem == "--framework: unknown framework 'our'"
    assert hint == "did you mean ours? `trailaudit checks --frameworks` lists them all"
