"""The kind of application cases."""

from collections.abc import Callable, Collection, Mapping
from datetime import date
from functools import partial
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import col

from services.cases.cases.models import (
    Case,
    CaseChange,
    CaseChanges,
    CaseMoveRequest,
    CaseQuery,
    ListedCase,
    NewCase,
)
from services.cases.cases.moves import EARLIEST_DATE, make_move
from services.cases.cases.similar import find_similar
from services.cases.items.call import ItemCall
from services.cases.items.checks import refuse_outside
from services.cases.items.kind import Kind, is_one_of, sql_condition
from services.cases.items.models import MoveRequest
from services.cases.items.tables import moves_column
from shared.access.key_ring import Principal
from shared.campaign.applied import AppliedDefinition, cached_on_definition
from shared.domain.case_moves import (
    CASE_EDITS,
    CASE_EXPECTATIONS,
    CASE_MOVES,
    COUNTING_STATES,
    VISIBLE_CASE_STATES,
    CaseCondition,
)
from shared.domain.similar_cases import comparable
from shared.domain.transitions import Relation
from shared.http.tables import Document, Table, codes, computed, fields, term
from shared.problems import CaseIncomplete, DuplicateCase, NotMergeable
from shared.tables.case_file import WAITING_CASES, CaseFile
from shared.vocabulary import CaseMove, CaseState, Industry, NetworkMode, RecommendedTo, Role, Term


def results_cell(case: Document) -> list[str]:
    """Return the results of a case as one text."""
    return ["; ".join(f"{result['name']} {result['value']} {result['unit']}" for result in case["results"])]


def _joined(name: str, case: Document) -> list[str]:
    return ["; ".join(case[name])]


_REVOCATION_REQUESTED: Final = and_(
    col(CaseFile.revocation_requested_on).is_not(None), is_one_of(col(CaseFile.state), COUNTING_STATES)
)
"""As the condition of moves: a case that was revoked since keeps the date of the request."""


class Cases(Kind[CaseFile]):
    """Application cases."""

    code = "case"
    plural = "cases"
    noun = "application case"
    begins_as_draft = True
    row = CaseFile
    states = CaseState
    moves = CaseMove
    transitions = CASE_MOVES
    edits = CASE_EDITS
    expectations = CASE_EXPECTATIONS
    deciding_columns = ("org", "state", "applicant", "published", "revocation_requested_on", "selected")
    inbox_columns = ("id", "title")
    new = NewCase
    changes = CaseChanges
    move = CaseMoveRequest
    query = CaseQuery
    item = Case
    item_in_list = ListedCase
    change = CaseChange
    table = Table(
        "cases",
        "应用案例",
        (
            *fields("id", "title"),
            *codes("org", "domain", "area"),
            *fields("applicant", "summary"),
            term("state", CaseState),
            *fields("approved_on", "approved_version", "ended_version", "revision", "created_at", "updated_at"),
            moves_column("actions"),
            term("industry", Industry),
            *fields("credit_code"),
            computed(["partners"], partial(_joined, "partners")),
            *fields("technologies"),
            term("network_mode", NetworkMode),
            computed(["results"], results_cell),
            *fields("started_on", "investment_cny"),
            computed(["links"], partial(_joined, "links")),
            *fields("ended_on"),
            term("recommended_to", RecommendedTo),
            *fields("recommended_on", "selected", "outcome_note", "outcome_on"),
            *fields("published", "revocation_requested_on", "merged_into"),
        ),
    )
    links = ("merged_into",)
    derived = frozenset({"was_submitted"})
    facets = ("state", "org", "domain", "area", "industry")
    filters: Mapping[str, Callable[[Any, ItemCall], ColumnElement[bool]]] = {
        "technology": lambda codes, _: or_(*(col(CaseFile.technologies).contains([code]) for code in codes)),
        "revocation_requested": lambda wanted, _: wanted == _REVOCATION_REQUESTED,
    }
    move_problems = (CaseIncomplete, DuplicateCase, NotMergeable)
    descriptions: Mapping[str, str] = {
        "create_case": """Create an application case.

            Creates a draft that only your organisation can see until you submit it.""",
        "move_case": """Submit, review, approve or end a case.

            Makes a move; `actions` lists those that you may make now, with their fields. A move that begins or ends an approval
            creates a data version.

            An approved case counts from the month of its approval to the month before its approval is revoked or it is merged: a
            date in an earlier month changes the months since. A merge without a date is of today; `undo_merge` restores the state
            before it, and the case counts as if it had never been merged. Each submission keeps a version of the case.

            The applicant does not review its own case: of a case of the task force's organisation, a bureau decides.""",
    }

    def visible(self, reader: Principal, definition: AppliedDefinition) -> ColumnElement[bool]:  # noqa: ARG002
        """Return the condition under which the reader sees a case: its own, or once submitted those in the states of its role."""
        own = col(CaseFile.org) == reader.org
        seen = VISIBLE_CASE_STATES[reader.role]
        submitted = or_(col(CaseFile.state) != CaseState.WITHDRAWN, col(CaseFile.was_submitted))
        return or_(own, and_(is_one_of(col(CaseFile.state), seen), submitted)) if seen else own

    def may_wait(self, today: date) -> ColumnElement[bool]:  # noqa: ARG002 - for others
        """Return the condition that something may be expected."""
        return sql_condition(WAITING_CASES)

    def relations(self, row: CaseFile, caller: Principal, definition: AppliedDefinition) -> frozenset[Relation]:
        """Return whether the caller filed the case, is the applicant, and may decide in place of the task force."""
        applicant = comparable(row.applicant)
        held = {
            Relation.APPLICANT: applicant in _names_of(definition, caller.org),
            Relation.SUBSTITUTE: all(applicant in names for names in _names_of_task_forces(definition)),
        }
        return super().relations(row, caller, definition) | {relation for relation, holds in held.items() if holds}

    def conditions(self, row: CaseFile, call: ItemCall) -> frozenset[str]:  # noqa: ARG002 - none depends on the call
        """Return the conditions of moves that hold now."""
        requested = row.revocation_requested_on is not None
        return frozenset(
            {
                CaseCondition.PUBLISHED if row.published else CaseCondition.NOT_PUBLISHED,
                CaseCondition.REVOCATION_REQUESTED if requested else CaseCondition.NO_REVOCATION_REQUESTED,
                *([CaseCondition.NO_OUTCOME] if row.selected is None else []),
            }
        )

    def codes(self, definition: AppliedDefinition) -> Mapping[str, Collection[str | int]]:
        """Return the codes of the campaign that fields and filters may contain."""
        technologies = [technology.code for technology in definition.case_technologies]
        return {
            "domain": [domain.code for domain in definition.case_domains],
            "area": [area.code for area in definition.areas],
            "technologies": technologies,
            "technology": technologies,
        }

    async def check(self, row: CaseFile, call: ItemCall) -> None:
        """Raise Schema if an application begins in the future or implausibly long ago."""
        if row.started_on is not None:
            refuse_outside("/started_on", row.started_on, EARLIEST_DATE, call.today)

    def changes_summary(self, row: CaseFile, move: Term | None) -> bool:
        """Return whether a move begins or ends the months for which a case counts."""
        counts = row.state in COUNTING_STATES
        begins = move is CaseMove.APPROVE or (move is CaseMove.UNDO_MERGE and row.ended_version is not None)
        return begins or (counts and move in (CaseMove.REVOKE, CaseMove.MERGE))

    async def make_move(self, row: CaseFile, body: MoveRequest, call: ItemCall, version: int | None) -> None:
        """Check a move and set what it changes."""
        await make_move(row, CaseMoveRequest.model_validate(body), call, version)

    async def details(self, row: CaseFile, call: ItemCall) -> Mapping[str, Any]:
        """Return the similar cases of one that waits for review or is in it."""
        return await find_similar(row, call)


CASES: Final = Cases()


@cached_on_definition(1)
def _names_of_task_forces(definition: AppliedDefinition) -> list[frozenset[str]]:
    """Return the names of each organisation that has the role of the task force."""
    return [_names_of(definition, each.code) for each in definition.organisations if Role.TASK_FORCE in each.roles]


@cached_on_definition(256)
def _names_of(definition: AppliedDefinition, org: str) -> frozenset[str]:
    """Return the names of an organisation, as they are compared with applicants."""
    return frozenset(map(comparable, definition.organisation(org).names))
