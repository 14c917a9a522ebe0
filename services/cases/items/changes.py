"""Creating, editing and moving items, each with its entry in the history and in the audit."""

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar
from uuid import UUID

from pydantic import BaseModel

from services.cases.items.attachments import keep_evidence
from services.cases.items.call import ItemCall
from services.cases.items.find import find_item, lock_item
from services.cases.items.kind import Kind
from services.cases.items.models import MoveRequest
from shared.database.ledger import LedgerEnd, lock_campaign, take_version
from shared.domain.forbidden import forbidden
from shared.domain.transitions import callers_of, fields_of, may_ever_edit, may_ever_move
from shared.http import etag
from shared.http.query_codes import unknown_code_error
from shared.problem_members import StateAndActions
from shared.problems import Conflict, FieldError, Schema
from shared.tables.item import Item
from shared.tables.item_move import ItemMove
from shared.values.bilingual import Bilingual
from shared.values.person import Person
from shared.vocabulary import FieldCode, Term

_RowT = TypeVar("_RowT", bound=Item)

_OF_EVERY_MOVE = frozenset({"move", "person"})
_KEPT_APART = _OF_EVERY_MOVE | {"on", "reason"}  # fields of a move that have a column in the history
_NOT_COMPARED = {"revision", "updated_at"}


async def create_item(call: ItemCall, kind: Kind[_RowT], body: BaseModel) -> _RowT:
    """Create an item in the first state of its kind."""
    return await add_item(call, kind, kind.owner(body, call), kind.new_columns(body, call))


async def add_item(call: ItemCall, kind: Kind[_RowT], org: str, values: Mapping[str, Any]) -> _RowT:
    """Add an item of an organisation. One that changes the summary locks the campaign first and takes a data version."""
    _refuse_unknown_codes(call, kind, {**values, "org": org})
    row = kind.row(
        campaign=call.caller.campaign,
        org=org,
        id=call.new_id(),
        **values,
        state=next(iter(kind.states)).value,
        revision=1,
        created_at=call.now,
        updated_at=call.now,
    )
    async with call.in_scope_of(row):
        ledger = await lock_campaign(call.connection, row.campaign) if kind.changes_summary(row, None) else None
        await kind.begin(row, call, ledger and ledger.latest_version + 1)
        if ledger:
            await _take_version(call, kind, row, ledger)
        call.session.add(row)
        await call.session.flush()
        await call.record(row, row.id)
    return row


async def edit_item(call: ItemCall, kind: Kind[_RowT], item_id: UUID, body: BaseModel, if_match: str | None) -> _RowT:
    """Change the fields that the body names. Without a difference the revision stays."""
    changed = body.model_dump(exclude_unset=True)
    row = await find_item(call, kind, item_id)
    relations = kind.relations(row, call.caller, call.definition)
    if not changed.keys() <= may_ever_edit(kind.edits, call.caller.role, relations):
        raise forbidden((by for edit in kind.edits for by in edit.by), call.caller.role, relations)
    etag.refuse_stale(if_match, row.revision)
    async with call.in_scope_of(row):
        row = await lock_item(call, kind, row)
        if not changed.keys() <= kind.editable(row, call):
            raise _not_allowed(call, kind, row, Bilingual(zh="不能修改", en="it cannot be edited"))
        _refuse_unknown_codes(call, kind, changed)
        before = _values(kind, row)
        for name, value in changed.items():
            setattr(row, name, value)
        await kind.check(row, call)
        if _values(kind, row) != before:
            await _store(call, kind, row, before)
    return row


async def move_item(call: ItemCall, kind: Kind[_RowT], item_id: UUID, body: MoveRequest, if_match: str | None) -> _RowT:
    """Make a move. One that changes the summary locks the campaign first and takes a data version."""
    move: Term = body.move  # type: ignore[attr-defined] # each kind has its own enumeration
    _check_fields(kind, move, body)
    row = await find_item(call, kind, item_id)
    relations = kind.relations(row, call.caller, call.definition)
    if not may_ever_move(kind.transitions, move, call.caller.role, relations):
        raise forbidden(callers_of(kind.transitions, move), call.caller.role, relations)
    etag.refuse_stale(if_match, row.revision)
    async with call.in_scope_of(row):
        ledger = await lock_campaign(call.connection, row.campaign) if kind.changes_summary(row, move) else None
        row = await lock_item(call, kind, row)
        transition = next((one for one in kind.moves_of(row, call) if one.move == move), None)
        if transition is None:
            raise _not_allowed(call, kind, row, Bilingual(zh=f"不能{move.title_.zh}", en=f"the move `{move}` is not available"))
        await keep_evidence(call, kind, row, body)
        before = _values(kind, row)
        version = await _take_version(call, kind, row, ledger) if ledger else None
        await kind.make_move(row, body, call, version)
        row.state = (transition.to or kind.state(row, call)).value
        if row.state not in kind.finished:
            row.finished_at = None
        elif before["state"] not in kind.finished:
            row.finished_at = call.now
        await _store(call, kind, row, before, body)
    return row


async def _take_version(call: ItemCall, kind: Kind[_RowT], row: _RowT, ledger: LedgerEnd) -> int:
    actor = call.caller.client_id
    return await take_version(call.connection, ledger, kind=kind.ledger_kind, subject=str(row.id), actor=actor, now=call.now)


async def _store(
    call: ItemCall, kind: Kind[_RowT], row: _RowT, before: Mapping[str, Any], body: MoveRequest | None = None
) -> None:
    """Write a changed item with its entry in the history; an edit has no body of a move."""
    row.revision += 1
    row.updated_at = call.now
    after = _values(kind, row)
    changed = [name for name in after if after[name] != before[name]]
    given = body.model_dump(mode="json", exclude_unset=True) if body else {}
    person: Person | None = body.person if body else None
    call.session.add(
        ItemMove(
            campaign=row.campaign,
            org=row.org,
            kind=kind.code,
            item_id=row.id,
            revision=row.revision,
            move=given.get("move"),
            state=row.state,
            by_org=call.caller.org,
            actor=call.caller.client_id,
            at=call.now,
            on=body.on if body else None,
            reason=body.reason if body else None,
            person_name=person.name if person else None,
            person_title=person.title if person else None,
            details={name: value for name, value in given.items() if name not in _KEPT_APART},
            before={name: before[name] for name in changed},
            after={name: after[name] for name in changed},
        )
    )
    await call.session.flush()
    await call.record(row, row.id)


def _values(kind: Kind[_RowT], row: _RowT) -> dict[str, Any]:
    """Return the columns of an item that the history has, as JSON."""
    return row.model_dump(mode="json", exclude={*_NOT_COMPARED, *kind.derived})


def _check_fields(kind: Kind[_RowT], move: Term, body: MoveRequest) -> None:
    """Raise Schema if the body lacks a field that the move requires, or has one that it does not take."""
    fields = {field.name: field for field in fields_of(kind.transitions, move)}
    given = {name for name in body.model_fields_set - _OF_EVERY_MOVE if getattr(body, name) is not None}
    missing = Bilingual(zh=f"{move.title_.zh}（{move}）须填写", en=f"is required for `{move}`")
    not_taken = Bilingual(zh=f"{move.title_.zh}（{move}）不得填写", en=f"is not allowed for `{move}`")
    errors = [
        FieldError(where=f"/{name}", code=FieldCode.MISSING_FIELD, message=missing)
        for name, field in fields.items()
        if field.required and name not in given
    ]
    errors += [
        FieldError(where=f"/{name}", code=FieldCode.INVALID_COMBINATION, message=not_taken)
        for name in sorted(given - fields.keys())
    ]
    if errors:
        raise Schema(errors=errors)


def _refuse_unknown_codes(call: ItemCall, kind: Kind[_RowT], values: Mapping[str, Any]) -> None:
    """Raise Schema if a field contains a code that the campaign does not have."""
    known = kind.codes(call.definition)
    errors = [
        unknown_code_error(name, where, code, known[name])
        for name, value in values.items()
        if name in known
        for where, code in _codes(name, value)
        if code not in known[name]
    ]
    if errors:
        raise Schema(errors=errors)


def _codes(name: str, value: str | int | list[str] | None) -> Iterator[tuple[str, str | int]]:
    """Yield the codes of a field with their JSON pointers."""
    if isinstance(value, list):
        yield from ((f"/{name}/{number}", code) for number, code in enumerate(value))
    elif value is not None:
        yield f"/{name}", value


def _not_allowed(call: ItemCall, kind: Kind[_RowT], row: _RowT, what: Bilingual) -> Conflict:
    state: Term = kind.state(row, call)
    return Conflict(
        zh=f"当前状态为“{state.title_.zh}”，{what.zh}。",
        en=f"The current state is {state.title_.en}; {what.en}.",
        members=StateAndActions(state=state.value, actions=[transition.move.value for transition in kind.moves_of(row, call)]),
    )
