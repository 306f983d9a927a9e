"""The JSON schemas of what is published."""

import json

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import core_schema


class _EveryMember(GenerateJsonSchema):
    """A member with a default is written too, so a reader may rely on it."""

    def field_is_required(
        self,
        field: core_schema.ModelField | core_schema.DataclassField | core_schema.TypedDictField,  # noqa: ARG002
        total: bool,  # noqa: ARG002
    ) -> bool:
        return True


def schema_of(model: type[BaseModel]) -> str:
    """The JSON schema of the model as it is written, as the text of a file."""
    described = model.model_json_schema(by_alias=True, mode="serialization", schema_generator=_EveryMember)
    return json.dumps({"$schema": _EveryMember.schema_dialect, **described}, indent=2) + "\n"
