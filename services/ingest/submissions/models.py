"""What the endpoints of the monthly sign-off take and answer."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from shared.http.json_response import ResponseModel
from shared.values.field_error import FieldValueError
from shared.values.fields import Body, Line, Paragraph
from shared.values.months import MONTH_PATTERN
from shared.vocabulary import RegisterCode, ReopeningMove, ReopeningState, SubmissionMove, SubmissionState

OrgInPath = Annotated[str, Path(max_length=63, examples=["telecom"])]
MonthInPath = Annotated[str, Path(pattern=MONTH_PATTERN, examples=["2022-08"])]
PersonText = Annotated[Line, StringConstraints(max_length=100)]
ReasonText = Annotated[Paragraph, StringConstraints(max_length=1_000)]
CodeText = Annotated[str, StringConstraints(min_length=1, max_length=63)]


class CountKey(BaseModel):
    """One count of a month, by metric and area."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    metric: CodeText
    area: CodeText


PARTS_MAX = 500
CountKeys = Annotated[list[CountKey], Field(min_length=1, max_length=PARTS_MAX)]


class RegisterPart(BaseModel):
    """The rows of one register in one street, or in the whole campaign area."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: RegisterCode = Field(alias="register")  # pydantic has a `register` of its own
    area: CodeText


class Attestation(BaseModel):
    """Who answers for the month's counts, by name and position."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    name: PersonText
    title: PersonText


class SubmissionMoveRequest(Body):
    """The move, and what it needs: submitting is attested by a person, returning and reopening give a reason."""

    move: SubmissionMove
    content_hash: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = Field(
        default=None, description="The `content_hash` that was read: exactly this is attested."
    )
    attested_by: Attestation | None = None
    reason: ReasonText | None = None
    cells: CountKeys | None = Field(default=None, description="The counts that a return is about; left out: the whole month.")

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.move is SubmissionMove.SUBMIT and not (self.content_hash and self.attested_by):
            raise FieldValueError("报送须有 content_hash 和 attested_by", "submitting needs content_hash and attested_by")
        if self.move in (SubmissionMove.RETURN, SubmissionMove.REOPEN) and not self.reason:
            raise FieldValueError("退回和重新打开须说明原因", "returning and reopening need a reason")
        if self.move is not SubmissionMove.RETURN and self.cells is not None:
            raise FieldValueError("cells 只用于退回", "cells go with a return only")
        return self


class SubmissionDocument(ResponseModel):
    """The monthly sign-off of one organisation."""

    org: str
    month: str
    state: SubmissionState
    due: date
    content_hash: str = Field(
        description="SHA-256 over what stands now: the sorted `metric,area,value` lines, then those of its registers."
    )
    attested_hash: str | None = Field(description="The content hash that was attested.")
    attested_by: Attestation | None
    reason: str | None = Field(description="Of the last move, where it gave one.")
    cells: list[CountKey] = Field(
        description="The counts that the last return or reopening is about; with `registers` empty as well: the whole month."
        " After a reopening only these may change, until the month is submitted again."
    )
    registers: list[RegisterPart] = Field(description="The rows of registers that the last reopening is about, in the same way.")
    reopening: UUID | None = Field(description="The open request for reopening it.")
    data_version: int | None = Field(description="The version of its last move; null while nobody moved it.")
    actions: list[str] = Field(description="The moves the caller may make now.")


class NewReopening(Body):
    """A request to have a submitted or accepted month opened again."""

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

    cells: list[CountKey] = Field(
        default_factory=list, max_length=PARTS_MAX, description="The counts that are to be corrected. No others may change then."
    )
    registers: list[RegisterPart] = Field(
        default_factory=list,
        max_length=PARTS_MAX,
        description="The registers whose rows are to be corrected, by street; the counts derived from them follow.",
    )
    reason: ReasonText

    @model_validator(mode="after")
    def _names_something(self) -> Self:
        if not self.cells and not self.registers:
            raise FieldValueError(
                "请在 cells 或 registers 中写明要更正的数据", "name what is to be corrected in cells or registers"
            )
        return self


class ReopeningMoveRequest(Body):
    """What is to be done with a request. It is granted by the submission's move `reopen`."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"move": "decline", "reason": "差异在允许范围内，无须更正"}]})

    move: ReopeningMove
    reason: ReasonText


class ReopeningDocument(ResponseModel):
    """A request for reopening a month."""

    id: UUID
    org: str = Field(description="Who asks, for a month of its own.")
    month: str
    state: ReopeningState
    cells: list[CountKey]
    registers: list[RegisterPart]
    reason: str
    asked_at: datetime
    decided_at: datetime | None
    decided_org: str | None
    decision: str | None = Field(description="The reason given for granting or declining it.")
    actions: list[ReopeningMove] = Field(description="What the caller may do with it now, besides reopening the month.")
