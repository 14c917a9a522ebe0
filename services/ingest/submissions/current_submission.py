"""The current submission of an organisation's month, with the moves that its reader may make."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import dict_row
from starlette.requests import Request
from starlette.responses import Response

from shared.access import policy
from shared.access.key_ring import Principal
from shared.campaign.applied import AppliedDefinition
from shared.database.database import Scope
from shared.database.sql import statement
from shared.domain.submission_moves import SUBMISSION_MOVES, Condition, relations_to_month
from shared.domain.transitions import Relation, allowed_moves
from shared.http import etag
from shared.http.json_response import item_response
from shared.problems import NotFound
from shared.registers import REGISTERS
from shared.values.months import month_text, next_month
from shared.vocabulary import SubmissionMove, SubmissionState

_LIST = statement(__package__, "list_submissions")
_REGISTERS_WITH_AREA = [code.value for code, register in REGISTERS.items() if register.by_area]


@dataclass(frozen=True, slots=True)
class CurrentSubmission:
    """The submission of one organisation's month as one reader sees it today."""

    row: Mapping[str, Any]
    month: date
    due: date
    reader: Principal
    ended: bool  # the month is over
    relations: frozenset[Relation]  # of the reader's organisation to the month

    @property
    def org(self) -> str:
        """The organisation whose month it is."""
        return str(self.row["org"])

    @property
    def state(self) -> SubmissionState:
        """The state after the last move; open before the first one."""
        return SubmissionState(self.row["state"])

    @property
    def conditions(self) -> frozenset[Condition]:
        """The conditions of moves that hold now."""
        conditions = {Condition.MONTH_ENDED: self.ended, Condition.REOPENING_REQUESTED: self.row["reopening"] is not None}
        return frozenset(condition for condition, holds in conditions.items() if holds)

    @property
    def actions(self) -> list[SubmissionMove]:
        """The moves that the reader may make now."""
        allowed = allowed_moves(SUBMISSION_MOVES, self.state, self.reader.role, self.relations, self.conditions)
        return [transition.move for transition in allowed]

    @property
    def revision(self) -> str:
        """The data version of the last move, and what else a move depends on: the content and the open reopening request."""
        row = self.row
        return f"{row['version'] or 0}-{etag.entity_tag(row['content_hash'], row['reopening'])[1:9]}"

    def document(self) -> dict[str, Any]:
        """Return the JSON of a `SubmissionDocument`."""
        row = self.row
        attested_name = row["attested_name"]
        return {
            "org": self.org,
            "month": month_text(self.month),
            "state": self.state,
            "due": self.due,
            "content_hash": row["content_hash"],
            "attested_hash": row["attested_hash"],
            "attested_by": {"name": attested_name, "title": row["attested_title"]} if attested_name else None,
            "reason": row["reason"],
            "cells": row["cells"],
            "registers": row["registers"],
            "reopening": row["reopening"],
            "data_version": row["version"],
            "revision": self.revision,
            "actions": self.actions,
        }

    def response(self, request: Request | None = None) -> Response:
        """Return the document with the ETag that the next move needs; for a read, or 304 if the client has it."""
        return item_response(self.document(), self.revision, request)


def submission_scope(principal: Principal, operation: str, org: str) -> Scope:
    """Return the scope of one organisation's rows. Raises NotFound if the caller's role may not see them."""
    if policy.granted_reach(operation, principal.role) == "own" and org != principal.org:
        raise NotFound
    return Scope(principal.campaign, org)


async def read_current_submissions(
    connection: AsyncConnection, definition: AppliedDefinition, reader: Principal, orgs: Sequence[str], month: date, today: date
) -> list[CurrentSubmission]:
    """Return the submissions of several organisations for one month."""
    binds = {"campaign": reader.campaign, "orgs": list(orgs), "month": month, "registers_with_area": _REGISTERS_WITH_AREA}
    rows = await (await connection.cursor(row_factory=dict_row).execute(_LIST, binds)).fetchall()
    due, ended = definition.calendar.due(month), today >= next_month(month)
    return [
        CurrentSubmission(row, month, due, reader, ended, relations_to_month(definition, row["org"], reader.org)) for row in rows
    ]


async def read_current_submission(
    connection: AsyncConnection, definition: AppliedDefinition, reader: Principal, org: str, month: date, today: date
) -> CurrentSubmission:
    """Return the submission of one organisation. Raises NotFound if the campaign has no such organisation."""
    if org not in {organisation.code for organisation in definition.organisations}:
        raise NotFound
    (submission,) = await read_current_submissions(connection, definition, reader, [org], month, today)
    return submission
