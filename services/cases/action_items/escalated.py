"""Difficulties that were escalated to the leading group and wait for an action item of it."""

from datetime import datetime
from functools import partial

from sqlmodel import col, select

from services.cases.difficulties.kind import DIFFICULTIES
from services.cases.items.awaited import AwaitedAction
from services.cases.items.call import ItemCall
from services.cases.items.items_at import waiting_items
from shared.domain.difficulty_moves import UNFINISHED
from shared.tables.action_item import ActionItem
from shared.vocabulary import ExpectedAction, RegistryKind, Role


async def escalated_difficulties(call: ItemCall, at: datetime | None) -> list[AwaitedAction]:
    """Return the unfinished difficulties about which the leading group has issued nothing since they were escalated."""
    if call.caller.role is not Role.LEADER:
        return []
    rows = await call.fetch_rows(waiting_items(call, DIFFICULTIES, at, UNFINISHED))
    escalated = {row.id: row for row in rows if row.escalated_at is not None}
    issued = select(col(ActionItem.difficulty_id), col(ActionItem.created_at)).where(
        col(ActionItem.campaign) == call.caller.campaign,
        col(ActionItem.issued_by) == call.caller.org,
        col(ActionItem.difficulty_id).in_(escalated),
    )
    for difficulty, issued_at in await call.fetch(issued):
        row = escalated.get(difficulty) if difficulty else None
        if row is not None and row.escalated_at is not None and issued_at >= row.escalated_at and (at is None or issued_at <= at):
            del escalated[row.id]
    return [
        AwaitedAction(
            kind=RegistryKind.DIFFICULTY,
            id=row.id,
            path=DIFFICULTIES.path_of(row),
            org=row.org,
            title=partial(DIFFICULTIES.title_of, row, call.definition),
            action=ExpectedAction.CREATE_ACTION_ITEMS,
            due_on=DIFFICULTIES.due_day(row, call),
        )
        for row in escalated.values()
    ]
