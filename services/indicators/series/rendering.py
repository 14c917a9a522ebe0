"""A computed series as JSON."""

from collections.abc import Mapping
from typing import Any

from services.indicators.rendering import line_document
from services.indicators.series.additions import Addition, Break, Revision
from services.indicators.series.figures import PeriodFigure
from services.indicators.series.periods import Period
from shared.campaign.applied import AppliedDefinition
from shared.domain.arithmetic import change_display, change_value
from shared.values.months import month_text
from shared.vocabulary import SeriesGap


def point_document(figure: PeriodFigure, additions: Mapping[str, Addition], definition: AppliedDefinition) -> dict[str, Any]:
    """A point as `SeriesPoint` describes it."""
    decimals = figure.line.indicator.decimals
    return {
        "period": figure.period.text,
        **line_document(figure.line, definition),
        **{name: addition_document(each, decimals, definition) for name, each in additions.items()},
    }


def gap_document(period: Period, kind: SeriesGap) -> dict[str, Any]:
    """A gap as `PeriodGap` describes it."""
    return {"period": period.text, "kind": kind, "text": kind.title_.model_dump()}


def addition_document(addition: Addition, decimals: int, definition: AppliedDefinition) -> dict[str, Any]:
    """An addition as `NetAddition` describes it."""
    change = addition.value
    return {
        "since": addition.since.text,
        "numerator": addition.numerator,
        "denominator": addition.denominator,
        "value": None if change is None else change_value(change),
        "display": None if change is None else change_display(change, decimals),
        "breaks": [_break(each, definition) for each in addition.breaks],
    }


def _break(found: Break, definition: AppliedDefinition) -> dict[str, Any]:
    return {
        "kind": found.kind,
        "metric": found.metric,
        "text": found.text.model_dump(),
        "revisions": [_revision(each, definition) for each in found.revisions],
    }


def _revision(revision: Revision, definition: AppliedDefinition) -> dict[str, Any]:
    return {
        "org": revision.org,
        "metric": definition.metric_codes[revision.metric],
        "area": definition.area_codes[revision.area],
        "month": month_text(revision.base),
        "before": revision.before,
        "after": revision.after,
        "data_version": revision.version,
    }
