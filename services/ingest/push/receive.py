"""Receiving a push of any dataset over HTTP: its parameters, its body, its answer."""

from datetime import date
from typing import Annotated, Any, Final, Self
from uuid import UUID

from fastapi import Request
from pydantic import BaseModel, ConfigDict, Field, model_validator
from starlette.responses import Response

from services.ingest.formats.media import DeclaredMedia, Media, declared_media, detect_media
from services.ingest.formats.sheets.encodings import check_charset
from services.ingest.models import Import
from services.ingest.push.dataset import Dataset
from services.ingest.push.engine import push
from services.ingest.push.request import PushRequest
from services.ingest.push.sizes import push_execution
from services.ingest.service import IngestService
from shared.access.key_ring import Principal
from shared.http.multipart import is_multipart
from shared.http.spool import Spool, spool_body
from shared.http.strict_requests import body_too_large
from shared.problems import (
    Conflict,
    Empty,
    MediaType,
    MonthClosed,
    NotReopened,
    ReasonRequired,
    RowsRefused,
)
from shared.settings import Settings
from shared.values import media_types
from shared.values.field_error import FieldValueError
from shared.values.months import MONTH_PATTERN, month_of
from shared.values.push_paths import push_path
from shared.vocabulary import PushMode

PUSH_PROBLEMS: Final = (RowsRefused, Empty, ReasonRequired, MonthClosed, NotReopened, Conflict)
DRY_RUN_RESPONSE: Final[dict[int | str, dict[str, Any]]] = {
    200: {"model": Import, "description": "The report of a dry run; nothing was changed."},
}


class PushQuery(BaseModel):
    """The parameters of a push."""

    model_config = ConfigDict(extra="forbid")

    mode: PushMode = Field(
        default=PushMode.ATOMIC,
        description="`atomic`: store all rows or none. `partial`: store the valid rows and report the others. `replace`:"
        " replace the whole month and retract counts that are not in the push; requires `month`.",
    )
    dry_run: bool = Field(default=False, description="Validate the push and return its report without storing anything.")
    month: Annotated[str, Field(pattern=MONTH_PATTERN, examples=["2022-08"])] | None = Field(
        default=None, description="The only month of the rows; rows of other months are rejected."
    )
    allow_empty: bool = Field(
        default=False,
        description="Accept a push without rows, which is otherwise refused with `empty`. With `mode=replace` it retracts the"
        " whole month.",
    )
    reason: Annotated[str, Field(min_length=1, max_length=500)] | None = Field(
        default=None,
        description="Reason for the change. Required if a month in the push was submitted before;"
        " otherwise the response is `reason_required`.",
    )
    challenge: UUID | None = Field(
        default=None,
        description="The challenge that the push answers: only the challenged count may change, also in a submitted or accepted"
        " month, until the challenge's deadline.",
    )

    @model_validator(mode="after")
    def _check_combination(self) -> Self:
        if self.mode is PushMode.REPLACE and self.month is None:
            raise FieldValueError("整月替换须给出 month", "`mode=replace` requires `month`", "month")
        return self

    @property
    def may_be_empty(self) -> bool:
        """True if the body may be empty."""
        return self.allow_empty

    @property
    def source(self) -> date | None:
        """The month whose rows are copied."""
        return None

    def request(
        self, sender: Principal, dataset: str, media: Media, body: Spool, *, import_id: UUID, key: str | None, request_id: str
    ) -> PushRequest:
        """Return the push that these parameters ask for."""
        return PushRequest(
            principal=sender,
            dataset=dataset,
            media=media,
            mode=self.mode,
            dry_run=self.dry_run,
            month=month_of(self.month) if self.month else None,
            allow_empty=self.allow_empty,
            reason=self.reason,
            challenge=self.challenge,
            copy_from=self.source,
            body=body,
            import_id=import_id,
            key=key,
            request_id=request_id,
        )


async def receive_rows(
    request: Request, service: IngestService, dataset: Dataset, query: PushQuery, sender: Principal, idempotency_key: str | None
) -> Response:
    """Receive rows as JSON, carry out the push, and answer once it is committed."""
    header = request.headers.get("content-type")
    declared = DeclaredMedia(None, None) if is_multipart(header) else declared_media(header)
    if declared.media is not Media.JSON and not (header is None and query.may_be_empty):
        raise MediaType(
            f"此接口只接收 application/json；文件请发送到 {push_path(dataset.name, media_types.CSV)}。",
            f"Content-Type must be application/json here; send files to {push_path(dataset.name, media_types.CSV)}.",
        )
    return await _receive(request, service, dataset, query, sender, idempotency_key)


async def receive_file(
    request: Request, service: IngestService, dataset: Dataset, query: PushQuery, sender: Principal, idempotency_key: str | None
) -> Response:
    """Receive a file, carry out the push, and answer once it is committed."""
    header = request.headers.get("content-type")
    if not is_multipart(header) and declared_media(header).media is Media.JSON:
        raise _json_in_file(dataset)
    return await _receive(request, service, dataset, query, sender, idempotency_key, is_file=True)


def _json_in_file(dataset: Dataset) -> MediaType:
    path = push_path(dataset.name, media_types.JSON)
    return MediaType(f"JSON 请发送到 {path}。", f"Send JSON to {path}.")


async def _receive(
    request: Request,
    service: IngestService,
    dataset: Dataset,
    query: PushQuery,
    sender: Principal,
    idempotency_key: str | None,
    *,
    is_file: bool = False,
) -> Response:
    settings = service.settings
    header = request.headers.get("content-type")
    declared = None if is_multipart(header) else declared_media(header)
    max_bytes = _max_bytes(declared.media if declared else None, settings)
    async with spool_body(request, max_bytes, settings.spool_dir, may_be_empty=query.may_be_empty) as body:
        media = await _media_of(body, declared or declared_media(body.content_type), settings)
        if is_file and media is Media.JSON and body.size:
            raise _json_in_file(dataset)
        ids = {"import_id": service.clock.new_id(), "request_id": request.state.request_id}
        return await carry_out(service, dataset, query.request(sender, dataset.name, media, body, key=idempotency_key, **ids))


async def _media_of(body: Spool, declared: DeclaredMedia, settings: Settings) -> Media:
    """Return the media type of a body. Raises MediaType, TooLarge, or Malformed for a charset that it does not have."""
    if body.size == 0:
        return declared.media or Media.JSON
    media = detect_media(declared.media, body.file)
    if body.size > _max_bytes(media, settings):
        raise body_too_large(_max_bytes(media, settings))
    if media is Media.CSV and declared.charset:
        await check_charset(body.file, declared.charset)
    return media


async def carry_out(service: IngestService, dataset: Dataset, request: PushRequest) -> Response:
    """Carry out a push, and answer once it is committed. Raises the refusal that was recorded."""
    async with (
        service.quota.push_place(request.principal),
        push_execution(service, request) as execution,
        service.database.write(request.scope) as connection,
    ):
        outcome = await push(connection, service, dataset, request, execution)
    if outcome.refusal:
        raise outcome.refusal
    return outcome.answer.to_response()


def _max_bytes(media: Media | None, settings: Settings) -> int:
    by_media: dict[Media | None, int] = {Media.JSON: settings.json_max_bytes, Media.XLSX: settings.xlsx_max_bytes}
    return by_media.get(media, settings.bulk_max_bytes)
