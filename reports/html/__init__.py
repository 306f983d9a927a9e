"""The report for people: one HTML file that needs nothing else and reaches nothing else."""

from functools import cache
from typing import ClassVar

from jinja2 import Environment
from markupsafe import Markup

from reports.html.coverage import coverage_map
from reports.html.frameworks import blocks
from reports.html.heatmap import heat_map
from reports.html.over_time import change_rows, waiver_rows
from reports.html.overview import label, overview, sentence
from reports.html.page import asset, environment, joined, policy
from reports.html.problems import all_grants, lost_readings, todos, unknowns
from reports.html.prose import inline, prose
from reports.html.table import MOST_ROWS, packed, rows, without_script
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
from reports.verdicts import LOOKS, worst_first
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
        waiting = unknowns(report.result)
        page = _environment().get_template("report.html.j2")
        html = page.render(
            policy=policy(style, script),
            style=Markup(style),  # noqa: S704 - our own file
            script=Markup(script),  # noqa: S704 - our own file
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
            rows=rows(report, ordered),
            without_script=without_script(len(ordered)),
            data=packed(report, ordered, heat, coverage.block_of),
        )
        return html.encode()


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
