"""Takes the pictures in docs/ of a report: `python docs/screenshots.py trailaudit-demo/report.html`.

Needs what the tests of pages need, and Debian's poppler-utils for the one of the printed report.
"""

import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from playwright.sync_api import Page, sync_playwright

DOCS = Path(__file__).parent
COLOURS = 256
"""So few that a picture stays below 300 KB, and as many as nobody misses."""


def main(report: Path) -> None:
    with sync_playwright() as playwright, TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"))
        page = browser.new_page(viewport={"width": 1280, "height": 1200})
        page.goto(report.resolve().as_uri())
        page.screenshot(path=DOCS / "report.png")
        phone = browser.new_page(viewport={"width": 400, "height": 860}, device_scale_factor=2)
        phone.goto(report.resolve().as_uri())
        phone.screenshot(path=DOCS / "report-phone.png")
        beside(printed(page, Path(folder)), DOCS / "report-print.png")
    for name in ("report.png", "report-phone.png", "report-print.png"):
        with Image.open(DOCS / name) as picture:
            picture.convert("RGB").quantize(COLOURS).save(DOCS / name, optimize=True)


def printed(page: Page, folder: Path) -> list[Path]:
    """The first two sheets."""
    page.pdf(path=folder / "report.pdf", prefer_css_page_size=True)
    subprocess.run(
        ["pdftoppm", "-r", "80", "-l", "2", "-png", folder / "report.pdf", folder / "sheet"], check=True
    )
    return sorted(folder.glob("sheet-*.png"))


def beside(files: list[Path], target: Path) -> None:
    sheets = [Image.open(file) for file in files]
    gap = 16
    width = sum(sheet.width for sheet in sheets) + gap * (len(sheets) + 1)
    both = Image.new("RGB", (width, sheets[0].height + 2 * gap), "#8a93a0")
    left = gap
    for sheet in sheets:
        both.paste(sheet, (left, gap))
        left += sheet.width + gap
    both.save(target)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
