"""The cases that are similar to one in review, among those of all organisations."""

from collections.abc import Collection
from typing import Any, Final

from psycopg import AsyncConnection
from psycopg.rows import dict_row

from services.cases.items.call import ItemCall
from shared.database.database import campaign_reach
from shared.database.sql import statement
from shared.domain.case_moves import VISIBLE_CASE_STATES
from shared.domain.similar_cases import ComparedCase, similar_applicants, similar_cases
from shared.tables.case_file import CaseFile
from shared.vocabulary import CaseState

_APPLICANTS: Final = statement(__package__, "compared_applicants")
_CASES: Final = statement(__package__, "compared_cases")
_WAITING: Final = frozenset({CaseState.SUBMITTED, CaseState.IN_REVIEW})
_COMPARED: Final = frozenset(CaseState) - {CaseState.DRAFT, CaseState.WITHDRAWN}


async def read_applicants(connection: AsyncConnection, campaign: str, states: Collection[str]) -> list[str]:
    """Return the names of the applicants of cases in some states, each once."""
    binds = {"campaign": campaign, "states": sorted(states)}
    (names,) = await (await connection.execute(_APPLICANTS, binds)).fetchone() or ([],)
    return list(names)


async def find_similar(row: CaseFile, call: ItemCall) -> dict[str, Any]:
    """Return the similar cases of one that waits for review or is in it.

    Who sees its own cases only is told whether there is one, and nothing about it; to others a case that they do not see is not
    there. Applicants are compared first, each name once, so that titles are compared of few cases.
    """
    if row.state not in _WAITING:
        return {"has_similar_cases": None, "similar_cases": None}
    names_them = call.scope.reach == "campaign"
    states = _COMPARED & VISIBLE_CASE_STATES[call.caller.role] if names_them else _COMPARED
    binds: dict[str, Any] = {"campaign": row.campaign, "id": row.id, "credit_code": row.credit_code, "states": sorted(states)}
    scope = call.scope_of(row)
    async with campaign_reach(call.connection, scope):
        names = await read_applicants(call.connection, row.campaign, states)
        binds["applicants"] = similar_applicants(row.applicant, names)
        others = await (await call.connection.cursor(row_factory=dict_row).execute(_CASES, binds)).fetchall()
    by_id = {other["id"]: other for other in others}
    found = similar_cases(_compared(row.model_dump()), map(_compared, others))
    named = [{**by_id[similar.id], **similar._asdict()} for similar in found]
    return {"has_similar_cases": bool(found), "similar_cases": named if names_them else None}


def _compared(case: dict[str, Any]) -> ComparedCase:
    return ComparedCase(*(case[name] for name in ComparedCase._fields))
