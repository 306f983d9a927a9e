"""What goes wrong in the fake, and the log of all calls, which shows how a scan took it."""

import json
import random
from dataclasses import asdict, dataclass, field
from typing import Literal, NamedTuple, Self

from benchmarks.answers import Answer, as_xml, error, s3_error
from benchmarks.fake_aws import Request
from benchmarks.sessions import Sessions

STARVED = 0.5
"""Calls a second that the others in a throttled account leave of each API's quota; none at first."""

Fault = Answer | Literal["hung", "cut"]
"""A refusal; no answer at all; or only the first half of it, after which the connection is closed."""


@dataclass(frozen=True)
class Faults:
    """All accounts by id. Goes through a command line as JSON."""

    latency: float = 0
    """Milliseconds before each answer."""
    jitter: float = 0
    """Milliseconds more, at most."""
    denied: tuple[str, ...] = ()
    """Their role can't be assumed."""
    hung: tuple[str, ...] = ()
    """No call with their sessions is answered."""
    deaf: tuple[str, ...] = ()
    """Only CloudTrail never answers."""
    expiring: tuple[str, ...] = ()
    """Their first session is near its end."""
    throttled: tuple[str, ...] = ()
    """Others use up their quotas."""
    impostors: dict[str, str] = field(default_factory=dict)
    """Sessions of the first account are the second's."""
    cut: int = 0
    """One of so many APIs of an account and region gives its first answer by half."""
    quotas: dict[str, tuple[float, float]] = field(default_factory=dict)
    """By `service:Action`: calls a second, and at once, beyond which an account and region is throttled."""

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        return cls(**json.loads(text))

    def sessions(self) -> Sessions:
        return Sessions(self.expiring, self.impostors)


class Entry(NamedTuple):
    """A call as it arrived."""

    at: float
    """Seconds, of a clock that only goes forward."""
    account: str
    """Whose credentials it carried."""
    owner: str
    """For whom these were handed out: another account only where the session is an impostor."""
    region: str
    service: str
    action: str
    key: str
    subject: str
    """The account of what it names; empty where it names nothing of an account."""
    fault: str
    """`hung`, `cut` or an error code; empty where the world answered."""


Place = tuple[str, str, str, str]
"""Account, region, service, action: what a quota counts for."""


@dataclass(slots=True)
class Bucket:
    """Tokens for calls: `rate` come in a second, `most` are kept."""

    rate: float
    most: float
    tokens: float
    at: float

    def take(self, now: float) -> bool:
        self.tokens = min(self.most, self.tokens + (now - self.at) * self.rate)
        self.at = now
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True


class Troubles:
    """Decides what goes wrong with a call, and writes the log. Takes the clock from its caller."""

    def __init__(self, faults: Faults, sessions: Sessions) -> None:
        self._faults = faults
        self._sessions = sessions
        self._denied = frozenset(faults.denied)
        self._hung = frozenset(faults.hung)
        self._deaf = frozenset(faults.deaf)
        self._throttled = frozenset(faults.throttled)
        self._buckets: dict[Place, Bucket | None] = {}
        self._begun: set[Place] = set()
        self._random = random.Random(0)
        self.log: list[Entry] = []

    def delay(self) -> float:
        """Seconds until the next answer is sent."""
        return (self._faults.latency + self._random.random() * self._faults.jitter) / 1000

    def meet(self, request: Request, action: str, *, now: float, time: float) -> Fault | None:
        """None: the world's own answer is sent. `now` only goes forward, `time` is the time of day."""
        session = self._sessions.of(request.key)
        owner = session.owner if session else request.account
        subject = subject_of(request, action)
        place = (request.account, request.region, request.service, action)
        fault: Fault | None
        if session is not None and session.expires <= time:
            fault, name = refused(request.service, "ExpiredToken")
        elif action == "AssumeRole" and subject in self._denied:
            fault, name = refused("sts", "AccessDenied")
        elif session is not None and self._is_silent(request):
            fault, name = "hung", "hung"
        elif (bucket := self._bucket(place, now)) is not None and not bucket.take(now):
            code = "SlowDown" if request.service == "s3" else "ThrottlingException"
            fault, name = refused(request.service, code)
        elif request.method != "HEAD" and self._is_cut(place):
            fault, name = "cut", "cut"
        else:
            fault, name = None, ""
        self.log.append(Entry(now, *place[:1], owner, *place[1:], request.key, subject, name))
        return fault

    def _is_silent(self, request: Request) -> bool:
        return request.account in self._hung or (
            request.service == "cloudtrail" and request.account in self._deaf
        )

    def _bucket(self, place: Place, now: float) -> Bucket | None:
        if place not in self._buckets:
            account, _, service, action = place
            quota = self._faults.quotas.get(f"{service}:{action}")
            if account in self._throttled and service not in ("sts", "account"):
                self._buckets[place] = Bucket(STARVED, 1, 0, now)
            else:
                self._buckets[place] = Bucket(*quota, tokens=quota[1], at=now) if quota else None
        return self._buckets[place]

    def _is_cut(self, place: Place) -> bool:
        if not self._faults.cut or place in self._begun:
            return False
        self._begun.add(place)
        return len(self._begun) % self._faults.cut == 0


def refused(service: str, code: str) -> tuple[Answer, str]:
    """An error as that service's protocol says it, and its code."""
    if service == "s3":
        return s3_error(code, 503 if code == "SlowDown" else 403), code
    if service == "sts":
        told = f"<Error><Type>Sender</Type><Code>{code}</Code><Message>{code}</Message></Error>"
        return as_xml(f"<ErrorResponse>{told}<RequestId>r</RequestId></ErrorResponse>", 403), code
    return error(code), code


def subject_of(request: Request, action: str) -> str:
    """The account of the role, bucket, trail or key that a call names."""
    if action == "AssumeRole":
        return request.form()["RoleArn"].split(":")[4]
    if request.service == "s3":
        bucket = request.path.strip("/")
        if request.path.startswith("/v20180820/"):
            return request.headers["x-amz-account-id"]
        return bucket.split("-")[1] if bucket else ""
    if request.service not in ("cloudtrail", "kms"):
        return ""
    asked = request.json()
    named = [asked.get("Name"), asked.get("TrailName"), asked.get("KeyId"), *asked.get("ResourceIdList", ())]
    return next((name.split(":")[4] for name in named if name and name.startswith("arn:")), "")
