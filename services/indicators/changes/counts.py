"""The counts that are not the same at two data versions."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from services.indicators.changes.span import ComparedVersions
from shared.access.policy import GRANTS
from shared.database.sql import statement
from shared.domain.visibility import visible_counts
from shared.values.months import month_text

_FACTS = statement(__package__, "counts")
CURSOR_TYPES: Final = (str, str, int, int)
"""Of the parts of a place in the list: organisation, month, metric's number, area's number."""


class ChangedCountPage(NamedTuple):
    """Some of them, where the next page begins, and how many there are."""

    items: list[dict[str, Any]]
    following: tuple[str, str, int, int] | None
    total: int


async def read_changed_counts(span: ComparedVersions, place: Sequence[str | int | None], limit: int) -> ChangedCountPage:
    """A page after a place, of the counts that the reader may see; who may list no counts sees those that lines read."""
    reader = span.new.reader
    seen = visible_counts(reader.role, reader.org, span.new.definition)
    asked: dict[str, object] = {
        "seen": [org for org, whole in seen.orgs.items() if whole],
        "seen_in_part": [org for org, whole in seen.orgs.items() if not whole],
        "metrics": seen.metrics,
        "areas": seen.areas,
        "read": None if reader.role in GRANTS["list_facts"] else _read_by_lines(span),
    }
    places = ("after_org", "after_month", "after_metric", "after_area")
    asked |= dict(zip(places, place or [None] * len(places), strict=True))
    rows = await span.rows(_FACTS, limit=limit + 1, **asked)
    shown = rows[:limit]
    following = None
    if len(rows) > len(shown):
        org, month, metric, area, *_ = shown[-1]
        following = (org, month.isoformat(), metric, area)
    return ChangedCountPage([_fact(span, *row) for row in shown], following, rows[0][-1] if rows else 0)


def _read_by_lines(span: ComparedVersions) -> list[int]:
    """The metrics that any indicator reads."""
    read = {
        each.definition.metric_numbers[metric]
        for each in (span.old, span.new)
        for indicator in each.definition.indicators
        for metric in indicator.metrics
    }
    return sorted(read)


def _fact(span: ComparedVersions, *row: Any) -> dict[str, Any]:  # noqa: ANN401 - the statement's columns
    org, month, metric, area, before, after, written, ended, _ = row
    known = (span.new.definition, span.old.definition)
    return {
        "org": org,
        "month": month_text(month),
        "metric": next(each.metric_codes[metric] for each in known if metric in each.metric_codes),
        "area": next(each.area_codes[area] for each in known if area in each.area_codes),
        "before": before,
        "after": after,
        "versions": sorted({*(written or ()), *(ended or ())}),
    }
