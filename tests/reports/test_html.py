"""What the page promises to a browser and to its reader, whatever the report holds."""

import base64
import hashlib
import json
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import pytest

from reports.html import HtmlRenderer
from reports.html.text import visible
from scanner.model.finding import Finding, Severity, Status
from scanner.model.result import Report
from tests.reports import sample

SECTIONS = [
    "summary",
    "first",
    "unchecked",
    "accounts",
    "coverage",
    "frameworks",
    "findings",
    "checks",
    "method",
]


@dataclass
class Page(HTMLParser):
    """The elements of a page, and the text of those that are asked about."""

    tags: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    inline: dict[str, list[str]] = field(default_factory=dict)
    text: str = ""

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.text += " " if tag in ("td", "th") else ""
        if tag in ("style", "script"):
            self.inline.setdefault(tag, []).append("")

    def handle_data(self, data: str) -> None:
        last = self.tags[-1][0] if self.tags else ""
        if last in ("style", "script") and self.cdata_elem == last:
            self.inline[last][-1] += data
        else:
            self.text += data

    def attributes(self, name: str) -> list[str]:
        return [attributes[name] or "" for _, attributes in self.tags if name in attributes]

    @property
    def ids(self) -> list[str]:
        return self.attributes("id")

    @property
    def data(self) -> Any:
        return json.loads(self.inline["script"][0])


def render(report: Report) -> str:
    return HtmlRenderer().render(report).decode()


def parse(report: Report) -> Page:
    page = Page()
    page.feed(render(report))
    return page


def words(text: str) -> str:
    return " ".join(text.split())


REPORTS = {
    "some of everything": sample.report(),
    "hostile": sample.hostile(),
    "clean": sample.clean(),
    "nothing": sample.report(findings=(), coverage=(), readings=(), frameworks=(), accounts=(), checks=()),
}
every = pytest.mark.parametrize("report", REPORTS.values(), ids=REPORTS.keys())


@every
def test_the_same_report_gives_the_same_bytes(report: Report) -> None:
    assert HtmlRenderer().render(report) == HtmlRenderer().render(report)


def test_sections_stand_in_order_and_the_contents_lead_to_each() -> None:
    page = parse(sample.report())
    sections = [attributes["id"] for tag, attributes in page.tags if tag == "section"]
    assert sections == SECTIONS
    links = page.attributes("href")
    assert all(f"#{section}" in links for section in SECTIONS)


@every
def test_each_id_is_unique_and_each_link_inside_the_page_has_its_target(report: Report) -> None:
    page = parse(report)
    assert len(page.ids) == len(set(page.ids))
    inside = [link[1:] for link in page.attributes("href") if link.startswith("#")]
    assert {link for link in inside if not link.startswith(("findings?", "account?"))} <= set(page.ids)


@every
def test_there_are_landmarks_a_skip_link_and_one_main_heading(report: Report) -> None:
    page = parse(report)
    tags = [tag for tag, _ in page.tags]
    assert [tags.count(tag) for tag in ("header", "nav", "main", "footer", "h1")] == [1, 1, 1, 1, 1]
    first_link = next(attributes for tag, attributes in page.tags if tag == "a")
    assert first_link == {"class": "skip", "href": "#main"}


@every
def test_the_policy_allows_exactly_the_inline_style_and_script(report: Report) -> None:
    page = parse(report)
    policy = next(
        attributes["content"] or ""
        for tag, attributes in page.tags
        if tag == "meta" and attributes.get("http-equiv") == "Content-Security-Policy"
    )

    def source(text: str) -> str:
        return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"

    directives = policy.split("; ")
    assert directives[:6] == [
        "default-src 'none'",
        f"style-src {source(page.inline['style'][0])}",
        f"script-src {source(page.inline['script'][1])}",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
    ]
    assert len(page.inline["style"]) == 1
    assert len(page.inline["script"]) == 2
    assert "unsafe" not in policy


@every
def test_nothing_is_loaded_and_nothing_runs_inline(report: Report) -> None:
    page = parse(report)
    names = {name for _, attributes in page.tags for name in attributes}
    assert not {name for name in names if name.startswith("on")}
    assert not names & {"style", "src", "srcset", "action", "formaction", "background", "data", "poster"}
    tags = {tag for tag, _ in page.tags}
    assert not tags & {"img", "iframe", "object", "embed", "base", "form", "audio", "video"}
    assert [attributes for tag, attributes in page.tags if tag == "link"] == [
        {"rel": "icon", "href": "data:,"}
    ]
    style, script = page.inline["style"][0], page.inline["script"][1]
    assert not re.search(r"url\(|@import|@font-face", style)
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|fetch\(|import\(", script
    )
    assert "http:" not in style + script
    assert "https:" not in style + script


@every
def test_links_lead_inside_the_page_or_to_documentation(report: Report) -> None:
    outside = {link for link in parse(report).attributes("href") if not link.startswith(("#", "data:,"))}
    assert all(link.startswith("https://docs.aws.amazon.com/") for link in outside)


def test_a_hostile_name_is_text_everywhere() -> None:
    html = render(sample.hostile())
    for harm in (
        "<script>alert",
        "<img",
        "</script><script>",
        "<!-- -->",
        "<![CDATA[",
        "\x00",
        "\x1b",
        "\u202e",
    ):
        assert harm not in html


def test_a_hostile_name_is_whole_in_the_data() -> None:
    resources = parse(sample.hostile()).data["resources"]
    assert sorted(resources) == sorted({visible(text) for text in sample.HOSTILE_TEXTS})


def test_the_data_can_neither_end_its_element_nor_open_a_comment() -> None:
    page = parse(sample.hostile())
    assert not set(page.inline["script"][0]) & set("<>&\u2028\u2029")


def test_what_could_be_checked_is_told_before_the_score() -> None:
    page = parse(sample.report())
    text = words(page.text)
    assert "1 of 4 accounts assessed, 1 partial, 1 unreachable, 1 skipped" in text
    assert "1 of 8 verdicts unknown" in text
    assert text.index("Could everything be checked?") < text.index("The gate") < text.index("Score")
    assert "33.3 % 2 of 6 verdicts passed (3 failed, 1 unknown)." in text
    assert "arn:aws:iam::010203040506:user/auditor" in text
    assert "o-a1b2c3d4e5" in text
    assert "2026-01-31 09:00:00 UTC" in text


def test_a_report_where_nothing_was_assessed_claims_nothing() -> None:
    lost = sample.account(sample.UNREACHABLE, "unreachable", regions=(), reason="sts:AssumeRole was denied")
    report = sample.report(findings=(), coverage=(), frameworks=(), accounts=[lost])
    text = words(parse(report).text)
    assert "Nothing could be assessed. This report is no evidence of anything." in text
    assert "No score" in text
    assert "That is not a pass." in text
    assert "sts:AssumeRole was denied" in text
    assert not re.search(r"\b100(\.0)? %(?! *\.)", text.replace("not a score of 100 %", ""))


def test_a_report_without_gaps_says_so() -> None:
    text = words(parse(sample.clean()).text)
    assert "Yes. Everything that was asked for could be read." in text
    assert "Nothing was left out" in text
    assert "No check failed without a waiver." in text


def test_an_unknown_verdict_names_the_missing_action_its_code_and_accounts() -> None:
    text = words(parse(sample.report()).text)
    assert "s3:GetEncryptionConfiguration AccessDenied 1 010203040506" in text


def test_unreachable_and_skipped_accounts_stand_with_their_reasons() -> None:
    text = words(parse(sample.report()).text)
    assert "legacy 222233334444 unreachable sts:AssumeRole was denied (AccessDenied)" in text
    assert "333344445555 skipped SUSPENDED" in text


def test_every_cell_of_the_map_has_a_word_and_a_link_to_its_findings() -> None:
    html = render(sample.report())
    cell = '<td class="f"><a href="#findings?account=010203040506&amp;check=bucket-public-access">✕<i>failed</i></a>'
    assert cell in html
    assert "<td>·<i>no verdict</i>" in html


def test_a_waiver_shows_who_answers_until_when() -> None:
    text = words(parse(sample.report()).text)
    assert (
        "Waiver W-1 of platform@example.com, approved by ciso@example.com, until 2026-03-31: "
        "Replaced by the organization trail in March [SEC-42]"
    ) in text


def test_the_catalogue_tells_why_and_how_to_fix() -> None:
    page = parse(sample.report())
    assert "check-bucket-encryption" in page.ids
    text = words(page.text)
    assert "Why it matters Somebody who can rewrite history leaves no history." in text
    assert "aws cloudtrail update-trail --name audit # bucket-encryption" in text
    links = [attributes for tag, attributes in page.tags if tag == "a" and "rel" in attributes]
    assert {
        "href": "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/",
        "rel": "noreferrer noopener",
    } in links


def test_a_small_report_is_readable_without_its_script() -> None:
    page = parse(sample.report())
    assert "All 8 findings, the worst first." in words(page.text)
    assert all(one.message in page.text for one in sample.FINDINGS)


def large(accounts: int, per_account: int) -> Report:
    """Findings of an organization: mostly passes, messages that name figures, resources of their own."""
    findings = []
    for number in range(accounts):
        account = f"{100_000_000_000 + number * 7919:012}"
        trail = f"arn:aws:cloudtrail:eu-west-1:{account}:trail/main-{number}"
        for check in range(per_account):
            status = (Status.PASS, Status.PASS, Status.FAIL, Status.UNKNOWN)[(number + check) % 4]
            findings.append(
                Finding(
                    id="",
                    check=f"check-with-an-ordinary-name-{check % 70}",
                    status=status,
                    severity=Severity.MEDIUM,
                    account=account,
                    region=f"region-{check % 17}",
                    resource=trail if check % 3 else f"arn:aws:iam::{account}:root",
                    message=f"keeps logs {(number * check) % 3000} days (rule 'expire'), fewer than 3650",
                    reason=sample.DENIED if status is Status.UNKNOWN else None,
                    waiver=None,
                    change=None,
                )
            )
    coverage = [
        row
        for number in range(accounts)
        for row in sample.coverage(f"{100_000_000_000 + number * 7919:012}", f"region-{number % 17}")
    ]
    scope = [sample.account(f"{100_000_000_000 + number * 7919:012}") for number in range(accounts)]
    whole = sample.report(findings=[], coverage=coverage, accounts=scope)
    result = whole.result.model_copy(
        update={"findings": tuple(findings), "summary": sample.summary(findings)}
    )
    return whole.model_copy(update={"result": result})


def test_a_hundred_thousand_findings_fit_in_five_megabytes() -> None:
    page = HtmlRenderer().render(large(1000, 100))
    assert len(page) < 5_000_000
    assert b"The first 1,000 of 100,000 findings" in page
