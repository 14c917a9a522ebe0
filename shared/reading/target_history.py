"""Earlier values of lines with a target, from which the state of a target against its due date is computed."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Final

from shared.campaign.applied import AppliedDefinition, cached_on_definition
from shared.campaign.blocks import Target
from shared.domain.arithmetic import Threshold
from shared.domain.counts import Breakdown, MonthCounts
from shared.domain.deadline import Deadline, MonthValue, deadline_of
from shared.domain.summary import counts_by_month
from shared.domain.summary_lines import SummaryLine, deciding_counts, deciding_value
from shared.domain.summary_plan import MonthPlan, PlannedIndicator, indicators_plan
from shared.reading.reading import Reading
from shared.reading.recent_results import RecentResults
from shared.values.months import month_range, previous_month

HISTORY_MONTHS_MAX: Final = 120
CACHED_HISTORIES_MAX: Final = 16  # of each definition version
CACHED_COUNTS_MAX: Final = 20_000  # of a cached history


class TargetHistory:
    """The values of some indicators in the months before the requested ones, computed for the lines that need them."""

    def __init__(self, plans: Sequence[MonthPlan], counts: Mapping[date, MonthCounts]) -> None:
        """`plans` are those of the earlier months, in order."""
        self._months = [(plan.month, {each.code: each for each in plan.indicators}, counts[plan.month]) for plan in plans]
        self._values: dict[tuple[str, Breakdown], list[MonthValue]] = {}
        self._deadlines: dict[tuple[str, Breakdown, MonthValue, date, Threshold], Deadline] = {}

    @property
    def size(self) -> int:
        """The number of counts that the values are computed from."""
        return sum(metric.size for _, _, counts in self._months for metric in counts.values())

    def deadline(self, line: SummaryLine, target: Target | None) -> Deadline | None:
        """Return the state of one of a line's targets at the end of the line's month."""
        threshold = line.indicator.threshold(target)
        if target is None or threshold is None:
            return None
        latest = MonthValue(line.month, line.deciding.numerator, line.deciding.denominator, line.indicator.scale)
        key = line.indicator.code, line.breakdown, latest, target.due, threshold
        if key not in self._deadlines:
            earlier = [value for value in self._earlier_values(line) if value.month < line.month]
            self._deadlines[key] = deadline_of(target.due, threshold, [*earlier, latest])
        return self._deadlines[key]

    def _earlier_values(self, line: SummaryLine) -> list[MonthValue]:
        key = line.indicator.code, line.breakdown
        if key not in self._values:
            self._values[key] = [
                _value(month, indicators[line.indicator.code], counts, line.breakdown)
                for month, indicators, counts in self._months
                if line.indicator.code in indicators and indicators[line.indicator.code].has_line(counts, line.breakdown)
            ]
        return self._values[key]


async def read_target_history(reading: Reading, indicators: Collection[str], last: date) -> TargetHistory:
    """Read the values of some indicators in all months before a month, since the campaign's first."""
    if not (codes := frozenset(indicators)):
        return TargetHistory([], {})
    return await _recent(reading.definition).get(
        (reading.version, last, codes),
        lambda: _read(reading, codes, last),
        may_keep=lambda history: reading.committed and history.size <= CACHED_COUNTS_MAX,
    )


@cached_on_definition(1)
def _recent(_definition: AppliedDefinition) -> RecentResults[tuple[int, date, frozenset[str]], TargetHistory]:
    """Return the latest histories by data version, last month and indicators: what a version says of the past never changes."""
    return RecentResults(CACHED_HISTORIES_MAX)


async def earlier_months(reading: Reading, last: date) -> list[date]:
    """Return the months before a month of which a history has values: since the campaign's first."""
    first = await reading.first_month()
    return month_range(first, previous_month(last))[-HISTORY_MONTHS_MAX:] if first else []


async def _read(reading: Reading, codes: frozenset[str], last: date) -> TargetHistory:
    plans = [indicators_plan(reading.definition, month, codes) for month in await earlier_months(reading, last)]
    rows = await reading.read_counts(plans) if plans else []
    return TargetHistory(plans, counts_by_month(plans, rows))


def _value(month: date, indicator: PlannedIndicator, counts: MonthCounts, breakdown: Breakdown) -> MonthValue:
    value = deciding_value(indicator, deciding_counts(indicator, counts, breakdown), counts, None)
    return MonthValue(month, value.numerator, value.denominator, indicator.scale)
