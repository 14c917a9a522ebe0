"""The indicators of tasks: value, target, deadline and forecast of the whole campaign at a month's end."""

from collections.abc import Mapping
from datetime import date
from typing import Final, NamedTuple

from shared.campaign.applied import AppliedDefinition, cached_on_definition
from shared.campaign.blocks import Target, Task
from shared.domain.deadline import Deadline
from shared.domain.series.comparable_months import pace_ratio
from shared.domain.summary import summarise
from shared.domain.summary_lines import SummaryLine
from shared.domain.summary_plan import indicators_plan
from shared.domain.target_progress import TargetProgress, target_progress
from shared.reading.line_history import LineHistory, read_line_history, since_first_count
from shared.reading.reading import Reading
from shared.reading.recent_results import RecentResults
from shared.reading.target_history import TargetHistory, read_target_history
from shared.values.months import months_up_to
from shared.vocabulary import ForecastState

_LOOK_BACK_MONTHS: Final = 12  # as `GET /v1/targets` by default
_CACHED_MAX: Final = 16  # of each definition version


class TaskIndicator(NamedTuple):
    """An indicator of a task with the target that the task is compared with: its own, or else the campaign's."""

    line: SummaryLine
    target: Target | None
    progress: TargetProgress | None  # None: no target
    deadline: Deadline | None

    @property
    def will_miss(self) -> bool:
        """Return whether the target will be missed at the current pace."""
        return self.progress is not None and self.progress.forecast.state is ForecastState.WILL_MISS


TaskIndicators = Mapping[int, tuple[TaskIndicator, ...]]
"""The indicators of each task, by its number; those that are not defined in the month are left out."""


async def read_task_indicators(reading: Reading) -> TaskIndicators:
    """Return the indicators of all tasks at the end of the latest month whose counts are due."""
    month = reading.definition.calendar.latest_due(reading.today)
    return await _recent(reading.definition).get(
        (reading.version, month), lambda: _read(reading, month), may_keep=lambda _: reading.committed
    )


@cached_on_definition(1)
def _recent(_definition: AppliedDefinition) -> RecentResults[tuple[int, date], TaskIndicators]:
    """Return the latest indicators by data version and month: what a version says of a month never changes."""
    return RecentResults(_CACHED_MAX)


async def _read(reading: Reading, month: date) -> TaskIndicators:
    definition = reading.definition
    codes = frozenset(code for task in definition.tasks for code in task.indicators)
    if not codes:
        return {task.number: () for task in definition.tasks}
    plans = tuple([indicators_plan(definition, used, codes) for used in months_up_to(month, _LOOK_BACK_MONTHS)])
    plans, counts = since_first_count(plans, await reading.read_counts(plans))
    lines = list(summarise(plans, counts, by_area=False, by_org=False))
    history = await read_line_history(reading, lines, plans, counts)
    past = await read_target_history(reading, codes, month)
    return {task.number: _of_task(definition, task, history, past) for task in definition.tasks}


def _of_task(definition: AppliedDefinition, task: Task, history: LineHistory, past: TargetHistory) -> tuple[TaskIndicator, ...]:
    lines = {line.indicator.code: line for line in history.latest_lines}
    return tuple([_indicator(definition, task, lines[code], history, past) for code in task.indicators if code in lines])


def _indicator(
    definition: AppliedDefinition, task: Task, line: SummaryLine, history: LineHistory, past: TargetHistory
) -> TaskIndicator:
    targets = definition.targets_of(line.indicator.code, line.month)
    target = next((one for one in targets if one.task == task.number), line.target)
    if target is None:
        return TaskIndicator(line, None, None, None)
    progress = target_progress(line, target, history.comparable_months(line), pace_ratio(line, definition, line.month))
    return TaskIndicator(line, target, progress, past.deadline(line, target))
