"""The kind of action items. The organisation of an action item is the one that must report."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, true
from sqlmodel import col

from services.cases.action_items.models import (
    ActionItem,
    ActionItemChange,
    ActionItemChanges,
    ActionItemMoveRequest,
    ActionItemQuery,
    NewActionItems,
)
from services.cases.items.call import ItemCall
from services.cases.items.checks import has_changed, refuse_outside, refuse_past_day, supervised_since
from services.cases.items.days import time_left
from services.cases.items.kind import Kind, is_one_of, sql_condition
from services.cases.items.models import MoveRequest
from services.cases.items.tables import moves_column
from shared.access.key_ring import Principal
from shared.campaign.applied import AppliedDefinition
from shared.domain.action_item_moves import (
    ACTION_ITEM_EDITS,
    ACTION_ITEM_EXPECTATIONS,
    ACTION_ITEM_MOVES,
    READERS_OF_ALL,
    UNREPORTED,
    awaited_by,
)
from shared.domain.transitions import Relation
from shared.http.tables import Table, codes, fields, term
from shared.tables.action_item import WAITING_ACTION_ITEMS
from shared.tables.action_item import ActionItem as ActionItemRow
from shared.vocabulary import ActionItemMove, ActionItemSource, ActionItemState, Role


class ActionItems(Kind[ActionItemRow]):
    """Action items of organisations."""

    code = "action_item"
    plural = "action_items"
    noun = "action item"
    row = ActionItemRow
    states = ActionItemState
    moves = ActionItemMove
    transitions = ACTION_ITEM_MOVES
    edits = ACTION_ITEM_EDITS
    expectations = ACTION_ITEM_EXPECTATIONS
    deciding_columns = ("org", "state", "issued_by")
    inbox_columns = ("id", "title", "due_on")
    new = NewActionItems
    changes = ActionItemChanges
    move = ActionItemMoveRequest
    query = ActionItemQuery
    item = item_in_list = ActionItem
    change = ActionItemChange
    table = Table(
        "action-items",
        "督办事项",
        (
            *fields("id", "title"),
            *codes("org"),
            *codes("issued_by", of="org"),
            *fields("text"),
            term("source", ActionItemSource),
            *fields("occasion", "issued_on", "due_on", "task"),
            term("state", ActionItemState),
            *fields(
                "days_left", "overdue", "report", "report_attachments", "issue_id", "difficulty_id", "challenge_id", "case_id"
            ),
            *fields("revision", "created_at", "updated_at"),
            moves_column("actions"),
        ),
    )
    facets = ("state", "org", "issued_by", "source")
    filters = {"overdue": lambda value, call: _is_overdue(call) == value}  # noqa: RUF012
    descriptions: Mapping[str, str] = {
        "list_action_items": """List action items.

            Returns the action items that you may see, oldest first. Carriers and subdistrict offices see their own, the others
            all.""",
        "move_action_item": """Report on an action item, accept or return it.

            Moves an action item. The organisation reports what it did, the task force accepts or returns the report, and the
            issuer may withdraw the action item. A report without `attachments` keeps those of the earlier one.

            The task force does not review its own report: a bureau decides if no other organisation has its role.""",
    }

    def visible(self, reader: Principal, definition: AppliedDefinition) -> ColumnElement[bool]:  # noqa: ARG002
        """Return the condition under which the reader sees an action item."""
        return true() if reader.role in READERS_OF_ALL else col(ActionItemRow.org) == reader.org

    def may_wait(self, today: date) -> ColumnElement[bool]:  # noqa: ARG002 - for others
        """Return the condition that something may be expected."""
        return sql_condition(WAITING_ACTION_ITEMS)

    def relations(self, row: ActionItemRow, caller: Principal, definition: AppliedDefinition) -> frozenset[Relation]:
        """Return the relations of the organisation that must report, of the issuer, and of who may review in place of others."""
        held = {
            Relation.ISSUER: row.issued_by == caller.org,
            Relation.SUBSTITUTE: not definition.other_has(Role.TASK_FORCE, row.org),
        }
        return super().relations(row, caller, definition) | {relation for relation, holds in held.items() if holds}

    def codes(self, definition: AppliedDefinition) -> Mapping[str, Collection[str | int]]:
        """Return the codes of the campaign that fields and filters may contain."""
        return {
            "task": [task.number for task in definition.tasks],
            "issued_by": definition.org_codes,
        }

    async def check(self, row: ActionItemRow, call: ItemCall) -> None:
        """Raise Schema for a due date that has passed, or a day of issue to come or before the supervision."""
        if has_changed(row, "due_on"):
            refuse_past_day("/due_on", row.due_on, call.today)
        if has_changed(row, "issued_on"):
            refuse_outside("/issued_on", row.issued_on, supervised_since(call), call.today)

    async def make_move(self, row: ActionItemRow, body: MoveRequest, call: ItemCall, version: int | None) -> None:  # noqa: ARG002
        """Store the report. The attachments of an earlier one stay its evidence unless the body names others."""
        if isinstance(body, ActionItemMoveRequest) and body.move is ActionItemMove.REPORT:
            row.report = body.report
            if body.attachments is not None:
                row.report_attachments = body.attachments

    def due_day(self, row: ActionItemRow, call: ItemCall) -> date | None:
        """Return the day by which the organisation must report."""
        return awaited_by(self.state(row, call), row.due_on)

    def listed(self, row: ActionItemRow, call: ItemCall) -> dict[str, Any]:
        """Return an action item with the days that are left for its report."""
        return {**super().listed(row, call), **time_left(self.due_day(row, call), call.today)}


ACTION_ITEMS: Final = ActionItems()


def _is_overdue(call: ItemCall) -> ColumnElement[bool]:
    """Return whether an action item is overdue; the index of unfinished ones answers it."""
    return and_(
        sql_condition(WAITING_ACTION_ITEMS),
        is_one_of(col(ActionItemRow.state), UNREPORTED),
        col(ActionItemRow.due_on) < call.today,
    )
