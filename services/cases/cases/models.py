"""Requests and responses about application cases."""

from datetime import date
from typing import Final

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from services.cases.items.models import Code, ItemAction, ItemChange, ItemDocument, ItemQuery, MoveRequest, changes_of
from shared.values.fields import AreaParameter, CodeParameter, RequestBody, TextLine, TextParagraph
from shared.vocabulary import CaseMove, CaseState

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
    domain: Code = Field(description="Code of a case domain of the campaign, see `/v1/catalogue`.")
    applicant: TextLine = Field(description="Name of the organisation that the application serves.")
    summary: TextParagraph
    area: Code | None = Field(default=None, description="Area code. Omit it for a case without an area.")


CaseChanges: Final = changes_of(NewCase, "CaseChanges", "Changes of a case. Fields that are omitted stay as they are.")


class CaseMoveRequest(MoveRequest):
    """A move of a case."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"move": "approve", "on": "2022-08-20"}, {"move": "return", "reason": "请补充应用成效"}]}
    )

    move: CaseMove


class CaseQuery(ItemQuery):
    """Filters of the list of cases."""

    state: CaseState | None = Field(default=None, description="Only cases in this state.")
    domain: CodeParameter | None = Field(default=None, description="Only cases of this domain.")
    area: AreaParameter | None = Field(default=None, description="Only cases of this area.")


class CaseAction(ItemAction):
    """A move of a case that you may make now."""

    move: CaseMove


class CaseChange(ItemChange):
    """A move or an edit of a case."""

    move: CaseMove | None = Field(description="Move; null for an edit.")
    state: CaseState = Field(description="State of the case after the change.")


class Case(ItemDocument):
    """An application case."""

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
    actions: list[CaseAction] = Field(description="Moves that you may make now.")
