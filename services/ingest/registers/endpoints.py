"""`/v1/registers/{register}/rows`: push and list the rows of a register. Each register has its own operations."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime
from functools import partial
from typing import Annotated, Any, Self

from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field, model_validator
from starlette.responses import Response

from services.ingest.models import Import
from services.ingest.push.body import files_body
from services.ingest.push.receive import DRY_RUN_RESPONSE, PUSH_PROBLEMS, PushQuery, receive_file, receive_rows
from services.ingest.read_scope import read_scope
from services.ingest.registers.dataset import RegisterDataset
from services.ingest.registers.schemas import body, register_table, row_model
from services.ingest.service import IngestServiceDep
from shared.access.dependencies import Authorized
from shared.access.key_ring import Principal
from shared.campaign.applied import AppliedDefinition
from shared.database.database import Scope
from shared.database.sql import statement
from shared.http import etag
from shared.http.idempotency import IdempotencyKey
from shared.http.lists import QueriedRows, list_response
from shared.http.paging import Page, PageQuery
from shared.http.query_codes import refuse_unknown_code, value_for_code
from shared.problems import PlacesMissing, problems
from shared.registers import REGISTERS, Column, Register
from shared.values.field_error import FieldValueError
from shared.values.fields import AreaParameter, CodeParameter
from shared.values.months import MONTH_PATTERN, month_of, month_text
from shared.vocabulary import ColumnKind, RegisterCode

router = APIRouter(tags=["registers"])
_LIST = statement(__package__, "list_rows")
_COUNT = statement(__package__, "count_rows")


class RegisterPushQuery(PushQuery):
    """Parameters of a push of register rows."""

    copy_from: Annotated[str, Field(pattern=MONTH_PATTERN)] | None = Field(
        default=None,
        description="Copy this month's rows to `month`, except rows that are in the body or whose key `month` already has."
        " The body may be empty.",
    )

    @model_validator(mode="after")
    def _check_copy_from(self) -> Self:
        if self.copy_from is not None and (self.month is None or self.copy_from >= self.month):
            raise FieldValueError(
                "copy_from 应早于 month，且须给出 month", "`copy_from` requires `month` and must be earlier", "copy_from", "month"
            )
        return self

    @property
    def may_be_empty(self) -> bool:
        """True if the push may have no body."""
        return self.allow_empty or self.copy_from is not None

    @property
    def source(self) -> date | None:
        """The month whose rows are copied."""
        return month_of(self.copy_from) if self.copy_from else None


class RowQuery(PageQuery):
    """Filters of a list of register rows."""

    month: Annotated[str, Field(pattern=MONTH_PATTERN, examples=["2022-08"])] | None = Field(
        default=None, description="Month, such as 2022-08. Defaults to all months."
    )
    org: CodeParameter | None = Field(default=None, description="Organisation code.")
    area: AreaParameter | None = Field(default=None, description="Area code.")

    def cursor_text(self, register: Register) -> str:
        """Return operation and filters: a cursor is valid only for the same ones."""
        return f"list_{register.code} {self.month} {self.org} {self.area}"


def _push_endpoint(register: Register) -> Callable[..., Awaitable[Response]]:
    async def push(
        request: Request,
        service: IngestServiceDep,
        query: Annotated[RegisterPushQuery, Query()],
        sender: Annotated[Principal, Depends(Authorized(f"push_{register.code}"))],
        idempotency_key: IdempotencyKey = None,
    ) -> Response:
        return await receive_rows(request, service, RegisterDataset(register), query, sender, idempotency_key)

    push.__doc__ = f"""Push {register.code.title_.en}.

    Stores rows of your organisation's register, identified by month and {" and ".join(f"`{name}`" for name in register.key)}, and
    updates the counts derived from it in the same data version.

    Modes, dry runs, repeated requests and reports are those of `/v1/observations`. Files go to
    `/v1/registers/{register.code}/files`.
    """
    return push


def _push_file_endpoint(register: Register) -> Callable[..., Awaitable[Response]]:
    async def push_file(
        request: Request,
        service: IngestServiceDep,
        query: Annotated[RegisterPushQuery, Query()],
        sender: Annotated[Principal, Depends(Authorized(f"push_{register.code}_file"))],
        idempotency_key: IdempotencyKey = None,
    ) -> Response:
        return await receive_file(request, service, RegisterDataset(register), query, sender, idempotency_key)

    push_file.__doc__ = f"""Push a file of {register.code.title_.en}.

    Stores rows of your organisation's register from NDJSON, CSV or XLSX, as the body or as the one file of a form.

    Modes, dry runs, repeated requests and reports are those of `/v1/registers/{register.code}/rows`.
    """
    return push_file


def _list_endpoint(register: Register) -> Callable[..., Awaitable[Response]]:
    operation = f"list_{register.code}"
    table = register_table(register)

    async def rows(
        request: Request,
        service: IngestServiceDep,
        query: Annotated[RowQuery, Query()],
        reader: Annotated[Principal, Depends(Authorized(operation))],
        _if_none_match: etag.IfNoneMatch = None,
    ) -> Response:
        scope = read_scope(reader, operation, query.org)
        async with service.database.read(scope) as snapshot:
            definition = await service.definitions.at(snapshot.connection, reader.campaign, snapshot.definition_version)
            refuse_unknown_code("org", query.org, definition.org_codes)
            listed = QueriedRows(
                connection=snapshot.connection,
                page=_LIST,
                count=_COUNT,
                binds=_binds(register, query, scope, definition),
                query_text=query.cursor_text(register),
                keys={"org": str, "month": str, "key": str},
                document=partial(_document, register, definition),
            )
            return await list_response(request, query, table, definition, listed)

    visibility = "" if register.shared else "; carriers see only their own"
    rows.__doc__ = f"""List {register.code.title_.en}.

    Returns the current rows of the register of {register.code.title_.en}, each with its import{visibility}.
    """
    return rows


def _binds(register: Register, query: RowQuery, scope: Scope, definition: AppliedDefinition) -> dict[str, Any]:
    return {
        "campaign": scope.campaign,
        "register": register.code.value,
        "org": scope.org if scope.reach == "own" else None,
        "month": month_of(query.month) if query.month else None,
        "area": value_for_code("area", query.area, definition.area_numbers),
    }


def _document(register: Register, definition: AppliedDefinition, row: dict[str, Any]) -> dict[str, Any]:
    values = row["body"] | {"month": month_text(row["month"]), "area": definition.area_codes[row["area"]]}
    return {
        "org": row["org"],
        **{column.name: _stored_value(column, values.get(column.name)) for column in register.columns},
        **{name: row[name] for name in ("data_version", "import_id", "reported_at")},
    }


def _stored_value(column: Column, value: Any) -> Any:  # noqa: ANN401 - a JSON value
    """Return a stored value; a timestamp is stored as text in the campaign's time zone."""
    return datetime.fromisoformat(value) if column.kind is ColumnKind.INSTANT and value is not None else value


_OWN_PROBLEMS = {RegisterCode.KEY_PLACES: (PlacesMissing,)}

for _register in REGISTERS.values():
    for _path, _endpoint, _name, _body in (
        ("rows", _push_endpoint(_register), f"push_{_register.code}", body(_register)),
        ("files", _push_file_endpoint(_register), f"push_{_register.code}_file", files_body(required=False)),
    ):
        router.add_api_route(
            f"/v1/registers/{_register.code}/{_path}",
            _endpoint,
            name=_name,
            methods=["POST"],
            status_code=201,
            response_model=Import,
            responses=DRY_RUN_RESPONSE | problems(*PUSH_PROBLEMS, *_OWN_PROBLEMS.get(_register.code, ())),
            openapi_extra=_body,
        )
    router.add_api_route(
        f"/v1/registers/{_register.code}/rows",
        _list_endpoint(_register),
        name=f"list_{_register.code}",
        methods=["GET"],
        response_model=Page[row_model(_register)],  # type: ignore[misc]
        responses=register_table(_register).responses,
    )
