"""What every page of ours has: one file, that loads nothing and runs no script but its own."""

import base64
import hashlib
from collections.abc import Iterable
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined

from reports.html.text import finalize, number
from scanner.words import plural


def policy(style: str, script: str | None = None) -> str:
    """The Content-Security-Policy of a page with just this style, and just this script, in it."""
    scripts = "'none'" if script is None else f"'{digest(script)}'"
    return "; ".join(
        (
            "default-src 'none'",
            f"style-src '{digest(style)}'",
            f"script-src {scripts}",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        )
    )


def digest(text: str) -> str:
    """The hash source of CSP 3 for the exact text of an inline element."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def asset(name: str) -> str:
    """A file of this package; browsers hash what they parsed, where every line ends in LF."""
    return (files(__package__) / name).read_text("utf-8").replace("\r\n", "\n")


def joined(names: Iterable[str]) -> str:
    """Parts of a script as one that leaves no name behind."""
    parts = "\n".join(asset(f"script/{name}") for name in names)
    return f'"use strict";\n{{\n{parts}}}\n'


def environment() -> Environment:
    """Templates of this package: all that they are given is escaped, and made visible."""
    made = Environment(
        loader=PackageLoader("reports.html"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["number"] = number
    made.globals["plural"] = plural
    return made
