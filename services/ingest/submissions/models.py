"""Requests and responses of the endpoints under `/v1/submissions`."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from shared.http.json_response import ResponseModel
from shared.values.field_error import FieldValueError, MissingFieldsError
from shared.values.fields import ReasonText, RequestBody
from shared.values.months import MONTH_PATTERN
from shared.values.person import Person
from shared.values.timestamps import Timestamp
from shared.vocabulary import RegisterCode, ReopeningMove, ReopeningState, SubmissionMove, SubmissionState

OrgInPath = Annotated[str, Path(max_length=63, description="Organisation code.", examples=["telecom"])]
MonthInPath = Annotated[str, Path(pattern=MONTH_PATTERN, description="Month, such as 2022-08.", examples=["2022-07"])]
CodeText = Annotated[str, StringConstraints(min_length=1, max_length=63)]


class CountPart(BaseModel):
    """A count of the month, identified by metric and area."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    metric: CodeText
    area: CodeText


PARTS_MAX = 500
CountParts = Annotated[list[CountPart], Field(min_length=1, max_length=PARTS_MAX)]


class RegisterPart(BaseModel):
    """The rows of a register in one subdistrict, or in the whole campaign area."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: RegisterCode = Field(alias="register")  # pydantic has a `register` of its own
    area: CodeText


class RequestedRegisterPart(RegisterPart):
    """The rows of a register that a reopening is requested for."""


class SubmissionMoveRequest(RequestBody):
    """A move of a submission. `submit` requires `content_hash` and `attested_by`; `return` and `reopen` require a reason."""

    move: SubmissionMove
    content_hash: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = Field(
        default=None, description="The `content_hash` of the submission that you read; it is what the person attests."
    )
    attested_by: Person | None = Field(default=None, description="Person who attests the month's counts.")
    reason: ReasonText | None = None
    cells: CountParts | None = Field(default=None, description="Counts that a return is about. Defaults to the whole month.")

    @model_validator(mode="after")
    def _require_fields_of_move(self) -> Self:
        if self.move is SubmissionMove.SUBMIT and (self.content_hash is None or self.attested_by is None):
            raise MissingFieldsError(
                "报送时须提供 content_hash（数据摘要）和 attested_by（负责人）",
                "content_hash and attested_by are required for `submit`",
                *(name for name in ("content_hash", "attested_by") if getattr(self, name) is None),
            )
        if self.move in (SubmissionMove.RETURN, SubmissionMove.REOPEN) and not self.reason:
            raise MissingFieldsError("退回和重新开放须说明原因", "a reason is required for `return` and `reopen`", "reason")
        if self.move is not SubmissionMove.RETURN and self.cells is not None:
            raise FieldValueError("cells 仅用于退回", "`cells` is allowed only for `return`", "cells")
        return self


class SubmissionDocument(ResponseModel):
    """The submission of one organisation's month."""

    org: str
    month: str
    state: SubmissionState
    due: date
    content_hash: str = Field(
        description="SHA-256 of the current counts, as sorted lines `metric,area,value`, followed by the rows of the registers."
    )
    attested_hash: str | None = Field(
        description="Content hash that was attested; null unless the month is submitted or accepted."
    )
    attested_by: Person | None = Field(description="Person who attested the month's counts.")
    reason: str | None = Field(description="Reason of the last move; null if it gave none.")
    cells: list[CountPart] = Field(
        description="Counts that the last return or reopening is about. If `registers` is empty too, it is about the whole"
        " month. After a reopening, only these may change until the month is submitted again."
    )
    registers: list[RegisterPart] = Field(description="Register rows that the last reopening is about; see `cells`.")
    reopening: UUID | None = Field(description="Id of the open reopening request; null if there is none.")
    data_version: int | None = Field(description="Data version of the last move; null before the first move.")
    revision: str = Field(
        description="Changes with every move, change of the counts and reopening request. Send it in quotes as `If-Match`."
    )
    actions: list[str] = Field(description="Moves that you may make now.")


class NewReopening(RequestBody):
    """A request to reopen a submitted or accepted month."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "cells": [{"metric": "fbb_subs_total", "area": "liangjiang"}],
                    "reason": "漏报一个分局的用户数，须更正",
                },
                {
                    "registers": [{"register": "base_stations", "area": "500112022"}],
                    "reason": "一座共享基站登记了两次",
                },
            ]
        }
    )

    cells: list[CountPart] = Field(
        default_factory=list,
        max_length=PARTS_MAX,
        description="Counts to correct; after the reopening no other counts may change.",
    )
    registers: list[RequestedRegisterPart] = Field(
        default_factory=list,
        max_length=PARTS_MAX,
        description="Registers whose rows are to be corrected, by subdistrict; the counts derived from them change too.",
    )
    reason: ReasonText

    @model_validator(mode="after")
    def _require_parts(self) -> Self:
        if not self.cells and not self.registers:
            raise FieldValueError(
                "请在 cells 或 registers 中列出需要更正的数据",
                "at least one entry in `cells` or `registers` is required",
                *("cells", "registers"),
            )
        return self


class ReopeningMoveRequest(RequestBody):
    """A move of a reopening request. The submission's move `reopen` grants the request."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"move": "decline", "reason": "差异在允许范围内，无须更正"}]})

    move: ReopeningMove
    reason: ReasonText


class ReopeningDocument(ResponseModel):
    """A reopening request."""

    id: UUID
    org: str = Field(description="Organisation that requests the reopening of its month.")
    month: str
    state: ReopeningState
    cells: list[CountPart]
    registers: list[RegisterPart]
    reason: str
    asked_at: Timestamp
    decided_at: Timestamp | None
    decided_org: str | None
    decision: str | None = Field(description="Reason for granting or declining the request; null while it is open.")
    revision: int = Field(description="Number of the current revision. Send it in quotes as `If-Match`.")
    actions: list[ReopeningMove] = Field(description="Moves that you may make now, apart from reopening the month.")
