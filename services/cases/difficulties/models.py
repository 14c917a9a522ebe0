"""Requests and responses about difficulties."""

from datetime import date
from typing import Final

from pydantic import ConfigDict, Field, StrictInt
from pydantic.config import JsonDict

from services.cases.items.models import Code, ItemAction, ItemChange, ItemDocument, ItemQuery, MoveRequest, changes_of
from shared.values.fields import AnyOf, AreaParameter, Day, RequestBody, TextLine, TextParagraph
from shared.values.timestamps import Timestamp
from shared.vocabulary import DifficultyMove, DifficultyState

_EXAMPLE: Final[JsonDict] = {
    "title": "小区物业不同意进场改造ODN",
    "category": "property_management",
    "place": "鸳鸯街道某小区",
    "area": "500112007",
    "task": 1,
    "needed": "请协调物业同意9月下旬进场，改造6栋楼的光分配网。",
    "needed_by": "2022-09-20",
}


class NewDifficulty(RequestBody):
    """A new difficulty."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    title: TextLine
    category: Code = Field(description="Code of a category of difficulties, see `/v1/catalogue`.")
    place: TextLine = Field(description="Place where the difficulty arose.")
    area: Code | None = Field(default=None, description="Area code. Omit it for a difficulty that concerns no single area.")
    task: StrictInt | None = Field(default=None, ge=1, le=99, description="Number of the task that it holds up.")
    needed: TextParagraph = Field(description="Help that you need.")
    needed_by: Day = Field(description="Day by which you need it; today or later.")


DifficultyChanges: Final = changes_of(
    NewDifficulty, "DifficultyChanges", "Changes of a difficulty. Fields that are omitted stay as they are."
)


class DifficultyMoveRequest(MoveRequest):
    """A move of a difficulty."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"move": "assign", "responsible": "yuanyang", "due_on": "2022-09-16"},
                {"move": "answer", "answer": "已与物业商定9月18日起进场。", "person": {"name": "李某", "title": "科长"}},
                {"move": "not_resolved", "reason": "物业只同意进场2栋楼。"},
            ]
        }
    )

    move: DifficultyMove
    responsible: Code | None = Field(default=None, description="Organisation that must answer, for `assign`.")
    due_on: Day | None = Field(
        default=None,
        description="Due date of its answer, for `assign`, and for `not_resolved` once the previous one has passed.",
    )
    answer: TextParagraph | None = Field(default=None, description="What was or will be done, for `answer`.")


class DifficultyQuery(ItemQuery):
    """Filters of the list of difficulties."""

    state: AnyOf[DifficultyState] | None = Field(default=None, description="Only difficulties in these states.")
    category: AnyOf[Code] | None = Field(default=None, description="Only difficulties of these categories.")
    area: AnyOf[AreaParameter] | None = Field(default=None, description="Only difficulties of these areas.")
    task: AnyOf[int] | None = Field(default=None, description="Only difficulties that hold up these tasks.")
    responsible: AnyOf[Code] | None = Field(default=None, description="Only difficulties assigned to these organisations.")
    overdue: bool | None = Field(default=None, description="`true`: only overdue difficulties. `false`: only those that are not.")
    escalated: bool | None = Field(
        default=None, description="`true`: only difficulties escalated to the leading group. `false`: only the others."
    )


class DifficultyAction(ItemAction):
    """A move of a difficulty that you may make now."""

    move: DifficultyMove


class DifficultyChange(ItemChange):
    """A move or an edit of a difficulty."""

    move: DifficultyMove | None = Field(description="Move; null for an edit.")
    state: DifficultyState = Field(description="State of the difficulty after the change.")


class Difficulty(ItemDocument):
    """A difficulty of a carrier or subdistrict office."""

    title: str
    category: str = Field(description="Code of the category.")
    place: str = Field(description="Place where the difficulty arose.")
    area: str | None
    task: int | None = Field(description="Number of the task that it holds up.")
    needed: str = Field(description="Help that the organisation needs.")
    needed_by: date = Field(description="Day by which it needs the help.")
    state: DifficultyState
    responsible: str | None = Field(description="Code of the organisation that must answer; null before it is assigned.")
    due_on: date | None = Field(description="Due date of the answer; null before it is assigned.")
    answer: str | None = Field(description="Latest answer.")
    escalated_at: Timestamp | None = Field(description="Timestamp of the latest escalation to the leading group.")
    days_left: int | None = Field(
        description="Days until the due date of the answer, before the assignment until `needed_by`; negative after it, and null"
        " once there is an answer."
    )
    overdue: bool = Field(description="Whether that date has passed without an answer.")
    actions: list[DifficultyAction] = Field(description="Moves that you may make now.")
