"""The report for people: one HTML file that needs nothing else and reaches nothing else."""

from dataclasses import replace
from functools import cache
from typing import Any, ClassVar

from jinja2 import Environment
from markupsafe import Markup

from reports.html.coverage import CoverageMap, coverage_map
from reports.html.evidence import NO_CALLS
from reports.html.frameworks import blocks
from reports.html.heatmap import HeatMap, heat_map
from reports.html.over_time import change_rows, waiver_rows
from reports.html.overview import label, overview, sentence
from reports.html.page import asset, environment, joined, policy
from reports.html.problems import all_grants, lost_readings, todos, unknowns
from reports.html.prose import inline, prose
from reports.html.table import MOST_ROWS, on_paper, packed, rows, without_script
from reports.html.text import account_link, check_link, findings_link
from reports.html.words import (
    CONTROL_LOOKS,
    EVENT_CLASSES,
    EXIT_CODES,
    RECORDED,
    SEVERITIES,
    STATES,
    STATUSES,
)
from reports.over_time import ABSENCES, since, states
from reports.verdicts import LOOKS, mark, worst_first
from reports.words import moment
from scanner.model.result import Report

SCRIPT = ("data.js", "rows.js", "findings.js", "accounts.js", "start.js")
"""Its parts, in their order: the last one begins."""


class HtmlRenderer:
    """One self-contained page, with a policy that lets the browser load nothing and run one script."""

    format: ClassVar[str] = "html"
    suffix: ClassVar[str] = ".html"

    def render(self, report: Report) -> bytes:
        style, script = asset("styles.css"), joined(SCRIPT)
        ordered = worst_first(report.result.findings)
        heat, coverage = heat_map(report), coverage_map(report.result)
        html = _page(
            report,
            heat,
            coverage,
            policy=policy(style, script),
            script=Markup(script),  # noqa: S704 - our own file
            rows=rows(report, ordered),
            shown=without_script(len(ordered)),
            data=packed(report, ordered, heat, coverage.block_of),
            explained=None,
        )
        return html.encode()


def paper(report: Report) -> str:
    """The page for who leafs through it: without a script, and long only where something is to be done.

    Findings that passed or don't apply are counted, and checks that have no others have no prose.
    """
    listed = worst_first(finding for finding in report.result.findings if mark(finding) not in ("p", "n"))
    return _page(
        report,
        heat_map(report),
        coverage_map(report.result),
        policy=policy(asset("styles.css")),
        script=None,
        rows=tuple(replace(row, calls=NO_CALLS) for row in rows(report, listed)),
        shown=on_paper(len(listed), len(report.result.findings)),
        data=None,
        explained={finding.check for finding in listed},
    )


def _page(report: Report, heat: HeatMap, coverage: CoverageMap, **given: Any) -> str:
    """`explained`: the checks that are shown with their prose; None: all."""
    waiting = unknowns(report.result)
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            style=Markup(asset("styles.css")),  # noqa: S704 - our own file
            report=report,
            result=report.result,
            overview=overview(report),
            todos=todos(report),
            unknowns=waiting,
            all_grants=all_grants(waiting),
            lost_readings=lost_readings(report.result),
            heat=heat,
            coverage=coverage,
            blocks=blocks(report.result),
            waivers=waiver_rows(report),
            changes=change_rows(report.result),
            since=since(report.result.findings),
            states=states(report.result.waivers),
            **given,
        )
    )


@cache
def _environment() -> Environment:
    made = environment()
    made.filters.update(
        prose=prose, inline=inline, sentence=sentence, label=label, check_link=check_link, moment=moment
    )
    made.globals.update(
        account_link=account_link,
        findings_link=findings_link,
        LOOKS=LOOKS,
        SEVERITIES=SEVERITIES,
        STATUSES=STATUSES,
        STATES=STATES,
        CONTROL_LOOKS=CONTROL_LOOKS,
        RECORDED=RECORDED,
        EVENT_CLASSES=EVENT_CLASSES,
        EXIT_CODES=EXIT_CODES,
        ABSENCES=ABSENCES,
        MOST_GONE=MOST_ROWS,
    )
    return made
