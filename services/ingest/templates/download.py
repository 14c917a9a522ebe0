"""`/v1/templates`: files for the calling organisation to fill in and push."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date
from functools import partial
from typing import Annotated, Final, NamedTuple

from fastapi import APIRouter, Depends, Path, Query, Request
from psycopg import AsyncConnection
from starlette.responses import Response

from services.ingest.formats.sheets.origin import template_properties
from services.ingest.service import IngestService, IngestServiceDep
from services.ingest.templates.observations import observations_template
from services.ingest.templates.registers import register_template
from services.ingest.templates.template import Template
from services.ingest.templates.template_csv import template_csv
from services.ingest.templates.template_workbook import template_workbook
from shared.access.dependencies import Authorized
from shared.access.key_ring import Principal
from shared.campaign.applied import AppliedDefinition
from shared.database.database import Scope
from shared.http import attachment, etag
from shared.http.etag import IfNoneMatch
from shared.registers import REGISTERS
from shared.values import media_types
from shared.values.months import MONTH_PATTERN, month_of
from shared.vocabulary import RegisterCode

router = APIRouter(tags=["templates"])

TemplateBuilder = Callable[[AsyncConnection, AppliedDefinition, str, date], Awaitable[Template]]
"""Builds the template of a dataset for an organisation's month."""
_MEDIA_TYPES: Final = {"xlsx": media_types.XLSX, "csv": media_types.CSV}


class _RequestedFile(NamedTuple):
    """The parts of a request that decide which file is returned."""

    dataset: str
    month: str
    ending: str


_Month = Annotated[str, Query(pattern=MONTH_PATTERN, description="Month, such as 2022-08.", examples=["2022-08"])]


def _observations_endpoint(ending: str) -> Callable[..., Awaitable[Response]]:
    async def template(
        request: Request,
        service: IngestServiceDep,
        month: _Month,
        sender: Annotated[Principal, Depends(Authorized(f"get_template_{ending}"))],
        _if_none_match: IfNoneMatch = None,
    ) -> Response:
        return await _response(request, service, sender, observations_template, _RequestedFile("observations", month, ending))

    template.__doc__ = f"""Download an observations template as {ending.upper()}.

    Returns a file with a row for each count that you must or may report, ready to fill in and push; empty rows are ignored.

    Last month's counts are shown for reference. Counts of the month that were already reported are filled in.
    """
    return template


def _register_endpoint(ending: str) -> Callable[..., Awaitable[Response]]:
    async def template(
        request: Request,
        service: IngestServiceDep,
        register: Annotated[RegisterCode, Path(description="Register code.", examples=["place_tests"])],
        month: _Month,
        sender: Annotated[Principal, Depends(Authorized(f"get_register_template_{ending}"))],
        _if_none_match: IfNoneMatch = None,
    ) -> Response:
        builder = partial(register_template, register=REGISTERS[register])
        return await _response(request, service, sender, builder, _RequestedFile(register.value, month, ending))

    template.__doc__ = f"""Download a register template as {ending.upper()}.

    Returns a file with the register's current rows, or last month's if the month has none, ready to edit and push.

    Templates of tests and home coverage have a row for each registered place or building. Push the file to
    `/v1/registers/{{register}}/files`; rows that are not filled in are ignored.
    """
    return template


for _ending, _media_type in _MEDIA_TYPES.items():
    for _path, _name, _endpoint in (
        ("observations", "get_template", _observations_endpoint(_ending)),
        ("registers/{register}", "get_register_template", _register_endpoint(_ending)),
    ):
        router.add_api_route(
            f"/v1/templates/{_path}.{_ending}",
            _endpoint,
            name=f"{_name}_{_ending}",
            methods=["GET"],
            response_class=Response,
            responses=attachment.file_response(_media_type),
        )


async def _response(
    request: Request, service: IngestService, sender: Principal, build: TemplateBuilder, file: _RequestedFile
) -> Response:
    org = sender.org
    async with service.database.read(Scope(sender.campaign, org)) as snapshot:
        entity_tag = etag.entity_tag("template", snapshot.version, sender.role, org, *file)
        if not_modified := etag.not_modified(request, entity_tag):
            return not_modified
        definition = await service.definitions.at(snapshot.connection, sender.campaign, snapshot.definition_version)
        template = await build(snapshot.connection, definition, org, month_of(file.month))
    is_workbook = file.ending == "xlsx"
    properties = template_properties(sender.campaign, org, file.month, definition.version)
    content = await (
        asyncio.to_thread(template_workbook, template, properties) if is_workbook else asyncio.to_thread(template_csv, template)
    )
    headers = etag.cache_headers(entity_tag) | attachment.content_disposition(
        f"{file.dataset}-{org}-{file.month}.{file.ending}", f"{template.heading.zh}.{file.ending}"
    )
    return Response(content, 200, headers, _MEDIA_TYPES[file.ending])
