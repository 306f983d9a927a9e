"""The report for people: one HTML file that needs nothing else and reaches nothing else."""

import base64
import hashlib
from functools import cache
from importlib.resources import files
from typing import ClassVar

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from reports.html.coverage import coverage_map
from reports.html.frameworks import blocks
from reports.html.heatmap import heat_map
from reports.html.overview import label, overview, sentence
from reports.html.problems import lost_readings, todos, unknowns
from reports.html.prose import inline, prose
from reports.html.table import packed, rows, without_script
from reports.html.text import check_link, finalize, findings_link, number
from reports.html.words import (
    CONTROL_LOOKS,
    EVENT_CLASSES,
    EXIT_CODES,
    RECORDED,
    SEVERITIES,
    STATES,
    STATUSES,
)
from reports.verdicts import LOOKS, worst_first
from scanner.model.result import Report
from scanner.words import plural


class HtmlRenderer:
    """One self-contained page, with a policy that lets the browser load nothing and run one script."""

    format: ClassVar[str] = "html"
    suffix: ClassVar[str] = ".html"

    def render(self, report: Report) -> bytes:
        style, script = _asset("styles.css"), _asset("script.js")
        ordered = worst_first(report.result.findings)
        heat = heat_map(report)
        page = _environment().get_template("report.html.j2")
        html = page.render(
            policy=policy(style, script),
            style=Markup(style),  # noqa: S704 - our own file
            script=Markup(script),  # noqa: S704 - our own file
            report=report,
            result=report.result,
            overview=overview(report),
            todos=todos(report),
            unknowns=unknowns(report.result),
            lost_readings=lost_readings(report.result),
            heat=heat,
            coverage=coverage_map(report.result),
            blocks=blocks(report.result),
            rows=rows(report, ordered),
            without_script=without_script(len(ordered)),
            data=packed(report, ordered, heat),
        )
        return html.encode()


def policy(style: str, script: str) -> str:
    """The Content-Security-Policy of a page with just this style and this script in it."""
    return "; ".join(
        (
            "default-src 'none'",
            f"style-src '{digest(style)}'",
            f"script-src '{digest(script)}'",
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


def _asset(name: str) -> str:
    """A file of this package; browsers hash what they parsed, where every line ends in LF."""
    return (files(__package__) / name).read_text("utf-8").replace("\r\n", "\n")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("reports.html"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        number=number, prose=prose, inline=inline, sentence=sentence, label=label, check_link=check_link
    )
    environment.globals.update(
        plural=plural,
        findings_link=findings_link,
        LOOKS=LOOKS,
        SEVERITIES=SEVERITIES,
        STATUSES=STATUSES,
        STATES=STATES,
        CONTROL_LOOKS=CONTROL_LOOKS,
        RECORDED=RECORDED,
        EVENT_CLASSES=EVENT_CLASSES,
        EXIT_CODES=EXIT_CODES,
    )
    return environment
