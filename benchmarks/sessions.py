"""Sessions as AssumeRole hands them out: each with a key of its own, from which it can be told again."""

from collections import Counter
from collections.abc import Collection, Mapping
from typing import NamedTuple

from scanner.demo.access_keys import access_key_id

HOUR = 3600.0
NEAR_END = 100.0
"""Less than a scan may go on with: it must renew the session before the first call."""


class Session(NamedTuple):
    key: str
    owner: str
    """The account whose role was assumed; the one that it answers for is inside the key."""
    expires: float
    """Seconds since the epoch."""


class Sessions:
    """`expiring` are accounts whose first session is near its end; `impostors` get another account's key."""

    def __init__(self, expiring: Collection[str] = (), impostors: Mapping[str, str] | None = None) -> None:
        self._expiring = frozenset(expiring)
        self._impostors = impostors or {}
        self._issued: dict[str, Session] = {}
        self._counts: Counter[str] = Counter()

    def issue(self, owner: str, now: float) -> Session:
        self._counts[owner] += 1
        first = self._counts[owner] == 1
        packed = access_key_id(self._impostors.get(owner, owner))[4:13]
        expires = now + (NEAR_END if first and owner in self._expiring else HOUR)
        session = Session(f"ASIA{packed}{len(self._issued):07}", owner, expires)
        self._issued[session.key] = session
        return session

    def of(self, key: str) -> Session | None:
        """None: the caller's own key, or nobody's."""
        return self._issued.get(key)
