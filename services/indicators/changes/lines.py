"""The lines that differ between two data versions."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any, Final

from services.indicators.challenged_counts import read_challenged_counts
from services.indicators.changes.causes import Causes, CountChange, LedgerEvent
from services.indicators.changes.challenge_events import read_challenge_events
from services.indicators.changes.span import ComparedVersions
from services.indicators.rendering import line_document
from shared.campaign.applied import AppliedDefinition
from shared.database.sql import statement
from shared.domain.counts import Breakdown, CountPlace
from shared.domain.summary import CountsRow
from shared.domain.summary_lines import SummaryLine
from shared.domain.summary_plan import summary_plan
from shared.domain.visibility import CARRIERS_AND_STREETS
from shared.reading.reading import Reading, visible_lines
from shared.reading.target_history import TargetHistory, read_target_history
from shared.vocabulary import Status

MONTHS_AT_ONCE: Final = 12
"""Number of months whose lines are held in memory together."""

_COUNT_CHANGES = statement(__package__, "count_changes")
_OPENED = statement(__package__, "opened")
_LinesByKey = dict[tuple[date, str, Breakdown], SummaryLine]


async def find_changed_lines(
    versions: ComparedVersions, applied: Sequence[AppliedDefinition], *, by_area: bool, by_org: bool
) -> list[dict[str, Any]]:
    """Return the lines that the summary shows with a difference, in its order.

    `applied` are the definitions applied since the earlier version.
    """
    count_changes = [CountChange(*row) for row in await versions.fetch(_COUNT_CHANGES, by_area=by_area)]
    opened = await _opened_months(versions)
    challenges = await read_challenge_events(versions.old, versions.new)
    challenged = [await read_challenged_counts(reading) for reading in (versions.old, versions.new)]
    causes = Causes([versions.old.definition, *applied], count_changes, _visible_events(versions), challenges, opened)
    months = [change.month for change in count_changes] + [challenge.place.month for challenge in challenges]
    affected = [month for month in versions.months_read if applied or _is_affected(month, versions, months)]
    requested = frozenset(versions.months)
    changes: list[dict[str, Any]] = []
    for start in range(0, len(affected), MONTHS_AT_ONCE):
        months = affected[start : start + MONTHS_AT_ONCE]
        old_counts, old = await _lines(versions.old, versions.old_months, months, challenged[0], by_area=by_area, by_org=by_org)
        new_counts, new = await _lines(versions.new, versions.new_months, months, challenged[1], by_area=by_area, by_org=by_org)
        causes.compare(old_counts, new_counts, by_area=by_area)
        past = [await _target_history(reading, months[-1]) for reading in (versions.old, versions.new)]
        keys = [*new, *(key for key in old if key not in new)]
        for lines in ((old.get(key), new.get(key)) for key in keys if key[0] in requested):
            before, after = (
                line_document(line, reading.definition, history.deadline(line, line.target)) if line else None
                for line, reading, history in zip(lines, (versions.old, versions.new), past, strict=True)
            )
            if before != after:
                changes.append(_change(before, after, lines, causes))
    return changes


def _visible_events(versions: ComparedVersions) -> list[LedgerEvent]:
    """Return the events without the accepted months of others, if the reader is a carrier or subdistrict office."""
    reader = versions.new.reader
    own = reader.org if reader.role in CARRIERS_AND_STREETS else None
    return [event for event in versions.events if own is None or event.org in (None, own)]


async def _opened_months(versions: ComparedVersions) -> dict[date, int]:
    """Return the months that the earlier version did not have, with the version that opened each; it may be another's push."""
    months = sorted({*versions.new_months} - {*versions.old_months})
    if not months or versions.new.reader.role in CARRIERS_AND_STREETS:
        return {}
    timezone = versions.new.definition.campaign.timezone
    return {month: version for month, version in await versions.fetch(_OPENED, months=months, timezone=timezone) if version}


def _is_affected(month: date, versions: ComparedVersions, months_of_counts: Iterable[date]) -> bool:
    """Tell whether lines of a month may differ, under one definition. `months_of_counts`: of changed and challenged counts.

    Reference counts and their acceptance, cases, and the months in which a target was met reach into later months.
    """
    if (month in versions.old_months) is not (month in versions.new_months):
        return True
    months = (*months_of_counts, *(event.month for event in versions.events if event.month))
    return min(months, default=date.max) <= month


async def _lines(
    reading: Reading,
    existing: Collection[date],
    months: Iterable[date],
    challenged: Collection[CountPlace],
    *,
    by_area: bool,
    by_org: bool,
) -> tuple[list[CountsRow], _LinesByKey]:
    """Return the counts and lines of those months that exist at a version."""
    plans = tuple([summary_plan(reading.definition, month) for month in months if month in existing])
    if not plans:
        return [], {}
    counts = await reading.read_counts(plans)
    lines = visible_lines(
        reading.reader, reading.definition, plans, counts, by_area=by_area, by_org=by_org, challenged=challenged
    )
    return counts, {(line.month, line.indicator.code, line.breakdown): line for line in lines}


async def _target_history(reading: Reading, last: date) -> TargetHistory:
    return await read_target_history(reading, {target.indicator for target in reading.definition.targets}, last)


def _change(
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
    lines: tuple[SummaryLine | None, SummaryLine | None],
    causes: Causes,
) -> dict[str, Any]:
    """Return a line that differs, as `LineChange` describes it."""
    line = after or before or {}
    deadline_changed = before is not None and after is not None and before["deadline"] != after["deadline"]
    return {
        **{name: line[name] for name in ("indicator", "month", "area", "org")},
        "before": before,
        "after": after,
        "flipped": _target_met(lines[0]) is not _target_met(lines[1]),
        "versions": causes.versions_for(*lines, deadline_changed=deadline_changed),
    }


def _target_met(line: SummaryLine | None) -> bool:
    return line is not None and line.deciding.status is Status.MET
