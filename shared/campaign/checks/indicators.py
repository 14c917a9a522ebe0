"""Checks of indicators and their variants."""

from collections.abc import Iterator

from shared.campaign.blocks import Indicator, Variant
from shared.campaign.checks.draft import Draft, hinted, quoted
from shared.campaign.checks.repeats import check_repeats, check_unique
from shared.campaign.findings import FileError
from shared.values.suggestions import nearest
from shared.vocabulary import Reducer, Role

NEEDS_DENOMINATOR = {Reducer.MAX_BY_AREA, Reducer.CAPPED_SUM, Reducer.ANY, Reducer.ALL, Reducer.EACH}
FROM_REGISTER = {Reducer.ANY, Reducer.ALL}
_BY_ITSELF = ("与分子相同", "is the numerator as well"), ("指明作为分母的指标", "name the metric to divide by")


def check_indicators(draft: Draft) -> Iterator[FileError]:
    """Check that each indicator reads existing metrics that fit together, and that one of its variants decides."""
    yield from check_repeats(draft, "indicator", draft.indicators)
    for indicator in draft.indicators:
        key = f"indicator[{indicator.code}]"
        yield from draft.unknown(
            "metric", [(f"{key}.numerator", indicator.numerator), (f"{key}.denominator", indicator.denominator)]
        )
        yield from check_unique(draft, ((f"{key}.variant[{v.code}]", v.code) for v in indicator.variants))
        yield from _decides(draft, key, indicator)
        yield from _one_grain(draft, key, indicator)
        yield from _ratio(draft, key, indicator)
        for variant in indicator.variants:
            yield from _variant(draft, f"{key}.variant[{variant.code}]", indicator, variant)


def _decides(draft: Draft, key: str, indicator: Indicator) -> Iterator[FileError]:
    codes = [variant.code for variant in indicator.variants]
    if indicator.decides not in codes:
        hint = nearest(indicator.decides, codes)
        fix = ("指明该指标的一个算法", "name one of the indicator's variants")
        problem = (f"没有算法 `{indicator.decides}`", f"unknown variant `{indicator.decides}`")
        yield draft.finding(f"{key}.decides", problem, hinted(fix, hint))


def _one_grain(draft: Draft, key: str, indicator: Indicator) -> Iterator[FileError]:
    metrics = [draft.metric_by_code[code] for code in indicator.metrics if code in draft.metric_by_code]
    if len({metric.grain for metric in metrics}) > 1:
        yield draft.finding(
            key,
            (
                "所用指标的统计级别不同：" + "、".join(f"`{metric.code}` 按{metric.grain.title_.zh}" for metric in metrics),
                "reads metrics of different area levels: "
                + ", ".join(f"`{metric.code}` by {metric.grain}" for metric in metrics),
            ),
            (
                "用同一级别的指标，或用新代码声明另一级别的指标",
                "use metrics of one area level, or declare a metric of the other level under a new code",
            ),
        )


def _ratio(draft: Draft, key: str, indicator: Indicator) -> Iterator[FileError]:
    if indicator.denominator is not None and indicator.denominator == indicator.numerator:
        yield draft.finding(f"{key}.denominator", *_BY_ITSELF)
    plain = [variant for variant in indicator.variants if indicator.denominator_of(variant) is None]
    if indicator.unit.zh in {"%", "％"} and (indicator.scale != 100 or plain):
        yield draft.finding(
            f"{key}.scale",
            ("百分比须有分母，且 scale 为 100", "a percentage needs a denominator and the scale 100"),
            ("设 `scale = 100` 和 `denominator`，或改用其他计量单位", "set `scale = 100` and `denominator`, or another unit"),
        )


def _variant(draft: Draft, key: str, indicator: Indicator, variant: Variant) -> Iterator[FileError]:
    yield from draft.unknown("metric", [(f"{key}.numerator", variant.numerator), (f"{key}.denominator", variant.denominator)])
    counted, divided = indicator.sides_of(variant)
    if variant.reducer is Reducer.CASES:
        if counted is not None or divided is not None:
            yield draft.finding(
                key,
                ("既统计案例又读取指标", "counts cases and reads metrics as well"),
                ("删除 numerator 和 denominator，或改用其他归并方式", "remove numerator and denominator, or use another reducer"),
            )
        return
    if counted is None:
        yield draft.finding(
            key,
            (f"`{variant.reducer}` 没有统计对象", f"`{variant.reducer}` has nothing to count"),
            ("在此处或指标上写明 numerator", "name a numerator, here or on the indicator"),
        )
    if (variant.numerator or variant.denominator) and counted == divided:
        yield draft.finding(f"{key}.denominator", *_BY_ITSELF)
    if variant.reducer in NEEDS_DENOMINATOR and divided is None:
        yield draft.finding(
            key,
            (f"`{variant.reducer}` 须有分母", f"`{variant.reducer}` needs a denominator"),
            ("在此处或指标上写明 denominator，或用 `sum`", "name a denominator, here or on the indicator, or use `sum`"),
        )
    if variant.reducer in FROM_REGISTER:
        yield from _from_register(draft, key, variant.reducer, counted, divided)
    if variant.reducer is Reducer.EACH and variant.unit is None:
        yield draft.finding(
            f"{key}.unit",
            ("各家分别计的数没有写明计量单位", "counts a unit once for each organisation, and does not name that unit"),
            (
                '如 `unit = { zh = "处·家", en = "places × carriers" }`',
                'add it, such as `unit = { zh = "处·家", en = "places × carriers" }`',
            ),
        )
    if variant.reducer is Reducer.SUM:
        yield from _same_reporters(draft, key, counted, divided)


def _same_reporters(draft: Draft, key: str, counted: str | None, divided: str | None) -> Iterator[FileError]:
    """Check that a sum is divided by the counts of the same carriers or subdistrict offices, if those report both sides."""
    sides = [draft.metric_by_code.get(code or "") for code in (counted, divided)]
    for role in (Role.CARRIER, Role.STREET):
        top, bottom = ({org for org in (side.reporters if side else ()) if _has_role(draft, org, role)} for side in sides)
        if top and bottom and top != bottom:
            zh, en = quoted(sorted(top ^ bottom))
            yield draft.finding(
                key,
                (
                    f"分子与分母的填报单位不同：{zh} 只填报其中一项",
                    f"numerator and denominator have different reporters: {en} report only one",
                ),
                ("让同一批单位填报两项，或改用其他分母", "let the same organisations report both, or use another denominator"),
            )


def _has_role(draft: Draft, org: str, role: Role) -> bool:
    return org in draft.organisation_by_code and role in draft.organisation_by_code[org].roles


def _from_register(draft: Draft, key: str, reducer: Reducer, counted: str | None, divided: str | None) -> Iterator[FileError]:
    """Check that a count of register rows is divided by a count of the same register, not by a reported one."""
    top, bottom = (draft.metric_by_code.get(code or "") for code in (counted, divided))
    if top is not None and not top.derived:
        yield draft.finding(
            f"{key}.numerator",
            (f"仅凭总数无法得出 `{reducer}`", f"`{reducer}` cannot be computed from counts"),
            ("写由登记表汇总的指标，或用 `each`", "name a metric derived from a register, or use `each`"),
        )
    if bottom is not None and not bottom.of_everybody:
        yield draft.finding(
            f"{key}.denominator",
            (
                f"`{bottom.code}` 不是由登记表汇总的数，与分子的来源不同",
                f"`{bottom.code}` is not derived from the same register as the numerator",
            ),
            ("写由同一登记表汇总的指标", "name a metric derived from the same register"),
        )
