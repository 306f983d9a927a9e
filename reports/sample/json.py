"""A sample as JSON, for other programs; docs/sample.schema.json describes it."""

from typing import ClassVar

from reports.json import encoded
from scanner.model.sample import Sample


class JsonRenderer:
    """Members in the order of the model, absent ones as `null`; UTF-8."""

    format: ClassVar[str] = "json"
    suffix: ClassVar[str] = ".json"

    def render(self, sample: Sample, /) -> bytes:
        return encoded(sample.model_dump(mode="json"))
