"""The counts that are not the same at two data versions."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from services.indicators.changes_span import Span
from shared.campaign.months import month_text
from shared.domain.sight import REPORTERS
from shared.sql import statement

_FACTS = statement(__package__, "changes_facts")
KINDS: Final = (str, str, int, int)
"""Of the parts of a place in the list: organisation, month, metric's number, area's number."""


class FactPage(NamedTuple):
    """Some of them, where the next page begins, and how many there are."""

    items: list[dict[str, Any]]
    following: tuple[str, str, int, int] | None
    total: int


async def changed_facts(span: Span, place: Sequence[str | int | None], limit: int) -> FactPage:
    """A page after a place. A carrier sees its own counts, a street office those of its street, both see references."""
    reader, loaded = span.new.reader, span.new.loaded
    own = reader.org if reader.role in REPORTERS else None
    street = loaded.definition.organisation(own).area if own else None
    places = ("after_org", "after_month", "after_metric", "after_area")
    asked = dict(zip(places, place or [None] * len(places), strict=True))
    own_area = loaded.area_numbers[street] if street else None
    rows = await span.rows(_FACTS, own=own, own_area=own_area, limit=limit + 1, **asked)
    shown = rows[:limit]
    following = None
    if len(rows) > len(shown):
        org, month, metric, area, *_ = shown[-1]
        following = (org, month.isoformat(), metric, area)
    return FactPage([_fact(span, *row) for row in shown], following, rows[0][-1] if rows else 0)


def _fact(span: Span, *row: Any) -> dict[str, Any]:  # noqa: ANN401 - the statement's columns
    org, month, metric, area, before, after, written, ended, _ = row
    known = (span.new.loaded, span.old.loaded)
    return {
        "org": org,
        "month": month_text(month),
        "metric": next(each.metric_codes[metric] for each in known if metric in each.metric_codes),
        "area": next(each.area_codes[area] for each in known if area in each.area_codes),
        "before": before,
        "after": after,
        "versions": sorted({*(written or ()), *(ended or ())}),
    }
