"""Keeping the content of each submission of an application case."""

from sqlmodel import col, func, select

from services.cases.items.call import ItemCall
from shared.domain.case_moves import CASE_FIELDS
from shared.tables.case_file import CaseFile
from shared.tables.case_version import CaseVersion


async def keep_version(row: CaseFile, call: ItemCall) -> None:
    """Keep the content of a case that is submitted."""
    of_case = (
        col(CaseVersion.campaign) == row.campaign,
        col(CaseVersion.org) == row.org,
        col(CaseVersion.case_id) == row.id,
    )
    latest = (await call.session.exec(select(func.max(CaseVersion.number)).where(*of_case))).one()
    call.session.add(
        CaseVersion(
            campaign=row.campaign,
            org=row.org,
            case_id=row.id,
            number=(latest or 0) + 1,
            at=call.now,
            actor=call.caller.client_id,
            content=row.model_dump(mode="json", include=set(CASE_FIELDS)),
        )
    )
