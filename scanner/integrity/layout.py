"""Where CloudTrail puts log and digest files, and what their names say.

A name is read strictly: a key that departs from the layout in any character is not CloudTrail's.
Source: the CloudTrail User Guide, "CloudTrail digest file structure" and "Finding your CloudTrail log files".
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

HOUR = timedelta(hours=1)
AFTER = 3 * HOUR
"""A digest that covers the last moment of a window ends up to an hour later, its successor two."""

_FIRST_YEAR = 2013
_REGION = r"[a-z]{2,5}(?:-[a-z]+)+-\d{1,2}"
_FOLDER = r"(?:(?P<prefix>(?s:.+))/)?AWSLogs/(?:(?P<organization>o-[a-z0-9]{10,32})/)?(?P<account>\d{12})"
_DIGEST = re.compile(
    rf"{_FOLDER}/CloudTrail-Digest/(?P<region>{_REGION})/(?P<day>\d{{4}}/\d\d/\d\d)/"
    rf"(?P=account)_CloudTrail-Digest_(?P=region)_(?P<trail>[A-Za-z0-9._-]+)_(?P<home>{_REGION})"
    r"_(?P<stamp>\d{8}T\d{6}Z)(?P<backfill>_backfill)?\.json\.gz",
    re.ASCII,
)
_LOG = re.compile(
    rf"{_FOLDER}/CloudTrail/(?P<region>{_REGION})/(?P<day>\d{{4}}/\d\d/\d\d)/"
    r"(?P=account)_CloudTrail_(?P=region)_(?P<stamp>\d{8}T\d{4}Z)_[A-Za-z0-9]{16}\.json\.gz",
    re.ASCII,
)


@dataclass(frozen=True, slots=True, order=True)
class Lane:
    """One chain of digests: an account's events of one region."""

    account: str
    region: str


class DigestKey(NamedTuple):
    """The name of a digest file.

    `prefix` is empty where the trail has none; `organization` is the id in the path of an organization
    trail; `region` is where the events come from, `home` where the trail was made; `end` ends the period
    that the digest covers.
    """

    prefix: str
    organization: str | None
    account: str
    region: str
    trail: str
    home: str
    end: datetime
    backfill: bool
    text: str

    @property
    def lane(self) -> Lane:
        return Lane(self.account, self.region)


@dataclass(frozen=True, slots=True)
class LogKey:
    """The name of a log file; it doesn't say which trail delivered it. `stamp` has whole minutes."""

    prefix: str
    organization: str | None
    account: str
    region: str
    stamp: datetime
    text: str

    @property
    def lane(self) -> Lane:
        return Lane(self.account, self.region)


def parse_digest_key(key: str) -> DigestKey | None:
    """None: CloudTrail names no digest file so."""
    if (found := _DIGEST.fullmatch(key)) is None or (end := _stamp(found)) is None:
        return None
    prefix, organization, account, region, _, trail, home, _, backfill = found.groups()
    return DigestKey(prefix or "", organization, account, region, trail, home, end, bool(backfill), key)


def parse_log_key(key: str) -> LogKey | None:
    """None: CloudTrail names no log file so."""
    if (found := _LOG.fullmatch(key)) is None or (stamp := _stamp(found)) is None:
        return None
    prefix, organization, account, region, *_ = found.groups()
    return LogKey(prefix or "", organization, account, region, stamp, key)


def log_stamp(key: str) -> datetime | None:
    """The stamp alone of what `parse_log_key` reads, at half its price: every log file is asked for it."""
    return None if (found := _LOG.fullmatch(key)) is None else _stamp(found)


def _stamp(found: re.Match[str]) -> datetime | None:
    """None: not a time, not of the day whose folder it lies in, or before there was a CloudTrail."""
    try:
        stamp = datetime.fromisoformat(found["stamp"])
    except ValueError:
        return None
    # strptime and strftime would be a tenth of the whole proof.
    day = f"{stamp.year}/{stamp.month:02}/{stamp.day:02}"
    return stamp if day == found["day"] and stamp.year >= _FIRST_YEAR else None


def digest_key(
    prefix: str, organization: str | None, lane: Lane, *, trail: str, home: str, end: datetime
) -> str:
    """The name that CloudTrail gives the digest file that ends then."""
    folder = digest_prefix(prefix, organization, lane.account, lane.region, end.astimezone(UTC).date())
    stamp = f"{end.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    return f"{folder}{lane.account}_CloudTrail-Digest_{lane.region}_{trail}_{home}_{stamp}.json.gz"


def digest_prefix(
    prefix: str,
    organization: str | None,
    account: str | None = None,
    region: str | None = None,
    day: date | None = None,
) -> str:
    """The folder of digest files, as far down as it is given; ends in `/`."""
    return _root(prefix, organization) + _below("CloudTrail-Digest", account, region, day)


def log_prefix(
    prefix: str,
    organization: str | None,
    account: str | None = None,
    region: str | None = None,
    day: date | None = None,
) -> str:
    """The folder of log files, as far down as it is given; ends in `/`."""
    return _root(prefix, organization) + _below("CloudTrail", account, region, day)


def _root(prefix: str, organization: str | None) -> str:
    parts = (prefix.rstrip("/"), "AWSLogs", organization)
    return "".join(f"{part}/" for part in parts if part)


def _below(folder: str, account: str | None, region: str | None, day: date | None) -> str:
    parts = (account, folder, region, f"{day:%Y/%m/%d}" if day else None)
    given = parts[: parts.index(None)] if None in parts else parts
    return "".join(f"{part}/" for part in given if account)


def relative(key: str) -> str:
    """The key without the trail's prefix: what stays the same where a bucket was copied elsewhere."""
    at = key.rfind("AWSLogs/")
    return key[at:] if at >= 0 else key


def digest_days(start: datetime, end: datetime) -> Iterator[date]:
    """The folders that hold every digest that covers a moment of [start, end), and what vouches for them."""
    return _days(start, end + AFTER)


def log_days(start: datetime, end: datetime) -> Iterator[date]:
    """The folders of the log files that were delivered in [start, end)."""
    return _days(start, end)


def _days(first: datetime, last: datetime) -> Iterator[date]:
    day, until = first.astimezone(UTC).date(), last.astimezone(UTC).date()
    while day <= until:
        yield day
        day += timedelta(days=1)
