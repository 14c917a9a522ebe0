"""A series as JSON."""

from collections.abc import Mapping
from typing import Any

from services.indicators.rendering import line_document
from shared.campaign.applied import AppliedDefinition
from shared.domain.arithmetic import change_value, exact_in_json
from shared.domain.counts import CASES_METRIC
from shared.domain.deadline import Deadline
from shared.domain.series.additions import Addition, Break, Revision
from shared.domain.series.period_values import PeriodValue
from shared.domain.series.periods import Period
from shared.values.months import month_text
from shared.vocabulary import SeriesGap


def point_document(
    value: PeriodValue, additions: Mapping[str, Addition], definition: AppliedDefinition, deadline: Deadline | None
) -> dict[str, Any]:
    """Return a point as `SeriesPoint` describes it."""
    return {
        "period": value.period.text,
        **line_document(value.line, definition, deadline),
        **{name: addition_document(addition, definition) for name, addition in additions.items()},
    }


def gap_document(period: Period, kind: SeriesGap) -> dict[str, Any]:
    """Return a gap as `PeriodGap` describes it."""
    return {"period": period.text, "kind": kind, "text": kind.title_.model_dump()}


def addition_document(addition: Addition, definition: AppliedDefinition) -> dict[str, Any]:
    """Return an addition as `NetAddition` describes it."""
    change = addition.value
    return {
        "since": addition.since.text,
        "numerator": exact_in_json(addition.numerator),
        "denominator": exact_in_json(addition.denominator),
        "value": None if change is None else change_value(change),
        "display": addition.display,
        "breaks": [_break(period_break, definition) for period_break in addition.breaks],
    }


def _break(period_break: Break, definition: AppliedDefinition) -> dict[str, Any]:
    return {
        "kind": period_break.kind,
        "metric": period_break.metric,
        "text": period_break.text.model_dump(),
        "revisions": [_revision(revision, definition) for revision in period_break.revisions],
    }


def _revision(revision: Revision, definition: AppliedDefinition) -> dict[str, Any]:
    cases = revision.metric == CASES_METRIC
    return {
        "org": None if cases else revision.org,
        "metric": None if cases else definition.metric_codes[revision.metric],
        "area": None if cases else definition.area_codes[revision.area],
        "month": month_text(revision.base),
        "before": revision.before,
        "after": revision.after,
        "data_version": revision.version,
    }
