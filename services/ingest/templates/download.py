"""`/v1/templates`: files made out for the caller, to be filled in and pushed back as they are."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from typing import Annotated, Final, Literal, NamedTuple

from fastapi import APIRouter, Depends, Path, Query, Request
from psycopg import AsyncConnection
from starlette.responses import Response

from services.ingest.templates.observations import observations_template
from services.ingest.templates.registers import register_template
from services.ingest.templates.template import Template
from services.ingest.templates.template_csv import template_csv
from services.ingest.templates.template_workbook import template_workbook
from shared.access.auth import Authorized
from shared.access.key_ring import Principal
from shared.campaign.applied import AppliedDefinition
from shared.database.database import Scope
from shared.http import attachment, etag
from shared.http.etag import IfNoneMatch
from shared.problems import Forbidden, NotFound, Overloaded, Schema, TokenInvalid, problems
from shared.registers import REGISTERS
from shared.values import media_types
from shared.values.months import MONTH_PATTERN, month_of
from shared.vocabulary import RegisterCode

router = APIRouter(tags=["templates"])

TemplateBuilder = Callable[[AsyncConnection, AppliedDefinition, str, date], Awaitable[Template]]
"""Makes out a dataset's template for an organisation and a month."""
TEMPLATES: Final[Mapping[str, TemplateBuilder]] = {"observations": observations_template}


class _Asked(NamedTuple):
    """Which template."""

    operation: str
    dataset: str
    month: str
    ending: str


Ending = Annotated[Literal["xlsx", "csv"], Path(examples=["csv"])]
Month = Annotated[str, Query(pattern=MONTH_PATTERN, examples=["2022-08"])]
_ANSWERS: Final = attachment.FILE_RESPONSES | problems(TokenInvalid, Forbidden, NotFound, Schema, Overloaded)


@router.get("/v1/templates/{dataset}.{ending}", response_class=Response, responses=_ANSWERS)
async def get_template(
    request: Request,
    dataset: Annotated[str, Path(max_length=63, examples=["observations"])],
    ending: Ending,
    month: Month,
    sender: Annotated[Principal, Depends(Authorized("get_template"))],
    _held: IfNoneMatch = None,
) -> Response:
    """A file with a row for each cell the caller owes or may report: last month's counts stand beside the cells to fill in.

    Push it back as it is: rows left empty do nothing. Counts of the month that were reported already are filled in.
    """
    template = TEMPLATES.get(dataset)
    if template is None:
        raise NotFound
    return await _made_out(request, sender, template, _Asked("get_template", dataset, month, ending))


@router.get("/v1/templates/registers/{register}.{ending}", response_class=Response, responses=_ANSWERS)
async def get_register_template(
    request: Request,
    register: Annotated[RegisterCode, Path(examples=["place_tests"])],
    ending: Ending,
    month: Month,
    sender: Annotated[Principal, Depends(Authorized("get_register_template"))],
    _held: IfNoneMatch = None,
) -> Response:
    """A file of a register that the caller keeps: its list as it stands, or last month's where the month has none yet.

    Tests and coverage have a row for each place or building on record. Push it back as it is to `/v1/registers/{register}/rows`:
    rows that were not filled in do nothing.
    """

    async def template(connection: AsyncConnection, definition: AppliedDefinition, org: str, of: date) -> Template:
        return await register_template(connection, definition, REGISTERS[register], org, of)

    return await _made_out(request, sender, template, _Asked("get_register_template", register.value, month, ending))


async def _made_out(request: Request, sender: Principal, template: TemplateBuilder, asked: _Asked) -> Response:
    state, org = request.app.state, sender.org
    async with state.database.read(Scope(sender.campaign, org)) as snapshot:
        entity_tag = etag.entity_tag(snapshot.version, sender.role, org, *asked)
        if unchanged := etag.not_modified(request, entity_tag):
            return unchanged
        definition = await state.definitions.at(snapshot.connection, sender.campaign, snapshot.definition_version)
        form = await template(snapshot.connection, definition, org, month_of(asked.month))
    body = await asyncio.to_thread(template_workbook if asked.ending == "xlsx" else template_csv, form)
    headers = etag.cache_headers(entity_tag) | attachment.content_disposition(
        f"{asked.dataset}-{org}-{asked.month}.{asked.ending}", f"{form.heading.zh}.{asked.ending}"
    )
    return Response(body, 200, headers, media_types.XLSX if asked.ending == "xlsx" else media_types.CSV)
