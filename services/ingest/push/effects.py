"""What a push moves: the lines that its sender may read, before and after, in the push's own transaction."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

from psycopg import AsyncConnection

from services.ingest.push.request import Push
from services.ingest.quality.standing import width_of
from services.ingest.quality.state import Plans, References, references_of
from shared.campaign.applied import AppliedDefinition, cached_on_definition
from shared.campaign.blocks import Target
from shared.database.database import Later
from shared.database.sql import text_array
from shared.domain.counts import Breakdown, MonthCounts
from shared.domain.counts_by_area import CountsByArea
from shared.domain.summary import CountsRow, counts_by_month, summary_statement
from shared.domain.summary_lines import VariantValue, deciding_value
from shared.domain.summary_plan import PlannedIndicator, metrics_plan, summary_plan
from shared.domain.visibility import CARRIERS_AND_STREETS, may_see_line
from shared.values.months import month_text, next_month
from shared.vocabulary import MetricKind, Role, Status

AREAS_MAX: Final = 500  # in a campaign of more areas, lines by area are left out: computing them would outlast the push
MONTHS_MAX: Final = 36  # the latest of those that a push moves
INLINE: Final = 1_000  # lines listed

_Where = tuple[date, str, Breakdown]
_SOMEWHERE: Final = -1  # no area has this number
_Cells = Mapping[int, set[int]]


class _Line(NamedTuple):
    """A line's deciding figure, and the target it was judged by."""

    figure: VariantValue
    target: Target | None


class Effects:
    """Looks at the lines before and after a push writes."""

    def __init__(
        self,
        asked: Push,
        definition: AppliedDefinition,
        months: Sequence[date],
        today: date,
        metrics: frozenset[int] | None = None,
    ) -> None:
        """`months` are those that the push touches; only indicators that read one of the `metrics` are looked at."""
        self._asked = asked
        self.definition = definition
        moved = _moved(asked, definition, months, today)
        self._plans = tuple(
            [summary_plan(definition, month) if metrics is None else metrics_plan(definition, month, metrics) for month in moved]
        )

    @property
    def _by_area(self) -> bool:
        return len(self.definition.area_numbers) <= AREAS_MAX

    async def look(self, connection: AsyncConnection) -> Later[list[CountsRow]]:
        """Ask for what the lines are computed from, as it stands now, with the campaign in reach.

        A reporter's lines read its own counts and references.
        """
        if not self._plans:
            return _nothing
        who = self._asked.principal
        sql, binds = summary_statement(self._plans, who.campaign)
        counting = {"counting": text_array([who.org])} if who.role in CARRIERS_AND_STREETS else {}
        found = await connection.execute(sql, {**binds, **counting}, binary=True)
        rows: list[CountsRow] = []

        async def read() -> list[CountsRow]:
            if not rows:
                rows.extend(await found.fetchall())
            return rows

        return read

    def referred(self, before: Later[list[CountsRow]], rules: Plans) -> Later[References] | None:
        """What rules ask for of references, from what is read for the lines; None where that is not all of it."""
        plans = {plan.month: plan for plan in self._plans}
        months, metrics = {month for _, month in rules}, references_of(rules)
        definition, codes = self.definition, self.definition.metric_codes
        read = all(month in plans and plans[month].cells.reference_metrics.issuperset(metrics) for month in months)
        if not read or any(self._asked.scope.org in definition.metric(codes[metric]).reporters for metric in metrics):
            return None  # the sender's own may change with the push
        width = width_of(self.definition)

        async def latest() -> References:
            found = {month: {metric: CountsByArea(width) for metric in metrics} for month in months}
            for asked, metric, _, _, _, areas, values in await before():
                if asked in found and metric in metrics:
                    for area, value in zip(areas, values, strict=True):
                        found[asked][metric][area] = value
            return found

        return latest

    def between(self, before: list[CountsRow], after: list[CountsRow]) -> list[dict[str, Any]]:
        """Each line that moved, the first 1 000."""
        moved_cells = _moved_cells(before, after, by_area=self._by_area)
        was, now = self._lines(before, moved_cells), self._lines(after, moved_cells)
        wheres = [*now, *(where for where in was if where not in now)]
        moved = [where for where in wheres if _figure(was.get(where)) != _figure(now.get(where))]
        return [self._document(where, was.get(where), now.get(where)) for where in moved[:INLINE]]

    def _lines(self, reports: list[CountsRow], moved_cells: _Cells) -> Mapping[_Where, _Line]:
        """The lines that read a cell that moved, of those that the sender may read."""
        lines: dict[_Where, _Line] = {}
        facts = counts_by_month(self._plans, reports)
        for plan in self._plans:
            for indicator in plan.indicators:
                areas = {area for metric in indicator.inputs for area in moved_cells.get(metric, ())}
                for within in self._seen(indicator, facts[plan.month]) if areas else ():
                    if within.area is not None and within.area not in areas:
                        continue
                    target = plan.target(indicator, within)
                    figure = deciding_value(indicator, facts[plan.month], within, target.ratio if target else None)
                    lines[plan.month, indicator.code, within] = _Line(figure, target)
        return lines

    def _seen(self, indicator: PlannedIndicator, facts: MonthCounts) -> tuple[Breakdown, ...]:
        """The lines of an indicator that the sender may read."""
        who = self._asked.principal
        return _seen(
            self.definition,
            who.role,
            who.org,
            tuple(
                [
                    indicator.breakdowns(facts, by_area=by_area, by_org=by_org)
                    for by_area in ((False, True) if self._by_area else (False,))
                    for by_org in ((True,) if who.role is Role.CARRIER else (False, True))
                ]
            ),
        )

    def _document(self, where: _Where, was: _Line | None, now: _Line | None) -> dict[str, Any]:
        month, indicator, (area, org) = where
        target = now.target if now else was.target if was else None
        before, after = _figure(was), _figure(now)
        return {
            "indicator": indicator,
            "month": month_text(month),
            "area": None if area is None else self.definition.area_codes[area],
            "org": org,
            "target": target.number if target else None,
            "before": before.document() if before else None,
            "after": after.document() if after else None,
            "flipped": _met(before) is not _met(after),
        }


@cached_on_definition(256)
def _seen(definition: AppliedDefinition, role: Role, org: str, lines: tuple[tuple[Breakdown, ...], ...]) -> tuple[Breakdown, ...]:
    return tuple([within for some in lines for within in some if may_see_line(role, org, definition, within)])


def _moved(asked: Push, definition: AppliedDefinition, months: Sequence[date], today: date) -> list[date]:
    """The months whose lines may move: those touched; after a reference's month all that may read it."""
    if not months:
        return []
    reported = [metric for metric in definition.metrics if asked.principal.org in metric.reporters]
    listed = sorted(months)
    if any(metric.kind is MetricKind.REFERENCE for metric in reported):
        listed = [listed[0]]
        while next_month(listed[-1]) <= max(today, *months):
            listed.append(next_month(listed[-1]))
    return listed[-MONTHS_MAX:]


def _moved_cells(before: list[CountsRow], after: list[CountsRow], *, by_area: bool) -> _Cells:
    """The areas of each metric, by number, whose counts, months or acceptance are not the same; without areas, just somewhere."""
    was, now = ({row[:4]: row[4:] for row in reports} for reports in (before, after))
    moved: dict[int, set[int]] = {}
    for which in was.keys() | now.keys():
        if was.get(which) != now.get(which):
            old, new = (_counts(each.get(which)) if by_area else set() for each in (was, now))
            moved.setdefault(which[1], set()).update({area for area, *_ in old ^ new} or {_SOMEWHERE})
    return moved


def _counts(report: tuple[bool, list[int], list[int]] | None) -> set[tuple[int, int, bool]]:
    accepted, areas, values = report or (False, [], [])
    return {(area, value, accepted) for area, value in zip(areas, values, strict=True)}


async def _nothing() -> list[CountsRow]:
    """No month is looked at."""
    return []


def _figure(line: _Line | None) -> VariantValue | None:
    return line.figure if line else None


def _met(figure: VariantValue | None) -> bool:
    return figure is not None and figure.status is Status.MET
