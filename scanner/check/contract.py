"""The contract of a check: it judges one subject; its scope class walks the posture.

A check is a frozen pydantic class: class variables are its identity, fields are its options. Its
docstring begins with the sentence that a pass means, then has the paragraphs *Why it matters*,
*How to fix* and *See*.
"""

from abc import abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from sys import intern
from typing import ClassVar, ParamSpec

from pydantic import BaseModel, ConfigDict

from scanner.model.finding import Finding, Reason, Severity, Status, finding_id
from scanner.model.posture import Posture
from scanner.model.reading import Gap, Unreadable


@dataclass(frozen=True, slots=True)
class Pass:
    message: str


@dataclass(frozen=True, slots=True)
class Fail:
    message: str


@dataclass(frozen=True, slots=True)
class NotApplicable:
    """`reason` is a sentence."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """`reason` is the gap that decided; one without an action where no call caused it."""

    reason: Gap
    message: str = "could not be checked"


Verdict = Pass | Fail | NotApplicable | Unknown


@dataclass(frozen=True, slots=True)
class Subject:
    """What a verdict is about, and the account it is filed under."""

    account: str
    region: str | None
    resource: str


class Check(BaseModel):
    """One question, with exactly one verdict per subject."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: ClassVar[str]
    subject: ClassVar[str]
    reads: ClassVar[frozenset[str]] = frozenset()
    """The IAM actions that its verdict rests on beyond trails and event data stores."""

    severity: Severity

    @property
    def needs(self) -> frozenset[str]:
        """Of `reads`, what its verdicts rest on with these options."""
        return self.reads

    @abstractmethod
    def verdicts(self, posture: Posture) -> Iterator[tuple[Subject, Verdict]]:
        """Every subject of the posture with its verdict."""

    def evaluate(self, posture: Posture) -> Iterator[Finding]:
        """The findings of this check. One that fails while walking says so on the caller's account."""
        try:
            for subject, verdict in self.verdicts(posture):
                yield self.finding(subject, verdict)
        except Exception as error:  # noqa: BLE001 - as in `settle`
            yield self.finding(root_subject(posture, posture.caller.account), broken(error))

    def finding(self, subject: Subject, verdict: Verdict) -> Finding:
        status, message, reason = _words(verdict)
        return Finding(
            id=finding_id(self.id, subject.account, subject.region, subject.resource),
            check=self.id,
            status=status,
            severity=self.severity,
            account=subject.account,
            region=subject.region,
            # Members of an organization get the same words by the thousand.
            resource=intern(subject.resource),
            message=intern(message),
            reason=reason,
        )


def _words(verdict: Verdict) -> tuple[Status, str, Reason | str | None]:
    match verdict:
        case Pass(message):
            return Status.PASS, message, None
        case Fail(message):
            return Status.FAIL, message, None
        case NotApplicable(sentence):
            return Status.NOT_APPLICABLE, sentence, sentence
        case Unknown(gap, message):
            return Status.UNKNOWN, f"{message}: {gap.detail}", Reason.of(gap)


P = ParamSpec("P")
BROKEN = "CheckBroken"
"""The code of the reason where the check itself failed: a defect of ours, never a verdict."""


def settle(judge: Callable[P, Verdict], *args: P.args, **kwargs: P.kwargs) -> Verdict:
    """The verdict of one judge, in the one place where a missing fact becomes `unknown`."""
    try:
        return judge(*args, **kwargs)
    except Unreadable as unread:
        return Unknown(unread.gap)
    except Exception as error:  # noqa: BLE001 - a broken check must not end the scan; the exit code tells
        return broken(error)


def broken(error: Exception) -> Unknown:
    return Unknown(Gap(f"{type(error).__name__}: {error}", code=BROKEN), "the check itself failed")


def root_subject(posture: Posture, account: str) -> Subject:
    return Subject(account, None, posture.root(account))


def out_of_scope(posture: Posture, owner: str, thing: str) -> Unknown:
    """The verdict on a shared thing whose owner was not scanned: it names whom and how."""
    found = posture.account(owner)
    if found is not None and found.gap is not None:
        return Unknown(found.gap, f"{thing} belongs to account {owner}, which could not be entered")
    role = f"role {posture.role}" if posture.role else "a role (--role-name)"
    return Unknown(
        Gap(
            f"{thing} belongs to account {owner}, which this scan does not cover: "
            f"add --account {owner} and {role} in it",
            code="OwnerOutOfScope",
            account=owner,
        )
    )
