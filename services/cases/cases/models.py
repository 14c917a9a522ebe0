"""Requests and responses about application cases."""

import re
from datetime import date
from typing import Annotated, Final
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainSerializer, StrictBool, StrictInt, StringConstraints
from pydantic.config import JsonDict
from stdnum.cn import uscc

from services.cases.items.models import (
    Code,
    ItemAction,
    ItemChange,
    ItemDocument,
    ItemQuery,
    ItemSearch,
    MoveRequest,
    changes_of,
    different,
)
from shared.values.field_error import FieldValueError
from shared.values.fields import ONE_LINE, AnyOf, AreaParameter, CodeParameter, Day, RequestBody, TextLine, TextParagraph
from shared.vocabulary import LARGEST_COUNT, CaseMove, CaseState, Industry, NetworkMode, RecommendedTo

LARGEST_RESULT: Final = 1e15  # in absolute value: a double keeps 15 digits
_NAMES_MAX: Final = 20
_CODE_CHARACTER: Final = "[0-9A-HJ-NP-RTUWXY]"
_CREDIT_CODE: Final = re.compile(f"{_CODE_CHARACTER}{{2}}[0-9]{{6}}{_CODE_CHARACTER}{{10}}")
"""The library's own check refuses codes whose registering authority is a letter, such as those of rural cooperatives (N)."""


def _credit_code(text: str) -> str:
    """Return a unified social credit code (GB 32100-2015). Raises FieldValueError if its check character does not fit."""
    code = text.upper()
    if _CREDIT_CODE.fullmatch(code) and uscc.calc_check_digit(code) == code[-1]:
        return code
    raise FieldValueError(
        "应为18位统一社会信用代码，且校验码正确",
        "must be a unified social credit code: 18 characters, the last of which fits the others",
    )


def _link(text: str) -> str:
    if not text.startswith(("https://", "http://")) or any(character.isspace() for character in text):
        raise FieldValueError("应为以 https:// 或 http:// 开头的网址", "must be a URL that starts with https:// or http://")
    return text


def _whole_if_possible(value: float) -> int | float:
    """Return a whole number without a fraction: 8, not 8.0."""
    return int(value) if float(value).is_integer() else value


CreditCode = Annotated[str, StringConstraints(min_length=18, max_length=18), AfterValidator(_credit_code)]
Link = Annotated[TextLine, AfterValidator(_link)]
Names = Annotated[list[TextLine], Field(max_length=_NAMES_MAX), AfterValidator(different)]
Number = Annotated[
    float,
    Field(ge=-LARGEST_RESULT, le=LARGEST_RESULT, allow_inf_nan=False, strict=True),
    PlainSerializer(_whole_if_possible),
]


class CaseResult(BaseModel):
    """A result of an application, as a number."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    name: TextLine = Field(description="What was measured.")
    value: Number = Field(description="Value, in the unit.")
    unit: Annotated[str, StringConstraints(min_length=1, max_length=20), ONE_LINE] = Field(
        description="Unit, such as `%` or `毫秒`."
    )


_CASE: Final[JsonDict] = {
    "title": "5G＋智能工厂",
    "domain": "vertical_industry",
    "industry": "C",
    "applicant": "两江新区某汽车制造企业",
    "credit_code": "91500000MA5U00007J",
    "partners": ["某工业软件企业"],
    "area": "500112007",
    "technologies": ["mobile_5g", "mec"],
    "network_mode": "shared",
    "summary": "以 5G 专网承载柔性产线，机器视觉质检时延低于 20 毫秒。",
    "results": [{"name": "质检时延", "value": 20, "unit": "毫秒"}],
    "started_on": "2022-03-01",
    "investment_cny": 3_200_000,
    "links": ["https://example.com/5g-factory"],
}
_FIRST_DRAFT: Final[JsonDict] = {name: _CASE[name] for name in ("title", "domain", "applicant", "summary")}


class NewCase(RequestBody):
    """A new case, which is a draft until it is submitted. The contact is the organisation that creates it: name no persons."""

    model_config = ConfigDict(json_schema_extra={"examples": [_CASE, _FIRST_DRAFT]})

    title: TextLine
    domain: Code = Field(description="Code of a case domain of the campaign, see `/v1/catalogue`.")
    industry: Industry | None = Field(default=None, description="Section of the industrial classification; required to submit.")
    applicant: TextLine = Field(description="Name of the organisation that the application serves.")
    credit_code: CreditCode | None = Field(
        default=None,
        description="Unified social credit code of the applicant; required to submit.",
        examples=["91500000MA5U00007J"],
    )
    partners: Names = Field(default_factory=list, description="Names of other organisations that take part.")
    area: Code | None = Field(default=None, description="Area code. Omit it for a case without an area.")
    technologies: Annotated[list[Code], Field(max_length=_NAMES_MAX), AfterValidator(different)] = Field(
        default_factory=list, description="Codes of technologies of the campaign, see `/v1/catalogue`; at least one to submit."
    )
    network_mode: NetworkMode | None = Field(default=None, description="Kind of network; required to submit.")
    summary: TextParagraph
    results: Annotated[list[CaseResult], Field(max_length=_NAMES_MAX)] = Field(
        default_factory=list, description="Results as numbers; at least one to submit."
    )
    started_on: Day | None = Field(default=None, description="Date on which the application began; required to submit.")
    investment_cny: Annotated[StrictInt, Field(ge=0, le=LARGEST_COUNT)] | None = Field(
        default=None, description="Investment in CNY (yuan)."
    )
    links: Annotated[list[Link], Field(max_length=_NAMES_MAX), AfterValidator(different)] = Field(
        default_factory=list, description="URLs of pages about the application."
    )


CaseChanges: Final = changes_of(NewCase, "CaseChanges", "Changes of a case. Fields that are omitted stay as they are.")


class CaseMoveRequest(MoveRequest):
    """A move of a case. `actions` of the case lists the moves that you may make now, with the fields that each takes."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"move": "approve", "on": "2022-08-20"},
                {"move": "take_up"},
                {"move": "return", "reason": "请补充应用成效"},
                {"move": "recommend", "recommended_to": "regulator", "on": "2022-08-25"},
            ]
        }
    )

    move: CaseMove
    recommended_to: RecommendedTo | None = Field(default=None, description="Recipient, of `recommend`.")
    selected: StrictBool | None = Field(default=None, description="Whether the case was selected, of `record_outcome`.")
    note: TextParagraph | None = Field(default=None, description="Note on the outcome, of `record_outcome`.")
    merged_into: UUID | None = Field(default=None, description="Id of the case that this one duplicates, of `merge`.")


class CaseQuery(ItemQuery):
    """Filters of the list of cases."""

    state: AnyOf[CaseState] | None = Field(default=None, description="Only cases in these states.")
    domain: AnyOf[CodeParameter] | None = Field(default=None, description="Only cases of these domains.")
    area: AnyOf[AreaParameter] | None = Field(default=None, description="Only cases of these areas.")
    industry: AnyOf[Industry] | None = Field(default=None, description="Only cases of these industries.")
    technology: AnyOf[CodeParameter] | None = Field(default=None, description="Only cases with any of these technologies.")
    network_mode: AnyOf[NetworkMode] | None = Field(default=None, description="Only cases with these kinds of networks.")
    recommended_to: AnyOf[RecommendedTo] | None = Field(default=None, description="Only cases recommended to these recipients.")
    published: bool | None = Field(default=None, description="Only cases that are published, or not.")
    revocation_requested: bool | None = Field(
        default=None, description="Only cases whose revocation is requested and not decided, or the others."
    )


class PublishedCaseQuery(ItemSearch):
    """Filters of the list of published cases."""

    domain: AnyOf[CodeParameter] | None = Field(default=None, description="Only cases of these domains.")


class CaseAction(ItemAction):
    """A move of a case that you may make now."""

    move: CaseMove


class CaseChange(ItemChange):
    """A move or an edit of a case."""

    move: CaseMove | None = Field(description="Move; null for an edit.")
    state: CaseState = Field(description="State of the case after the change.")


class CaseContent(BaseModel):
    """The fields of a case that its organisation writes."""

    title: str
    domain: str
    industry: Industry | None = Field(description="Section of the industrial classification GB/T 4754; null if not stated.")
    applicant: str
    credit_code: str | None = Field(description="Unified social credit code of the applicant; null if not stated.")
    partners: list[str] = Field(description="Names of other organisations that take part.")
    area: str | None
    technologies: list[str] = Field(description="Codes of the technologies.")
    network_mode: NetworkMode | None = Field(description="Kind of network; null if not stated.")
    summary: str
    results: list[CaseResult] = Field(description="Results as numbers.")
    started_on: date | None = Field(description="Date on which the application began; null if not stated.")
    investment_cny: int | None = Field(description="Investment in CNY (yuan); null if not stated.")
    links: list[str] = Field(description="URLs of pages about the application.")


class ListedCase(CaseContent, ItemDocument):
    """An application case, in a list."""

    state: CaseState
    approved_on: date | None = Field(description="Approval date. The case counts from the month of this date on.")
    approved_version: int | None = Field(description="Data version from which the case counts; null if it was never approved.")
    ended_on: date | None = Field(
        description="Date on which the approval ended: it was revoked or the case merged. The case counts to the month before."
    )
    ended_version: int | None = Field(description="Data version that ended the approval; null while the case counts.")
    recommended_to: RecommendedTo | None = Field(description="Recipient of the recommendation; null without one.")
    recommended_on: date | None = Field(description="Date of the recommendation.")
    selected: bool | None = Field(description="Whether the recommended case was selected; null while that is unknown.")
    outcome_note: str | None = Field(description="Note on the outcome of the recommendation.")
    outcome_on: date | None = Field(description="Date of that outcome.")
    published: bool = Field(description="Whether all carriers and subdistrict offices may read it at `/v1/cases/published`.")
    revocation_requested_on: date | None = Field(
        description="Date on which its organisation requested the revocation; null without a request."
    )
    merged_into: UUID | None = Field(
        description="Id of the case that this one duplicates; null unless it was merged, or if you may not see it."
    )
    actions: list[CaseAction] = Field(description="Moves that you may make now.")


class SimilarCase(BaseModel):
    """A case that may be the same application."""

    id: UUID
    org: str = Field(description="Code of the organisation whose case it is.")
    title: str
    applicant: str
    state: CaseState
    same_credit_code: bool = Field(description="Whether both applicants have the same credit code.")
    title_likeness: int = Field(description="Likeness of the titles in per cent, truncated.")


class Case(ListedCase):
    """An application case."""

    has_similar_cases: bool | None = Field(
        description="Whether a similar case of any organisation was submitted; null unless the case waits for review or is in it."
    )
    similar_cases: list[SimilarCase] | None = Field(
        description="Those cases, the most similar first; null where you may not read the cases of other organisations."
    )


class PublishedCase(BaseModel):
    """A case that the task force has published."""

    id: UUID
    title: str
    domain: str
    applicant: str
    summary: str
    results: list[CaseResult] = Field(description="Results as numbers.")
