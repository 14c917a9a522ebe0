"""A push that names a challenge: only the challenged count is open to it, whatever the state of its month."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from services.ingest.push.dataset import PushRun
from services.ingest.push.request import PushRequest
from services.ingest.submissions.reopened_parts import ReopenedParts
from shared.campaign.applied import AppliedDefinition
from shared.database import audit
from shared.database.sql import statement
from shared.domain.challenges import Deadlines, deadlines_from, opens_count, position_on
from shared.problem_members import StateAndActions
from shared.problems import Conflict, FieldError, NotFound, Schema
from shared.values.bilingual import Bilingual
from shared.values.months import month_text
from shared.vocabulary import ChallengeMove, ChallengeState, FieldCode

_MONTH: Final = "SELECT month FROM challenge WHERE campaign = %s AND org = %s AND id = %s"
_LOCK: Final = statement(__package__, "lock_challenge")
_VALUE: Final = statement(__package__, "challenged_value")
_CORRECT: Final = statement(__package__, "correct_challenge")
_INSERT_MOVE: Final = statement(__package__, "insert_correction")


@dataclass(frozen=True, slots=True)
class OpenChallenge:
    """A challenge whose count may be corrected; its row is locked."""

    id: UUID
    month: date
    metric: str
    area: str
    value: int  # that was challenged
    state: ChallengeState
    due: date | None
    decision_due: date | None
    corrected_by: UUID | None
    revision: int

    def parts(self, definition: AppliedDefinition) -> ReopenedParts:
        """Return the count, or the register rows that it is derived from, as a month is reopened for them."""
        if definition.metric(self.metric).derived:
            registers = [register.code for register in definition.registers if self.metric in {c.metric for c in register.counts}]
            return ReopenedParts(self.month, (), [{"register": code, "area": self.area} for code in registers], challenged=True)
        return ReopenedParts(self.month, [{"metric": self.metric, "area": self.area}], (), challenged=True)


async def limit_to_challenged_month(connection: AsyncConnection, request: PushRequest) -> PushRequest:
    """Return a push that names a challenge with the month of the count. Raises NotFound, or Schema if it names another month."""
    scope = request.scope
    row = await (await connection.execute(_MONTH, [scope.campaign, scope.org, request.challenge])).fetchone()
    if row is None:
        raise NotFound("没有针对贵单位数据的这一质疑。", "There is no such challenge of your counts.")
    (month,) = row
    if request.month not in (None, month):
        text = month_text(month)
        message = Bilingual(zh=f"该质疑针对 {text} 的数据", en=f"the challenge is about a count of {text}")
        raise Schema(errors=[FieldError(where="query.month", code=FieldCode.INVALID_COMBINATION, message=message)])
    return replace(request, month=month)


async def open_challenge(run: PushRun) -> OpenChallenge | None:
    """Lock the challenge that the push names, if any. Raises Conflict if its count is not open today."""
    request = run.request
    if request.challenge is None:
        return None
    binds = {"campaign": request.scope.campaign, "org": request.scope.org, "id": request.challenge}
    cursor = run.connection.cursor(row_factory=class_row(OpenChallenge))
    challenge = await (await cursor.execute(_LOCK, binds)).fetchone()
    if challenge is None:
        raise NotFound
    state, deadlines = ChallengeState(challenge.state), Deadlines(challenge.due, challenge.decision_due)
    if not opens_count(state, deadlines, run.today):
        shown = position_on(state, deadlines, run.today).state
        raise Conflict(
            f"该质疑当前为“{shown.title_.zh}”，数据不能据此更正；承认有误或裁定成立后，须在期限内更正。",
            f"The challenge is {shown.title_.en}; its count can be corrected only between a concession or an upholding decision"
            " and the deadline.",
            members=StateAndActions(state=shown.value, actions=[]),
        )
    return challenge


async def record_correction(run: PushRun, challenge: OpenChallenge, *, changed: bool, version: int, now: datetime) -> None:
    """Record that the push corrected the count, if it did: the count is no longer open to this challenge.

    A count that was conceded may have been changed before; one that an upholding decision is about has to change again.
    """
    state = ChallengeState(challenge.state)
    value = await _stored_value(run, challenge)
    if value == challenge.value or not (changed or state is ChallengeState.CONCEDED):
        return
    request = run.request
    after = ChallengeState.CORRECTED if state is ChallengeState.CONCEDED else state
    due, decision_due = deadlines_from(after, run.today, run.definition) if after is ChallengeState.CORRECTED else (None, None)
    columns = {"state": after, "due": due, "decision_due": decision_due, "corrected_by": request.import_id}
    previous = {name: getattr(challenge, name) for name in columns}
    differing = [name for name, column in columns.items() if column != previous[name]]
    key = {"campaign": request.scope.campaign, "org": request.scope.org, "id": challenge.id, "revision": challenge.revision + 1}
    move = {
        "move": ChallengeMove.CORRECT,
        "actor": request.principal.client_id,
        "reason": request.reason,
        "details": Jsonb({"import_id": str(request.import_id), "value": value, "data_version": version}),
        "before": Jsonb(_as_json(previous, differing)),
        "after": Jsonb(_as_json(columns, differing)),
    }
    await run.connection.execute(_CORRECT, key | columns | {"at": now})
    await run.connection.execute(_INSERT_MOVE, key | move | {"state": after, "at": now})
    await audit.record(
        run.connection,
        campaign=request.scope.campaign,
        org=request.scope.org,
        actor=request.principal.client_id,
        operation="move_challenge",
        subject=str(challenge.id),
        request_id=request.request_id,
        now=now,
    )


async def _stored_value(run: PushRun, challenge: OpenChallenge) -> int | None:
    definition = run.definition
    binds = {
        "campaign": run.request.scope.campaign,
        "org": run.request.scope.org,
        "month": challenge.month,
        "metric": definition.metric_numbers[challenge.metric],
        "area": definition.area_numbers[challenge.area],
    }
    row = await (await run.connection.execute(_VALUE, binds)).fetchone()
    return row[0] if row else None


def _as_json(columns: dict[str, Any], names: list[str]) -> dict[str, Any]:
    """Return columns as the history has them."""
    return {name: None if columns[name] is None else str(columns[name]) for name in names}
