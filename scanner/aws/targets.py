"""Who asks, which accounts are meant, and how one gets into each of them."""

from dataclasses import dataclass, replace
from time import monotonic
from typing import Any, NamedTuple

from botocore.credentials import Credentials, RefreshableCredentials
from botocore.exceptions import CredentialRetrievalError

from scanner.aws import permissions
from scanner.aws.organization import ACTIVE, list_members, list_members_below
from scanner.aws.reader import Answer, Fact, Ledger, Reader
from scanner.aws.scope import Scope
from scanner.errors import SourceExpiredError, UserError
from scanner.model.arn import is_arn, parse_arn
from scanner.model.posture import Caller
from scanner.model.reading import Gap, Known, Outcome, Reading

SESSION_NAME = "trailaudit"
CHAINED_SESSION = 3600
"""Seconds that AWS gives at most to a role that another role assumes."""
ADVISORY_REFRESH, MANDATORY_REFRESH = 300, 120
"""Seconds before its end at which a session may, and must, be renewed; the shortest one has 900."""

GLANCE = 30
"""Seconds between two looks at a session's end: the clock that the SDK asks at each call, with its time
zone, costs a twentieth of the call.
"""

ENABLED = ("ENABLED", "ENABLED_BY_DEFAULT", "ENABLING", "DISABLING")
"""While a region is being enabled or disabled it can already, or still, act."""

_REFUSED = frozenset(
    {"InvalidClientTokenId", "UnrecognizedClientException", "SignatureDoesNotMatch", "IncompleteSignature"}
)
_NETWORK = frozenset(
    {
        "ConnectTimeoutError",
        "ConnectionClosedError",
        "EndpointConnectionError",
        "HTTPClientError",
        "ProxyConnectionError",
        "ReadTimeoutError",
        "SSLError",
    }
)


class SessionCredentials(RefreshableCredentials):
    """Renew themselves, and look now and then whether they must."""

    _next_look = 0.0

    def refresh_needed(self, refresh_in: int | None = None) -> bool:
        if monotonic() < self._next_look:
            return False
        needed = super().refresh_needed(refresh_in)
        if not needed:
            self._next_look = monotonic() + GLANCE
        return needed


@dataclass(frozen=True, slots=True)
class Target:
    """An account of the scope; `skipped` is the state in which it can't be entered."""

    id: str
    name: str | None = None
    in_organization: bool = False
    skipped: str | None = None


class _Session(NamedTuple):
    issued: dict[str, str]
    """As `create_from_metadata` takes it."""
    identity: str
    """The ARN that AWS answers for it."""


_OVER = {"access_key": "", "secret_key": "", "token": "", "expiry_time": "1970-01-01T00:00:00+00:00"}
"""What must be renewed before it can be used."""


@dataclass(frozen=True, slots=True)
class Visit:
    """How entering a target went: its session, or what kept the scan out."""

    target: Target
    session: Reading[Reader]
    enabled: Reading[tuple[str, ...]]

    @property
    def reader(self) -> Reader | None:
        return self.session.value if isinstance(self.session, Known) else None


def identify(reader: Reader) -> tuple[Caller, Reader]:
    """Whose credentials the scan starts from, and the reader filed under that account.

    Raises UserError where AWS doesn't accept them.
    """
    try:
        # The account isn't known yet under which this call is to be counted.
        found = replace(reader, ledger=Ledger()).read(_IDENTITY)
    except SourceExpiredError as expired:
        raise UserError(
            f"the AWS credentials have expired: {expired}", hint="sign in again, e.g. `aws sso login`"
        ) from expired
    if isinstance(found, Gap):
        raise _unaccepted(found)
    caller = found.value
    reader.ledger.count(caller.account, None, permissions.GET_CALLER_IDENTITY.action, Outcome.OK)
    return caller, replace(reader, account=caller.account, payer=caller.account, identity=caller.arn)


def organization_reader(scope: Scope, caller: Caller, own: Reader) -> Reader:
    """The session that asks AWS Organizations. Raises UserError where `list_role_arn` can't be assumed."""
    if scope.list_role_arn is None:
        return own
    if not is_arn(scope.list_role_arn):
        raise UserError(f"list role: {scope.list_role_arn!r} is not an ARN")
    entered = _Door(scope, caller, replace(own, indispensable=True), scope.list_role_arn).enter()
    if isinstance(entered, Gap):
        raise UserError(
            f"the role that lists the organization can't be assumed: {entered.detail}",
            hint=f"its trust policy must let {caller.arn} assume it",
        )
    return replace(entered.value, indispensable=False)


def find_targets(scope: Scope, caller: Caller, organizations: Reader) -> tuple[Target, ...]:
    """The accounts of the scope, sorted. Raises UserError where they can't be told, or none is left."""
    targets: dict[str, Target] = {}
    if scope.lists_organization:
        desk = replace(organizations, indispensable=True)
        members = list_members_below(desk, scope.ous) if scope.ous else list_members(desk)
        if isinstance(members, Gap):
            raise UserError(
                f"the accounts of the organization can't be listed: {members.detail}",
                hint="use credentials of the management account or of a delegated administrator, "
                "--list-role-arn, or name the accounts with --account",
            )
        for member in members.value:
            skipped = None if member.state == ACTIVE else member.state
            targets[member.id] = Target(member.id, member.name, in_organization=True, skipped=skipped)
    elif not scope.accounts:
        targets[caller.account] = Target(caller.account)
    for account in scope.accounts:
        targets.setdefault(account, Target(account))
    chosen = tuple(targets[id_] for id_ in sorted(targets) if id_ not in scope.excluded)
    if not chosen:
        raise UserError("no account is left to scan", hint="see --account, --organization, --ou, --exclude")
    foreign = [one.id for one in chosen if one.id != caller.account and one.skipped is None]
    if foreign and scope.role_name is None:
        raise UserError(
            f"account {foreign[0]} is not the caller's: which role is to be assumed in it?",
            hint="--role-name NAME, a role that exists in every account but the caller's",
        )
    return chosen


def enter(scope: Scope, caller: Caller, own: Reader, target: Target) -> Visit:
    """A session whose identity is proven, and the regions that are enabled in it."""
    if target.skipped is not None:
        gap = Gap(f"the account is {target.skipped}", code="Skipped", account=target.id)
        return Visit(target, gap, gap)
    session = session_in(scope, caller, own, target.id)
    if isinstance(session, Gap):
        return Visit(target, session, session)
    return Visit(target, session, enabled_regions(session.value))


def session_in(scope: Scope, caller: Caller, own: Reader, account: str) -> Reading[Reader]:
    """The caller's own session in its own account, else one of the scope's role, its identity proven."""
    if account == caller.account:
        return Known(own)
    role = f"arn:{caller.partition}:iam::{account}:role{scope.role_path}{scope.role_name}"
    return _Door(scope, caller, own, role).enter()


@dataclass(frozen=True, slots=True)
class _Door:
    """A role to be assumed with the caller's own session."""

    scope: Scope
    caller: Caller
    own: Reader
    role: str

    def enter(self) -> Reading[Reader]:
        """A session that renews itself. Where an earlier run was in, it begins when it is needed."""
        entered = self._remembered() or self._begin()
        if isinstance(entered, Gap):
            return entered
        session = entered.value
        if self.own.journal is not None:
            self.own.journal.keep_session(self.role, session.identity)
        credentials = SessionCredentials.create_from_metadata(
            session.issued,
            refresh_using=self._renew,
            method="assume-role",
            advisory_timeout=ADVISORY_REFRESH,
            mandatory_timeout=MANDATORY_REFRESH,
        )
        return Known(
            replace(
                self.own,
                account=self._account,
                payer=self._account,
                credentials=credentials,
                identity=session.identity,
            )
        )

    @property
    def _account(self) -> str:
        return parse_arn(self.role).account

    def _remembered(self) -> Known["_Session"] | None:
        journal = self.own.journal
        identity = None if journal is None else journal.session(self.role)
        if identity is None:
            return None
        for call in (permissions.ASSUME_ROLE, permissions.GET_CALLER_IDENTITY):
            self.own.ledger.count(self._account, self.own.region, call.action, Outcome.OK)
        return Known(_Session(_OVER, identity))

    def _renew(self) -> dict[str, str]:
        session = self._begin()
        if isinstance(session, Gap):
            raise CredentialRetrievalError(provider=self.role, error_msg=session.detail)
        return session.value.issued

    def _begin(self) -> Reading["_Session"]:
        """Each session anew is proven to be one of the role's account."""
        door = replace(self.own, account=self._account, hidden=self.scope.external_id)
        issued = door.read(_SESSION, **self._parameters())
        if isinstance(issued, Gap):
            return issued
        credentials = Credentials(*(issued.value[name] for name in ("access_key", "secret_key", "token")))
        fresh = replace(door, payer=self._account, credentials=credentials, identity=self.role, journal=None)
        identity = fresh.read(_IDENTITY)
        if isinstance(identity, Gap):
            return identity
        if identity.value.account != self._account:
            return Gap(
                f"the session of {self.role} answers for account {identity.value.account}",
                action=permissions.GET_CALLER_IDENTITY.action,
                operation=permissions.GET_CALLER_IDENTITY.operation,
                code="WrongAccount",
                account=self._account,
            )
        return Known(_Session(issued.value, identity.value.arn))

    def _parameters(self) -> dict[str, Any]:
        duration = self.scope.session_duration
        chained = ":assumed-role/" in self.caller.arn
        parameters: dict[str, Any] = {
            "RoleArn": self.role,
            "RoleSessionName": SESSION_NAME,
            "DurationSeconds": min(duration, CHAINED_SESSION) if chained else duration,
        }
        if self.scope.external_id is not None:
            parameters["ExternalId"] = self.scope.external_id.get_secret_value()
        return parameters


def enabled_regions(reader: Reader) -> Reading[tuple[str, ...]]:
    """The regions that are enabled in the account, sorted."""
    listed = reader.read_all(_REGIONS, MaxResults=50)
    if isinstance(listed, Known) and listed.value:
        return listed.map(lambda names: tuple(sorted(names)))
    described = reader.read(_EC2_REGIONS)
    if isinstance(described, Known) and described.value:
        return described.map(lambda names: tuple(sorted(names)))
    if isinstance(listed, Gap):
        return listed
    return Gap("AWS named no enabled region", action=permissions.LIST_REGIONS.action, account=reader.account)


def _unaccepted(gap: Gap) -> UserError:
    if gap.code in _NETWORK:
        return UserError(
            f"AWS could not be reached: {gap.detail}",
            hint="see the network, the proxy, AWS_REGION and AWS_ENDPOINT_URL",
        )
    if gap.code in _REFUSED:
        return UserError(
            f"AWS does not accept the credentials: {gap.detail}",
            hint="see the access key, and AWS_REGION: China and GovCloud have credentials of their own",
        )
    return UserError(f"AWS does not say whose the credentials are: {gap.detail}", hint="see --profile")


def _caller(answer: Answer) -> Caller:
    return Caller(account=answer["Account"], arn=answer["Arn"], partition=parse_arn(answer["Arn"]).partition)


def _issued(answer: Answer) -> dict[str, str]:
    credentials = answer["Credentials"]
    return {
        "access_key": credentials["AccessKeyId"],
        "secret_key": credentials["SecretAccessKey"],
        "token": credentials["SessionToken"],
        "expiry_time": credentials["Expiration"].isoformat(),
    }


def _regions(answer: Answer) -> tuple[str, ...]:
    return tuple(item["RegionName"] for item in answer["Regions"] if item["RegionOptStatus"] in ENABLED)


def _ec2_regions(answer: Answer) -> tuple[str, ...]:
    return tuple(item["RegionName"] for item in answer["Regions"] if item["OptInStatus"] != "not-opted-in")


_IDENTITY = Fact(permissions.GET_CALLER_IDENTITY, _caller)
_SESSION = Fact(permissions.ASSUME_ROLE, _issued)
_REGIONS = Fact(permissions.LIST_REGIONS, _regions)
_EC2_REGIONS = Fact(permissions.DESCRIBE_REGIONS, _ec2_regions)
