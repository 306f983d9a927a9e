"""Text that comes from AWS or from people, made safe to look at."""

import re
from urllib.parse import quote, urlencode

from markupsafe import Markup

LONGEST = 1000
"""Characters of one value that are shown. A tag may hold 100 KB; nobody reads that in a table."""

# Controls, bidirectional overrides, zero-width and tag characters, lone surrogates: what can make a name
# look like another one. Tab and newline are harmless in HTML; joiners belong to scripts and emoji.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\ud800-\udfff\ufeff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f]"
)


def visible(text: str) -> str:
    """The text with every deceptive character spelled out, cut where it is absurdly long."""
    shown = spelled(text[:LONGEST])
    if len(text) > LONGEST:
        shown += f"… (cut: {number(len(text))} characters, all of them in the JSON report)"
    return shown


def spelled(text: str) -> str:
    return _INVISIBLE.sub(lambda found: f"⟨U+{ord(found[0]):04X}⟩", text)


def finalize(value: object) -> object:
    """What Jinja does to each value before it escapes it; markup that was built here stays."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def number(count: int) -> str:
    return f"{count:,}"


def percent(part: int, whole: int) -> str:
    """Rounded down to one decimal, so that only everything reads 100 %."""
    tenths = part * 1000 // whole
    return f"{tenths // 10}.{tenths % 10} %" if tenths % 10 else f"{tenths // 10} %"


def findings_link(**filters: str) -> str:
    """The fragment under which the script shows the findings that these filters select."""
    return "#findings?" + urlencode(filters, quote_via=quote)


def account_link(account: str) -> str:
    """The fragment under which the script shows the page of one account."""
    return "#account?" + urlencode({"id": account}, quote_via=quote)


def check_link(check: str) -> str:
    return "#check-" + quote(check, safe="")


def search_words(text: str) -> str:
    """A search that finds `text` where it is shown; a part of it is enough."""
    return visible(text)[:200]
