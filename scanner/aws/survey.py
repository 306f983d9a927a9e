"""What a worker of a cluster reads: a share of the accounts, with credentials of its own."""

import os
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from pydantic import SecretStr

from scanner.aws.clients import Clients
from scanner.aws.journal import Heard, Question, Row, packed, unpacked
from scanner.aws.pace import Pace
from scanner.aws.permissions import ASSUME_ROLE, DESCRIBE_ORGANIZATION
from scanner.aws.pool import Pool
from scanner.aws.reader import Ledger, Reader
from scanner.aws.scope import Scope
from scanner.aws.targets import Target, enter, identify
from scanner.aws.waves import Waves
from scanner.errors import UserError
from scanner.model.arn import principal
from scanner.model.posture import Caller
from scanner.model.reading import not_read


@dataclass(frozen=True, slots=True)
class Errand:
    """What a worker is told. It holds no secret: the worker has credentials, and the external id in the
    environment variable that is named here.
    """

    scope: Scope
    """Its `concurrency` is that of a whole worker."""
    external_id_env: str | None
    needs: frozenset[str]
    now: datetime
    sender: str = ""
    """The principal who will go on with what is found."""
    targets: tuple[Target, ...] = ()
    threads: int = 1
    """That read this errand."""

    @classmethod
    def of(cls, scope: Scope, external_id_env: str | None, needs: frozenset[str], now: datetime) -> "Errand":
        """For nobody yet. What only the sender needs of the scope stays with it."""
        mine: dict[str, Any] = {"external_id": None, "list_role_arn": None, "accounts": (), "excluded": ()}
        return cls(scope.model_copy(update=mine), external_id_env, needs, now)


class Found(NamedTuple):
    """What there is to be written in a journal: all of it, or nothing."""

    rows: tuple[Row, ...]
    sessions: tuple[tuple[str, str], ...]
    """Roles, and the ARNs of the sessions that they gave."""


class Notes:
    """A journal that isn't on disk; safe to share among threads."""

    def __init__(self) -> None:
        self.told: dict[tuple[str, str, str, bytes], bytes] = {}
        self.sessions: dict[str, str] = {}

    def recall(self, question: Question) -> Heard | None:
        told = self.told.get(question.key)
        return None if told is None else unpacked(told)

    def keep(self, question: Question, heard: Heard) -> None:
        if (told := packed(heard)) is not None:
            self.told[question.key] = told

    def session(self, role: str) -> str | None:
        return self.sessions.get(role)

    def keep_session(self, role: str, identity: str) -> None:
        self.sessions[role] = identity


def survey(errand: Errand) -> Found:
    """Read what the accounts say and have themselves; what others may have is left to the sender.

    So is the worker's own account, which others enter by the role. Raises UserError where the worker can't
    sign in, SourceExpiredError where its credentials end on the way.
    """
    scope, caller, start = _signed_in(replace(errand, targets=()))
    notes = Notes()
    with Pool(errand.threads, _untold) as pool:
        own = replace(start, ledger=Ledger(), pace=Pace(sleep=pool.sleep), journal=notes)
        targets = [target for target in errand.targets if target.id != caller.account]
        visits = tuple(pool.map(lambda target: enter(scope, caller, own, target), targets).values())
        unasked = not_read(DESCRIBE_ORGANIZATION.action)
        regions = start.clients.known_regions(caller.partition)
        Waves(scope, errand.needs, caller, unasked, visits, regions, pool, errand.now, share=True).read()
    trusted_alike = principal(caller.arn) == errand.sender
    return Found(
        tuple(
            (*key, told)
            for key, told in notes.told.items()
            # Whom a role turns away, it may let in when the sender asks.
            if trusted_alike or key[2] != ASSUME_ROLE.operation
        ),
        tuple(notes.sessions.items()),
    )


def sign_in(errand: Errand) -> None:
    """Raises UserError where this worker can't, so that it is known before it is given anything to do."""
    _signed_in(errand)


@lru_cache(maxsize=1)
def _signed_in(errand: Errand) -> tuple[Scope, Caller, Reader]:
    """Once for all accounts of a scan: a client for each service and region costs more than many calls."""
    scope = errand.scope
    if errand.external_id_env is not None:
        secret = os.environ.get(errand.external_id_env)
        if not secret:
            raise UserError(
                f"the environment variable {errand.external_id_env} is not set there",
                hint="each worker needs the external id of the role; a secret is never sent to it",
            )
        scope = scope.model_copy(update={"external_id": SecretStr(secret)})
    clients = Clients(profile=scope.profile, regions=scope.regions, threads=scope.concurrency)
    caller, own = identify(Reader(clients, Ledger(), Pace(), clients.caller, account=""))
    return scope, caller, own


def _untold(_done: int, _total: int) -> None:
    pass
