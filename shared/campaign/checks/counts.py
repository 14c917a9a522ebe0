"""Checks of metrics and of the organisations that report them."""

from collections.abc import Iterator

from shared.campaign.blocks import Metric
from shared.campaign.checks.draft import Draft, with_keys
from shared.campaign.checks.places import check_spellings
from shared.campaign.checks.repeats import check_repeats, check_unique
from shared.campaign.findings import FileError
from shared.values.spelling import normalised
from shared.vocabulary import Grain, Role

REPORTING = {Role.CARRIER, Role.STREET, Role.BUREAU, Role.TASK_FORCE}
RATIO_UNITS = ("%", "％", "‰", "百分", "percent", "per cent", "ratio")


def check_metrics(draft: Draft) -> Iterator[FileError]:
    """Check that each metric is a count that organisations report, and keeps its meaning under one code."""
    yield from check_repeats(draft, "metric", draft.metrics)
    yield from _one_meaning(draft)
    for metric in draft.metrics:
        yield from _is_count(draft, metric)
        yield from _has_reporters(draft, metric)
        key = f"metric[{metric.code}]"
        yield from draft.unknown("task", [(f"{key}.task", metric.task)])
        if metric.from_ is not None and metric.valid_to is not None and metric.valid_to < metric.from_:
            yield draft.finding(
                f"{key}.valid_to",
                ("结束月份早于开始月份", "ends before it begins"),
                ("把 `valid_to` 设为最后一个月，不早于 `from`", "set `valid_to` to the last month, not before `from`"),
            )
        if metric.grain is Grain.STREET and len(draft.known["area"]) < 2:
            yield draft.finding(
                f"{key}.grain",
                ("按街道统计，而本方案没有街道", "counted by subdistrict in a campaign without subdistricts"),
                ('用 `grain = "campaign"`，或声明各街道', 'use `grain = "campaign"` or declare the subdistricts'),
            )
    yield from check_spellings(draft, "metric", ((metric.code, metric.names) for metric in draft.metrics))
    yield from _alias_of_another(draft)


def _alias_of_another(draft: Draft) -> Iterator[FileError]:
    """Find aliases that are names of indicators or areas: a percentage or a subdistrict would be read as this count."""
    owners = {normalised(name): f"indicator[{i.code}]" for i in draft.indicators for name in (i.code, i.title.zh, i.title.en)}
    owners |= {normalised(name): f"area[{area.code}]" for area in draft.areas for name in area.names}
    for metric in draft.metrics:
        for index, alias in enumerate(metric.aliases):
            if owner := owners.get(normalised(alias)):
                yield draft.finding(
                    f"metric[{metric.code}].aliases[{index}]",
                    (f"“{alias}”是 `{owner}` 的名称", f"“{alias}” is a name of `{owner}`"),
                    ("删除该别名", "remove the alias"),
                )


def _one_meaning(draft: Draft) -> Iterator[FileError]:
    first: dict[str, Metric] = {}
    for metric in draft.metrics:
        before = first.setdefault(metric.code, metric)
        for key in ("unit", "kind", "grain", "derived"):
            if getattr(metric, key) != getattr(before, key):
                yield draft.finding(
                    f"metric[{metric.code}].{key}",
                    (f"同一代码各块的 `{key}` 不一致", f"`{key}` differs between blocks of one code"),
                    ("一个代码只有一个口径：请用新代码", "one code has one counting method: use a new code"),
                )


def _is_count(draft: Draft, metric: Metric) -> Iterator[FileError]:
    if any(sign in f"{metric.unit.zh} {metric.unit.en}".lower() for sign in RATIO_UNITS):
        yield draft.finding(
            f"metric[{metric.code}].unit",
            ("百分比不能作为填报指标", "must be a count, not a percentage"),
            (
                "分子、分母各作为指标填报，比率用 [[indicator]] 声明",
                "declare numerator and denominator as metrics and the ratio as an [[indicator]]",
            ),
        )


def _has_reporters(draft: Draft, metric: Metric) -> Iterator[FileError]:
    key = f"metric[{metric.code}]"
    yield from draft.unknown(
        "organisation", [*with_keys(f"{key}.owed_by", metric.owed_by), *with_keys(f"{key}.reported_by", metric.reported_by)]
    )
    yield from check_unique(
        draft,
        ((f"{key}.{'owed_by' if i < len(metric.owed_by) else 'reported_by'}", org) for i, org in enumerate(metric.reporters)),
    )
    if metric.derived and metric.owed_by:
        yield draft.finding(
            f"{key}.derived",
            ("由登记表汇总的指标不得设应报单位", "a derived metric must not have organisations in owed_by"),
            (
                "删除 owed_by 或 `derived`；统计哪些单位的登记表写在 reported_by 中",
                "remove owed_by, or `derived`; name the organisations whose registers it counts in reported_by",
            ),
        )
    if not metric.derived and not metric.reporters:
        yield draft.finding(
            f"{key}.owed_by",
            ("未指明由哪个单位填报", "has no reporting organisation"),
            (
                "在 `owed_by` 中写明应报单位，或在 `reported_by` 中写明可报单位",
                "name the organisations that must report it in `owed_by`, or those that may in `reported_by`",
            ),
        )
    for org in metric.reporters:
        organisation = draft.organisation_by_code.get(org)
        if organisation is not None and not REPORTING.intersection(organisation.roles):
            yield draft.finding(
                f"{key}.owed_by",
                (f"`{org}` 只能查看，不能填报", f"`{org}` has a role that does not report"),
                ("写企业、街道办事处或主管部门", "name a carrier, a subdistrict office or a bureau"),
            )
        if organisation is not None and organisation.area is not None and metric.grain is Grain.CAMPAIGN:
            yield draft.finding(
                f"{key}.grain",
                (
                    f"`{org}` 只统计本街道，而该指标按全区统计",
                    f"`{org}` reports its own subdistrict only, but this metric is of the whole area",
                ),
                ('用 `grain = "street"`，或改由其他单位填报', 'use `grain = "street"` or other reporters'),
            )
