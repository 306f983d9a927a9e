import io
from typing import Any

import pytest
from pypdf import PdfReader

from scanner.model.finding import Status
from scanner.model.result import Report
from tests.reports.sample import HOSTILE_TEXTS, UNREACHABLE, account, finding, in_order, report

try:
    from reports.pdf import PdfRenderer
except Exception as error:  # noqa: BLE001 - an ImportError, or what says that Pango is missing
    pytest.skip(f"PDF can't be made here: {error}", allow_module_level=True)


def read(some: Report) -> PdfReader:
    return PdfReader(io.BytesIO(PdfRenderer().render(some)))


def text(document: PdfReader) -> str:
    return "\n".join(page.extract_text() for page in document.pages)


def objects(document: PdfReader) -> list[Any]:
    return [document.get_object(number) for number in range(1, len(document.xref[0]))]


def test_it_tells_first_whether_everything_could_be_checked() -> None:
    first = read(report()).pages[0].extract_text()
    assert first.index("No. Some of what was asked could not be read.") < first.index(
        "Incomplete exit code 3"
    )


def test_it_holds_accounts_that_could_not_be_entered_and_permissions_that_are_missing() -> None:
    found = text(read(report())).replace("\n", "")
    assert UNREACHABLE in found
    assert "s3:GetEncryptionConfiguration" in found


def test_the_same_report_gives_the_same_bytes() -> None:
    small = report(findings=[finding()], accounts=[account()], frameworks=())
    assert PdfRenderer().render(small) == PdfRenderer().render(small.model_copy(deep=True))


def test_a_hostile_name_is_text_that_runs_nothing_and_leads_nowhere() -> None:
    some = report(
        findings=in_order(
            finding("bucket-tls-only", Status.FAIL, region=f"region-{number}", resource=name, message=name)
            for number, name in enumerate(HOSTILE_TEXTS[:10])
        ),
        accounts=[account()],
        frameworks=(),
    )
    document = read(some)
    assert "<script>alert(1)</script>" in text(document)
    links = [
        str(action["/URI"])
        for page in document.pages
        for annotation in page.get("/Annots") or ()
        if (action := annotation.get_object().get("/A")) is not None and "/URI" in action
    ]
    assert all(link.startswith("https://docs.aws.amazon.com/") for link in links)
    assert not [
        one for one in objects(document) if isinstance(one, dict) and ("/JS" in one or "/Launch" in one)
    ]
