"""What a trial of a definition is asked with, and what it answers."""

from typing import Annotated, Any, Final, Self

from pydantic import ConfigDict, Field, model_validator
from pydantic.config import JsonDict

from services.indicators.definitions.models import DefinitionChange
from services.indicators.models import MonthText, SummaryLine
from services.indicators.summary.endpoint import SummaryQuery
from shared.campaign.definition import Definition
from shared.campaign.proposed import of_body, of_file, with_blocks
from shared.http.json_response import ResponseModel
from shared.values.bilingual import Bilingual
from shared.values.field_error import FieldValueError

FILE_MAX: Final = 262_144  # characters; the largest campaign file has a third of it

_TARGET: Final[JsonDict] = {
    "indicator": "pon_10g_share",
    "value": 24,
    "due": "2022-09-30",
    "source": {"zh": "试算", "en": "A trial"},
}


class NewDefinitionPreview(SummaryQuery):
    """A proposed definition, in one of three ways, and the summary to see under it."""

    model_config = ConfigDict(
        extra="forbid",
        populate_by_name=False,
        json_schema_extra={"examples": [{"month": "2022-08", "blocks": {"target": [_TARGET]}}]},
    )

    file: Annotated[str, Field(max_length=FILE_MAX)] | None = Field(
        default=None, description="The text of a campaign file, TOML."
    )
    definition: dict[str, Any] | None = Field(
        default=None, description="A whole definition as `/v1/definitions/{version}` has it, changed."
    )
    blocks: dict[str, Any] | None = Field(
        default=None,
        description="Some blocks by their kind (`indicator`, `target`, `metric` …), put in place of those of the same code and"
        " `from`, or added behind the others of the definition that is in force.",
    )

    @model_validator(mode="after")
    def _one_definition(self) -> Self:
        if [self.file, self.definition, self.blocks].count(None) != 2:
            raise FieldValueError("file、definition、blocks 任选其一", "give one of file, definition and blocks")
        return self

    def proposed(self, standing: Definition) -> Definition:
        """The proposed definition. Raises DefinitionError, RecursionError for what is nested beyond reading."""
        if self.file is not None:
            return of_file(self.file)
        if self.definition is not None:
            return of_body(self.definition, "definition")
        return with_blocks(standing, self.blocks or {})


class PreviewLine(ResponseModel):
    """One line of the summary, as it is and as it would be."""

    indicator: str
    month: MonthText
    area: str | None
    org: str | None
    moved: bool = Field(description="Whether anything of it would differ.")
    flipped: bool = Field(description="Whether its status would.")
    today: SummaryLine | None = Field(description="Null where only the proposed definition has it.")
    proposed: SummaryLine | None = Field(description="Null where the proposed definition has it no more.")


class PreviewRefusal(ResponseModel):
    """A change that cannot be applied: it would give stored facts another meaning."""

    key: str = Field(examples=["metric[bs_5g_built]"])
    problem: Bilingual
    way: Bilingual = Field(description="What to do instead.")


class DefinitionPreview(ResponseModel):
    """The summary under a proposed definition beside today's. Nothing was written."""

    campaign: str
    data_version: int
    definition_version: int = Field(description="The definition that the lines of today are of.")
    changes: list[DefinitionChange]
    refusals: list[PreviewRefusal] = Field(description="Why it could not be applied as it is; empty: it could.")
    lines: list[PreviewLine]
