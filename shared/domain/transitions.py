"""Transitions of items and months as tables: from which states a move leads where, who may make it, and what it takes.

Beside them the moves that items wait for, which the inbox is made of.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from shared.vocabulary import Role, Term

StateT = TypeVar("StateT", bound=Term)
MoveT = TypeVar("MoveT", bound=Term)
_ValueT = TypeVar("_ValueT")


class Relation(StrEnum):
    """Relation of an organisation to an item."""

    OWN = "own"  # the item is filed under the organisation
    APPLICANT = "applicant"  # the item is about what the organisation itself applies for
    RESPONSIBLE = "responsible"  # the organisation has to act
    LEAD = "lead"
    COOPERATING = "cooperating"
    CHALLENGER = "challenger"
    ISSUER = "issuer"  # the organisation issued the item
    SUBSTITUTE = "substitute"  # no organisation but a concerned one has the role of the task force: a bureau decides


@dataclass(frozen=True, slots=True)
class By:
    """Callers that may do something: those of the roles that have one of the relations, if any is named, and no excluded one."""

    roles: frozenset[Role]
    related: frozenset[Relation] = frozenset()
    unrelated: frozenset[Relation] = frozenset()

    def includes(self, role: Role, relations: Collection[Relation]) -> bool:
        """Return whether a caller with these relations to the item is among them."""
        held = frozenset(relations)
        return role in self.roles and (not self.related or bool(held & self.related)) and not held & self.unrelated


@dataclass(frozen=True, slots=True)
class MoveField:
    """A field of the body that a move takes."""

    name: str
    required: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition(Generic[StateT, MoveT]):
    """A move from some states to one."""

    move: MoveT
    origins: frozenset[StateT]
    to: StateT | None  # None: the state stays, unless the move sets it
    by: tuple[By, ...]
    fields: tuple[MoveField, ...] = ()  # the same in all transitions of a move
    conditions: frozenset[str] = frozenset()  # what must hold besides, such as a deadline that has not passed


@dataclass(frozen=True, slots=True, kw_only=True)
class Editing(Generic[StateT]):
    """The fields that may be edited in some states, and by whom."""

    origins: frozenset[StateT]
    by: tuple[By, ...]
    fields: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation(Generic[StateT, MoveT]):
    """The moves that items in some states wait for: one of them, by somebody who may make it. Others may be made instead."""

    origins: frozenset[StateT]
    moves: tuple[MoveT, ...]
    conditions: frozenset[str] = frozenset()  # without them nothing is expected
    choice: Term | None = None  # the name of a choice between several moves

    @property
    def action(self) -> Term:
        """The expected action."""
        return self.choice or self.moves[0]


def allowed_moves(
    table: Sequence[Transition[StateT, MoveT]],
    state: StateT,
    role: Role,
    relations: Collection[Relation],
    conditions: Collection[str] = (),
) -> list[Transition[StateT, MoveT]]:
    """Return the transitions that a caller may make in a state while these conditions hold, in the table's order."""
    return [
        row for row in table if state in row.origins and _may(row.by, role, relations) and row.conditions <= frozenset(conditions)
    ]


def expectation_of(
    table: Sequence[Expectation[StateT, MoveT]], state: StateT, conditions: Collection[str] = ()
) -> Expectation[StateT, MoveT] | None:
    """Return what an item in a state waits for while these conditions hold; None if it waits for nothing."""
    return next((row for row in table if state in row.origins and row.conditions <= frozenset(conditions)), None)


def expected_of(moves: Collection[MoveT], expectation: Expectation[StateT, MoveT] | None) -> Expectation[StateT, MoveT] | None:
    """Return what an item waits for, if it is one of the moves that a caller may make."""
    return expectation if expectation and not frozenset(expectation.moves).isdisjoint(moves) else None


def unfinished_states(table: Iterable[Expectation[StateT, MoveT]]) -> frozenset[StateT]:
    """Return the states in which something is expected whatever the conditions."""
    return _joined(row.origins for row in table if not row.conditions)


def may_ever_move(table: Sequence[Transition[StateT, MoveT]], move: MoveT, role: Role, relations: Collection[Relation]) -> bool:
    """Return whether a caller may make a move in some state."""
    return any(row.move == move and _may(row.by, role, relations) for row in table)


def callers_of(table: Sequence[Transition[StateT, MoveT]], move: MoveT) -> list[By]:
    """Return the callers that make a move in some state."""
    return [by for row in table if row.move == move for by in row.by]


def fields_of(table: Sequence[Transition[StateT, MoveT]], move: MoveT) -> tuple[MoveField, ...]:
    """Return the fields that a move takes."""
    return next(row.fields for row in table if row.move == move)


def editable_fields(
    edits: Sequence[Editing[StateT]], state: StateT, role: Role, relations: Collection[Relation]
) -> frozenset[str]:
    """Return the fields that a caller may edit in a state."""
    return _joined(edit.fields for edit in edits if state in edit.origins and _may(edit.by, role, relations))


def may_ever_edit(edits: Sequence[Editing[StateT]], role: Role, relations: Collection[Relation]) -> frozenset[str]:
    """Return the fields that a caller may edit in some state."""
    return _joined(edit.fields for edit in edits if _may(edit.by, role, relations))


def _may(by: Iterable[By], role: Role, relations: Collection[Relation]) -> bool:
    return any(callers.includes(role, relations) for callers in by)


def _joined(parts: Iterable[frozenset[_ValueT]]) -> frozenset[_ValueT]:
    return frozenset().union(*parts)
