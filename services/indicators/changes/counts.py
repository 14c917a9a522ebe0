"""The counts that differ between two data versions."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from services.indicators.changes.span import ComparedVersions
from shared.access.policy import GRANTS
from shared.database.sql import statement
from shared.domain.visibility import visible_counts
from shared.values.months import month_text

_COUNTS = statement(__package__, "counts")
ALL_COUNTS: Final = 2**31 - 2
"""A limit above any number of counts."""
KEY_TYPES: Final = (str, str, int, int)
"""Types of the parts of a count's key: organisation, month, metric's number, area's number."""


class ChangedCountPage(NamedTuple):
    """One page of changed counts."""

    items: list[dict[str, Any]]
    last_key: tuple[str, str, int, int] | None  # None on the last page
    total: int


async def read_changed_counts(versions: ComparedVersions, after: Sequence[str | int | None], limit: int) -> ChangedCountPage:
    """Read the page after a key, of the counts that the reader may see.

    Roles that may not list counts see those that lines are computed from.
    """
    reader = versions.new.reader
    visible = visible_counts(reader.role, reader.org, versions.new.definition)
    binds: dict[str, object] = {
        "seen": [org for org, whole in visible.orgs.items() if whole],
        "seen_in_part": [org for org, whole in visible.orgs.items() if not whole],
        "metrics": visible.metrics,
        "areas": visible.areas,
        "read": None if reader.role in GRANTS["list_observations"] else _line_metrics(versions),
    }
    names = ("after_org", "after_month", "after_metric", "after_area")
    binds |= dict(zip(names, after or [None] * len(names), strict=True))
    rows = await versions.fetch(_COUNTS, limit=limit + 1, **binds)
    page, last_key = rows[:limit], None
    if len(rows) > len(page):
        org, month, metric, area, *_ = page[-1]
        last_key = (org, month.isoformat(), metric, area)
    return ChangedCountPage([_document(versions, *row) for row in page], last_key, rows[0][-1] if rows else 0)


def _line_metrics(versions: ComparedVersions) -> list[int]:
    """Return the metrics that any indicator uses, by number."""
    numbers = {
        reading.definition.metric_numbers[metric]
        for reading in (versions.old, versions.new)
        for indicator in reading.definition.indicators
        for metric in indicator.metrics
    }
    return sorted(numbers)


def _document(versions: ComparedVersions, *row: Any) -> dict[str, Any]:  # noqa: ANN401 - the statement's columns
    """Return a count as `ChangedCount` describes it."""
    org, month, metric, area, before, after, written, ended, _ = row
    definitions = (versions.new.definition, versions.old.definition)
    return {
        "org": org,
        "month": month_text(month),
        "metric": next(definition.metric_codes[metric] for definition in definitions if metric in definition.metric_codes),
        "area": next(definition.area_codes[area] for definition in definitions if area in definition.area_codes),
        "before": before,
        "after": after,
        "versions": sorted({*(written or ()), *(ended or ())}),
    }
