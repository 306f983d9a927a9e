"""The report for people on paper: the HTML report, laid out by WeasyPrint.

It is for reading: of the findings it lists those that are failed, unknown or waived, at most a thousand, and
says how many others there are. Links lead inside the document or to documentation.
"""

from typing import ClassVar, NoReturn

from scanner.errors import UserError

try:
    from weasyprint import CSS, HTML
except OSError as error:  # no Python package holds Pango
    raise UserError(
        f"the report format pdf needs Pango, which can't be loaded: {error}",
        hint="on Debian: apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0",
    ) from error

from reports.html import paper
from scanner.model.result import Report

_STYLE = """
/* Inline SVG does not see the styles of the page; what the bars show stands beside them. */
svg { display: none !important; }
/* Text that only screen readers get, and boxes of their own for words, cost a third of the layout. */
.hidden, .heat i, .answers i { display: none !important; }
.severity, .status, .heat td a { display: inline !important; }
/* There is no vertical writing. */
.heat thead th { height: 44mm !important; vertical-align: bottom !important; }
.heat thead th a {
  display: block !important; width: 3.3mm !important; height: 3.3mm !important;
  writing-mode: horizontal-tb !important; transform: rotate(-90deg) !important;
}
"""
"""What WeasyPrint does not know of the page's own style for print."""


class PdfRenderer:
    """Takes about a second for each five pages."""

    format: ClassVar[str] = "pdf"
    suffix: ClassVar[str] = ".pdf"

    def render(self, report: Report) -> bytes:
        document = HTML(string=paper(report), url_fetcher=_nothing)
        content: bytes = document.write_pdf(stylesheets=[CSS(string=_STYLE, url_fetcher=_nothing)])
        return content


def _nothing(url: str, *_: object, **__: object) -> NoReturn:
    """The document holds all that it needs; nothing in it makes this program reach out."""
    raise ValueError(f"{url} is not part of the report")
