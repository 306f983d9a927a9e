"""Whether an account was read in full."""

from collections.abc import Iterator

from pydantic import BaseModel

from scanner.model.posture import Account, Posture
from scanner.model.reading import Gap, Known
from scanner.words import plural


def with_states(posture: Posture) -> Posture:
    """An account of which a call failed is `partial`; what nobody asked for doesn't count."""
    failed: dict[str | None, set[Gap]] = {}
    for gap in _gaps(posture):
        if gap.action is not None and gap.code != "NotRead":
            failed.setdefault(gap.account, set()).add(gap)
    accounts = tuple(
        account.model_copy(update={"state": "partial", "reason": _reason(account, len(failed[account.id]))})
        if account.reachable and account.id in failed
        else account
        for account in posture.accounts
    )
    return Posture(**{name: getattr(posture, name) for name in Posture.model_fields} | {"accounts": accounts})


def _reason(account: Account, count: int) -> str:
    reason = f"{plural(count, 'reading')} failed"
    if isinstance(account.enabled_regions, Gap):
        return f"{reason}; the enabled regions could not be listed, so each region was tried"
    return reason


def _gaps(value: object) -> Iterator[Gap]:
    match value:
        case Gap():
            yield value
        case Known(inner):
            yield from _gaps(inner)
        case BaseModel():
            for name in type(value).model_fields:
                yield from _gaps(getattr(value, name))
        case tuple():
            for item in value:
                yield from _gaps(item)
        case _:
            pass
