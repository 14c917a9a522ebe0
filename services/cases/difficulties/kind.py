"""The kind of difficulties."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, case, false, func, or_, true
from sqlmodel import col

from services.cases.difficulties.models import (
    Difficulty,
    DifficultyChange,
    DifficultyChanges,
    DifficultyMoveRequest,
    DifficultyQuery,
    NewDifficulty,
)
from services.cases.items.call import ItemCall
from services.cases.items.checks import has_changed, refuse_organisation, refuse_past_day
from services.cases.items.days import time_left
from services.cases.items.kind import Kind, sql_condition
from services.cases.items.models import MoveRequest
from services.cases.items.tables import moves_column
from shared.access.key_ring import Principal
from shared.campaign.applied import AppliedDefinition
from shared.domain.difficulty_moves import (
    ANSWERING_ROLES,
    DIFFICULTY_EDITS,
    DIFFICULTY_EXPECTATIONS,
    DIFFICULTY_MOVES,
    READERS_OF_ALL,
    awaited_by,
)
from shared.domain.transitions import Relation
from shared.http.tables import Table, codes, fields, term
from shared.problems import FieldError, Schema
from shared.tables.difficulty import WAITING_DIFFICULTIES
from shared.tables.difficulty import Difficulty as DifficultyRow
from shared.values.bilingual import Bilingual
from shared.vocabulary import DifficultyMove, DifficultyState, FieldCode, Role

AWAITED_BY: Final = case(
    (col(DifficultyRow.state) == DifficultyState.OPEN, col(DifficultyRow.needed_by)),
    (col(DifficultyRow.state) == DifficultyState.ASSIGNED, col(DifficultyRow.due_on)),
)
"""As `awaited_by`, in SQL."""


class Difficulties(Kind[DifficultyRow]):
    """Difficulties of carriers and subdistrict offices."""

    code = "difficulty"
    plural = "difficulties"
    noun = "difficulty"
    row = DifficultyRow
    states = DifficultyState
    moves = DifficultyMove
    transitions = DIFFICULTY_MOVES
    edits = DIFFICULTY_EDITS
    expectations = DIFFICULTY_EXPECTATIONS
    deciding_columns = ("org", "state", "responsible")
    inbox_columns = ("id", "title", "needed_by", "due_on", "escalated_at")
    new = NewDifficulty
    changes = DifficultyChanges
    move = DifficultyMoveRequest
    query = DifficultyQuery
    item = item_in_list = Difficulty
    change = DifficultyChange
    table = Table(
        "difficulties",
        "具体困难",
        (
            *fields("id", "title"),
            *codes("org", "category", "area"),
            *fields("place", "task", "needed", "needed_by"),
            term("state", DifficultyState),
            *codes("responsible", of="org"),
            *fields("due_on", "days_left", "overdue", "answer", "escalated_at", "revision", "created_at", "updated_at"),
            moves_column("actions"),
        ),
    )
    filters = {  # noqa: RUF012
        "overdue": lambda value, call: _is_overdue(call) == value,
        "escalated": lambda value, _: col(DifficultyRow.escalated_at).is_not(None) == value,
    }
    facets = ("state", "org", "responsible", "category", "area")
    descriptions: Mapping[str, str] = {
        "list_difficulties": """List difficulties.

            Returns the difficulties that you may see, oldest first. Carriers see their own and those assigned to them,
            subdistrict offices also those of their subdistrict, the others all.""",
        "create_difficulty": """Report a difficulty.

            Reports a difficulty that your organisation needs help with; the task force assigns it to an organisation.""",
        "move_difficulty": """Assign, answer or resolve a difficulty.

            Moves a difficulty. The task force assigns, escalates or closes it, the assigned organisation answers, and the
            organisation that reported it confirms that it is resolved, says that it is not, or withdraws it.""",
    }

    def visible(self, reader: Principal, definition: AppliedDefinition) -> ColumnElement[bool]:
        """Return the condition under which the reader sees a difficulty."""
        if reader.role in READERS_OF_ALL:
            return true()
        street = definition.organisation(reader.org).area if reader.role is Role.STREET else None
        return or_(
            col(DifficultyRow.org) == reader.org,
            col(DifficultyRow.responsible) == reader.org,
            col(DifficultyRow.area) == street if street else false(),
        )

    def may_wait(self, today: date) -> ColumnElement[bool]:  # noqa: ARG002 - for others
        """Return the condition that something may be expected."""
        return sql_condition(WAITING_DIFFICULTIES)

    def relations(self, row: DifficultyRow, caller: Principal, definition: AppliedDefinition) -> frozenset[Relation]:
        """Return the relations of the organisation that reported it and of the assigned one."""
        responsible = frozenset({Relation.RESPONSIBLE}) if row.responsible == caller.org else frozenset()
        return super().relations(row, caller, definition) | responsible

    def codes(self, definition: AppliedDefinition) -> Mapping[str, Collection[str | int]]:
        """Return the codes of the campaign that fields and filters may contain."""
        return {
            "category": [category.code for category in definition.difficulty_categories],
            "area": [area.code for area in definition.areas],
            "task": [task.number for task in definition.tasks],
            "responsible": definition.org_codes,
        }

    async def check(self, row: DifficultyRow, call: ItemCall) -> None:
        """Raise Schema for a day that has passed."""
        if has_changed(row, "needed_by"):
            refuse_past_day("/needed_by", row.needed_by, call.today)

    async def make_move(self, row: DifficultyRow, body: MoveRequest, call: ItemCall, version: int | None) -> None:  # noqa: ARG002
        """Store the assignment, the answer, or the time of the escalation."""
        move = DifficultyMoveRequest.model_validate(body, from_attributes=True)
        if move.move is DifficultyMove.ASSIGN and move.responsible and move.due_on:
            refuse_past_day("/due_on", move.due_on, call.today)
            refuse_organisation("/responsible", move.responsible, ANSWERING_ROLES, call, other_than=row.org)
            row.responsible, row.due_on = move.responsible, move.due_on
        elif move.move is DifficultyMove.NOT_RESOLVED:
            row.due_on = _next_due_day(row, move, call)
        elif move.move is DifficultyMove.ANSWER:
            row.answer = move.answer
        elif move.move is DifficultyMove.ESCALATE:
            row.escalated_at = call.now

    def workload_org(self, call: ItemCall) -> Any:  # noqa: ANN401, ARG002 - as the overridden
        """Return the assigned organisation."""
        return col(DifficultyRow.responsible)

    def due_day(self, row: DifficultyRow, call: ItemCall) -> date | None:
        """Return the day by which there must be an answer."""
        return awaited_by(self.state(row, call), row.needed_by, row.due_on)

    def listed(self, row: DifficultyRow, call: ItemCall) -> dict[str, Any]:
        """Return a difficulty with the days that are left for its answer."""
        return {**super().listed(row, call), **time_left(self.due_day(row, call), call.today)}


DIFFICULTIES: Final = Difficulties()


def _next_due_day(row: DifficultyRow, move: DifficultyMoveRequest, call: ItemCall) -> date | None:
    """Return the due date of the next answer. Raises Schema without one that is to come: who answered in time is not overdue."""
    if move.due_on is None and row.due_on is not None and row.due_on < call.today:
        message = Bilingual(
            zh=f"原答复期限（{row.due_on}）已过，须填写新的期限",
            en=f"is required: the previous due date ({row.due_on}) has passed",
        )
        raise Schema(errors=[FieldError(where="/due_on", code=FieldCode.MISSING_FIELD, message=message)])
    if move.due_on is not None:
        refuse_past_day("/due_on", move.due_on, call.today)
    return move.due_on or row.due_on


def _is_overdue(call: ItemCall) -> ColumnElement[bool]:
    """Return whether a difficulty is overdue; the index of unfinished ones answers it."""
    return and_(sql_condition(WAITING_DIFFICULTIES), func.coalesce(call.today > AWAITED_BY, false()))
