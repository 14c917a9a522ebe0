"""Requests and responses about challenges."""

from datetime import date
from typing import Annotated, Final, Literal
from uuid import UUID

from pydantic import BeforeValidator, ConfigDict, Field, NonNegativeInt, StrictInt
from pydantic.config import JsonDict

from services.cases.items.models import Code, ItemAction, ItemChange, ItemDocument, ItemQuery, MoveRequestWithEvidence
from shared.values.fields import AnyOf, AreaParameter, CodeParameter, ReasonText, RequestBody, TextParagraph
from shared.values.months import MonthParameter, month_text
from shared.vocabulary import LARGEST_COUNT, ChallengeMove, ChallengeState
from shared.vocabulary.term import PART_OF

OPENED_EXAMPLE: Final[JsonDict] = {
    "org": "telecom",
    "metric": "fbb_subs_total",
    "area": "liangjiang",
    "month": "2022-08",
    "value": 150300,
    "data_version": 12,
    "reason": "与上月相比增长过快，且高于通信管理局掌握的数据。",
    "evidence": "通信管理局8月统计月报，表3。",
}


class NewChallenge(RequestBody):
    """A question about one stored count, as you read it."""

    model_config = ConfigDict(json_schema_extra={"examples": [OPENED_EXAMPLE]})

    org: Code = Field(description="Organisation whose count it is.")
    metric: Code = Field(description="Metric of the count.")
    area: Code = Field(description="Area of the count.")
    month: MonthParameter = Field(description="Month of the count.")
    value: Annotated[StrictInt, Field(ge=0, le=LARGEST_COUNT)] = Field(description="Value that you read.")
    data_version: Annotated[StrictInt, Field(ge=1, le=LARGEST_COUNT)] = Field(
        description="Data version of the response in which you read the value."
    )
    reason: ReasonText = Field(description="Why the value is questioned.")
    evidence: TextParagraph | None = Field(default=None, description="Where the evidence is found.")


class ChallengeMoveRequest(MoveRequestWithEvidence):
    """A move of a challenge."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"move": "concede", "reason": "重复统计了一个分局的用户。"},
                {"move": "rebut", "reason": "新开通三个小区。", "evidence": "装机工单汇总表，8月。"},
            ]
        }
    )

    move: Annotated[
        Literal[ChallengeMove.CONCEDE, ChallengeMove.REBUT, ChallengeMove.UPHOLD, ChallengeMove.DISMISS, ChallengeMove.WITHDRAW],
        Field(json_schema_extra={PART_OF: ChallengeMove.__name__}),
    ]  # a push makes `correct`
    evidence: TextParagraph | None = Field(default=None, description="Where the evidence is found, for `rebut`.")


class ChallengeQuery(ItemQuery):
    """Filters of the list of challenges."""

    state: AnyOf[ChallengeState] | None = Field(default=None, description="Only challenges in these states today.")
    metric: AnyOf[CodeParameter] | None = Field(default=None, description="Only challenges of counts of these metrics.")
    area: AnyOf[AreaParameter] | None = Field(default=None, description="Only challenges of counts in these areas.")
    month: MonthParameter | None = Field(default=None, description="Only challenges of counts of this month.")
    challenger: AnyOf[CodeParameter] | None = Field(default=None, description="Only challenges that these organisations opened.")
    overdue: bool | None = Field(default=None, description="`true`: only overdue challenges. `false`: only those that are not.")


class ChallengeAction(ItemAction):
    """A move of a challenge that you may make now."""

    move: ChallengeMove


class ChallengeChange(ItemChange):
    """A move of a challenge."""

    move: ChallengeMove | None = Field(description="Move.")
    state: ChallengeState = Field(description="State of the challenge after the move.")


class Challenge(ItemDocument):
    """A challenge of a count."""

    org: str = Field(description="Code of the organisation whose count it is.")
    metric: str
    area: str
    month: Annotated[str, BeforeValidator(lambda month: month_text(month) if isinstance(month, date) else month)] = Field(
        examples=["2022-08"]
    )
    value: NonNegativeInt = Field(description="Challenged value, as the challenger read it.")
    data_version: int = Field(description="Data version at which the challenger read it.")
    challenger: str = Field(description="Code of the organisation that opened the challenge.")
    reason: str
    evidence: str | None
    state: ChallengeState = Field(description="State today.")
    due: date | None = Field(description="Last day of the next move, in working days from the last one; null if none is awaited.")
    overdue: bool = Field(description="Whether `due` has passed, while a move is awaited.")
    next_moves: list[ChallengeMove] = Field(
        description="Moves that are awaited by `due`, whoever makes them. `correct` is a push with the parameter `challenge`."
    )
    corrected_by: UUID | None = Field(description="Last import that corrected the count; null if there was none.")
    opened_version: int = Field(description="Data version from which explanations and the summary show the challenge.")
    ended_version: int | None = Field(
        description="Data version that upheld, dismissed or withdrew the challenge; null before that."
    )
    actions: list[ChallengeAction] = Field(description="Moves that you may make now.")
