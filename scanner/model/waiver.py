"""Exceptions: what a file of waivers asks for, and what became of each in a run."""

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from scanner.model.arn import is_account_id
from scanner.model.base import Frozen
from scanner.model.finding import Waiver


def _said(text: str) -> str:
    if not text.strip():
        raise ValueError("says nothing")
    return text


def _accounts(text: str) -> str:
    if is_account_id(text) or re.fullmatch(r"[0-9?]{12}|[0-9?]*\*[0-9*?]*", text):
        return text
    raise ValueError(f"{text!r} is neither the id of an account nor a pattern of ids, such as *")


Said = Annotated[str, AfterValidator(_said)]


class WaiverScope(Frozen):
    """Which subjects of the check. Each member is exact, but for `*` (any text) and `?` (any character)."""

    account: Annotated[str, AfterValidator(_accounts)]
    region: Said = "*"
    """`*` is also for subjects without a region."""
    resource: Said = "*"


class WaiverRule(Waiver):
    """One entry of the file; the last day on which it holds is `expires`, in UTC."""

    id: Said
    owner: Said
    reason: Said
    check: Said
    scope: WaiverScope
    created: date


WaiverState = Literal["active", "unused", "expired", "pending"]
"""`unused`: nothing that it is about fails; `pending`: it begins after what is judged was read."""


class WaiverNote(WaiverRule):
    """What became of one entry."""

    state: WaiverState
    detail: str
    """The same in a sentence, with figures."""
    findings: tuple[str, ...]
    """Ids of the failures that it is about, in the order of the findings, whether it excuses them or not."""
    unknown: int = Field(description="Unknown verdicts that it is about: nothing excuses those.")
