"""The sections of a report on what organisations move forward: tasks, cases, difficulties, action items and challenges."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from services.indicators.reports.registry_data import FOLLOWED_ACTION_ITEMS, FOLLOWED_CHALLENGES, FOLLOWED_DIFFICULTIES, ItemRow
from services.indicators.reports.report_data import LISTED_MAX, ReportData, ReportJson
from shared.campaign.applied import AppliedDefinition
from shared.domain import action_item_moves, challenges, difficulty_moves
from shared.values.months import month_text
from shared.vocabulary import ActionItemState, CaseState, ChallengeState, DifficultyState, TaskMove


class _Followed(NamedTuple):
    """An item with what the report derives from its row."""

    row: ItemRow
    org: str  # in whose numbers it is counted
    state: Any  # on the day of the report
    due: date | None  # of the move that it waits for
    days_left: int | None


def report_task_reviews(data: ReportData) -> list[ReportJson]:
    """Return the acceptances, returns and reopenings of assignments since the previous report, in order."""
    assignments, timezone = data.definition.assignments, ZoneInfo(data.definition.campaign.timezone)
    reviews = [(assignments[row["item_id"]], row) for row in data.registry.task_reviews if row["item_id"] in assignments]
    return [
        {
            "number": assignment.task.number,
            "org": assignment.org,
            "move": TaskMove(row["move"]),
            "by": row["by_org"],
            "day": row["at"].astimezone(timezone).date(),
            "reason": row["reason"],
        }
        for assignment, row in reviews
    ]


def report_case_states(data: ReportData) -> list[ReportJson]:
    """Return the number of cases by state, of states that any case has or had at the time of the previous report."""
    states = data.registry.case_states
    documents = []
    for state in CaseState:
        count = sum(number for (now, _), number in states.items() if now is state)
        before = sum(number for (_, earlier), number in states.items() if earlier is state)
        entered = sum(number for (now, earlier), number in states.items() if now is state is not earlier)
        if count or before:
            documents.append(
                {"state": state, "count": count, "before": None if data.previous is None else before, "entered": entered}
            )
    return documents


def report_difficulties(data: ReportData) -> ReportJson:
    """Return the difficulties that were opened or finished since the previous report, and those that are unfinished."""

    def due(row: ItemRow) -> date | None:
        return difficulty_moves.awaited_by(DifficultyState(row["state"]), row["needed_by"], row["due_on"])

    categories = {category.code: category.title.model_dump() for category in data.definition.difficulty_categories}
    followed = [_followed(data, row, DifficultyState(row["state"]), due(row)) for row in data.registry.difficulties]
    return _section(
        data.definition,
        followed,
        finished=FOLLOWED_DIFFICULTIES.finished,
        resolved={DifficultyState.RESOLVED},
        document=lambda row: {
            **{name: row[name] for name in ("title", "category", "area", "task", "responsible")},
            "category_title": categories.get(row["category"]),
            "escalated": row["escalated_at"] is not None,
        },
    )


def report_action_items(data: ReportData) -> ReportJson:
    """Return the action items that were issued or finished since the previous report, and those that are unfinished."""

    def due(row: ItemRow) -> date | None:
        return action_item_moves.awaited_by(ActionItemState(row["state"]), row["due_on"])

    followed = [_followed(data, row, ActionItemState(row["state"]), due(row)) for row in data.registry.action_items]
    return _section(
        data.definition,
        followed,
        finished=FOLLOWED_ACTION_ITEMS.finished,
        resolved={ActionItemState.ACCEPTED},
        document=lambda row: {name: row[name] for name in ("title", "issued_by", "issued_on", "task")},
    )


def report_challenges(data: ReportData) -> ReportJson:
    """Return the challenges that were opened or decided since the previous report, and those that are undecided."""
    titles = {metric.code: metric.title.model_dump() for metric in data.definition.metrics}
    followed = []
    for row in data.registry.challenges:
        deadlines = challenges.Deadlines(row["due"], row["decision_due"])
        position = challenges.position_on(ChallengeState(row["state"]), deadlines, data.issued_on)
        due = None if position.state in challenges.ENDED else position.due
        org = row["challenger"] if position.state in challenges.TO_BE_DECIDED else row["org"]  # as in the workload
        followed.append(_followed(data, row, position.state, due, org))
    return _section(
        data.definition,
        followed,
        finished=FOLLOWED_CHALLENGES.finished,
        resolved={ChallengeState.UPHELD, ChallengeState.DISMISSED},
        document=lambda row: {
            **{name: row[name] for name in ("metric", "area", "value", "challenger")},
            "metric_title": titles.get(row["metric"]),
            "month": month_text(row["month"]),
        },
    )


def _followed(data: ReportData, row: ItemRow, state: Any, due: date | None, org: str | None = None) -> _Followed:  # noqa: ANN401 - of the kind
    return _Followed(row, org or row["org"], state, due, None if due is None else (due - data.issued_on).days)


def _section(
    definition: AppliedDefinition,
    items: Sequence[_Followed],
    *,
    finished: Collection[str],
    resolved: Collection[Any],
    document: Callable[[ItemRow], Mapping[str, Any]],
) -> ReportJson:
    """Return counts, in all and by organisation, and the items: unfinished ones by their due dates, then the finished ones."""

    def totals(counted: Iterable[_Followed]) -> ReportJson:
        counted = list(counted)
        return {
            "opened": sum(item.row["earlier_state"] is None for item in counted),
            "resolved": sum(item.state in resolved for item in counted),
            "ended": sum(item.state in finished and item.state not in resolved for item in counted),
            "unfinished": sum(item.state not in finished for item in counted),
            "overdue": sum(map(_is_overdue, counted)),
        }

    unfinished = [item for item in items if item.state not in finished]
    listed = [
        *sorted(unfinished, key=lambda item: item.due or date.max),
        *(item for item in items if item.state in finished),
    ][:LISTED_MAX]
    orgs = {item.org for item in items}
    order = dict.fromkeys([*definition.org_codes, *sorted(orgs)])  # some may have left the campaign
    return {
        "totals": totals(items),
        "organisations": [{"org": org, **totals(item for item in items if item.org == org)} for org in order if org in orgs],
        "items": [
            {
                "id": item.row["id"],
                "org": item.row["org"],
                "state": item.state,
                "due": item.due,
                "days_left": item.days_left,
                "overdue": _is_overdue(item),
                **document(item.row),
            }
            for item in listed
        ],
    }


def _is_overdue(item: _Followed) -> bool:
    return item.days_left is not None and item.days_left < 0
