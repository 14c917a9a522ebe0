"""Requests and responses about action items."""

from datetime import date
from typing import Annotated, Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StrictInt
from pydantic.config import JsonDict

from services.cases.items.models import Code, ItemAction, ItemChange, ItemDocument, ItemQuery, MoveRequestWithEvidence, changes_of
from shared.values.fields import AnyOf, Day, RequestBody, TextLine, TextParagraph
from shared.vocabulary import ActionItemMove, ActionItemSource, ActionItemState

ORGS_MAX: Final = 50
_EXAMPLE: Final[JsonDict] = {
    "orgs": ["telecom", "mobile"],
    "title": "加快10G-PON端口改造",
    "text": "请于9月20日前完成康美街道剩余OLT的10G-PON板卡更换，并报送完成清单。",
    "source": "meeting",
    "occasion": "9月5日工作专班例会",
    "due_on": "2022-09-20",
    "task": 1,
}


class EditableParts(RequestBody):
    """The parts of an action item that its issuer may edit."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"due_on": "2022-09-25"}]})

    title: TextLine
    text: TextParagraph = Field(description="What is to be done.")
    due_on: Day = Field(description="Day by which the organisation must report; today or later.")


class NewActionItems(EditableParts):
    """An action item for one or several organisations. Each gets its own and reports by itself."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    orgs: Annotated[list[Code], Field(min_length=1, max_length=ORGS_MAX)] = Field(description="Responsible organisations.")
    source: ActionItemSource = Field(description="Occasion on which it was issued.")
    occasion: TextLine | None = Field(default=None, description="Name of the meeting, instruction or visit.")
    issued_on: Day | None = Field(
        default=None, description="Day on which it was issued: since the supervision began, not in the future. Defaults to today."
    )
    task: StrictInt | None = Field(default=None, ge=1, le=99, description="Number of the task that it is about.")
    difficulty_id: UUID | None = Field(default=None, description="Id of the difficulty that it is about.")
    challenge_id: UUID | None = Field(default=None, description="Id of the challenge that it is about.")
    case_id: UUID | None = Field(default=None, description="Id of the application case that it is about.")


ActionItemChanges: Final = changes_of(
    EditableParts, "ActionItemChanges", "Changes of an action item. Fields that are omitted stay as they are."
)


class ActionItemMoveRequest(MoveRequestWithEvidence):
    """A move of an action item."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"move": "report", "report": "板卡已全部更换，清单见附件。", "person": {"name": "王某", "title": "网络部经理"}},
                {"move": "return", "reason": "清单缺少2个局站。"},
            ]
        }
    )

    move: ActionItemMove
    report: TextParagraph | None = Field(default=None, description="What was done, for `report`.")


class ActionItemQuery(ItemQuery):
    """Filters of the list of action items."""

    state: AnyOf[ActionItemState] | None = Field(default=None, description="Only action items in these states.")
    issued_by: AnyOf[Code] | None = Field(default=None, description="Only action items that these organisations issued.")
    issue_id: UUID | None = Field(default=None, description="Only action items that were issued together.")
    source: AnyOf[ActionItemSource] | None = Field(default=None, description="Only action items issued on such occasions.")
    task: AnyOf[int] | None = Field(default=None, description="Only action items about these tasks.")
    difficulty_id: UUID | None = Field(default=None, description="Only action items about this difficulty.")
    challenge_id: UUID | None = Field(default=None, description="Only action items about this challenge.")
    case_id: UUID | None = Field(default=None, description="Only action items about this application case.")
    overdue: bool | None = Field(default=None, description="`true`: only overdue action items. `false`: only those that are not.")


class ActionItemAction(ItemAction):
    """A move of an action item that you may make now."""

    move: ActionItemMove


class ActionItemChange(ItemChange):
    """A move or an edit of an action item."""

    move: ActionItemMove | None = Field(description="Move; null for an edit.")
    state: ActionItemState = Field(description="State of the action item after the change.")


class ActionItem(ItemDocument):
    """A request of the task force or the leading group to one organisation."""

    issue_id: UUID = Field(description="Id that action items issued together share.")
    issued_by: str = Field(description="Code of the organisation that issued it.")
    title: str
    text: str = Field(description="What is to be done.")
    source: ActionItemSource
    occasion: str | None = Field(description="Name of the meeting, instruction or visit.")
    issued_on: date = Field(description="Day on which it was issued.")
    due_on: date = Field(description="Day by which the organisation must report.")
    task: int | None = Field(description="Number of the task that it is about.")
    difficulty_id: UUID | None = Field(description="Id of the difficulty that it is about.")
    challenge_id: UUID | None = Field(description="Id of the challenge that it is about.")
    case_id: UUID | None = Field(description="Id of the application case that it is about.")
    state: ActionItemState
    report: str | None = Field(description="Latest report of the organisation.")
    report_attachments: list[UUID] = Field(description="Ids of the attachments that the latest report relies on.")
    days_left: int | None = Field(description="Days until the due date, negative after it; null unless a report is due.")
    overdue: bool = Field(description="Whether the due date has passed without a report, or with a returned one.")
    actions: list[ActionItemAction] = Field(description="Moves that you may make now.")


class IssuedActionItems(BaseModel):
    """Action items that were issued together, one for each responsible organisation."""

    issue_id: UUID = Field(description="Id that they share.")
    items: list[ActionItem] = Field(description="Action items in the order of the request.")
