"""The prose of checks as markup: paragraphs, lists, code, and links that lead only where they say."""

import re
from itertools import groupby
from urllib.parse import urlsplit

from markupsafe import Markup, escape

from reports.html.text import spelled

_INLINE = re.compile(r"(``?)(?P<code>[^`\n]+)\1|(?P<url>https?://[^\s<>\"'`]+)")
_TRAILING = ".,;:!?)]}'"
_BULLET = re.compile(r"\s*(?:[-*•]|\d+[.)])\s+")
_HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")


def prose(text: str) -> Markup:
    """Blank lines part paragraphs; `-` and `1.` begin list items; four spaces or ``` begin code."""
    blocks = [_block(block) for block in _blocks(text)]
    return Markup("\n").join(blocks)


def inline(text: str) -> Markup:
    """One run of text with its `code` and its links."""
    text = spelled(text)
    out, end = Markup(), 0
    for found in _INLINE.finditer(text):
        out += escape(text[end : found.start()])
        out += _code(found["code"]) if found["code"] else _link(found["url"])
        end = found.end()
    return out + escape(text[end:])


def is_link(url: str) -> bool:
    """Whether it is plainly an https address of a named host: no user, no port, no odd letters."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    plain = parts.username is None and port is None and parts.netloc == parts.hostname
    return parts.scheme == "https" and plain and bool(_HOST.fullmatch(parts.netloc))


def _code(text: str) -> Markup:
    return Markup("<code>{}</code>").format(text)


def _link(url: str) -> Markup:
    address = url.rstrip(_TRAILING)
    rest = url[len(address) :]
    if not is_link(address):
        return escape(url)
    return Markup('<a href="{0}" rel="noreferrer noopener">{0}</a>{1}').format(address, rest)


def _blocks(text: str) -> list[list[str]]:
    """Runs of lines between blank ones; a fenced block is one run, blank lines and all."""
    blocks: list[list[str]] = [[]]
    fenced = False
    for line in text.strip("\n").splitlines():
        if line.strip().startswith("```"):
            if not fenced:
                blocks.append([])
            blocks[-1].append(line)
            fenced = not fenced
            if not fenced:
                blocks.append([])
        elif line.strip() or fenced:
            blocks[-1].append(line)
        else:
            blocks.append([])
    return [block for block in blocks if block]


def _block(lines: list[str]) -> Markup:
    if lines[0].strip().startswith("```"):
        return _pre([line for line in lines if not line.strip().startswith("```")])
    if all(line.startswith("    ") for line in lines):
        return _pre([line[4:] for line in lines])
    parts = []
    bulleted = False
    kinds: list[tuple[bool, list[str]]] = []
    for line in lines:
        starts = bool(_BULLET.match(line))
        bulleted = starts or (bulleted and line.startswith(" "))
        if starts or not kinds or kinds[-1][0] != bulleted:
            kinds.append((bulleted, [line]))
        else:
            kinds[-1][1].append(line)
    for listed, runs in groupby(kinds, key=lambda kind: kind[0]):
        texts = [" ".join(line.strip() for line in run) for _, run in runs]
        if listed:
            items = Markup().join(
                Markup("<li>{}</li>").format(inline(_BULLET.sub("", text, count=1))) for text in texts
            )
            parts.append(Markup("<ul>{}</ul>").format(items))
        else:
            parts.append(Markup("<p>{}</p>").format(inline(" ".join(texts))))
    return Markup().join(parts)


def _pre(lines: list[str]) -> Markup:
    return Markup("<pre><code>{}</code></pre>").format(spelled("\n".join(lines)))
