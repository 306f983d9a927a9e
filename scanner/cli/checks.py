"""`trailaudit checks`: the catalogue."""

import textwrap
from collections.abc import Collection, Iterable, Iterator, Sequence

import click

from scanner import registry
from scanner.errors import UserError
from scanner.frameworks import FrameworkFile, find
from scanner.model.result import CheckDoc
from scanner.refusals import did_you_mean
from scanner.words import plural

WIDTH = 80


@click.command(short_help="The catalogue; one check's prose and options.")
@click.argument("check_id", metavar="[ID]", required=False)
@click.option("--frameworks", "list_frameworks", is_flag=True, help="List the frameworks instead.")
def checks(check_id: str | None, *, list_frameworks: bool) -> None:
    """List the installed checks, or show one: what a pass means, why it matters, its options, and the
    controls that it is evidence for.
    """
    installed = {check.id: check for check in registry.checks()}
    if list_frameworks and check_id is not None:
        raise click.UsageError("--frameworks lists them all, it takes no ID")
    if list_frameworks:
        click.echo("\n".join(shelf(_frameworks(installed))))
    elif check_id is None:
        click.echo("\n".join(catalogue([registry.describe(check) for check in installed.values()])))
    elif check_id in installed:
        doc = registry.describe(installed[check_id])
        click.echo("\n".join((*page(doc), *mentions(check_id, _frameworks(installed)))))
    else:
        raise UserError(
            f"unknown check {check_id!r}",
            hint=did_you_mean(check_id, installed) or "`trailaudit checks` lists them all",
        )


def _frameworks(known: Collection[str]) -> tuple[FrameworkFile, ...]:
    installed = registry.frameworks()
    return tuple(find(key, installed, known) for key in installed)


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


def mentions(check: str, frameworks: Iterable[FrameworkFile]) -> Iterator[str]:
    """The controls that a check is evidence for, each with its framework's version."""
    yield ""
    yield "Frameworks (trailaudit scan --framework KEY)"
    named = [(framework, said) for framework in frameworks if (said := _cited(check, framework))]
    for framework, said in named:
        yield from _wrapped(f"- {framework.key} ({framework.short}): {said}")
    if not named:
        yield from _wrapped("No control that is known here asks for it.")


def _cited(check: str, framework: FrameworkFile) -> str:
    """The ids of its controls that the check is evidence for; empty where there are none."""
    cited: dict[bool, list[str]] = {True: [], False: []}
    for control in framework.controls:
        for link in control.checks:
            if link.check == check:
                cited[link.direct].append(control.id)
    parts = [", ".join(cited[True]), f"indirectly {', '.join(cited[False])}" if cited[False] else ""]
    return "; ".join(part for part in parts if part)


def shelf(frameworks: Sequence[FrameworkFile]) -> Iterator[str]:
    """One row for each framework: its key, its controls, its retention period; below it its name."""
    rows = [("KEY", "CONTROLS", "LOGS KEPT", "name and version")]
    for framework in frameworks:
        days = next((one.min_days for one in framework.retention), None)
        kept = "" if days is None else plural(days, "day")
        title = f"{framework.name}, {framework.version}"
        rows.append((framework.key, str(len(framework.controls) or "none"), kept, title))
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    for key, controls, kept, title in rows:
        yield f"{key:<{widths[0]}}  {controls:>{widths[1]}}  {kept}".rstrip()
        yield from textwrap.wrap(title, WIDTH, initial_indent="    ", subsequent_indent="    ")


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
