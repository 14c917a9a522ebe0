"""`/v1/templates`: files made out for the caller, to be filled in and pushed back as they are."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Depends, Path, Query, Request
from psycopg import AsyncConnection
from starlette.responses import Response

from services.ingest.templates.csv_file import csv_file
from services.ingest.templates.form import Form
from services.ingest.templates.observations import observation_form
from services.ingest.templates.workbook import workbook
from shared import attachment, etag
from shared.auth import Principal, allowed
from shared.campaign.loaded import LoadedDefinition
from shared.campaign.months import month_of
from shared.db import Scope
from shared.etag import IfNoneMatch
from shared.problems import Forbidden, NotFound, Overloaded, Schema, TokenInvalid, problems

router = APIRouter(tags=["templates"])

Template = Callable[[AsyncConnection, LoadedDefinition, str, date], Awaitable[Form]]
"""Makes out a dataset's template for an organisation and a month."""
TEMPLATES: Final[Mapping[str, Template]] = {"observations": observation_form}


@router.get(
    "/v1/templates/{dataset}.{ending}",
    response_class=Response,
    responses=attachment.RESPONSES | problems(TokenInvalid, Forbidden, NotFound, Schema, Overloaded),
)
async def get_template(
    request: Request,
    dataset: Annotated[str, Path(max_length=63, examples=["observations"])],
    ending: Annotated[Literal["xlsx", "csv"], Path(examples=["csv"])],
    month: Annotated[str, Query(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$", examples=["2022-08"])],
    sender: Annotated[Principal, Depends(allowed("get_template"))],
    _held: IfNoneMatch = None,
) -> Response:
    """A file with a row for each cell the caller owes or may report: last month's counts stand beside the cells to fill in.

    Push it back as it is: rows left empty do nothing. Counts of the month that were reported already are filled in.
    """
    template = TEMPLATES.get(dataset)
    if template is None:
        raise NotFound
    state, org = request.app.state, sender.org
    async with state.database.read(Scope(sender.campaign, org)) as snapshot:
        entity_tag = etag.tag(snapshot.version, sender.role, org, "get_template", dataset, month, ending)
        if unchanged := etag.unchanged(request, entity_tag):
            return unchanged
        loaded = await state.definitions.at(snapshot.connection, sender.campaign, snapshot.definition_version)
        form = await template(snapshot.connection, loaded, org, month_of(month))
    body = await asyncio.to_thread(workbook if ending == "xlsx" else csv_file, form)
    headers = etag.headers(entity_tag) | attachment.disposition(
        f"{dataset}-{org}-{month}.{ending}", f"{form.heading.zh}.{ending}"
    )
    return Response(body, 200, headers, attachment.XLSX if ending == "xlsx" else attachment.CSV)
