"""Postures between two postures of one structure: each fact from this or from that, or not known at all."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal

from pydantic import BaseModel

from scanner.model.posture import Posture
from scanner.model.reading import Gap, Known, Outcome

Path = tuple[str, ...]
Choice = Literal["this", "that", "gap"]
GAP = "gap:"
"""What the action begins with that a gap made here names."""


def facts(this: Posture, that: Posture) -> Mapping[Path, bool]:
    """The facts in which postures can be mixed, and whether they are readings, that may be gaps."""
    found: dict[Path, bool] = {}

    def note(path: Path, one: Any, other: Any) -> Any:
        if isinstance(one, Known | Gap) or one != other:
            found[path] = isinstance(one, Known | Gap)
        return one

    _mixed((), this, that, note)
    return found


def mix(this: Posture, that: Posture, choices: Mapping[Path, Choice]) -> Posture:
    """Facts without a choice are from this."""

    def choose(path: Path, one: Any, other: Any) -> Any:
        match choices.get(path, "this"):
            case "this":
                return one
            case "that":
                return other
            case "gap":
                return _gap(path)

    found = _mixed((), this, that, choose)
    assert isinstance(found, Posture)
    return found


def _gap(path: Path) -> Gap:
    action = GAP + ".".join(path)
    return Gap(
        f"{action} was denied", action=action, operation=path[-1], code="AccessDenied", outcome=Outcome.DENIED
    )


def _mixed(path: Path, one: Any, other: Any, choose: Callable[[Path, Any, Any], Any]) -> Any:
    match one, other:
        case BaseModel(), BaseModel() if type(one) is type(other):
            return type(one)(
                **{
                    name: _mixed((*path, name), getattr(one, name), getattr(other, name), choose)
                    for name in type(one).model_fields
                }
            )
        case Known(value=inner), Known(value=outer) if _has_readings(inner) and _has_readings(outer):
            chosen = choose(path, one, one)
            return Known(_mixed(path, inner, outer, choose)) if isinstance(chosen, Known) else chosen
        case tuple(), tuple() if one and all(isinstance(item, BaseModel) for item in one):
            # Things that only one of the two has are no matter of choice.
            pairs = zip(one, other, strict=True) if len(one) == len(other) else zip(one, one, strict=True)
            return tuple(_mixed((*path, str(index)), *pair, choose) for index, pair in enumerate(pairs))
        case _:
            return choose(path, one, other)


def _has_readings(value: Any) -> bool:
    return any(True for _ in _readings(value))


def _readings(value: Any) -> Iterator[Known[Any] | Gap]:
    match value:
        case Known() | Gap():
            yield value
        case BaseModel():
            for name in type(value).model_fields:
                yield from _readings(getattr(value, name))
        case tuple():
            for item in value:
                yield from _readings(item)
        case _:
            pass
