"""JSON of a line with its pace, its targets and the published values of other places."""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any

from services.indicators.rendering import deadline_document
from shared.campaign.applied import AppliedDefinition
from shared.campaign.blocks import Target
from shared.domain.arithmetic import change_value, exact_in_json
from shared.domain.pace import Pace, RatioShape, average_pace, required_pace
from shared.domain.series.comparable_months import ComparableMonths, ExcludedMonth, pace_ratio
from shared.domain.summary_lines import SummaryLine
from shared.domain.target_progress import target_progress
from shared.reading.target_history import TargetHistory
from shared.values.months import month_text
from shared.vocabulary import ForecastState


def target_line_document(
    line: SummaryLine, months: ComparableMonths, past: TargetHistory, definition: AppliedDefinition
) -> dict[str, Any]:
    """Return a line as `TargetLine` describes it."""
    area, org = line.breakdown
    area_code = None if area is None else definition.area_codes[area]
    ratio = pace_ratio(line, definition, line.month)
    targets = definition.targets_of(line.indicator.code, line.month, area_code, org)
    return {
        "indicator": line.indicator.code,
        "month": month_text(line.month),
        "area": area_code,
        "org": org,
        "numerator": exact_in_json(line.deciding.numerator),
        "denominator": exact_in_json(line.deciding.denominator),
        "scale": line.indicator.scale,
        "value": line.deciding.value,
        "display": line.deciding.display,
        "unit": line.indicator.unit,
        "comparator": line.indicator.comparator,
        "status": line.deciding.status,
        "pace": {
            "months": _months(months),
            "left_out": [_excluded(month) for month in months.excluded],
            **_pace(average_pace(months.points)),
        },
        "targets": [
            _progress(line, target, months, ratio, past)
            for target in sorted(targets, key=lambda target: target is not line.target)
        ],
        "benchmarks": [] if area_code or org else list(_benchmarks(line, definition)),
    }


def _months(months: ComparableMonths) -> list[str]:
    return [month_text(point.month) for point in months.points]


def _excluded(month: ExcludedMonth) -> dict[str, Any]:
    return {"month": month_text(month.month), "reason": month.reason, "text": month.text.model_dump()}


def _pace(pace: Pace | None) -> dict[str, Any]:
    if pace is None:
        return dict.fromkeys(("first", "last", "added", "over_months", "per_month"))
    return {
        "first": month_text(pace.first),
        "last": month_text(pace.last),
        "added": exact_in_json(pace.added),
        "over_months": pace.over_months,
        "per_month": change_value(pace.per_month),
    }


def _progress(
    line: SummaryLine, target: Target, months: ComparableMonths, ratio: RatioShape, past: TargetHistory
) -> dict[str, Any]:
    status, gap, left, projection = target_progress(line, target, months, ratio)
    has_forecast = projection.state in {ForecastState.WILL_MEET, ForecastState.WILL_MISS}
    return {
        "value": target.number,
        "due": target.due,
        "kind": target.kind,
        "task": target.task,
        "source": target.source.model_dump(),
        "decides": target is line.target,
        "status": status,
        "gap": exact_in_json(gap),
        "deadline": deadline_document(past.deadline(line, target)),
        "months_left": change_value(max(left, Fraction(0))),
        "required_per_month": None if gap is None else required_pace(gap, left),
        "forecast": {**projection._asdict(), "months": _months(months) if has_forecast else []},
    }


def _benchmarks(line: SummaryLine, definition: AppliedDefinition) -> Iterator[dict[str, Any]]:
    """Yield the values that other places published for the same indicator."""
    numerator, denominator = line.deciding.numerator, line.deciding.denominator
    own = Fraction(numerator * line.indicator.scale, denominator) if numerator is not None and denominator else None
    for benchmark in definition.benchmarks:
        published = benchmark.values.get(line.indicator.code)
        if published is not None:
            yield {
                "place": benchmark.place.model_dump(),
                "month": month_text(benchmark.month),
                "value": _number(published),
                "difference": None if own is None else change_value(own - Fraction(Decimal(published))),
                "source": benchmark.source.model_dump(),
            }


def _number(published: str) -> float:
    exact = Decimal(published)
    return int(exact) if exact == exact.to_integral_value() else float(exact)
