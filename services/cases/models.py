"""What the cases' endpoints take and answer."""

from datetime import date, datetime
from typing import Annotated, Final, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic.config import JsonDict

from shared.http.paging import PageQuery
from shared.values.field_error import FieldValueError
from shared.values.fields import Body, Day, Line, Paragraph
from shared.vocabulary import CaseMove, CaseState

Code = Annotated[str, StringConstraints(min_length=1, max_length=64)]

DRAFT_EXAMPLE: Final[JsonDict] = {
    "title": "5G＋智能工厂",
    "domain": "vertical_industry",
    "applicant": "两江新区某汽车制造企业",
    "summary": "以 5G 专网承载柔性产线，机器视觉质检时延低于 20 毫秒。",
    "area": "500112007",
}


class NewCase(Body):
    """A case as it is filed: a draft until it is submitted."""

    model_config = ConfigDict(json_schema_extra={"examples": [DRAFT_EXAMPLE]})

    title: Line
    domain: Code = Field(description="A case domain of the campaign, see `/v1/catalogue`.")
    applicant: Line = Field(description="The organisation that the application serves, by name.")
    summary: Paragraph
    area: Code | None = Field(default=None, description="The area it is in; left out where it has none.")


class CaseMoveRequest(Body):
    """What is to be done with a case."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"move": "approve", "on": "2022-08-20"}, {"move": "return", "reason": "请补充应用成效"}]}
    )

    move: CaseMove
    on: Day | None = Field(
        default=None, description="The date of the approval, not in the future. For `approve`, and only there."
    )
    reason: Paragraph | None = Field(default=None, description="Needed for `return`.")

    @model_validator(mode="after")
    def _what_the_move_needs(self) -> Self:
        if (self.move is CaseMove.APPROVE) != (self.on is not None):
            raise FieldValueError(
                "approve 须给出 on（认定日期），其他操作不得给出", "approve needs `on`, the other moves must not have it"
            )
        if self.move is CaseMove.RETURN and self.reason is None:
            raise FieldValueError("return 须给出 reason（退回原因）", "return needs a `reason`")
        return self


class CaseQuestion(PageQuery):
    """Which cases are asked for."""

    state: CaseState | None = Field(default=None, description="Only cases in this state.")
    domain: Code | None = Field(default=None, description="Only cases of this domain.")
    org: Code | None = Field(default=None, description="Only cases filed by this organisation.")


class CaseLine(BaseModel):
    """A case in a list."""

    id: UUID
    org: str = Field(description="The organisation that filed it.")
    title: str
    domain: str
    applicant: str
    summary: str
    area: str | None
    state: CaseState
    approved_on: date | None = Field(description="It counts in every month whose last day is not before this.")
    approved_version: int | None = Field(description="The data version from which it counts.")
    ended_version: int | None = Field(description="The data version from which it counts no more.")
    revision: int = Field(description="Grows with every change.")
    created_at: datetime
    updated_at: datetime
    actions: list[CaseMove] = Field(description="What you may do with it now.")


class CaseStep(BaseModel):
    """One move that was made."""

    revision: int = Field(description="The case's revision after it.")
    move: CaseMove
    state: CaseState = Field(description="The state after it.")
    org: str = Field(description="Who made it.")
    at: datetime
    on: date | None
    reason: str | None


class Case(CaseLine):
    """A case with what happened to it."""

    moves: list[CaseStep]
