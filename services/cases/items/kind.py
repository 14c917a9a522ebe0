"""The declaration of a kind of item: its table, models and lifecycle, who sees it, and what its moves do."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from functools import cached_property, lru_cache
from typing import Any, ClassVar, Generic, TypeVar
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import Boolean, ColumnElement, SQLColumnExpression, Text, any_, inspect, literal, literal_column, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import col

from services.cases.items.call import ItemCall
from services.cases.items.days import local_day
from services.cases.items.models import ItemChange, ItemDocument, ItemId, ItemSearch, MoveRequest
from shared.access.key_ring import Principal
from shared.campaign.applied import AppliedDefinition
from shared.domain.transitions import (
    By,
    Editing,
    Expectation,
    Relation,
    Transition,
    allowed_moves,
    editable_fields,
    expectation_of,
    expected_of,
    unfinished_states,
)
from shared.http.tables import Table
from shared.problems import Problem
from shared.tables.item import Item
from shared.vocabulary import LedgerKind, Role, Term

_RowT = TypeVar("_RowT", bound=Item)


class Kind(Generic[_RowT]):
    """A kind of item. A subclass sets the attributes and overrides the methods whose defaults do not fit."""

    code: ClassVar[str]  # in operation ids and in the shared tables: "case"
    plural: ClassVar[str]  # in paths and operation ids: "cases"
    begins_as_draft: ClassVar[bool] = False  # that only its own organisation sees
    noun: ClassVar[str]  # in the API pages: "application case"
    row: type[_RowT]
    states: type[Term]
    moves: type[Term]
    transitions: Sequence[Transition[Any, Any]]
    edits: Sequence[Editing[Any]] = ()
    expectations: Sequence[Expectation[Any, Any]] = ()  # the moves that items wait for

    new: type[BaseModel]  # the body of creation
    changes: type[BaseModel]  # the body of an edit: the fields of `new`, all optional
    move: type[MoveRequest]
    query: type[ItemSearch]
    item: type[ItemDocument]
    item_in_list: type[BaseModel]
    change: type[ItemChange]  # an entry of the history

    table: Table  # columns of the CSV
    facets: Sequence[str]  # columns that facets count by
    inbox_order: Sequence[str] = ("id",)  # columns by which the inbox orders items of a day
    filters: Mapping[str, Callable[[Any, ItemCall], ColumnElement[bool]]] = {}  # other than equality with a column
    deciding_columns: Sequence[str] | None = None  # on which it depends what a caller may do; None: on all
    inbox_columns: Sequence[str] | None = None  # that the inbox shows or orders by, besides those; None: all
    links: Collection[str] = ()  # columns with the id of another item of the kind
    derived: Collection[str] = frozenset()  # columns that follow from others and have no entries in the history

    create_problems: Sequence[type[Problem]] = ()  # that creation raises
    move_problems: Sequence[type[Problem]] = ()  # that moves raise besides `Conflict`
    ledger_kind: ClassVar[LedgerKind] = LedgerKind.CASE  # of the data versions that changes of the summary take
    descriptions: Mapping[str, str] = {}  # by operation id, for the API pages

    id_in_path: ClassVar[str] = "{id}"  # after the path of the list
    id_parameter: Any = ItemId  # the type of the parameter `id` of operations on one item

    def visible(self, reader: Principal, definition: AppliedDefinition) -> ColumnElement[bool]:
        """Return the condition under which the reader sees an item; row-level security limits it further."""
        raise NotImplementedError

    def without_row(self, item_id: UUID, call: ItemCall) -> _RowT | None:  # noqa: ARG002 - for others
        """Return an item that the caller sees and that has a row from its first change on, as it is before."""
        return None

    def declared(self, definition: AppliedDefinition) -> Collection[Mapping[str, Any]]:  # noqa: ARG002 - for others
        """Return the columns of the items that the campaign file declares, as they are before their first change."""
        return ()

    def relations(self, row: _RowT, caller: Principal, definition: AppliedDefinition) -> frozenset[Relation]:  # noqa: ARG002 - for others
        """Return the caller's relations to an item."""
        return frozenset({Relation.OWN}) if row.org == caller.org else frozenset()

    def conditions(self, row: _RowT, call: ItemCall) -> frozenset[str]:  # noqa: ARG002 - for others
        """Return the conditions of moves that hold now."""
        return frozenset()

    def state(self, row: _RowT, call: ItemCall) -> Any:  # noqa: ANN401, ARG002 - a member of `states`
        """Return the state of an item; some kinds have states that begin when time passes."""
        return self.states(row.state)

    def codes(self, definition: AppliedDefinition) -> Mapping[str, Collection[str | int]]:
        """Return the codes of the campaign that fields and filters may contain, by name."""
        raise NotImplementedError

    def owner(self, body: BaseModel, call: ItemCall) -> str:  # noqa: ARG002 - for others
        """Return the organisation whose item a new one is."""
        return call.caller.org

    def new_columns(self, body: BaseModel, call: ItemCall) -> dict[str, Any]:  # noqa: ARG002 - for others
        """Return the columns of a new item that its kind has."""
        return body.model_dump()

    async def begin(self, row: _RowT, call: ItemCall, version: int | None) -> None:  # noqa: ARG002 - for others
        """Check a new item, in its scope. `version` is the data version, if creation takes one."""
        await self.check(row, call)

    async def check(self, row: _RowT, call: ItemCall) -> None:
        """Raise a problem if a new or edited item is not valid beyond its fields."""

    def changes_summary(self, row: _RowT, move: Term | None) -> bool:  # noqa: ARG002 - for others
        """Return whether a move, or creation, changes what a summary can see: then it takes a data version."""
        return False

    async def make_move(self, row: _RowT, body: MoveRequest, call: ItemCall, version: int | None) -> None:
        """Check a move that the lifecycle allows, and set what it changes besides the state.

        The row is locked, and the transaction in the item's scope. `version` is the data version, if the move takes one.
        """

    async def details(self, row: _RowT, call: ItemCall) -> Mapping[str, Any]:  # noqa: ARG002 - for others
        """Return the fields of an item that a list does not show."""
        return {}

    @property
    def path(self) -> str:
        """The path of the kind's items."""
        return f"/v1/{self.plural.replace('_', '-')}"

    def path_of(self, row: _RowT) -> str:
        """Return the path of an item."""
        return f"{self.path}/{row.id}"

    def title_of(self, row: _RowT, definition: AppliedDefinition) -> str:  # noqa: ARG002 - for others
        """Return the title of an item in the inbox."""
        title: str = row.title  # type: ignore[attr-defined] # of most kinds
        return title

    def due_day(self, row: _RowT, call: ItemCall) -> date | None:  # noqa: ARG002 - for others
        """Return the day by which the move that an item waits for is expected; None without one."""
        return None

    def workload_org(self, call: ItemCall) -> Any:  # noqa: ANN401, ARG002 - an expression; for others
        """Return the organisation whose workload an item is, in SQL."""
        return self.column("org")

    def opened_on(self, call: ItemCall) -> Any:  # noqa: ANN401, ARG002 - an expression of SQL; for others
        """Return the day from which on the days until an item is finished are counted, in SQL, in the transaction's time zone."""
        return local_day(self.column("created_at"))

    def may_wait(self, today: date) -> ColumnElement[bool]:  # noqa: ARG002 - for others
        """Return a condition that holds for each item that waits for something; the index of unfinished ones answers it."""
        return true()

    def states_awaiting(self, role: Role, *, own: bool) -> frozenset[Term]:
        """Return the stored states in which callers of a role may do what is expected, with items of their own or with others."""
        return frozenset(
            state
            for state in self.states
            for expectation in self.expectations
            if state in expectation.origins
            and any(
                row.move in expectation.moves and state in row.origins and any(_may(role, by, own=own) for by in row.by)
                for row in self.transitions
            )
        )

    def expectation(self, row: _RowT, call: ItemCall) -> Expectation[Any, Any] | None:
        """Return what an item waits for, if the caller may do it."""
        relations = self.relations(row, call.caller, call.definition)
        return _expected(self, self.state(row, call), call.caller.role, relations, self.conditions(row, call))

    def moves_by_push(self, role: Role, relations: frozenset[Relation]) -> frozenset[Term]:  # noqa: ARG002 - for others
        """Return the moves that callers make by a push of counts, whatever the state."""
        return frozenset()

    @cached_property
    def finished(self) -> frozenset[Term]:
        """The states after which nothing needs to be done."""
        return frozenset(self.states) - unfinished_states(self.expectations)

    def columns(self, row: _RowT) -> dict[str, Any]:
        """Return the fields of an item that come from its row."""
        return {name: getattr(row, name) for name in self.row.model_fields if name != "campaign"}

    def moves_of(self, row: _RowT, call: ItemCall) -> Sequence[Transition[Any, Any]]:
        """Return the transitions that the caller may make now."""
        relations = self.relations(row, call.caller, call.definition)
        return _allowed(self, self.state(row, call), call.caller.role, relations, self.conditions(row, call))

    def editable(self, row: _RowT, call: ItemCall) -> frozenset[str]:
        """Return the fields that the caller may edit now."""
        relations = self.relations(row, call.caller, call.definition)
        return editable_fields(self.edits, self.state(row, call), call.caller.role, relations)

    def listed(self, row: _RowT, call: ItemCall) -> dict[str, Any]:
        """Return an item as a list shows it."""
        state, relations = self.state(row, call), self.relations(row, call.caller, call.definition)
        permitted = _permitted(self, state, call.caller.role, relations, self.conditions(row, call))
        return {**self.columns(row), "state": state, **permitted}

    def expression(self, name: str, call: ItemCall) -> Any:  # noqa: ANN401, ARG002 - a mapped attribute
        """Return what filters and facets compare with the values of a field."""
        return self.column(name)

    @property
    def search_text(self) -> ColumnElement[str]:
        """The column that searches look into."""
        column: ColumnElement[str] = inspect(self.row).local_table.c.search_text
        return column

    def column(self, name: str) -> Any:  # noqa: ANN401 - a mapped attribute
        """Return a column of the kind's table."""
        return col(getattr(self.row, name))


def is_one_of(column: SQLColumnExpression[str], values: Collection[str]) -> ColumnElement[bool]:
    """Return the condition that a column has one of some values, which are one bind.

    A plan for any binds would make an array of a bind for each value again for each row, which took 4 of 10 ms for 8 000 rows.
    """
    return column == any_(literal(sorted(map(str, values)), ARRAY(Text)))


def sql_condition(sql: str) -> ColumnElement[bool]:
    """Return a condition on a kind's columns that is written in SQL, such as the one of an index."""
    return literal_column(f"({sql})", Boolean)


def _may(role: Role, by: By, *, own: bool) -> bool:
    """Return whether callers of a role may be among some, with items of their own or with others."""
    return role in by.roles and (own or by.related != {Relation.OWN})


@lru_cache(4_096)
def _expected(
    kind: Kind[Any], state: Term, role: Role, relations: frozenset[Relation], conditions: frozenset[str]
) -> Expectation[Any, Any] | None:
    """Return what an item waits for, if the caller may do it."""
    moves = {transition.move for transition in _allowed(kind, state, role, relations, conditions)}
    expectation = expectation_of(kind.expectations, state, conditions)
    return expected_of(moves | kind.moves_by_push(role, relations), expectation)


@lru_cache(4_096)
def _allowed(
    kind: Kind[Any], state: Term, role: Role, relations: frozenset[Relation], conditions: frozenset[str]
) -> Sequence[Transition[Any, Any]]:
    """Return the transitions that a caller may make; most items of a list have them in common."""
    return tuple(allowed_moves(kind.transitions, state, role, relations, conditions))


@lru_cache(4_096)
def _permitted(
    kind: Kind[Any], state: Term, role: Role, relations: frozenset[Relation], conditions: frozenset[str]
) -> Mapping[str, Any]:
    """Return what a caller may do with an item, as `ItemDocument` shows it."""
    return {
        "editable_fields": sorted(editable_fields(kind.edits, state, role, relations)),
        "actions": [
            {
                "move": transition.move,
                "fields": [{"name": field.name, "required": field.required} for field in transition.fields],
            }
            for transition in _allowed(kind, state, role, relations, conditions)
        ],
    }
