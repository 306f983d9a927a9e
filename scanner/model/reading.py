"""A fact, or the reason there is none.

`Known(None)` is a fact ("there is no bucket policy"); a `Gap` is the lack of one ("may not look").
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Generic, NoReturn, TypeVar

from pydantic import ConfigDict
from typing_extensions import TypeAliasType

T = TypeVar("T")
U = TypeVar("U")


class Outcome(StrEnum):
    """How one API call ended."""

    OK = "ok"
    ABSENT = "absent"
    DENIED = "denied"
    THROTTLED = "throttled"
    FAILED = "failed"
    REGION_DISABLED = "region-disabled"


@dataclass(frozen=True, slots=True)
class Known(Generic[T]):
    """A fact that was read."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    value: T

    def require(self) -> T:
        return self.value

    def map(self, change: Callable[[T], U]) -> "Known[U]":
        return Known(change(self.value))


@dataclass(frozen=True, slots=True)
class Gap:
    """Why a fact could not be read.

    `action` is what one grants in IAM (`s3:GetEncryptionConfiguration`), `operation` the API's name
    (`GetBucketEncryption`); both and `code` are None where no call caused it.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    detail: str
    action: str | None = None
    operation: str | None = None
    code: str | None = None
    account: str | None = None
    region: str | None = None
    outcome: Outcome = Outcome.FAILED

    def require(self) -> NoReturn:
        raise Unreadable(self)

    def map(self, change: Callable[..., object]) -> "Gap":  # noqa: ARG002 - the same shape as Known.map
        return self

    @property
    def order(self) -> tuple[str, ...]:
        """Settles which of several gaps is named, whatever the order in which they were met."""
        return tuple(
            part or ""
            for part in (self.action, self.account, self.region, self.operation, self.code, self.detail)
        )


Reading = TypeAliasType("Reading", Known[T] | Gap, type_params=(T,))


class Unreadable(Exception):  # noqa: N818 - it is no error: it becomes the verdict `unknown`
    """A value was required where there is a gap."""

    def __init__(self, gap: Gap) -> None:
        super().__init__(gap.detail)
        self.gap = gap


def not_read(action: str) -> Gap:
    """The gap of a fact that no check of this scan asked for."""
    return Gap(f"{action} was not called: no check of that scan needed it", action=action, code="NotRead")


def any_of(readings: Iterable[Reading[bool]]) -> Reading[bool]:
    """True if one is known to be true, else a gap if there is one, else False; order never matters."""
    return _decide(readings, decisive=True)


def all_of(readings: Iterable[Reading[bool]]) -> Reading[bool]:
    """False if one is known to be false, else a gap if there is one, else True; order never matters."""
    return _decide(readings, decisive=False)


def _decide(readings: Iterable[Reading[bool]], *, decisive: bool) -> Reading[bool]:
    gaps: list[Gap] = []
    for reading in readings:
        match reading:
            case Known(value):
                if value is decisive:
                    return Known(decisive)
            case Gap():
                gaps.append(reading)
    return first_gap(gaps) if gaps else Known(not decisive)


def first_gap(gaps: Iterable[Gap]) -> Gap:
    """The gap to name among several: the same one in every order."""
    return min(gaps, key=lambda gap: gap.order)
