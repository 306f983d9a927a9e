"""The same things in another order: answers of AWS, and postures."""

import json
import random
from typing import Any, TypeVar

from pydantic import BaseModel

from scanner.model.reading import Known

IN_ORDER = frozenset({"parents", "events", "dimensions"})
"""Members whose order says something: from the root down, the oldest first, names before values."""

T = TypeVar("T")


def in_another_order(value: T, draw: random.Random) -> T:
    """Whatever is listed in it, at every depth, drawn anew."""
    found: T = _reordered(value, draw)
    return found


def _reordered(value: Any, draw: random.Random) -> Any:
    match value:
        case BaseModel():
            return type(value)(
                **{
                    name: getattr(value, name) if name in IN_ORDER else _reordered(getattr(value, name), draw)
                    for name in type(value).model_fields
                }
            )
        case Known(inner):
            return Known(_reordered(inner, draw))
        case dict():
            items = [(name, _reordered(inner, draw)) for name, inner in value.items()]
            return dict(draw.sample(items, len(items)))
        case list() | tuple():
            items = [_reordered(item, draw) for item in value]
            return type(value)(draw.sample(items, len(items)))
        case str() if value.startswith("{") and value.endswith("}") and '"' in value:
            return _document(value, draw)
        case _:
            return value


def _document(text: str, draw: random.Random) -> str:
    """A policy, or an event, as JSON in a member; other texts in braces stay as they are."""
    try:
        return json.dumps(_reordered(json.loads(text), draw))
    except ValueError:
        return text
