"""`/v1/registers/{register}/rows`: rows of each register in, and the rows as they stand. One pair of operations a register."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Annotated, Any, Self

from fastapi import APIRouter, Depends, Query, Request
from psycopg.rows import dict_row
from pydantic import BaseModel, ConfigDict, Field, model_validator
from starlette.responses import Response

from services.ingest.counts.endpoints import own_or_named
from services.ingest.models import ImportDocument
from services.ingest.push.receive import REFUSALS, PushQuery, receive
from services.ingest.registers.dataset import RegisterDataset
from services.ingest.registers.schemas import body, row_model
from services.ingest.service import IngestServiceDep
from shared.access.auth import Authorized
from shared.access.key_ring import Principal
from shared.campaign.applied import AppliedDefinition
from shared.database.database import Scope
from shared.database.sql import statement
from shared.http import paging
from shared.http.idempotency import IdempotencyKey
from shared.http.json_response import JsonResponse
from shared.http.paging import Page
from shared.http.query_codes import value_for_code
from shared.problems import Forbidden, Overloaded, Schema, TokenInvalid, problems
from shared.registers import REGISTERS, Register
from shared.values.field_error import FieldValueError
from shared.values.months import MONTH_PATTERN, month_of, month_text

router = APIRouter(tags=["registers"])
_LIST = statement(__package__, "list_rows")
_COUNT = statement(__package__, "count_rows")


class RegisterPushQuery(PushQuery):
    """How a push of a register is to be carried out."""

    copy_from: Annotated[str, Field(pattern=MONTH_PATTERN)] | None = Field(
        default=None,
        description="Carry that month's rows over to `month`, as far as the body does not name them and `month` has none of"
        " their keys. The body may be empty.",
    )

    @model_validator(mode="after")
    def _carries_over(self) -> Self:
        if self.copy_from is not None and (self.month is None or self.copy_from >= self.month):
            raise FieldValueError("copy_from 须早于 month，且须给出 month", "copy_from needs month, and is earlier")
        return self

    @property
    def may_be_empty(self) -> bool:
        """Whether the push may come without a body."""
        return self.allow_empty or self.copy_from is not None

    @property
    def source(self) -> date | None:
        """The month whose rows are carried over."""
        return month_of(self.copy_from) if self.copy_from else None


class RowQuery(BaseModel):
    """Which rows; every filter may be left out."""

    model_config = ConfigDict(extra="forbid")

    month: Annotated[str, Field(pattern=MONTH_PATTERN, examples=["2022-08"])] | None = None
    org: Annotated[str, Field(max_length=63)] | None = None
    area: Annotated[str, Field(max_length=63)] | None = None
    limit: paging.Limit = paging.DEFAULT_LIMIT
    next: paging.Cursor = None

    def text(self, register: Register) -> str:
        """The question without its place, for the cursor."""
        return f"list_{register.code} {self.month} {self.org} {self.area}"


def _pushing(register: Register) -> Callable[..., Awaitable[Response]]:
    async def push(
        request: Request,
        service: IngestServiceDep,
        query: Annotated[RegisterPushQuery, Query()],
        sender: Annotated[Principal, Depends(Authorized(f"push_{register.code}"))],
        idempotency_key: IdempotencyKey = None,
    ) -> Response:
        return await receive(request, service, RegisterDataset(register), query, sender, idempotency_key)

    push.__doc__ = f"""Report rows of one's own register: {register.code.title_.en}.

    Modes, dry runs, repeats and reports are those of `/v1/observations`. A row belongs to its month and is named by
    {" and ".join(f"`{name}`" for name in register.key)}. The counts that are derived from the register change with it, at the
    same data version.
    """
    return push


def _listing(register: Register) -> Callable[..., Awaitable[Response]]:
    operation = f"list_{register.code}"

    async def rows(
        request: Request,
        question: Annotated[RowQuery, Query()],
        reader: Annotated[Principal, Depends(Authorized(operation))],
    ) -> Response:
        state = request.app.state
        scope = own_or_named(reader, operation, question.org)
        async with state.database.read(scope) as snapshot:
            definition = await state.definitions.at(snapshot.connection, reader.campaign, snapshot.definition_version)
            binds = _binds(register, question, scope, definition)
            found = await (await snapshot.connection.cursor(row_factory=dict_row).execute(_LIST, binds)).fetchall()
            (total,) = await (await snapshot.connection.execute(_COUNT, binds)).fetchone() or (0,)
        shown = found[: question.limit]
        following = None
        if len(found) > question.limit:
            last = shown[-1]
            following = paging.encode_cursor(question.text(register), [last["org"], f"{last['month']:%Y-%m-%d}", last["key"]])
        return JsonResponse({"items": [_document(register, row, definition) for row in shown], "next": following, "total": total})

    rows.__doc__ = f"The rows as they stand, with the import each came in: {register.code.title_.en}."
    return rows


def _binds(register: Register, question: RowQuery, scope: Scope, definition: AppliedDefinition) -> dict[str, Any]:
    place = paging.decode_cursor(question.text(register), question.next, [str, str, str]) if question.next else [None] * 3
    return {
        "campaign": scope.campaign,
        "register": register.code.value,
        "org": scope.org if scope.reach == "own" else None,
        "month": month_of(question.month) if question.month else None,
        "area": value_for_code("area", question.area, definition.area_numbers),
        "limit": question.limit + 1,
        **dict(zip(("after_org", "after_month", "after_key"), place, strict=True)),
    }


def _document(register: Register, row: dict[str, Any], definition: AppliedDefinition) -> dict[str, Any]:
    known = row["body"] | {"month": month_text(row["month"]), "area": definition.area_codes[row["area"]]}
    return {
        "org": row["org"],
        **{column.name: known.get(column.name) for column in register.columns},
        **{name: row[name] for name in ("data_version", "import_id", "reported_at")},
    }


for _register in REGISTERS.values():
    router.add_api_route(
        f"/v1/registers/{_register.code}/rows",
        _pushing(_register),
        name=f"push_{_register.code}",
        methods=["POST"],
        status_code=201,
        response_model=ImportDocument,
        responses=REFUSALS,
        openapi_extra=body(_register),
    )
    router.add_api_route(
        f"/v1/registers/{_register.code}/rows",
        _listing(_register),
        name=f"list_{_register.code}",
        methods=["GET"],
        response_model=Page[row_model(_register)],  # type: ignore[misc]
        responses=problems(TokenInvalid, Forbidden, Schema, Overloaded),
    )
