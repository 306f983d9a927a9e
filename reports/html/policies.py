"""The IAM policy that would let the scan read what AWS refused it."""

import json
from collections.abc import Iterable

from markupsafe import Markup

from reports.html.text import spelled
from scanner.model.reading import Outcome
from scanner.model.result import Result

NO_GRANT = frozenset({"sts:AssumeRole"})
"""Refused by the trust policy of the role to be entered: what its own policies allow doesn't matter."""


def refused(result: Result) -> frozenset[tuple[str, str | None]]:
    """Actions that a policy can grant and AWS refused, with its code."""
    return frozenset(
        (reading.action, reading.code)
        for reading in result.readings
        if reading.outcome is Outcome.DENIED and reading.action not in NO_GRANT
    )


def policy_document(actions: Iterable[str]) -> Markup:
    """For the role that the scan assumes; as `trailaudit policy` writes it, with just these actions."""
    statement = {"Sid": "Read", "Effect": "Allow", "Action": sorted(set(actions)), "Resource": "*"}
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement]}, indent=2, ensure_ascii=False)
    return Markup('<pre class="policy"><code>{}</code></pre>').format(spelled(text))
