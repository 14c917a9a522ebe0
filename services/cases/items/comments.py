"""Comments on items: written by whoever may read the item, never edited, struck out by their author with a reason."""

from typing import Any, Final
from uuid import UUID

from fastapi import Request, Response
from sqlmodel import col, select

from services.cases.items.call import ItemCall
from services.cases.items.models import Comment, CommentQuery, ContributionMoveRequest, NewComment
from services.cases.items.strike_out import refuse_strike_out
from shared.access.key_ring import Principal
from shared.database.sql import statement
from shared.http.lists import QueriedRows, list_response
from shared.http.tables import Table, codes, fields, members, term
from shared.problems import Forbidden, NotFound
from shared.tables.item import Item
from shared.tables.item_comment import ItemComment
from shared.values.bilingual import Bilingual
from shared.vocabulary import CommentVisibility, ContributionMove, Role

OVERSIGHT: Final = frozenset({Role.BUREAU, Role.TASK_FORCE, Role.LEADER, Role.REGULATOR})
"""The roles that read and write internal comments."""
TABLE: Final = Table(
    "comments",
    "意见",
    (
        *fields("id"),
        *codes("org"),
        members("person", ["name", "title"]),
        *fields("at", "text"),
        term("visibility", CommentVisibility),
        *fields("struck_at", "strike_reason"),
    ),
)
_COMMENT: Final = Bilingual(zh="意见", en="comment")
_AUTHOR: Final = Bilingual(zh="发表意见的单位", en="the organisation that wrote it")
_LIST: Final = statement(__package__, "list_comments")
_COUNT: Final = statement(__package__, "count_comments")


async def list_comments(call: ItemCall, kind: str, row: Item, request: Request, query: CommentQuery) -> Response:
    """Return a page of the comments on an item that the caller may read."""
    async with call.in_scope_of(row):
        rows = QueriedRows(
            connection=call.connection,
            page=_LIST,
            count=_COUNT,
            binds={
                "campaign": row.campaign,
                "org": row.org,
                "kind": kind,
                "item_id": row.id,
                "visibilities": _visibilities(call.caller),
            },
            query_text=f"{call.operation} {row.campaign} {row.id} {call.caller.role in OVERSIGHT}",
            keys={"id": str},
            document=lambda comment: _document(comment, call.caller).model_dump(mode="json"),
        )
        return await list_response(request, query, TABLE, call.definition, rows)


async def add_comment(call: ItemCall, kind: str, row: Item, body: NewComment) -> Comment:
    """Write a comment on an item. Raises Forbidden if the caller may not write internal ones."""
    if body.visibility not in _visibilities(call.caller):
        raise Forbidden("内部意见仅限监管方填写。", "Only the oversight side may write internal comments.")
    comment = ItemComment(
        campaign=row.campaign,
        org=row.org,
        id=call.new_id(),
        kind=kind,
        item_id=row.id,
        by_org=call.caller.org,
        actor=call.caller.client_id,
        at=call.now,
        text=body.text,
        visibility=body.visibility.value,
        person_name=body.person.name if body.person else None,
        person_title=body.person.title if body.person else None,
    )
    async with call.in_scope_of(row):
        call.session.add(comment)
        await call.session.flush()
        await call.record(row, comment.id)
    return _stored(comment, call.caller)


async def move_comment(call: ItemCall, kind: str, row: Item, comment_id: UUID, body: ContributionMoveRequest) -> Comment:
    """Strike out a comment. Raises Forbidden for another organisation's, Conflict if it is struck out already."""
    async with call.in_scope_of(row):
        query = select(ItemComment).where(
            col(ItemComment.campaign) == row.campaign,
            col(ItemComment.org) == row.org,
            col(ItemComment.kind) == kind,
            col(ItemComment.item_id) == row.id,
            col(ItemComment.id) == comment_id,
            col(ItemComment.visibility).in_(_visibilities(call.caller)),
        )
        comment = (await call.session.exec(query.with_for_update())).one_or_none()
        if comment is None:
            raise NotFound
        refuse_strike_out(call, comment, _COMMENT, _AUTHOR)
        comment.struck_at, comment.strike_reason = call.now, body.reason
        await call.session.flush()
        await call.record(row, comment.id)
    return _stored(comment, call.caller)


def _visibilities(reader: Principal) -> list[str]:
    return [one.value for one in CommentVisibility if one is CommentVisibility.ITEM or reader.role in OVERSIGHT]


def _stored(comment: ItemComment, reader: Principal) -> Comment:
    return _document({**comment.model_dump(), "org": comment.by_org}, reader)


def _document(comment: dict[str, Any], reader: Principal) -> Comment:
    person = {"name": comment["person_name"], "title": comment["person_title"]} if comment["person_name"] else None
    may_strike_out = comment["org"] == reader.org and comment["struck_at"] is None
    actions = [ContributionMove.STRIKE_OUT] if may_strike_out else []
    return Comment.model_validate({**comment, "person": person, "actions": actions})
