"""What AWS answers, as JSON to keep: without what opens a door, or tells of people what no verdict needs."""

import json
from base64 import b64encode
from datetime import UTC, datetime
from typing import Any

from pydantic import JsonValue

HIDDEN = "***"
NAMES = frozenset(
    {
        "accesskeyid",
        "authorization",
        "credentials",
        "email",
        "endpoint",  # of a subscription: an address of e-mail, or of a web hook with its key
        "externalid",
        "masteraccountemail",
        "secretaccesskey",
    }
)
"""Members that are never kept, whatever the case of their letters and the prefix of their name."""
ENDINGS = ("password", "secret", "token")
"""Nor are those whose names end like this. Tokens that lead to a next page may carry anything."""


def redacted(value: Any) -> JsonValue:
    """An answer, or the parameters of a call, as JSON. Text that is a JSON object is redacted inside."""
    match value:
        case None | bool() | int() | float():
            return value
        case str():
            return _text(value)
        case datetime():
            return value.astimezone(UTC).isoformat()
        case bytes():
            return b64encode(value).decode()
        case dict():
            return {str(name): _member(str(name), inner) for name, inner in value.items()}
        case list() | tuple():
            return [redacted(inner) for inner in value]
        case _:
            return str(value)


def _member(name: str, value: Any) -> JsonValue:
    nothing = value is None or isinstance(value, bool)
    return HIDDEN if _is_secret(name) and not nothing else redacted(value)


def _is_secret(name: str) -> bool:
    """Condition keys of policies have a prefix: `sts:ExternalId`."""
    plain = name.rpartition(":")[2].lower().replace("-", "").replace("_", "")
    return plain in NAMES or plain.endswith(ENDINGS)


def _text(text: str) -> str:
    """Events and policies come as text, which stays to the letter where nothing in it is hidden."""
    if not text.lstrip().startswith("{"):
        return text
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return text
    kept = redacted(found)
    return text if kept == found else json.dumps(kept)
