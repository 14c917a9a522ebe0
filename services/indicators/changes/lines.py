"""The lines that moved between two data versions."""

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

_TOUCHED = statement(__package__, "count_changes")
_Lines = dict[tuple[date, str, Breakdown], SummaryLine]


async def find_changed_lines(
    span: ComparedVersions, applied: Sequence[AppliedDefinition], *, by_area: bool, by_org: bool
) -> list[dict[str, Any]]:
    """Each line that the summary shows otherwise, in the summary's order; `applied` are the definitions since the earlier."""
    touches = [CountChange(*row) for row in await span.rows(_TOUCHED, by_area=by_area)]
    causes = Causes([span.old.definition, *applied], touches, span.acts)
    before, was = await _lines(span.old, span.months, by_area=by_area, by_org=by_org)
    after, now = await _lines(span.new, span.months, by_area=by_area, by_org=by_org)
    causes.compare(before, after, by_area=by_area)
    wheres = [*now, *(where for where in was if where not in now)]
    changed = [_changed(span, was.get(where), now.get(where), causes) for where in wheres]
    return [document for document in changed if document is not None]


async def _lines(read: Reading, months: Sequence[date], *, by_area: bool, by_org: bool) -> tuple[list[CountsRow], _Lines]:
    plans = tuple([summary_plan(read.definition, month) for month in months])
    reports = await read.read_counts(plans)
    lines = visible_lines(read.reader, read.definition, plans, reports, by_area=by_area, by_org=by_org)
    return reports, {(each.month, each.indicator.code, each.breakdown): each for each in lines}


def _changed(span: ComparedVersions, was: SummaryLine | None, now: SummaryLine | None, causes: Causes) -> dict[str, Any] | None:
    before = line_document(was, span.old.definition) if was else None
    after = line_document(now, span.new.definition) if now else None
    if before == after:
        return None
    some = after or before or {}
    return {
        **{name: some[name] for name in ("indicator", "month", "area", "org")},
        "before": before,
        "after": after,
        "flipped": _met(was) is not _met(now),
        "versions": causes.of(was, now),
    }


def _met(line: SummaryLine | None) -> bool:
    return line is not None and line.deciding.status is Status.MET
