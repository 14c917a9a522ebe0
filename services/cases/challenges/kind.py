"""The kind of challenges."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, Final

from pydantic import BaseModel
from sqlalchemy import ColumnElement, and_, case, false, func, or_, true
from sqlmodel import col, select

from services.cases.challenges.models import (
    Challenge,
    ChallengeChange,
    ChallengeMoveRequest,
    ChallengeQuery,
    NewChallenge,
)
from services.cases.items.call import ItemCall
from services.cases.items.kind import Kind, is_one_of, sql_condition
from services.cases.items.models import MoveRequest
from services.cases.items.tables import moves_column
from shared.access import policy
from shared.access.key_ring import Principal
from shared.campaign.applied import AppliedDefinition
from shared.database.sql import statement
from shared.domain.challenges import (
    CHALLENGE_EXPECTATIONS,
    CHALLENGE_MOVES,
    ENDED,
    LAPSING,
    TO_BE_DECIDED,
    ChallengePosition,
    Deadlines,
    deadlines_from,
    position_on,
)
from shared.domain.transitions import Relation
from shared.http.tables import Table, codes, fields, term
from shared.problem_members import CurrentCount, OpenChallenge
from shared.problems import AlreadyChallenged, CountChanged, FieldError, Forbidden, Schema
from shared.tables.challenge import WAITING_CHALLENGES
from shared.tables.challenge import Challenge as ChallengeRow
from shared.values.bilingual import Bilingual
from shared.values.months import month_of
from shared.vocabulary import ChallengeMove, ChallengeState, FieldCode, LedgerKind, Role, Term

_VALUES: Final = statement(__package__, "count_values")
_OWN_COUNT: Final = Bilingual(
    zh="不能质疑本单位的数据；更正已报送的数据请申请重新开放",
    en="is your own organisation; to correct counts of a closed month, request its reopening",
)
_FUTURE_VERSION: Final = Bilingual(zh="数据版本尚不存在", en="is later than the latest data version")
_NO_COUNT: Final = Bilingual(zh="该数据版本中没有这一数据", en="there is no such count in this data version")
_OTHER_VALUE: Final = Bilingual(zh="与该数据版本中的数值不符", en="differs from the value in this data version")


class Challenges(Kind[ChallengeRow]):
    """Challenges of counts: filed under the organisation whose count it is, not under the one that opens it."""

    code = "challenge"
    plural = "challenges"
    noun = "challenge"
    row = ChallengeRow
    states = ChallengeState
    moves = ChallengeMove
    transitions = CHALLENGE_MOVES
    ledger_kind = LedgerKind.CHALLENGE
    expectations = CHALLENGE_EXPECTATIONS
    deciding_columns = ("org", "state", "challenger", "due", "decision_due")
    inbox_columns = ("id", "month", "metric", "area")
    new = NewChallenge
    changes = NewChallenge
    move = ChallengeMoveRequest
    query = ChallengeQuery
    item = item_in_list = Challenge
    change = ChallengeChange
    table = Table(
        "challenges",
        "数据质疑",
        (
            *fields("id"),
            *codes("org", "metric", "area"),
            *fields("month", "value", "data_version"),
            *codes("challenger", of="org"),
            *fields("reason", "evidence"),
            term("state", ChallengeState),
            *fields("due", "overdue", "corrected_by", "opened_version", "ended_version", "revision", "created_at", "updated_at"),
            moves_column("actions"),
        ),
    )
    facets = ("state", "org", "metric", "area")
    filters = {  # noqa: RUF012
        "month": lambda value, _call: col(ChallengeRow.month) == month_of(value),
        "overdue": lambda value, call: _is_overdue(call) == value,
    }
    create_problems = (AlreadyChallenged, CountChanged)
    descriptions: Mapping[str, str] = {
        "create_challenge": """Challenge a count.

            Opens a challenge of one stored count, with the value and the data version that you read. The organisation whose count
            it is has until `due` to concede or rebut it. This creates a data version: explanations and the summary show it.

            Subdistrict offices challenge counts of their own subdistrict. A count has at most one open challenge.""",
        "move_challenge": """Answer, decide or withdraw a challenge.

            The organisation concedes or rebuts, and the other side upholds or dismisses, never the organisation itself. Without
            an answer or, after a concession, a correction by the deadline, the challenge is `unanswered` and can be decided.

            A concession, and a decision to uphold, open the count until the new `due` for a push with the parameter `challenge`.
            Upholding, dismissing and withdrawing create a data version.""",
    }

    def visible(self, reader: Principal, definition: AppliedDefinition) -> ColumnElement[bool]:
        """Return the condition under which the reader sees a challenge."""
        own = col(ChallengeRow.org) == reader.org
        if reader.role is Role.CARRIER:
            return own
        if reader.role is Role.STREET:
            return or_(own, col(ChallengeRow.area) == definition.organisation(reader.org).area)
        return true()

    def states_awaiting(self, role: Role, *, own: bool) -> frozenset[Term]:
        """Return all states of own ones, which pushes move too; of others also those that end unanswered as time passes."""
        states = super().states_awaiting(role, own=own)
        lapsing = LAPSING if ChallengeState.UNANSWERED in states else frozenset()
        return frozenset(ChallengeState) if own else states | lapsing

    def may_wait(self, today: date) -> ColumnElement[bool]:
        """Return the condition that something is expected; of an upheld challenge only until its deadline."""
        return and_(
            sql_condition(WAITING_CHALLENGES),
            or_(self.column("state") != ChallengeState.UPHELD, self.column("due") >= today),
        )

    def relations(self, row: ChallengeRow, caller: Principal, definition: AppliedDefinition) -> frozenset[Relation]:
        """Return whether the caller's organisation is challenged, or the challenger."""
        challenger = {Relation.CHALLENGER} if row.challenger == caller.org else set()
        return super().relations(row, caller, definition) | challenger

    def codes(self, definition: AppliedDefinition) -> Mapping[str, Collection[str | int]]:
        """Return the codes of the campaign that fields and filters may contain."""
        orgs = definition.org_codes
        return {
            "org": orgs,
            "challenger": orgs,
            "metric": [metric.code for metric in definition.metrics],
            "area": [area.code for area in definition.areas],
        }

    def state(self, row: ChallengeRow, call: ItemCall) -> ChallengeState:
        """Return the state today."""
        return _position(row, call).state

    def conditions(self, row: ChallengeRow, call: ItemCall) -> frozenset[str]:
        """Return whether the count may be corrected."""
        return _position(row, call).conditions

    def moves_by_push(self, role: Role, relations: frozenset[Relation]) -> frozenset[Term]:
        """Return the correction, by the organisation whose count it is."""
        pushes = Relation.OWN in relations and role in policy.GRANTS["push_observations"]
        return frozenset({ChallengeMove.CORRECT} if pushes else ())

    def due_day(self, row: ChallengeRow, call: ItemCall) -> date | None:
        """Return the last day of the next move."""
        return _position(row, call).due

    def title_of(self, row: ChallengeRow, definition: AppliedDefinition) -> str:
        """Return month, metric and area of the count."""
        return definition.count_label(row.month, row.metric, row.area).zh

    def workload_org(self, call: ItemCall) -> Any:  # noqa: ANN401 - as the overridden
        """Return the organisation whose count it is or, of a challenge to be decided, the challenger, in SQL."""
        return case(
            (is_one_of(self.expression("state", call), TO_BE_DECIDED), self.column("challenger")), else_=self.column("org")
        )

    def expression(self, name: str, call: ItemCall) -> Any:  # noqa: ANN401 - a mapped attribute
        """Return what a filter or facet compares: of the state that of today."""
        column = self.column(name)
        if name != "state":
            return column
        return case((_has_lapsed(call), ChallengeState.UNANSWERED.value), else_=column)

    def columns(self, row: ChallengeRow) -> dict[str, Any]:
        """Return the fields that come from the row alone."""
        return {name: value for name, value in super().columns(row).items() if name != "decision_due"}

    def listed(self, row: ChallengeRow, call: ItemCall) -> dict[str, Any]:
        """Return a challenge with its position today."""
        position = _position(row, call)
        return {**super().listed(row, call), **position._asdict(), "next_moves": position.next_moves}

    def owner(self, body: BaseModel, call: ItemCall) -> str:  # noqa: ARG002 - of other kinds
        """Return the organisation whose count is challenged."""
        return str(body.model_dump()["org"])

    def new_columns(self, body: BaseModel, call: ItemCall) -> dict[str, Any]:
        """Return the columns of a new challenge. Raises Forbidden or Schema for counts that the caller may not challenge."""
        columns = body.model_dump()
        if columns.pop("org") == call.caller.org:
            raise Schema(errors=[FieldError(where="/org", code=FieldCode.INVALID_VALUE, message=_OWN_COUNT)])
        if call.caller.role is Role.STREET and columns["area"] != call.definition.organisation(call.caller.org).area:
            raise Forbidden("只能质疑本街道的数据。", "You may challenge counts of your own subdistrict only.")
        due, decision_due = deadlines_from(ChallengeState.OPEN, call.today, call.definition)
        deadlines = {"due": due, "decision_due": decision_due}
        return columns | deadlines | {"month": month_of(columns["month"]), "challenger": call.caller.org}

    def changes_summary(self, row: ChallengeRow, move: Term | None) -> bool:  # noqa: ARG002 - of other kinds
        """Return whether a challenge begins or ends."""
        return move in {None, ChallengeMove.UPHOLD, ChallengeMove.DISMISS, ChallengeMove.WITHDRAW}

    async def begin(self, row: ChallengeRow, call: ItemCall, version: int | None) -> None:
        """Compare a new challenge with the ledger."""
        await _refuse_other_value(row, call, latest=(version or 1) - 1)
        await _refuse_second(row, call)
        row.opened_version = version or 0

    async def make_move(self, row: ChallengeRow, body: MoveRequest, call: ItemCall, version: int | None) -> None:
        """Set the deadlines of the new state."""
        move: ChallengeMove = body.move  # type: ignore[attr-defined] # each kind has its own enumeration
        state: ChallengeState = next(one.to for one in self.moves_of(row, call) if one.move is move and one.to)
        row.due, row.decision_due = deadlines_from(state, call.today, call.definition)
        if state in ENDED:
            row.ended_version = version


CHALLENGES: Final = Challenges()


def _position(row: ChallengeRow, call: ItemCall) -> ChallengePosition:
    return position_on(ChallengeState(row.state), Deadlines(row.due, row.decision_due), call.today)


def _has_lapsed(call: ItemCall) -> ColumnElement[bool]:
    """Return whether a challenge has become unanswered, as `position_on`, in SQL."""
    return and_(is_one_of(col(ChallengeRow.state), LAPSING), col(ChallengeRow.due) < call.today)


def _is_overdue(call: ItemCall) -> ColumnElement[bool]:
    """Return whether what is expected is late, as `position_on`, in SQL."""
    due = case((_has_lapsed(call), col(ChallengeRow.decision_due)), else_=col(ChallengeRow.due))
    return and_(col(ChallengeRow.state) != ChallengeState.UPHELD, func.coalesce(due < call.today, false()))


async def _refuse_other_value(row: ChallengeRow, call: ItemCall, latest: int) -> None:
    """Raise Schema unless the count had the value in the data version, `CountChanged` if it has another one by now."""
    if row.data_version > latest:
        raise _wrong_field("data_version", _FUTURE_VERSION)
    definition = call.definition
    binds = {
        "campaign": row.campaign,
        "org": row.org,
        "month": row.month,
        "metric": definition.metric_numbers[row.metric],
        "area": definition.area_numbers[row.area],
        "version": row.data_version,
    }
    read, current = await (await call.connection.execute(_VALUES, binds)).fetchone() or (None, None)
    if read is None:
        raise _wrong_field("data_version", _NO_COUNT)
    if read != row.value:
        raise _wrong_field("value", _OTHER_VALUE)
    if current != read:
        raise CountChanged(members=CurrentCount(value=current, data_version=latest))


def _wrong_field(name: str, message: Bilingual) -> Schema:
    return Schema(errors=[FieldError(where=f"/{name}", code=FieldCode.INVALID_VALUE, message=message)])


async def _refuse_second(row: ChallengeRow, call: ItemCall) -> None:
    """Raise `AlreadyChallenged` if the count has an open challenge; the campaign is locked."""
    same = (getattr(row, name) == col(getattr(ChallengeRow, name)) for name in ("campaign", "org", "month", "metric", "area"))
    query = select(ChallengeRow.id).where(*same, col(ChallengeRow.ended_version).is_(None))
    other = (await call.session.exec(query)).first()
    if other is not None:
        raise AlreadyChallenged(members=OpenChallenge(challenge=other))
