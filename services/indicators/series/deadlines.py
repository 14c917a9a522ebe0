"""The values of periods, and the state of their targets against the due dates."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from shared.domain.counts import Breakdown, CountPlace
from shared.domain.deadline import Deadline, MonthValue, deadline_of
from shared.domain.series.period_values import PeriodValue, period_value
from shared.domain.series.periods import LENGTHS, Period, periods_in_range
from shared.domain.summary import counts_by_month
from shared.domain.summary_plan import indicators_plan
from shared.reading.reading import Reading
from shared.reading.target_history import read_target_history
from shared.vocabulary import SeriesGap, SeriesStep


async def read_period_values(
    reading: Reading,
    code: str,
    periods: Sequence[Period],
    breakdown: Breakdown,
    challenged: Collection[CountPlace] = (),
) -> Mapping[Period, PeriodValue | SeriesGap]:
    """Read the counts of some periods, and compute one line of an indicator in each."""
    months = sorted({month for period in periods for month in period.months})
    plans = {month: indicators_plan(reading.definition, month, frozenset((code,))) for month in months}
    defined = tuple(plan for plan in plans.values() if plan.indicators)
    counts = counts_by_month(plans.values(), await reading.read_counts(defined) if defined else ())
    return {period: period_value(period, plans, counts, breakdown, challenged) for period in periods}


async def read_deadlines(
    reading: Reading, step: SeriesStep, values: Sequence[PeriodValue | SeriesGap]
) -> Mapping[Period, Deadline | None]:
    """Return the state of each period's target at the end of the period."""
    lines = {value.period: value for value in values if isinstance(value, PeriodValue) and value.line.target}
    if not lines:
        return {}
    last = max(lines, key=lambda period: period.last)
    code, breakdown = lines[last].line.indicator.code, lines[last].line.breakdown
    if not any(value.sums_months for value in lines.values()):
        history = await read_target_history(reading, {code}, last.last)
        return {period: history.deadline(value.line, value.line.target) for period, value in lines.items()}
    first = await reading.first_month() or last.months[0]
    earlier = await read_period_values(reading, code, periods_in_range(first, last.last, step), breakdown)
    computed = [value for value in earlier.values() if isinstance(value, PeriodValue)]
    return {period: _deadline(value, computed, LENGTHS[step]) for period, value in lines.items()}


def _deadline(value: PeriodValue, computed: Sequence[PeriodValue], length: int) -> Deadline | None:
    target = value.line.target
    threshold = value.line.indicator.threshold(target)
    if target is None or threshold is None:
        return None
    months = [_month_value(each, each.period.last) for each in computed if each.period.last < value.period.last]
    return deadline_of(target.due, threshold, [*months, _month_value(value, value.period.last)], length)


def _month_value(value: PeriodValue, month: date) -> MonthValue:
    deciding = value.line.deciding
    return MonthValue(month, deciding.numerator, deciding.denominator, value.line.indicator.scale)
