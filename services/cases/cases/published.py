"""The cases that the task force has published, with few of their fields, for every organisation of the campaign."""

from collections.abc import Collection, Mapping
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request, Response
from sqlalchemy import ColumnElement, and_
from sqlmodel import col

from services.cases.cases.kind import results_cell
from services.cases.cases.models import PublishedCase, PublishedCaseQuery
from services.cases.items.call import ItemCall, listing
from services.cases.items.kind import Kind, is_one_of
from services.cases.items.lists import list_items
from services.cases.items.models import ItemPage
from shared.access.dependencies import Authorized, ServiceDep
from shared.access.key_ring import Principal
from shared.campaign.applied import AppliedDefinition
from shared.domain.case_moves import COUNTING_STATES
from shared.http import etag
from shared.http.tables import Table, codes, computed, fields
from shared.tables.case_file import CaseFile

router = APIRouter(tags=["cases"])


class PublishedCases(Kind[CaseFile]):
    """Published cases: a list, and nothing that moves."""

    row = CaseFile
    query = PublishedCaseQuery
    item_in_list = PublishedCase
    table = Table(
        "published-cases",
        "公开案例",
        (*fields("id", "title"), *codes("domain"), *fields("applicant", "summary"), computed(["results"], results_cell)),
    )
    facets = ("domain",)

    def visible(self, reader: Principal, definition: AppliedDefinition) -> ColumnElement[bool]:  # noqa: ARG002
        """Return the condition that a case is published and counts."""
        return and_(col(CaseFile.published), is_one_of(col(CaseFile.state), COUNTING_STATES))

    def codes(self, definition: AppliedDefinition) -> Mapping[str, Collection[str]]:
        """Return the codes that the filter by domain may contain."""
        return {"domain": [domain.code for domain in definition.case_domains]}

    def listed(self, row: CaseFile, call: ItemCall) -> dict[str, Any]:  # noqa: ARG002 - the same for everyone
        """Return a case without anything that depends on the reader."""
        return self.columns(row)


PUBLISHED_CASES: Final = PublishedCases()


@router.get("/v1/cases/published", response_model=ItemPage[PublishedCase], responses=PUBLISHED_CASES.table.responses)
async def list_published_cases(
    request: Request,
    service: ServiceDep,
    reader: Annotated[Principal, Depends(Authorized("list_published_cases"))],
    query: Annotated[PublishedCaseQuery, Query()],
    _if_none_match: etag.IfNoneMatch = None,
) -> Response:
    """List published application cases.

    Returns the approved cases that the task force has published, oldest first, to every organisation of the campaign.
    """
    async with listing(request, service, reader, "list_published_cases") as call:
        return await list_items(call, PUBLISHED_CASES, request, query)
