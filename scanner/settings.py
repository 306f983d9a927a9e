"""Every option of a scan: its name in the config file, as a flag and in the environment, its default."""

import re
from operator import attrgetter
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import AfterValidator, Field, JsonValue

from scanner.model.arn import AccountId, is_account_id, parse_arn
from scanner.model.base import Frozen
from scanner.model.finding import Severity

STDOUT = "-"
"""The path that stands for standard output."""


def _shaped(pattern: str, what: str) -> AfterValidator:
    shape = re.compile(pattern)

    def check(text: str) -> str:
        if shape.fullmatch(text) is None:
            raise ValueError(f"{text!r} is not {what}")
        return text

    return AfterValidator(check)


def _variable(text: str) -> str:
    # The message must not repeat it: who misunderstands the option writes the secret itself here.
    if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", text) is None:
        raise ValueError(
            "is not the name of an environment variable; the id itself belongs into that variable"
        )
    return text


def _role_arn(text: str) -> str:
    try:
        arn = parse_arn(text)
    except ValueError:
        arn = None
    role = arn is not None and arn.service == "iam" and arn.resource.startswith("role/")
    if arn is None or not role or not is_account_id(arn.account):
        raise ValueError(f"{text!r} is not the ARN of a role")
    return text


def _trail_arn(text: str) -> str:
    try:
        arn = parse_arn(text)
    except ValueError:
        arn = None
    trail = arn is not None and arn.service == "cloudtrail" and arn.resource.startswith("trail/")
    if arn is None or not trail or not is_account_id(arn.account) or not arn.region:
        raise ValueError(f"{text!r} is not the ARN of a trail")
    return text


OrganizationalUnitId = Annotated[
    str,
    _shaped(r"ou-[0-9a-z]{4,32}-[0-9a-z]{8,32}|r-[0-9a-z]{4,32}", "the id of an organizational unit or root"),
]
Region = Annotated[str, _shaped(r"[a-z]{2,5}(-[a-z]+)+-[0-9]{1,2}", "the name of a region")]
RoleName = Annotated[str, _shaped(r"[\w+=,.@-]{1,64}", "the name of a role")]
RolePath = Annotated[
    str, _shaped(r"/([!-~]{1,510}/)?", "the path of a role (it begins and ends with a slash)")
]
RoleArn = Annotated[str, AfterValidator(_role_arn)]
TrailArn = Annotated[str, AfterValidator(_trail_arn)]
Principal = Annotated[
    str,
    _shaped(
        r"[0-9]{12}|arn:[a-z-]+:(iam|sts)::[!-~]+|[a-z0-9.-]+\.[a-z.]+|[0-9a-f]{64}",
        "the id of an account, the ARN of a principal, the name of a service or a canonical user id",
    ),
]
VariableName = Annotated[str, AfterValidator(_variable)]


class Role(Frozen):
    """The role that is assumed in each account other than the caller's."""

    name: RoleName | None = Field(
        None,
        description="The role to assume in each account other than the caller's.",
        examples=["trailaudit"],
    )
    path: RolePath = Field("/", description="The path of that role.")
    external_id_env: VariableName | None = Field(
        None,
        description="The environment variable that holds the external id that the role asks for.",
        examples=["TRAILAUDIT_EXTERNAL_ID"],
    )
    session_duration: int = Field(
        3600,
        ge=900,
        le=43200,
        description="Seconds that each session lasts; AWS allows one hour where roles are chained.",
    )


class Settings(Frozen):
    """The options of a scan, at their defaults where nothing else was said."""

    accounts: tuple[AccountId, ...] = Field(
        (),
        description="Accounts to scan. By default the caller's own.",
        examples=[["010203040506", "112233445566"]],
    )
    organization: bool = Field(
        default=False, description="Scan every active account of the caller's organization."
    )
    ous: tuple[OrganizationalUnitId, ...] = Field(
        (),
        description="Scan every active account below these organizational units (or roots).",
        examples=[["ou-ab12-cd34ef56"]],
    )
    exclude: tuple[AccountId, ...] = Field(
        (), description="Accounts to leave out.", examples=[["210987654321"]]
    )
    role: Role = Role()
    list_role_arn: RoleArn | None = Field(
        None,
        description="The role to list the organization's accounts with, where the caller may not.",
        examples=["arn:aws:iam::010203040506:role/list-accounts"],
    )
    profile: str | None = Field(
        None,
        min_length=1,
        description="The AWS profile to start from. By default the SDK's own chain of credentials.",
    )
    regions: tuple[Region, ...] = Field(
        (),
        description="Judge these regions. By default all that are enabled.",
        examples=[["eu-west-1", "us-east-1"]],
    )
    only: tuple[str, ...] = Field((), description="Run only these checks.", examples=[["trail-logging"]])
    skip: tuple[str, ...] = Field(
        (), description="Leave these checks out.", examples=[["bucket-object-lock"]]
    )
    trusted_accounts: tuple[AccountId, ...] = Field(
        (), description="Accounts outside of the scan that may own log buckets.", examples=[["210987654321"]]
    )
    trusted_principals: tuple[Principal, ...] = Field(
        (),
        description="Who else may change log buckets, as policies name them: accounts (the root alone), "
        "ARNs (with wildcards too), services, canonical users.",
        examples=[["arn:aws:iam::210987654321:role/log-keeper", "config.amazonaws.com"]],
    )
    frameworks: tuple[str, ...] = Field(
        (),
        description="Frameworks to report, by key (`trailaudit checks --frameworks` lists them) or as files "
        "of your own.",
        examples=[["cis_aws_5_0", "pci_dss_4_0_1"]],
    )
    retention_for: str | None = Field(
        None,
        min_length=1,
        description="Ask for as many days of retention as this framework does, wherever a check's own "
        "min_days is not set here.",
        examples=["pci_dss_4_0_1"],
    )
    waivers: str | None = Field(
        None,
        min_length=1,
        description="The file of failures that somebody answers for until a day.",
        examples=["waivers.yaml"],
    )
    max_waiver_days: int = Field(
        365, ge=1, description="How many days a waiver may last, from its creation to its last day."
    )
    baseline: str | None = Field(
        None,
        min_length=1,
        description="An earlier result (--output json, or --run-dir): each finding says what became of it "
        "since.",
        examples=["last-quarter.json"],
    )
    fail_on: Literal["info", "low", "medium", "high", "critical", "never"] = Field(
        "low",
        description="The mildest severity that fails the run: info, low, medium, high, critical or never.",
    )
    fail_on_new: bool = Field(
        default=False, description="Only failures that the baseline does not hold fail the run."
    )
    allow_unknown: bool = Field(default=False, description="Unknown verdicts don't make the run incomplete.")
    outputs: dict[str, str] = Field(
        {"table": STDOUT},
        description="Reports to write: asff, csv, html, json, junit, markdown, ocsf, oscal, pdf, sarif, "
        "table or xlsx; without a path, or with -, to standard output. By default a table.",
        examples=[{"html": "report.html", "junit": "report.xml", "xlsx": "report.xlsx"}],
    )
    posture: str | None = Field(None, min_length=1, description="Judge this saved posture, without AWS.")
    verified: tuple[str, ...] = Field(
        (),
        description="What `trailaudit verify --output json=FILE` found, for the check digest-chain.",
        examples=[["verify.json"]],
    )
    save_posture: str | None = Field(None, min_length=1, description="Keep what was read in this file.")
    evidence: str | None = Field(
        None,
        min_length=1,
        description="Keep in this directory, which must not exist or be empty, what verdicts rest on: AWS's "
        "answers without secrets, posture, result, options and a manifest.",
    )
    sign_with_kms: str | None = Field(
        None,
        min_length=1,
        description="Sign the evidence with this KMS key (id, ARN or alias), as the caller.",
        examples=["alias/audit-evidence"],
    )
    run_dir: str | None = Field(
        None,
        min_length=1,
        description="Keep in this directory what AWS answered and what was concluded: a run that is ended "
        "can go on there, and be reported and compared later.",
    )
    resume: bool = Field(
        default=False, description="Go on with the run in that directory; nothing is asked for twice."
    )
    dask: str | None = Field(
        None,
        min_length=1,
        description="Spread the accounts over the Dask cluster of this scheduler, whose workers have AWS "
        "credentials of their own; or with `local` over processes of this machine.",
        examples=["tcp://scheduler:8786"],
    )
    concurrency: int = Field(32, ge=1, le=256, description="How many threads read.")
    quiet: bool = Field(default=False, description="Say nothing but errors and the reason of the exit code.")
    verbose: bool = Field(default=False, description="Say more, and where it broke if something breaks.")
    no_progress: bool = Field(default=False, description="Show no progress bar.")
    log_format: Literal["text", "json"] = Field("text", description="Write messages as text or as JSON.")
    checks: dict[str, dict[str, JsonValue]] = Field(
        {}, description="Options and severity of each check, under its id."
    )

    @property
    def gate(self) -> Severity | None:
        """The mildest severity that fails the run; None: no failure does."""
        return None if self.fail_on == "never" else Severity(self.fail_on)


class Flag(NamedTuple):
    """A setting as a flag. Its name in the environment follows from it."""

    name: str
    key: tuple[str, ...]
    """Where the config file has it."""
    metavar: str | None = None

    @property
    def variable(self) -> str:
        return "TRAILAUDIT_" + self.parameter.upper()

    @property
    def parameter(self) -> str:
        return self.name.removeprefix("--").replace("-", "_")

    @property
    def description(self) -> str:
        return self._field.description or ""

    @property
    def default(self) -> Any:
        return self._field.get_default(call_default_factory=True, validated_data={})

    @property
    def many(self) -> bool:
        """Whether it takes several values."""
        return isinstance(self.default, tuple | dict)

    def of(self, settings: Settings) -> Any:
        return attrgetter(".".join(self.key))(settings)

    @property
    def _field(self) -> Any:
        return (Role if self.key[0] == "role" else Settings).model_fields[self.key[-1]]


FLAGS = (
    Flag("--profile", ("profile",), "NAME"),
    Flag("--account", ("accounts",), "ID"),
    Flag("--organization", ("organization",)),
    Flag("--ou", ("ous",), "ID"),
    Flag("--exclude", ("exclude",), "ID"),
    Flag("--role-name", ("role", "name"), "NAME"),
    Flag("--role-path", ("role", "path"), "PATH"),
    Flag("--external-id-env", ("role", "external_id_env"), "VAR"),
    Flag("--session-duration", ("role", "session_duration"), "SECONDS"),
    Flag("--list-role-arn", ("list_role_arn",), "ARN"),
    Flag("--region", ("regions",), "NAME"),
    Flag("--check", ("only",), "ID"),
    Flag("--skip", ("skip",), "ID"),
    Flag("--framework", ("frameworks",), "KEY|FILE"),
    Flag("--retention-for", ("retention_for",), "KEY|FILE"),
    Flag("--output", ("outputs",), "FORMAT[=PATH]"),
    Flag("--waivers", ("waivers",), "FILE"),
    Flag("--max-waiver-days", ("max_waiver_days",), "N"),
    Flag("--baseline", ("baseline",), "FILE"),
    Flag("--fail-on", ("fail_on",), "SEVERITY"),
    Flag("--fail-on-new", ("fail_on_new",)),
    Flag("--allow-unknown", ("allow_unknown",)),
    Flag("--posture", ("posture",), "FILE"),
    Flag("--verified", ("verified",), "FILE"),
    Flag("--save-posture", ("save_posture",), "FILE"),
    Flag("--evidence", ("evidence",), "DIR"),
    Flag("--sign-with-kms", ("sign_with_kms",), "KEY"),
    Flag("--run-dir", ("run_dir",), "DIR"),
    Flag("--resume", ("resume",)),
    Flag("--dask", ("dask",), "ADDRESS|local"),
    Flag("--concurrency", ("concurrency",), "N"),
    Flag("--quiet", ("quiet",)),
    Flag("--verbose", ("verbose",)),
    Flag("--no-progress", ("no_progress",)),
    Flag("--log-format", ("log_format",), "text|json"),
)
