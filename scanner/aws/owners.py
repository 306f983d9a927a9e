"""Which account owns a log bucket: never guessed, proven by a listing or by S3 itself."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from scanner.aws.buckets import list_buckets, read_location
from scanner.aws.pool import Pool
from scanner.aws.reader import Reader
from scanner.model.reading import Gap, Known, Outcome, Reading

NO_BUCKET = "NoSuchBucket"
OUT_OF_SCOPE = "OwnerOutOfScope"
UNKNOWN_OWNER = "OwnerUnknown"

_BATCH = 16
_LIKELY = ("log", "archive", "audit", "security")


@dataclass(frozen=True, slots=True)
class Attribution:
    """What is known of a bucket before it is read: the three members of `Bucket` of these names."""

    exists: Reading[bool]
    owner: Reading[str]
    region: Reading[str]


def missing(name: str) -> Attribution:
    gone = Gap(f"the bucket {name} does not exist", code=NO_BUCKET)
    return Attribution(Known(value=False), gone, gone)


class Owners:
    """Finds the owners of buckets among the accounts in scope, and then among the trusted ones.

    `sessions` holds a reader for every account in scope, `names` what those accounts are called. Of a `share`
    of the accounts in scope, it finds the buckets that the likely owners have, and searches no others.
    """

    def __init__(
        self,
        sessions: Mapping[str, Reader],
        names: Mapping[str, str | None],
        *,
        partition: str,
        trusted: Iterable[str],
        pool: Pool,
        share: bool = False,
    ) -> None:
        self._sessions = sessions
        self._names = names
        self._partition = partition
        self._trusted = tuple(sorted(set(trusted) - set(sessions)))
        self._pool = pool
        self._share = share
        self._listings: dict[str, Reading[frozenset[str]]] = {}

    def find(self, users: Mapping[str, Sequence[str]]) -> dict[str, Attribution]:
        """`users`: for each bucket the accounts in scope that know of it, the most likely owner first."""
        self._list({accounts[0] for accounts in users.values()})
        open_ = set(users) - self._listed()
        if self._share:
            users = {name: accounts for name, accounts in users.items() if name not in open_}
            open_.clear()
        others = sorted(set(self._sessions) - set(self._listings), key=self._unlikeliness)
        for start in range(0, len(others), _BATCH):
            if not open_:
                break
            self._list(others[start : start + _BATCH])
            open_ -= self._listed()
        return self._pool.map(lambda name: self._attribute(name, users[name]), sorted(users))

    def _list(self, accounts: Iterable[str]) -> None:
        listings = self._pool.map(
            lambda account: list_buckets(self._sessions[account]),
            sorted(account for account in accounts if account not in self._listings),
        )
        self._listings.update(listings)

    def _listed(self) -> frozenset[str]:
        return frozenset().union(
            *(listing.value for listing in self._listings.values() if isinstance(listing, Known))
        )

    def _attribute(self, name: str, users: Sequence[str]) -> Attribution:
        for account, listing in self._listings.items():
            if isinstance(listing, Known) and name in listing.value:
                location = self._location(account, name)
                if isinstance(location, Gap):
                    return Attribution(Known(value=True), Known(account), location)
                return self._settled(name, location.value, Known(account))
        return self._ask(name, users)

    def _unlikeliness(self, account: str) -> tuple[bool, str]:
        name = (self._names.get(account) or "").lower()
        return (not any(word in name for word in _LIKELY), account)

    def _ask(self, name: str, users: Sequence[str]) -> Attribution:
        """Of a bucket that no listing holds."""
        unlisted = sorted(account for account, found in self._listings.items() if isinstance(found, Gap))
        for account in sorted(unlisted, key=lambda account: account not in users):
            location = self._location(account, name, owner=account)
            if isinstance(location, Known):
                return self._settled(name, location.value, Known(account))
        location = self._location(users[0], name)
        match location:
            case Known(None):
                return missing(name)
            case Known(region):
                return self._settled(name, region, self._trusted_owner(users[0], name))
            case Gap(outcome=Outcome.DENIED):
                detail = (
                    f"the bucket {name} belongs to none of the accounts whose buckets could be listed, and "
                )
                gap = replace(location, detail=detail + location.detail)
                return Attribution(Known(value=True), gap, gap)
            case Gap():
                return Attribution(location, location, location)

    def _trusted_owner(self, account: str, name: str) -> Reading[str]:
        for trusted in self._trusted:
            location = self._location(account, name, owner=trusted)
            if isinstance(location, Known) and location.value is not None:
                return Known(trusted)
        return Gap(
            f"the bucket {name} is there, but belongs to none of the accounts in scope or trusted",
            code=UNKNOWN_OWNER,
        )

    def _location(self, account: str, name: str, owner: str | None = None) -> Reading[str | None]:
        return read_location(self._sessions[account], name, partition=self._partition, owner=owner)

    def _settled(self, name: str, region: str | None, owner: Reading[str]) -> Attribution:
        return missing(name) if region is None else Attribution(Known(value=True), owner, Known(region))
