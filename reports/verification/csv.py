"""The calendar as CSV (RFC 4180, UTF-8, a line of headings): one row for each hour of each lane."""

import csv
import io
from datetime import timedelta
from typing import ClassVar

from scanner.model.base import iso
from scanner.model.verification import Verification

HOUR = timedelta(hours=1)
HEADINGS = ("account", "region", "from", "to", "state")
"""Named as in the JSON."""


class CsvRenderer:
    """Ends lines in CR LF. Nothing in it comes from anybody but AWS's names of accounts and regions."""

    format: ClassVar[str] = "csv"
    suffix: ClassVar[str] = ".csv"

    def render(self, verification: Verification) -> bytes:
        file = io.StringIO(newline="")
        lines = csv.writer(file)
        lines.writerow(HEADINGS)
        for lane in verification.lanes:
            for stretch in lane.calendar:
                for hour in stretch.hours():
                    lines.writerow(
                        (lane.account, lane.region, iso(hour), iso(hour + HOUR), stretch.state.value)
                    )
        return file.getvalue().encode()
