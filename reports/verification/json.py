"""The verification as JSON: for other programs, and for the next scan."""

from typing import ClassVar

from reports.json import encoded
from scanner.model.verification import Verification


class JsonRenderer:
    """Members in the order of the model; a line for each lane and each finding."""

    format: ClassVar[str] = "json"
    suffix: ClassVar[str] = ".json"

    def render(self, verification: Verification) -> bytes:
        return encoded(verification.model_dump(mode="json"))
