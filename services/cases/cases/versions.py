"""The versions of application cases: the content of each submission, listed and compared."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from sqlmodel import col, select

from services.cases.cases.kind import CASES
from services.cases.cases.models import CaseContent
from services.cases.cases.version_models import (
    CaseDifference,
    CaseDifferenceQuery,
    CaseVersion,
    CaseVersionQuery,
    ListedCaseVersion,
)
from services.cases.items.call import ItemCall, reading
from services.cases.items.find import find_item
from services.cases.items.models import ItemId
from shared.access.dependencies import Authorized, ServiceDep
from shared.access.key_ring import Principal
from shared.database.sql import statement
from shared.http import etag
from shared.http.json_response import tagged_json
from shared.http.lists import QueriedRows, list_response
from shared.http.paging import Page
from shared.http.tables import Table, fields
from shared.problems import NotFound
from shared.tables.case_file import CaseFile
from shared.tables.case_version import CaseVersion as CaseVersionRow

router = APIRouter(tags=["cases"])

VersionNumber = Annotated[int, Path(ge=1, le=1_000_000, description="Number of the version.", examples=[1])]
_EMPTY: Final[dict[str, Any]] = dict.fromkeys(CaseContent.model_fields) | {
    name: [] for name in ("partners", "technologies", "results", "links")
}
"""The content of no version; versions of earlier releases lack some fields."""
_LIST: Final = statement(__package__, "list_versions")
_COUNT: Final = statement(__package__, "count_versions")
_TABLE: Final = Table("case-versions", "案例申报版本", (*fields("number", "at"),))


@router.get("/v1/cases/{id}/versions", response_model=Page[ListedCaseVersion], responses=_TABLE.responses)
async def list_case_versions(
    request: Request,
    service: ServiceDep,
    reader: Annotated[Principal, Depends(Authorized("list_case_versions"))],
    id: ItemId,  # noqa: A002 - named as in the path
    query: Annotated[CaseVersionQuery, Query()],
    _if_none_match: etag.IfNoneMatch = None,
) -> Response:
    """List the versions of an application case.

    Returns a version for each submission, the first one first.
    """
    async with reading(request, service, reader, "list_case_versions") as call:
        row = await find_item(call, CASES, id)
        async with call.in_scope_of(row):
            rows = QueriedRows(
                connection=call.connection,
                page=_LIST,
                count=_COUNT,
                binds={"campaign": row.campaign, "org": row.org, "id": row.id},
                query_text=f"list_case_versions {row.campaign} {row.id}",
                keys={"number": int},
            )
            return await list_response(request, query, _TABLE, call.definition, rows)


@router.get("/v1/cases/{id}/versions/{number}", response_model=CaseVersion)
async def get_case_version(
    request: Request,
    service: ServiceDep,
    reader: Annotated[Principal, Depends(Authorized("get_case_version"))],
    id: ItemId,  # noqa: A002 - named as in the path
    number: VersionNumber,
    _if_none_match: etag.IfNoneMatch = None,
) -> Response:
    """Get a version of an application case.

    Returns the content of the case when it was submitted for the first, second, … time.
    """
    async with reading(request, service, reader, "get_case_version") as call:
        row = await find_item(call, CASES, id)
        version = await _version(call, row, number)
    content = CaseContent.model_validate(_EMPTY | version.content)
    document = CaseVersion(number=number, at=version.at, content=content)
    return tagged_json(request, document.model_dump(mode="json"))


@router.get("/v1/cases/{id}/versions/{number}/difference", response_model=CaseDifference)
async def get_case_version_difference(
    request: Request,
    service: ServiceDep,
    reader: Annotated[Principal, Depends(Authorized("get_case_version_difference"))],
    id: ItemId,  # noqa: A002 - named as in the path
    number: VersionNumber,
    query: Annotated[CaseDifferenceQuery, Query()],
    _if_none_match: etag.IfNoneMatch = None,
) -> Response:
    """Compare two versions of an application case.

    Returns the fields in which a version differs from an earlier one, by default from the one before it.
    """
    async with reading(request, service, reader, "get_case_version_difference") as call:
        row = await find_item(call, CASES, id)
        later = _EMPTY | (await _version(call, row, number)).content
        base = number - 1 if query.base is None else query.base
        earlier = _EMPTY | ((await _version(call, row, base)).content if base else {})
    changes = [{"field": name, "before": earlier[name], "after": later[name]} for name in _EMPTY if earlier[name] != later[name]]
    document = CaseDifference.model_validate({"base": base, "number": number, "changes": changes})
    return tagged_json(request, document.model_dump(mode="json"))


async def _version(call: ItemCall, row: CaseFile, number: int) -> CaseVersionRow:
    """Return a version of a case. Raises NotFound."""
    query = select(CaseVersionRow).where(
        col(CaseVersionRow.campaign) == row.campaign,
        col(CaseVersionRow.org) == row.org,
        col(CaseVersionRow.case_id) == row.id,
        col(CaseVersionRow.number) == number,
    )
    async with call.in_scope_of(row):
        version = (await call.session.exec(query)).one_or_none()
    if version is None:
        raise NotFound
    return version
