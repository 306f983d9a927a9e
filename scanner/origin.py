"""AWS, asked about one trail: what it is, where its files lie, and what may explain what is amiss there."""

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from pydantic import SecretStr

from scanner.aws.delivery import (
    frozen_credentials,
    is_shared,
    read_expiry,
    read_switches,
    sign_in,
)
from scanner.aws.reader import Reader
from scanner.aws.scope import Scope
from scanner.integrity.evidence import Circumstances
from scanner.integrity.history import off_periods
from scanner.integrity.objects import Credentials
from scanner.integrity.s3_requests import S3Place
from scanner.model.arn import parse_arn
from scanner.model.history import KEPT
from scanner.model.reading import Gap, Known, Reading
from scanner.model.trail import Trail
from scanner.retention import Folder

T = TypeVar("T")
SOONEST = timedelta(days=1)
"""From this age on a rule by age may take a file, whatever it says."""


class Session:
    """Credentials for one trail. Where it arrives in another process, it signs in again, with that
    environment's external id: a secret doesn't travel.
    """

    def __init__(self, scope: Scope, external_id_env: str | None, trail: str) -> None:
        self._scope = scope.model_copy(update={"external_id": None})
        self._external_id_env = external_id_env
        self._trail = trail
        self._reader: Reader | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        return Session, (self._scope, self._external_id_env, self._trail)

    @property
    def reader(self) -> Reader:
        """In the trail's home region. Raises UserError where nobody can sign in."""
        if self._reader is None:
            secret = os.environ.get(self._external_id_env) if self._external_id_env else None
            scope = self._scope.model_copy(update={"external_id": SecretStr(secret) if secret else None})
            arn = parse_arn(self._trail)
            self._reader = sign_in(scope, arn.account, arn.region)
        return self._reader

    def credentials(self) -> Credentials:
        return frozen_credentials(self.reader)

    def place(self, bucket: str) -> S3Place:
        clients, home = self.reader.clients, parse_arn(self._trail).region
        endpoint = clients.configured_endpoint("s3", home)
        return S3Place(bucket, home, endpoint=endpoint, ca_bundle=clients.ca_bundle)


class Learned:
    """Completes the circumstances of a lane, with calls that are only made where something is amiss."""

    def __init__(self, session: Session, trail: Trail, now: datetime) -> None:
        self._session = session
        self._trail = trail
        self._now = now
        self._answers: dict[Any, Reading[Any]] = {}

    def __reduce__(self) -> tuple[Any, ...]:
        return Learned, (self._session, self._trail, self._now)

    def __call__(self, known: Circumstances) -> Circumstances:
        home, trail, now = self._session.reader, self._trail, self._now
        region = known.lane.region
        switches = self._once("switches", lambda: read_switches(home, trail.arn, now=now))
        expiry = self._once("expiry", lambda: read_expiry(home, trail, now))
        shared = self._once(region, lambda: is_shared(home.at(region), trail))
        more: dict[str, Any] = {}
        if isinstance(switches, Known):
            more |= {"off": off_periods(switches.value), "off_known_from": now - KEPT}
        match expiry:
            case Known(ages):
                more |= {"digests_expire": ages[Folder.DIGEST], "logs_expire": ages[Folder.LOG]}
            case Gap(detail):
                more |= _unknown_rules(detail)
        if isinstance(shared, Known):
            more["shared"] = shared.value
        return replace(known, **more)

    def _once(self, question: str, ask: Callable[[], Reading[T]]) -> Reading[T]:
        if question not in self._answers:
            self._answers[question] = ask()
        return self._answers[question]


def knows_no_trail(known: Circumstances) -> Circumstances:
    """Where the trail can't be described any more: nobody can be asked for the rules of its files."""
    return replace(known, **_unknown_rules("the trail can't be described"))


def knows_no_more(known: Circumstances) -> Circumstances:
    """Where AWS isn't asked: a copy is taken for complete."""
    return known


def _unknown_rules(why: str) -> dict[str, Any]:
    return {"digests_expire": SOONEST, "logs_expire": SOONEST, "rules_unknown": why}
