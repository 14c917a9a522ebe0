"""The kind of application cases."""

import unicodedata
from collections.abc import Collection, Mapping
from datetime import date
from typing import Final

from sqlalchemy import ColumnElement, or_
from sqlmodel import col, select

from services.cases.cases.models import Case, CaseChange, CaseChanges, CaseMoveRequest, CaseQuery, NewCase
from services.cases.items.call import ItemCall
from services.cases.items.kind import Kind
from services.cases.items.models import MoveRequest
from services.cases.items.tables import moves_column
from shared.access.key_ring import Principal
from shared.campaign.applied import AppliedDefinition
from shared.domain.case_moves import AWAITED_MOVES, CASE_EDITS, CASE_MOVES, VISIBLE_CASE_STATES
from shared.http.tables import Table, codes, fields, term
from shared.problem_members import EqualCase
from shared.problems import DuplicateCase, FieldError, Schema
from shared.tables.case_file import CaseFile
from shared.values.bilingual import Bilingual
from shared.vocabulary import CaseMove, CaseState, FieldCode, Term

EARLIEST_APPROVAL: Final = date(2000, 1, 1)  # an earlier date is a typing error


class Cases(Kind[CaseFile]):
    """Application cases."""

    code = "case"
    plural = "cases"
    noun = "application case"
    row = CaseFile
    states = CaseState
    moves = CaseMove
    transitions = CASE_MOVES
    edits = CASE_EDITS
    awaited = AWAITED_MOVES
    finished = frozenset({CaseState.APPROVED, CaseState.WITHDRAWN})
    new = NewCase
    changes = CaseChanges
    move = CaseMoveRequest
    query = CaseQuery
    item = item_in_list = Case
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
        ),
    )
    searched = ("title", "applicant", "summary")
    facets = ("state", "org", "domain", "area")
    move_problems = (DuplicateCase,)
    descriptions: Mapping[str, str] = {
        "create_case": """Create an application case.

            Creates a draft that only your organisation can see until you submit it.""",
        "move_case": """Submit, approve, return or withdraw a case.

            Moves a case to its next state; approving it, or withdrawing an approved case, creates a data version.

            An approved case counts from the month of its approval to the month before it is withdrawn: an approval dated in an
            earlier month changes the months since, a withdrawal changes no month that has ended.""",
    }

    def visible(self, reader: Principal, definition: AppliedDefinition) -> ColumnElement[bool]:  # noqa: ARG002
        """Return the condition under which the reader sees a case."""
        states = sorted(VISIBLE_CASE_STATES[reader.role])
        return or_(col(CaseFile.org) == reader.org, col(CaseFile.state).in_(states))

    def codes(self, definition: AppliedDefinition) -> Mapping[str, Collection[str | int]]:
        """Return the codes of the campaign that fields and filters may contain."""
        return {
            "domain": [domain.code for domain in definition.case_domains],
            "area": [area.code for area in definition.areas],
        }

    def changes_summary(self, row: CaseFile, move: Term | None) -> bool:
        """Return whether a move begins or ends the months for which a case counts."""
        return move is CaseMove.APPROVE or (move is CaseMove.WITHDRAW and row.approved_on is not None)

    async def make_move(self, row: CaseFile, body: MoveRequest, call: ItemCall, version: int | None) -> None:
        """Date the approval of a case, or its end."""
        refuse_date(body.on, call.today)
        if version is not None and row.approved_on is None:
            await _refuse_duplicate(row, call)
            row.approved_on, row.approved_version = body.on, version
        elif version is not None:
            row.ended_on, row.ended_version = call.today, version


CASES: Final = Cases()


def refuse_date(on: date | None, today: date) -> None:
    """Raise Schema for an approval date in the future, or before any plausible one."""
    if on is not None and not EARLIEST_APPROVAL <= on <= today:
        message = Bilingual(
            zh=f"认定日期应在 {EARLIEST_APPROVAL} 至今天（{today}）之间",
            en=f"must be between {EARLIEST_APPROVAL} and today ({today})",
        )
        raise Schema(errors=[FieldError(where="/on", code=FieldCode.DATE_OUT_OF_RANGE, message=message, value=str(on))])


async def _refuse_duplicate(case: CaseFile, call: ItemCall) -> None:
    """Raise DuplicateCase if a case with the same title and applicant is already approved: distinct cases are counted."""
    approved = select(CaseFile.id, CaseFile.title, CaseFile.applicant).where(
        col(CaseFile.campaign) == case.campaign, col(CaseFile.state) == CaseState.APPROVED.value
    )
    for other, title, applicant in await call.session.exec(approved):
        if (_comparable(title), _comparable(applicant)) == (_comparable(case.title), _comparable(case.applicant)):
            raise DuplicateCase(
                zh="标题和应用单位相同的案例已获认定，同一案例只计一次。",
                en="A case with the same title and applicant is already approved; the same case counts only once.",
                members=EqualCase(same_as=other),
            )


def _comparable(text: str) -> str:
    """Return a name without width, case, spaces and punctuation, which people write differently."""
    return "".join(character for character in unicodedata.normalize("NFKC", text).casefold() if character.isalnum())
