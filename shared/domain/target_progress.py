"""Progress of a line towards one of its targets: status, gap and forecast at a month's end."""

from fractions import Fraction
from typing import NamedTuple

from shared.campaign.blocks import Target
from shared.domain.arithmetic import Threshold
from shared.domain.pace import Forecast, Goal, RatioShape, forecast, months_left
from shared.domain.series.comparable_months import ComparableMonths
from shared.domain.summary_lines import SummaryLine, VariantValue
from shared.vocabulary import Status


class TargetProgress(NamedTuple):
    """Progress of a line towards a target."""

    status: Status
    gap: int | None  # units of the numerator
    months_left: Fraction  # negative after the due date
    forecast: Forecast


def target_progress(line: SummaryLine, target: Target, months: ComparableMonths, ratio: RatioShape) -> TargetProgress:
    """Return the progress towards one target, which may be another one than the summary compares the line with."""
    threshold = Threshold(target.ratio, line.indicator.comparator)
    status, gap = _status_and_gap(line.deciding, ratio, threshold)
    return TargetProgress(
        status, gap, months_left(line.month, target.due), forecast(months.points, line.month, ratio, Goal(threshold, target.due))
    )


def _status_and_gap(value: VariantValue, ratio: RatioShape, threshold: Threshold) -> tuple[Status, int | None]:
    """Return status and gap for one target, as the summary does for the deciding one."""
    numerator, denominator = value.numerator, value.denominator
    if numerator is None or not denominator:
        return value.status, None
    met = threshold.is_reached(numerator, denominator, ratio.scale)
    return Status.MET if met else Status.NOT_MET, threshold.gap(numerator, denominator, ratio.scale)
