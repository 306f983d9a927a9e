"""When a call may be made: at a share of AWS's quotas, and later where AWS says that it is too much.

Quotas count for each account, region and API alone, and so does everything here: a bucket that is
empty, or an API that throttles, keeps nobody else waiting.
"""

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from threading import Lock

import yaml
from pydantic import BaseModel, ConfigDict, PositiveFloat, TypeAdapter

from scanner.aws.permissions import ApiCall
from scanner.model.reading import Outcome

SHARE = 0.5
"""Of each quota: the rest is left to those who work in the account."""
PATIENCE = 30.0
"""Seconds that a scan waits in all for one API of one account and region that throttles."""
SLOWEST = 8.0
"""How many times slower than its share an API is called that goes on throttling."""
RECOVERY = 0.9
"""By what a slowed API's wait shrinks with each call."""

Key = tuple[str, str | None, ApiCall]
"""The account whose quota it is, the region, the API."""
Endpoint = tuple[str, str | None, str]
"""The account that is asked about, the region, the service."""


class Quota(BaseModel):
    """Requests a second, and at once."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rate: PositiveFloat
    burst: PositiveFloat = 1
    share: PositiveFloat | None = None
    unsure: bool = False


@cache
def quotas() -> Mapping[str, Mapping[str, Quota]]:
    """By the SDK's name of the service and the API's of the operation; `*` are a service's others."""
    text = files("scanner.aws").joinpath("quotas.yaml").read_text(encoding="utf-8")
    return TypeAdapter(dict[str, dict[str, Quota]]).validate_python(yaml.safe_load(text))


def quota(call: ApiCall) -> Quota | None:
    """None: the API isn't paced."""
    of_service = quotas().get(call.service, {})
    return of_service.get(call.operation) or of_service.get("*")


def _sleep(seconds: float) -> bool:
    time.sleep(seconds)
    return False


@dataclass(slots=True)
class _Bucket:
    """A token bucket, kept as the moment at which it would be full again."""

    interval: float
    """Seconds between two calls in the long run."""
    slack: float
    """Seconds by which calls may be ahead of that: a burst."""
    full_at: float = 0.0
    slowed: float = 1.0
    waited: float = 0.0
    """Seconds in all that calls waited since AWS throttled them."""

    def take(self, now: float) -> float:
        """The seconds until the next call may be made, which is thereby spoken for."""
        wait = max(0.0, self.full_at - self.slack - now)
        self.full_at = max(self.full_at, now) + self.interval * self.slowed
        self.slowed = max(1.0, self.slowed * RECOVERY)
        return wait


@dataclass(frozen=True, slots=True)
class Pace:
    """Safe to share among threads. `sleep` takes seconds and returns True when the scan was given up."""

    sleep: Callable[[float], bool] = _sleep
    random: Callable[[], float] = random.random
    clock: Callable[[], float] = time.monotonic
    share: float = SHARE
    _buckets: dict[Key, _Bucket | None] = field(default_factory=dict)
    _deaf: set[Endpoint] = field(default_factory=set)
    _lock: Lock = field(default_factory=Lock)

    def turn(self, key: Key) -> bool:
        """Wait until the call may be made. True when the scan was given up meanwhile."""
        with self._lock:
            bucket = self._bucket(key)
            wait = 0.0 if bucket is None else bucket.take(self.clock())
        return wait > 0 and self.sleep(wait)

    def pause(self, key: Key, attempt: int, outcome: Outcome) -> bool:
        """Wait before the next attempt of a call. True when there shall be none.

        Full jitter: anything up to 1, 2, 4, 8 seconds when throttled, a fifth of that otherwise.
        """
        seconds = self.random() * 2 ** (attempt - 1)
        if outcome is not Outcome.THROTTLED:
            return self.sleep(seconds / 5)
        with self._lock:
            bucket = self._bucket(key)
            if bucket is not None:
                if bucket.waited >= PATIENCE:
                    return True
                bucket.waited += seconds
                bucket.slowed = min(SLOWEST, bucket.slowed * 2)
        return self.sleep(seconds)

    def give_up(self, endpoint: Endpoint) -> None:
        """A call got no answer, however often it was tried."""
        self._deaf.add(endpoint)

    def is_given_up(self, endpoint: Endpoint) -> bool:
        """Whether another call to it would only wait for as long again."""
        return endpoint in self._deaf

    def _bucket(self, key: Key) -> _Bucket | None:
        if key not in self._buckets:
            allowed = quota(key[2])
            self._buckets[key] = None if allowed is None else self._filled(allowed)
        return self._buckets[key]

    def _filled(self, allowed: Quota) -> _Bucket:
        share = allowed.share or self.share
        interval = 1 / (allowed.rate * share)
        at_once = max(1, int(allowed.burst * share))
        return _Bucket(interval, slack=interval * (at_once - 1))
