"""Request and response models of the cases endpoints."""

from datetime import date
from typing import Annotated, Final, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic.config import JsonDict

from shared.http.paging import PageQuery
from shared.values.field_error import FieldValueError
from shared.values.fields import CodeParameter, Day, RequestBody, TextLine, TextParagraph
from shared.values.timestamps import Timestamp
from shared.vocabulary import CaseMove, CaseState

CaseCode = Annotated[str, StringConstraints(min_length=1, max_length=64)]

DRAFT_EXAMPLE: Final[JsonDict] = {
    "title": "5G＋智能工厂",
    "domain": "vertical_industry",
    "applicant": "两江新区某汽车制造企业",
    "summary": "以 5G 专网承载柔性产线，机器视觉质检时延低于 20 毫秒。",
    "area": "500112007",
}


class NewCase(RequestBody):
    """A new case, which is a draft until it is submitted."""

    model_config = ConfigDict(json_schema_extra={"examples": [DRAFT_EXAMPLE]})

    title: TextLine
    domain: CaseCode = Field(description="Code of a case domain of the campaign, see `/v1/catalogue`.")
    applicant: TextLine = Field(description="Name of the organisation that the application serves.")
    summary: TextParagraph
    area: CaseCode | None = Field(default=None, description="Area code. Omit it for a case without an area.")


class CaseMoveRequest(RequestBody):
    """A move of a case."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"move": "approve", "on": "2022-08-20"}, {"move": "return", "reason": "请补充应用成效"}]}
    )

    move: CaseMove
    on: Day | None = Field(
        default=None, description="Approval date, not in the future. Required for `approve` and not allowed for other moves."
    )
    reason: TextParagraph | None = Field(default=None, description="Reason for the move. Required for `return`.")

    @model_validator(mode="after")
    def _require_fields_of_move(self) -> Self:
        if (self.move is CaseMove.APPROVE) != (self.on is not None):
            raise FieldValueError(
                "认定（approve）须填写 on（认定日期），其他操作不得填写",
                "`on` is required for `approve` and not allowed for other moves",
                "on",
            )
        if self.move is CaseMove.RETURN and self.reason is None:
            raise FieldValueError("退回（return）须填写 reason（退回原因）", "`reason` is required for `return`", "reason")
        return self


class CaseQuery(PageQuery):
    """Filters of the list of cases."""

    state: CaseState | None = Field(default=None, description="Only cases in this state.")
    domain: CodeParameter | None = Field(default=None, description="Only cases of this domain.")
    org: CodeParameter | None = Field(default=None, description="Only cases of this organisation.")


class ListedCase(BaseModel):
    """A case without its moves."""

    id: UUID
    org: str = Field(description="Code of the organisation that created the case.")
    title: str
    domain: str
    applicant: str
    summary: str
    area: str | None
    state: CaseState
    approved_on: date | None = Field(description="Approval date. The case counts from the month of this date on.")
    approved_version: int | None = Field(description="Data version from which the case counts; null if it was never approved.")
    ended_on: date | None = Field(
        description="Date on which the approved case was withdrawn. The case counts to the month before; null while it counts."
    )
    ended_version: int | None = Field(description="Data version that withdrew the approved case; null while it counts.")
    revision: int = Field(description="Number of the current revision; grows with every change. Send it in quotes as `If-Match`.")
    created_at: Timestamp
    updated_at: Timestamp
    actions: list[CaseMove] = Field(description="Moves that you may make now.")


class CaseMoveMade(BaseModel):
    """A move that was made."""

    revision: int = Field(description="Revision of the case after the move.")
    move: CaseMove
    state: CaseState = Field(description="State of the case after the move.")
    org: str = Field(description="Code of the organisation that made the move.")
    at: Timestamp
    on: date | None
    reason: str | None


class Case(ListedCase):
    """A case with its moves, oldest first."""

    moves: list[CaseMoveMade]
