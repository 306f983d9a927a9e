"""What a person reads who wrote something wrong: where it stands, what is wanted, the likely way out."""

import json
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches

from pydantic import BaseModel, ValidationError

from scanner.errors import UserError
from scanner.yaml_file import Key

_TYPES = {
    "bool_type": "true or false",
    "int_type": "a whole number",
    "float_type": "a number",
    "string_type": "text",
    "dict_type": "a mapping (`key: value`)",
    "model_type": "a mapping (`key: value`)",
    **dict.fromkeys(("tuple_type", "list_type", "set_type", "frozen_set_type"), "a list"),
}
_FIXES = {
    **dict.fromkeys(("yes", "on", "y"), "write true"),
    **dict.fromkeys(("no", "off", "n"), "write false"),
}


def refusal(
    error: ValidationError,
    name: Callable[[Key], str],
    models: Mapping[Key, type[BaseModel]],
    *,
    at: Key = (),
    hint: str | None = None,
) -> UserError:
    """The first thing that is wrong, in words.

    `name` is what a person calls the place of a value, `at` the place of the model that refused, and
    `models` those whose options may be misspelt; places in lists are `0` there.
    """
    errors = error.errors(include_url=False)
    # A misspelt option is a missing one too: the spelling is the cause.
    first = next((one for one in errors if one["type"] == "extra_forbidden"), errors[0])
    loc: Key = first["loc"]
    place = name((*at, *loc))
    if first["type"] == "extra_forbidden":
        known = models[tuple(0 if isinstance(part, int) else part for part in loc[:-1])].model_fields
        likely = did_you_mean(str(loc[-1]), known) or f"known are {', '.join(known)}"
        return UserError(f"{place}: unknown option", hints(likely, hint))
    value = first["input"]
    shown = "" if isinstance(value, dict | list) else f", not {_shown(value)}"
    if (wanted := _TYPES.get(first["type"])) is not None:
        fix = _FIXES.get(str(value).lower()) if first["type"] == "bool_type" else None
        if first["type"] == "string_type" and isinstance(value, bool | int | float):
            closing = isinstance(value, float)
            fix = "quote it: a number loses its closing zeros" if closing else f'quote it: "{_shown(value)}"'
        return UserError(f"{place}: must be {wanted}{shown}", hints(fix, hint))
    text = first["msg"].replace("Input should be", "must be")
    if first["type"] == "missing":
        return UserError(f"{place}: is missing", hint)
    if first["type"] == "value_error":
        return UserError(f"{place}: {text.removeprefix('Value error, ')}", hint)
    return UserError(f"{place}: {text[0].lower()}{text[1:]}{shown}", hint)


def did_you_mean(name: str, known: Iterable[str]) -> str | None:
    """The way out of a misspelt name: the likeliest ones; None where nothing is like it."""
    close = get_close_matches(name, sorted(known), n=3, cutoff=0.7)
    return f"did you mean {' or '.join(close)}?" if close else None


def hints(*some: str | None) -> str | None:
    """Several ways out in one line."""
    given = [hint if hint.endswith("?") else f"{hint};" for hint in some if hint]
    return " ".join(given).removesuffix(";") or None


def _shown(value: object) -> str:
    return json.dumps(value)[:60] if not isinstance(value, str) else repr(value)[:60]
