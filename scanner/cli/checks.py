"""`trailaudit checks`: the catalogue."""

import textwrap
from collections.abc import Iterator

import click

from scanner import registry
from scanner.errors import UserError
from scanner.model.result import CheckDoc
from scanner.refusals import did_you_mean

WIDTH = 80


@click.command(short_help="The catalogue; one check's prose and options.")
@click.argument("check_id", metavar="[ID]", required=False)
def checks(check_id: str | None) -> None:
    """List the installed checks, or show one: what a pass means, why it matters, its options."""
    installed = {check.id: check for check in registry.checks()}
    if check_id is None:
        click.echo("\n".join(catalogue([registry.describe(check) for check in installed.values()])))
    elif check_id in installed:
        click.echo("\n".join(page(registry.describe(installed[check_id]))))
    else:
        raise UserError(
            f"unknown check {check_id!r}",
            hint=did_you_mean(check_id, installed) or "`trailaudit checks` lists them all",
        )


def catalogue(docs: list[CheckDoc]) -> Iterator[str]:
    """One row for each check; below it what a pass means."""
    rows = [("ID", "SEVERITY", "SUBJECT", "what a pass means")]
    rows += [(doc.id, doc.severity.value, doc.subject, doc.title) for doc in docs]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    for *cells, title in rows:
        yield "  ".join(f"{cell:<{width}}" for cell, width in zip(cells, widths, strict=True)).rstrip()
        yield from textwrap.wrap(title, WIDTH, initial_indent="    ", subsequent_indent="    ")


def page(doc: CheckDoc) -> Iterator[str]:
    """All that there is to say about one check."""
    yield from textwrap.wrap(doc.title, WIDTH)
    yield ""
    head = f"{doc.id}: severity {doc.severity}, one verdict for each {doc.subject}"
    yield from textwrap.wrap(head, WIDTH, break_on_hyphens=False)
    for heading, text in zip(registry.HEADINGS, (doc.why, doc.fix, doc.see), strict=True):
        yield ""
        yield heading
        for line in text.splitlines():
            yield from _wrapped(line)
    yield ""
    yield f"Options (checks: {doc.id}: in the config file)"
    yield from _wrapped(f"- severity, {doc.severity} by default: info, low, medium, high or critical.")
    for option in doc.options:
        yield from _wrapped(f"- {option.name}, {option.default} by default: {option.meaning}")


def _wrapped(line: str) -> list[str]:
    """A line of prose; a list item hangs, code and addresses are left whole."""
    if line.startswith("    "):
        return [f"  {line}"]
    hanging = "    " if line.startswith("- ") else "  "
    return textwrap.wrap(
        line,
        WIDTH,
        initial_indent="  ",
        subsequent_indent=hanging,
        break_long_words=False,
        break_on_hyphens=False,
    ) or [""]
