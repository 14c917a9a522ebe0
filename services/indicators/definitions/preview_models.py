"""Request and response models of definition previews."""

from typing import Annotated, Any, Final, Self

from pydantic import ConfigDict, Field, model_validator
from pydantic.config import JsonDict

from services.indicators.changes.models import LineChange
from services.indicators.definitions.models import DefinitionChange
from services.indicators.summary.endpoint import SummaryFilters
from shared.campaign.definition import Definition
from shared.campaign.proposed import of_body, of_file, with_blocks
from shared.http.json_response import ResponseModel
from shared.http.strict_json import MAX_KEYS
from shared.values.bilingual import Bilingual
from shared.values.field_error import FieldValueError

FILE_MAX: Final = 262_144  # characters; three times the largest campaign file

_TARGET: Final[JsonDict] = {
    "indicator": "pon_10g_share",
    "value": 24,
    "due": "2022-09-30",
    "source": {"zh": "试算", "en": "A preview"},
}


class NewDefinitionPreview(SummaryFilters):
    """A proposed definition, given in one of three ways, and the months and breakdown of the summary."""

    model_config = ConfigDict(
        extra="forbid",
        populate_by_name=False,
        json_schema_extra={"examples": [{"month": "2022-08", "blocks": {"target": [_TARGET]}}]},
    )

    file: Annotated[str, Field(max_length=FILE_MAX)] | None = Field(default=None, description="Text of a campaign file (TOML).")
    definition: Annotated[dict[str, Any], Field(max_length=MAX_KEYS)] | None = Field(
        default=None, description="Complete definition, in the form that `/v1/definitions/{version}` returns."
    )
    blocks: Annotated[dict[str, Any], Field(max_length=MAX_KEYS)] | None = Field(
        default=None,
        description="Blocks by kind (`indicator`, `target`, `metric` …): they replace blocks with the same code and `from` in the"
        " definition in force, or are added to it.",
    )

    @model_validator(mode="after")
    def _one_definition(self) -> Self:
        if [self.file, self.definition, self.blocks].count(None) != 2:
            raise FieldValueError(
                "file、definition、blocks 须且只能提供一项",
                "exactly one of `file`, `definition` and `blocks` is required",
                *("file", "definition", "blocks"),
            )
        return self

    def proposed(self, in_force: Definition) -> Definition:
        """Return the proposed definition. Raises DefinitionError, and RecursionError if it is nested too deeply."""
        if self.file is not None:
            return of_file(self.file)
        if self.definition is not None:
            return of_body(self.definition, "definition")
        return with_blocks(in_force, self.blocks or {})


class PreviewRefusal(ResponseModel):
    """A change that cannot be applied because it would give stored counts another meaning."""

    key: str = Field(examples=["metric[bs_5g_built]"])
    problem: Bilingual
    way: Bilingual = Field(description="Alternative that can be applied.")


class DefinitionPreview(ResponseModel):
    """The changes that a proposed definition would make. Nothing is stored."""

    campaign: str
    data_version: int
    definition_version: int = Field(description="Version of the current definition.")
    changes: list[DefinitionChange]
    refusals: list[PreviewRefusal] = Field(
        description="Changes that prevent applying the definition; empty if it can be applied."
    )
    lines: list[LineChange] = Field(
        description="Summary lines of the requested breakdown that would change, under the current and the proposed definition."
    )
