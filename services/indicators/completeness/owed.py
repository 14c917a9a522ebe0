"""What was owed for a month, as it is judged at an instant and as its reader may see it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Final

from services.indicators.completeness.sign_off import SignOff
from services.indicators.reading import Reading
from shared.database.sql import statement
from shared.domain.expected_cells import ExpectedCell, StoredCount, expected_cells, month_expectations
from shared.domain.visibility import CARRIERS_AND_STREETS
from shared.vocabulary import Role, SubmissionState

_STANDING: Final = {
    past: statement("shared.domain", "expected_cells").replace("%(past)s", str(past).lower()) for past in (False, True)
}
_SUBMISSIONS: Final = """
SELECT org, state, reason FROM submission
WHERE campaign = %(campaign)s AND month = %(month)s AND version <= %(version)s AND (until IS NULL OR until > %(version)s)
"""


async def owed_cells(read: Reading, month: date, at: datetime) -> list[ExpectedCell]:
    """The cells of a month: carriers see their own, street offices their own and their street's, the others all."""
    reader, definition = read.reader, read.definition
    street = definition.organisation(reader.org).area if reader.role is Role.STREET else None
    orgs = [
        each.code
        for each in definition.organisations
        if reader.role not in CARRIERS_AND_STREETS or street or each.code == reader.org
    ]
    judged = expected_cells(read.definition, month, orgs, await standing(read, month, orgs), at)
    return [cell for cell in judged if street is None or street == cell.area or cell.org == reader.org]


async def standing(read: Reading, month: date, orgs: Sequence[str]) -> list[StoredCount]:
    """The counts that stood for a month, voluntary ones too, of some organisations."""
    binds = {"campaign": read.reader.campaign, **month_expectations(read.definition, month).asked(month, orgs, read.version)}
    rows = await (await read.connection.execute(_STANDING[read.past], binds)).fetchall()
    return [StoredCount(*row) for row in rows]


async def sign_offs(read: Reading, month: date) -> Mapping[str, SubmissionState]:
    """Where each organisation's month stood, of those that moved it."""
    return {org: move.state for org, move in (await last_moves(read, month)).items()}


async def last_moves(read: Reading, month: date) -> Mapping[str, SignOff]:
    """The same, each with the reason it was given."""
    binds = {"campaign": read.reader.campaign, "month": month, "version": read.version}
    rows = await (await read.connection.execute(_SUBMISSIONS, binds)).fetchall()
    return {org: SignOff(SubmissionState(state), reason) for org, state, reason in rows}
