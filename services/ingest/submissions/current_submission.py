"""Where an organisation's month stands, as somebody sees it on a day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import dict_row
from starlette.responses import Response

from shared.access import policy
from shared.access.key_ring import Principal
from shared.campaign.applied import AppliedDefinition
from shared.database.database import Scope
from shared.database.sql import statement
from shared.domain import lifecycle
from shared.domain.lifecycle import Condition
from shared.http import etag
from shared.http.json_response import JsonResponse
from shared.problems import NotFound
from shared.registers import REGISTERS
from shared.values.months import month_text, next_month
from shared.vocabulary import Role, SubmissionMove, SubmissionState

_LIST = statement(__package__, "list_submissions")
_PLACED = [code.value for code, register in REGISTERS.items() if register.by_area]


@dataclass(frozen=True, slots=True)
class CurrentSubmission:
    """The sign-off of one organisation's month."""

    row: Mapping[str, Any]
    month: date
    due: date
    reader: Principal
    ended: bool  # the month is over
    standing_in: bool  # bureaus stand in for the task force, which has no seat but this organisation

    @property
    def org(self) -> str:
        """Whose month it is."""
        return str(self.row["org"])

    @property
    def state(self) -> SubmissionState:
        """Where it stands."""
        return SubmissionState(self.row["state"])

    @property
    def own(self) -> bool:
        """Whether it is the reader's own organisation's."""
        return self.org == self.reader.org

    @property
    def given(self) -> frozenset[Condition]:
        """What is so, of what some moves need."""
        facts = {Condition.MONTH_ENDED: self.ended, Condition.REOPENING_ASKED: self.row["reopening"] is not None}
        return frozenset(circumstance for circumstance, holds in facts.items() if holds)

    @property
    def actions(self) -> list[SubmissionMove]:
        """The moves that the reader may make now."""
        who = (self.state, self.reader.role)
        return lifecycle.available_moves(
            lifecycle.SUBMISSION_MOVES, *who, own=self.own, standing_in=self.standing_in, given=self.given
        )

    @property
    def revision(self) -> int:
        """The version of its last move, 0 where nobody moved it."""
        return self.row["version"] or 0

    @property
    def view(self) -> tuple[object, ...]:
        """What its ETag depends on besides its revision."""
        reader, row = self.reader, self.row
        who = (reader.campaign, reader.org, reader.role)
        return ("submission", *who, self.org, month_text(self.month), row["content_hash"], row["reopening"], self.ended)

    def document(self) -> dict[str, Any]:
        """As it is answered."""
        row = self.row
        signed = row["attested_name"]
        return {
            "org": self.org,
            "month": month_text(self.month),
            "state": self.state,
            "due": self.due,
            "content_hash": row["content_hash"],
            "attested_hash": row["attested_hash"],
            "attested_by": {"name": signed, "title": row["attested_title"]} if signed else None,
            "reason": row["reason"],
            "cells": row["cells"],
            "registers": row["registers"],
            "reopening": row["reopening"],
            "data_version": row["version"],
            "actions": self.actions,
        }

    def answer(self) -> Response:
        """Its document with the ETag that a move needs."""
        return JsonResponse(self.document(), headers=etag.cache_headers(etag.revision_tag(self.revision, *self.view)))


def submission_scope(principal: Principal, operation: str, org: str) -> Scope:
    """The rows of the organisation that is named. Raises NotFound for another than one's own, where that is all one sees."""
    if policy.granted_reach(operation, principal.role) == "own" and org != principal.org:
        raise NotFound
    return Scope(principal.campaign, org)


async def read_submissions(
    connection: AsyncConnection, definition: AppliedDefinition, reader: Principal, orgs: Sequence[str], month: date, today: date
) -> list[CurrentSubmission]:
    """The sign-offs of one month."""
    binds = {"campaign": reader.campaign, "orgs": list(orgs), "month": month, "placed": _PLACED}
    rows = await (await connection.cursor(row_factory=dict_row).execute(_LIST, binds)).fetchall()
    due, ended = definition.calendar.due(month), today >= next_month(month)
    return [CurrentSubmission(row, month, due, reader, ended, bureaus_decide(definition, row["org"])) for row in rows]


def bureaus_decide(definition: AppliedDefinition, org: str) -> bool:
    """Whether bureaus stand in for the task force where it is about this organisation: nobody decides about what is their own."""
    return not definition.other_has(Role.TASK_FORCE, org)


async def read_submission(
    connection: AsyncConnection, definition: AppliedDefinition, reader: Principal, org: str, month: date, today: date
) -> CurrentSubmission:
    """One organisation's. Raises NotFound where the campaign has no such organisation."""
    if org not in {each.code for each in definition.organisations}:
        raise NotFound
    (found,) = await read_submissions(connection, definition, reader, [org], month, today)
    return found
