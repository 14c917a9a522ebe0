"""Net additions between two periods, and the breaks across which nothing is subtracted."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from fractions import Fraction
from typing import Final, NamedTuple

from shared.campaign.blocks import EVERYBODY
from shared.domain.arithmetic import displayed_change
from shared.domain.counts import CASES_METRIC, AreasByOrg, ExpectedMetric
from shared.domain.reducers import CAPPED_REDUCERS
from shared.domain.series.period_values import PeriodValue, indicator_block, meaning_in_month, metric_blocks
from shared.domain.series.periods import Period
from shared.domain.summary_lines import counts_read
from shared.values.bilingual import Bilingual
from shared.values.months import month_text, month_zh
from shared.vocabulary import MetricKind, Reducer, SeriesBreak, SeriesGap

NUMERATOR: Final = frozenset({"numerator"})
DENOMINATOR: Final = frozenset({"denominator"})
VALUE: Final = frozenset({"value"})
EVERYTHING: Final = NUMERATOR | DENOMINATOR | VALUE

_REGISTERS: Final = Bilingual(zh="登记表", en="registers")


class Revision(NamedTuple):
    """A count of a base month that was corrected after a later month was written or attested: a row of `revisions.sql`.

    Or the number of cases of a base month for which a case was approved after the month ended.
    """

    base: date
    month: date  # the later month; of cases the base month
    org: str
    metric: int
    area: int
    before: int
    after: int
    version: int


class Break(NamedTuple):
    """A reason why two periods cannot be compared."""

    kind: SeriesBreak
    metric: str | None  # None: it concerns the indicator as a whole
    text: Bilingual
    withholds: frozenset[str]  # which differences are null
    revisions: tuple[Revision, ...] = ()


class Addition(NamedTuple):
    """The differences to an earlier period; None if a break withholds them."""

    since: Period
    numerator: int | None
    denominator: int | None
    value: Fraction | None  # in the indicator's unit
    display: str | None  # the difference of the displayed values
    breaks: tuple[Break, ...]


class _Side(NamedTuple):
    """Numerator or denominator of both periods."""

    name: frozenset[str]
    title: Bilingual
    kind: MetricKind
    earlier: ExpectedMetric
    later: ExpectedMetric


def metrics_by_side(value: PeriodValue) -> Iterator[tuple[frozenset[str], ExpectedMetric]]:
    """Yield the metrics of a value's numerator and denominator."""
    deciding = value.line.indicator.deciding
    if deciding.numerator is not None:
        yield NUMERATOR, deciding.numerator
    if deciding.denominator is not None:
        yield DENOMINATOR, deciding.denominator


def expected_areas(value: PeriodValue, metric: ExpectedMetric) -> AreasByOrg:
    """Return the areas in which a value needs a metric's counts."""
    line = value.line
    return metric.expected_areas(value.counts, line.indicator.inputs, line.breakdown)


def compute_addition(since: Period, earlier: PeriodValue | None, later: PeriodValue, revisions: Sequence[Revision]) -> Addition:
    """Subtract an earlier value from a later one, except for differences that a break withholds.

    `revisions` may include those of other pairs of months.
    """
    if earlier is None:
        text = Bilingual(zh=f"{since.text_zh}没有该行", en=f"{since.text} has no such line")
        return Addition(since, None, None, None, None, (Break(SeriesBreak.GAP, None, text, EVERYTHING),))
    breaks = tuple(find_breaks(earlier, later, revisions))
    withheld = frozenset[str]().union(*(found.withholds for found in breaks))
    numerator, denominator = (after - before for before, after in zip(_counts(earlier), _counts(later), strict=True))
    return Addition(
        since,
        None if withheld & NUMERATOR else numerator,
        None if withheld & DENOMINATOR else denominator,
        None if withheld & VALUE else _ratio(later) - _ratio(earlier),
        None if withheld & VALUE else _displayed_change(earlier, later),
        breaks,
    )


def _counts(value: PeriodValue) -> tuple[int, int]:
    """Return numerator and denominator; if one is incomplete, a break withholds it, and the other is still usable."""
    deciding = value.line.deciding
    numerator, denominator = deciding.partial or (deciding.numerator, deciding.denominator)
    return numerator or 0, denominator or 0


def _displayed_change(earlier: PeriodValue, later: PeriodValue) -> str | None:
    before, after = earlier.line.deciding.display, later.line.deciding.display
    return displayed_change(before, after) if before is not None and after is not None else None


def _ratio(value: PeriodValue) -> Fraction:
    deciding = value.line.deciding
    return Fraction((deciding.numerator or 0) * value.line.indicator.scale, deciding.denominator or 1)


def find_breaks(earlier: PeriodValue, later: PeriodValue, revisions: Sequence[Revision]) -> Iterator[Break]:
    """Yield the breaks between two values."""
    code = later.line.indicator.code
    between = f"{earlier.period.text} – {later.period.text}"
    between_zh = f"{earlier.period.text_zh}至{later.period.text_zh}"
    before, after = (meaning_in_month(value.plan.definition, value.plan.month, code) for value in (earlier, later))
    if before.indicator != after.indicator:
        text = Bilingual(zh=f"{between_zh}，评价指标的口径有变化", en=f"the indicator's counting method changed ({between})")
        yield Break(SeriesBreak.DEFINITION, None, text, EVERYTHING)
        return  # two indicators under one code have nothing to compare
    for value in (earlier, later):
        if value.gap is SeriesGap.NOT_REPORTED:
            text = Bilingual(zh=f"{value.period.text_zh}没有填报数据", en=f"nothing was reported for {value.period.text}")
            yield Break(SeriesBreak.GAP, None, text, EVERYTHING)
    for side in _sides(earlier, later):
        metric, title = side.later.code, side.title
        concerned = VALUE | side.name | _dependent_sides(side.name, later)
        incomplete = [value for value in (earlier, later) if any(cell.metric == metric for cell in value.line.missing)]
        if incomplete:
            zh = "、".join(value.period.text_zh for value in incomplete)
            en = " and ".join(value.period.text for value in incomplete)
            text = Bilingual(zh=f"{zh}“{title.zh}”数据不全", en=f"“{title.en}” of {en} is incomplete")
            yield Break(SeriesBreak.GAP, metric, text, concerned)
            continue
        if before.metrics[metric] != after.metrics[metric]:
            text = Bilingual(
                zh=f"{between_zh}，“{title.zh}”的口径有变化",
                en=f"the counting method of “{title.en}” changed ({between})",
            )
            yield Break(SeriesBreak.DEFINITION, metric, text, concerned)
        if side.kind is MetricKind.FLOW:
            text = Bilingual(zh=f"“{title.zh}”是时期数，本身即为新增", en=f"“{title.en}” is a flow, which is itself an addition")
            yield Break(SeriesBreak.FLOW, metric, text, side.name)
        yield from _changed_reporters(side, earlier, later, concerned)
        if side.kind is MetricKind.STOCK:
            yield from _revised_counts(side, earlier, later, revisions, concerned)
        if side.kind is MetricKind.REFERENCE:
            yield from _changed_reference_months(side, earlier, later)
    yield from _revised_cases(earlier, later, revisions)
    yield from _zero_denominators(earlier, later)


def _revised_cases(earlier: PeriodValue, later: PeriodValue, revisions: Iterable[Revision]) -> Iterator[Break]:
    """Yield a notice of months whose number of cases changed after they ended; as both are current, they can be compared."""
    if not later.line.indicator.counts_cases:
        return
    months = (earlier.period.last, later.period.last)
    own = tuple(revision for revision in revisions if revision.metric == CASES_METRIC and revision.base in months)
    if own:
        revised = [revision.base for revision in own]
        text = Bilingual(
            zh=f"{'、'.join(map(month_zh, revised))}结束后又有案例新认定或终止认定",
            en=f"approvals of cases began or ended after the end of {' and '.join(map(month_text, revised))}",
        )
        yield Break(SeriesBreak.REVISION, None, text, frozenset(), own)


def _sides(earlier: PeriodValue, later: PeriodValue) -> Iterator[_Side]:
    """Yield both sides of two values of the same meaning, which thus read the same metrics."""
    for (name, before), (_, after) in zip(metrics_by_side(earlier), metrics_by_side(later), strict=True):
        (block,) = metric_blocks(later.plan.definition, later.plan.month, {after.code})
        yield _Side(name, block.title, block.kind, before, after)


def _dependent_sides(name: frozenset[str], value: PeriodValue) -> frozenset[str]:
    """Return what depends on a side: a capped numerator on the denominator, the denominator of `each` on who reports."""
    reducer = indicator_block(value.plan.definition, value.plan.month, value.line.indicator.code).deciding.reducer
    if name == DENOMINATOR:
        return NUMERATOR if reducer in CAPPED_REDUCERS else frozenset()
    return DENOMINATOR if reducer is Reducer.EACH else frozenset()


def _changed_reporters(side: _Side, earlier: PeriodValue, later: PeriodValue, concerned: frozenset[str]) -> Iterator[Break]:
    before, after = _cells(expected_areas(earlier, side.earlier)), _cells(expected_areas(later, side.later))
    if before == after:
        return
    joined, left = _reporters(after - before, later), _reporters(before - after, earlier)
    text = Bilingual(
        zh=f"“{side.title.zh}”的填报单位或区域有变化：新增{joined.zh}；减少{left.zh}",
        en=f"the organisations or areas that report “{side.title.en}” changed: added {joined.en}; removed {left.en}",
    )
    yield Break(SeriesBreak.REPORTERS, side.later.code, text, concerned)


def _reporters(cells: Iterable[tuple[str, int]], value: PeriodValue) -> Bilingual:
    """Return the organisations and areas of cells by their short names."""
    definition = value.plan.definition
    names = [
        (
            _REGISTERS if org == EVERYBODY else definition.organisation(org).short,
            definition.area(definition.area_codes[area]).short,
        )
        for org, area in sorted(cells)
    ]
    return Bilingual(
        zh="、".join(f"{org.zh}（{area.zh}）" for org, area in names) or "无",
        en=", ".join(f"{org.en} ({area.en})" for org, area in names) or "none",
    )


def _cells(areas_by_org: AreasByOrg) -> set[tuple[str, int]]:
    return {(org, area) for org, areas in areas_by_org.items() for area in areas}


def _revised_counts(
    side: _Side, earlier: PeriodValue, later: PeriodValue, revisions: Iterable[Revision], concerned: frozenset[str]
) -> Iterator[Break]:
    cells = _cells(expected_areas(later, side.later))
    own = tuple(
        revision
        for revision in revisions
        if (revision.base, revision.month, revision.metric) == (earlier.period.last, later.period.last, side.later.metric)
        and (revision.org, revision.area) in cells
    )
    if own:
        text = Bilingual(
            zh=f"{earlier.period.text_zh}“{side.title.zh}”在{later.period.text_zh}数据填报之后又有更正，两期不可相减",
            en=f"“{side.title.en}” of {earlier.period.text} was corrected after {later.period.text} was reported,"
            " so the two periods cannot be subtracted",
        )
        yield Break(SeriesBreak.REVISION, side.later.code, text, concerned, own)


def _changed_reference_months(side: _Side, earlier: PeriodValue, later: PeriodValue) -> Iterator[Break]:
    before, after = _reference_months(earlier, side.earlier), _reference_months(later, side.later)
    if before != after:
        text = Bilingual(
            zh=f"“{side.title.zh}”由{'、'.join(map(month_zh, before))}的数据换为{'、'.join(map(month_zh, after))}的数据",
            en=f"“{side.title.en}” changed from the counts of {', '.join(map(month_text, before))}"
            f" to those of {', '.join(map(month_text, after))}",
        )
        yield Break(SeriesBreak.VINTAGE, side.later.code, text, frozenset())


def _reference_months(value: PeriodValue, metric: ExpectedMetric) -> list[date]:
    line = value.line
    counts = counts_read(metric, value.counts, line.indicator, line.breakdown)
    return sorted({entry.month for entry in counts.entries})


def _zero_denominators(earlier: PeriodValue, later: PeriodValue) -> Iterator[Break]:
    """Yield the periods whose ratio is undefined, though their counts can be subtracted."""
    for value in (earlier, later):
        if value.gap is SeriesGap.NOT_APPLICABLE:
            text = Bilingual(zh=f"{value.period.text_zh}的分母为 0", en=f"the denominator of {value.period.text} is 0")
            yield Break(SeriesBreak.GAP, None, text, VALUE)
