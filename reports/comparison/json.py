"""A comparison as JSON, for other programs; docs/comparison.schema.json describes it."""

from typing import ClassVar

from reports.json import encoded
from scanner.model.comparison import Comparison


class JsonRenderer:
    """Members in the order of the model, absent ones as `null`; UTF-8."""

    format: ClassVar[str] = "json"
    suffix: ClassVar[str] = ".json"

    def render(self, comparison: Comparison, /) -> bytes:
        return encoded(comparison.model_dump(mode="json"))
