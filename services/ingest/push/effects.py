"""The effects of a push: the summary lines that it changes, of those that its sender may read."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

from services.ingest.push.dataset import PushRun
from services.ingest.quality.change_set import ChangeSet
from shared.campaign.applied import AppliedDefinition
from shared.campaign.blocks import Target
from shared.database.sql import BoundStatement, text_array
from shared.domain.counts import Breakdown, MonthCounts
from shared.domain.counts_by_area import CountsByArea
from shared.domain.summary import CountsRow, counts_by_month, summary_statement
from shared.domain.summary_lines import VariantValue, deciding_counts, deciding_value
from shared.domain.summary_plan import PlannedIndicator, metrics_plan, summary_plan
from shared.domain.visibility import CARRIERS_AND_STREETS, may_see_line
from shared.values.months import month_text, next_month
from shared.vocabulary import MetricKind, Role, Status

AREAS_MAX: Final = 500  # in a campaign of more areas, lines by area are left out: computing them would take longer than the push
MONTHS_MAX: Final = 36  # the latest of the months that a push affects
EFFECTS_LISTED: Final = 1_000  # lines listed

_LineKey = tuple[date, str, Breakdown]
_SOME_AREA: Final = -1  # no area has this number
_Cells = Mapping[int, set[int]]


class _Line(NamedTuple):
    """A line's deciding value, and the target that it is compared with."""

    value: VariantValue
    target: Target | None
    unit: Mapping[str, str]
    missing: int  # expected counts

    def document(self) -> dict[str, Any]:
        """Return the value as `LineState` describes it."""
        return {**self.value.document(), "missing": self.missing}


class AffectedLines:
    """The summary lines that a push may change: read before and after it writes, then compared."""

    def __init__(self, run: PushRun, months: Sequence[date], metrics: frozenset[int] | None) -> None:
        """`months`: those that the push touches; `metrics`: the numbers of those that it may change; None: any."""
        self._caller = run.request.principal
        self._definition = run.definition
        self._scope = run.request.scope
        self._plans = tuple(
            [
                summary_plan(run.definition, month) if metrics is None else metrics_plan(run.definition, month, metrics)
                for month in _affected_months(run.definition, self._caller.org, months, run.today)
            ]
        )
        self._by_area = len(run.definition.area_numbers) <= AREAS_MAX

    @property
    def statement(self) -> BoundStatement:
        """The statement that reads the counts of the lines; a carrier or street reads its own and references."""
        sql, binds = summary_statement(self._plans, self._scope.campaign)
        own_only = {"orgs": text_array([self._caller.org])} if self._caller.role in CARRIERS_AND_STREETS else {}
        return BoundStatement(sql, {**binds, **own_only})

    def rows_after(self, before: list[CountsRow], change_set: ChangeSet) -> list[CountsRow]:
        """Return the rows that the statement would return after the push."""
        org, months, width = change_set.org, change_set.months, self._definition.area_numbers_end
        stored: dict[date, dict[int, CountsByArea]] = {month: {} for month in months}
        after = []
        for row in before:
            requested, metric, owner, month, _, areas, counts = row
            if owner == org and requested == month and month in stored:
                stored[month][metric] = CountsByArea.of(width, areas, counts)
            else:
                after.append(row)
        for month, columns in stored.items():
            for metric, column in change_set.apply_to(month, columns).items():
                if areas := column.areas():  # a month that may be changed is not accepted
                    after.append((month, metric, org, month, False, areas, column.counts()))
        return after

    def compare(self, before: list[CountsRow], after: list[CountsRow]) -> list[dict[str, Any]]:
        """Return the lines that changed, the first 1 000."""
        changed_cells = _changed_cells(before, after, by_area=self._by_area)
        old, new = self._lines(before, changed_cells), self._lines(after, changed_cells)
        keys = [*new, *(key for key in old if key not in new)]
        changed = [key for key in keys if _value(old.get(key)) != _value(new.get(key))]
        return [self._document(key, old.get(key), new.get(key)) for key in changed[:EFFECTS_LISTED]]

    def _lines(self, rows: list[CountsRow], changed_cells: _Cells) -> Mapping[_LineKey, _Line]:
        """Return the lines that read a changed cell, of those that the sender may read."""
        lines: dict[_LineKey, _Line] = {}
        counts = counts_by_month(self._plans, rows)
        for plan in self._plans:
            for indicator in plan.indicators:
                areas = {area for metric in indicator.inputs for area in changed_cells.get(metric, ())}
                for breakdown in self._visible(indicator, counts[plan.month], areas) if areas else ():
                    target = plan.target(indicator, breakdown)
                    deciding = deciding_counts(indicator, counts[plan.month], breakdown)
                    value = deciding_value(indicator, deciding, counts[plan.month], indicator.threshold(target))
                    lines[plan.month, indicator.code, breakdown] = _Line(value, target, indicator.unit, deciding.missing)
        return lines

    def _visible(self, indicator: PlannedIndicator, counts: MonthCounts, changed: Collection[int]) -> list[Breakdown]:
        """Return the breakdowns of an indicator that the sender may read, the whole area and the changed areas."""
        caller, orgs = self._caller, indicator.orgs(counts)
        areas = [area for area in indicator.areas if indicator.includes(area, changed)] if self._by_area else []
        lines: list[Breakdown] = []
        for line_areas in ([None], areas):
            if orgs is None or caller.role is not Role.CARRIER:
                lines += [Breakdown(area, None) for area in line_areas]
            lines += [Breakdown(area, org) for area in line_areas for org in orgs or ()]
        return [line for line in lines if may_see_line(caller.role, caller.org, self._definition, line)]

    def _document(self, key: _LineKey, old: _Line | None, new: _Line | None) -> dict[str, Any]:
        month, indicator, (area, org) = key
        target = new.target if new else old.target if old else None
        return {
            "indicator": indicator,
            "month": month_text(month),
            "area": None if area is None else self._definition.area_codes[area],
            "org": org,
            "unit": new.unit if new else old.unit if old else None,
            "target": target.number if target else None,
            "due": target.due if target else None,
            "before": old.document() if old else None,
            "after": new.document() if new else None,
            "flipped": _is_met(old) is not _is_met(new),
        }


def _affected_months(definition: AppliedDefinition, org: str, months: Sequence[date], today: date) -> list[date]:
    """Return the months whose lines may change: the pushed months, and after a pushed reference all months that may read it."""
    if not months:
        return []
    affected = sorted(months)
    if any(metric.kind is MetricKind.REFERENCE for metric in definition.metrics if org in metric.reporters):
        affected = [affected[0]]
        while next_month(affected[-1]) <= max(today, *months):
            affected.append(next_month(affected[-1]))
    return affected[-MONTHS_MAX:]


def _changed_cells(before: list[CountsRow], after: list[CountsRow], *, by_area: bool) -> _Cells:
    """Return the areas of each metric, by number, whose counts, months or acceptance changed; not `by_area`: some area."""
    old, new = ({row[:4]: row[4:] for row in rows} for rows in (before, after))
    changed: dict[int, set[int]] = {}
    for key in old.keys() | new.keys():
        if old.get(key) != new.get(key):
            old_counts, new_counts = (_counts(rows.get(key)) if by_area else set() for rows in (old, new))
            changed.setdefault(key[1], set()).update({area for area, *_ in old_counts ^ new_counts} or {_SOME_AREA})
    return changed


def _counts(row: tuple[bool, list[int], list[int]] | None) -> set[tuple[int, int, bool]]:
    accepted, areas, values = row or (False, [], [])
    return {(area, value, accepted) for area, value in zip(areas, values, strict=True)}


def _value(line: _Line | None) -> VariantValue | None:
    return line.value if line else None


def _is_met(line: _Line | None) -> bool:
    return line is not None and line.value.status is Status.MET
