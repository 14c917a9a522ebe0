"""The lines that differ between two data versions."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from services.indicators.changes.causes import Causes, CountChange
from services.indicators.changes.span import ComparedVersions
from services.indicators.reading import Reading, visible_lines
from services.indicators.rendering import line_document
from shared.campaign.applied import AppliedDefinition
from shared.database.sql import statement
from shared.domain.counts import Breakdown
from shared.domain.summary import CountsRow
from shared.domain.summary_lines import SummaryLine
from shared.domain.summary_plan import summary_plan
from shared.vocabulary import Status

_COUNT_CHANGES = statement(__package__, "count_changes")
_LinesByKey = dict[tuple[date, str, Breakdown], SummaryLine]


async def find_changed_lines(
    versions: ComparedVersions, applied: Sequence[AppliedDefinition], *, by_area: bool, by_org: bool
) -> list[dict[str, Any]]:
    """Return the lines that the summary shows with a difference, in its order.

    `applied` are the definitions applied since the earlier version.
    """
    count_changes = [CountChange(*row) for row in await versions.fetch(_COUNT_CHANGES, by_area=by_area)]
    causes = Causes([versions.old.definition, *applied], count_changes, versions.events)
    old_counts, old = await _lines(versions.old, versions.months, by_area=by_area, by_org=by_org)
    new_counts, new = await _lines(versions.new, versions.months, by_area=by_area, by_org=by_org)
    causes.compare(old_counts, new_counts, by_area=by_area)
    keys = [*new, *(key for key in old if key not in new)]
    changes = [_change(versions, old.get(key), new.get(key), causes) for key in keys]
    return [change for change in changes if change is not None]


async def _lines(reading: Reading, months: Sequence[date], *, by_area: bool, by_org: bool) -> tuple[list[CountsRow], _LinesByKey]:
    plans = tuple([summary_plan(reading.definition, month) for month in months])
    counts = await reading.read_counts(plans)
    lines = visible_lines(reading.reader, reading.definition, plans, counts, by_area=by_area, by_org=by_org)
    return counts, {(line.month, line.indicator.code, line.breakdown): line for line in lines}


def _change(
    versions: ComparedVersions, old: SummaryLine | None, new: SummaryLine | None, causes: Causes
) -> dict[str, Any] | None:
    """Return a line's change as `LineChange` describes it, None if there is none."""
    before = line_document(old, versions.old.definition) if old else None
    after = line_document(new, versions.new.definition) if new else None
    if before == after:
        return None
    line = after or before or {}
    return {
        **{name: line[name] for name in ("indicator", "month", "area", "org")},
        "before": before,
        "after": after,
        "flipped": _target_met(old) is not _target_met(new),
        "versions": causes.versions_for(old, new),
    }


def _target_met(line: SummaryLine | None) -> bool:
    return line is not None and line.deciding.status is Status.MET
