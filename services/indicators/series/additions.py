"""What was added between two periods, and what stands between them: nothing is subtracted across it silently. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from fractions import Fraction
from typing import Final, NamedTuple

from services.indicators.series.figures import PeriodFigure, block_of, meaning_of, metrics_of
from services.indicators.series.periods import Period
from shared.domain.counts import AreasByOrg, ExpectedMetric
from shared.domain.summary_lines import counts_read
from shared.values.bilingual import Bilingual
from shared.values.months import month_text
from shared.vocabulary import MetricKind, Reducer, SeriesBreak, SeriesGap

NUMERATOR: Final = frozenset({"numerator"})
DENOMINATOR: Final = frozenset({"denominator"})
VALUE: Final = frozenset({"value"})
EVERYTHING: Final = NUMERATOR | DENOMINATOR | VALUE
CAPPED: Final = {Reducer.MAX_BY_AREA, Reducer.CAPPED_SUM}  # their numerator is cut at the denominator's counts


class Revision(NamedTuple):
    """A count of a base month that was corrected after a later month's was written or attested: a row of `revisions.sql`."""

    base: date
    month: date
    org: str
    metric: int
    area: int
    before: int
    after: int
    version: int


class Break(NamedTuple):
    """Something that stands between two periods."""

    kind: SeriesBreak
    metric: str | None  # None: it concerns the indicator as a whole
    text: Bilingual
    withholds: frozenset[str]
    revisions: tuple[Revision, ...] = ()


class Addition(NamedTuple):
    """What was added since an earlier period; None where something stands between."""

    since: Period
    numerator: int | None
    denominator: int | None
    value: Fraction | None  # in the indicator's unit
    breaks: tuple[Break, ...]


class _Side(NamedTuple):
    """Numerator or denominator of both periods."""

    name: frozenset[str]
    title: Bilingual
    kind: MetricKind
    earlier: ExpectedMetric
    later: ExpectedMetric


def sides(figure: PeriodFigure) -> Iterator[tuple[frozenset[str], ExpectedMetric]]:
    """The metrics of a figure's numerator and denominator."""
    indicator = figure.line.indicator
    if indicator.deciding.numerator is not None:
        yield NUMERATOR, indicator.deciding.numerator
    if indicator.deciding.denominator is not None:
        yield DENOMINATOR, indicator.deciding.denominator


def places(figure: PeriodFigure, owed: ExpectedMetric) -> AreasByOrg:
    """Where a figure wants a metric's counts."""
    line = figure.line
    return owed.expected_areas(figure.facts, line.indicator.inputs, line.breakdown)


def addition(since: Period, earlier: PeriodFigure | None, later: PeriodFigure, revisions: Sequence[Revision]) -> Addition:
    """What was added to a figure since an earlier one, where nothing stands between them.

    `revisions` are those of every pair of months; the pair's own are picked.
    """
    if earlier is None:
        text = Bilingual(zh=f"{since.text} 没有该指标", en=f"{since.text} has no such line")
        return Addition(since, None, None, None, (Break(SeriesBreak.GAP, None, text, EVERYTHING),))
    found = tuple(breaks_between(earlier, later, revisions))
    withheld = frozenset[str]().union(*(each.withholds for each in found))
    numerator, denominator = (after - before for before, after in zip(_counts(earlier), _counts(later), strict=True))
    return Addition(
        since,
        None if withheld & NUMERATOR else numerator,
        None if withheld & DENOMINATOR else denominator,
        None if withheld & VALUE else _ratio(later) - _ratio(earlier),
        found,
    )


def _counts(figure: PeriodFigure) -> tuple[int, int]:
    """Numerator and denominator; where one side is incomplete, a break withholds it and the other one is whole all the same."""
    deciding = figure.line.deciding
    return deciding.partial or (deciding.numerator or 0, deciding.denominator or 0)


def _ratio(figure: PeriodFigure) -> Fraction:
    deciding = figure.line.deciding
    return Fraction((deciding.numerator or 0) * figure.line.indicator.scale, deciding.denominator or 1)


def breaks_between(earlier: PeriodFigure, later: PeriodFigure, revisions: Sequence[Revision]) -> Iterator[Break]:
    """What stands between two figures."""
    code = later.line.indicator.code
    between = f"{earlier.period.text} – {later.period.text}"
    before, after = meaning_of(earlier.plan, code), meaning_of(later.plan, code)
    if before.indicator != after.indicator:
        text = Bilingual(zh=f"口径在两期之间有变化（{between}）", en=f"the indicator's definition changed ({between})")
        yield Break(SeriesBreak.DEFINITION, None, text, EVERYTHING)
        return  # two indicators under one code: nothing of theirs is compared further
    for side in _sides(earlier, later):
        metric, title = side.later.code, side.title
        concerned = VALUE | side.name | _with(side.name, later)
        lacking = [each for each in (earlier, later) if any(cell.metric == metric for cell in each.line.missing)]
        if lacking:
            periods = "、".join(each.period.text for each in lacking)
            text = Bilingual(zh=f"{periods} 的“{title.zh}”数据不全", en=f"“{title.en}” of {periods} is incomplete")
            yield Break(SeriesBreak.GAP, metric, text, concerned)
            continue
        if before.metrics[metric] != after.metrics[metric]:
            text = Bilingual(
                zh=f"“{title.zh}”的口径在两期之间有变化（{between}）", en=f"the definition of “{title.en}” changed ({between})"
            )
            yield Break(SeriesBreak.DEFINITION, metric, text, concerned)
        if side.kind is MetricKind.FLOW:
            text = Bilingual(zh=f"“{title.zh}”是时期数，本身即为新增", en=f"“{title.en}” is a flow: an addition itself")
            yield Break(SeriesBreak.FLOW, metric, text, side.name)
        yield from _reporters(side, earlier, later, concerned)
        if side.kind is MetricKind.STOCK:
            yield from _revised(side, earlier, later, revisions, concerned)
        if side.kind is MetricKind.REFERENCE:
            yield from _vintage(side, earlier, later)
    yield from _empty(earlier, later)


def _sides(earlier: PeriodFigure, later: PeriodFigure) -> Iterator[_Side]:
    """Both sides, where the two periods mean the same indicator and so read the same metrics."""
    for (name, before), (_, after) in zip(sides(earlier), sides(later), strict=True):
        (metric,) = metrics_of(later.plan, {after.code})
        yield _Side(name, metric.title, metric.kind, before, after)


def _with(name: frozenset[str], figure: PeriodFigure) -> frozenset[str]:
    """What else depends on a side: a capped numerator on the denominator, `each`'s denominator on who reports."""
    reducer = block_of(figure.plan, figure.line.indicator.code).deciding.reducer
    if name == DENOMINATOR:
        return NUMERATOR if reducer in CAPPED else frozenset()
    return DENOMINATOR if reducer is Reducer.EACH else frozenset()


def _reporters(side: _Side, earlier: PeriodFigure, later: PeriodFigure, concerned: frozenset[str]) -> Iterator[Break]:
    before, after = _cells(places(earlier, side.earlier)), _cells(places(later, side.later))
    if before == after:
        return
    codes = later.plan.definition.area_codes
    joined, left = (
        "、".join(f"{org} {codes[area]}" for org, area in sorted(cells)) or "–" for cells in (after - before, before - after)
    )
    text = Bilingual(
        zh=f"“{side.title.zh}”的填报单位或区域有变化：新增 {joined}；减少 {left}",
        en=f"who reports “{side.title.en}”, or for which areas, changed: joined {joined}; left {left}",
    )
    yield Break(SeriesBreak.REPORTERS, side.later.code, text, concerned)


def _cells(where: AreasByOrg) -> set[tuple[str, int]]:
    return {(org, area) for org, areas in where.items() for area in areas}


def _revised(
    side: _Side, earlier: PeriodFigure, later: PeriodFigure, revisions: Iterable[Revision], concerned: frozenset[str]
) -> Iterator[Break]:
    wanted = _cells(places(later, side.later))
    own = tuple(
        each
        for each in revisions
        if (each.base, each.month, each.metric) == (earlier.period.last, later.period.last, side.later.metric)
        and (each.org, each.area) in wanted
    )
    if own:
        text = Bilingual(
            zh=f"{earlier.period.text} 的“{side.title.zh}”在 {later.period.text} 的数据报出之后又有更正，两期不可相减",
            en=f"“{side.title.en}” of {earlier.period.text} was corrected after {later.period.text} was reported:"
            " the difference would mix two editions",
        )
        yield Break(SeriesBreak.REVISION, side.later.code, text, concerned, own)


def _vintage(side: _Side, earlier: PeriodFigure, later: PeriodFigure) -> Iterator[Break]:
    before, after = (_vintages(figure, owed) for figure, owed in ((earlier, side.earlier), (later, side.later)))
    if before != after:
        text = Bilingual(
            zh=f"“{side.title.zh}”由 {before} 的数据换为 {after} 的数据",
            en=f"“{side.title.en}” is of {after}, and was of {before}",
        )
        yield Break(SeriesBreak.VINTAGE, side.later.code, text, frozenset())


def _vintages(figure: PeriodFigure, owed: ExpectedMetric) -> str:
    """The months of the reference counts that a figure rests on."""
    line = figure.line
    side = counts_read(owed, figure.facts, line.indicator, line.breakdown)
    months = {report.month for report in side.entries}
    return ", ".join(month_text(month) for month in sorted(months))


def _empty(earlier: PeriodFigure, later: PeriodFigure) -> Iterator[Break]:
    """A ratio over nothing has no change, though its counts have."""
    for figure in (earlier, later):
        if figure.gap is SeriesGap.NOT_APPLICABLE:
            text = Bilingual(zh=f"{figure.period.text} 的分母为 0", en=f"the denominator of {figure.period.text} is 0")
            yield Break(SeriesBreak.GAP, None, text, VALUE)
