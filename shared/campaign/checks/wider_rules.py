"""Checks of rules over stored months: many months of a count, many areas of a ratio, whole registers."""

from collections.abc import Iterable, Iterator

from shared.campaign.blocks import Metric, Rule
from shared.campaign.checks.draft import Draft, quoted, with_keys
from shared.campaign.findings import FileError, Text
from shared.vocabulary import Grain, MetricKind, RegisterCode, Role


def is_reported_by_one_bureau(draft: Draft, metric: Metric) -> bool:
    """Return whether a metric is reported by one bureau, so that all organisations may see its counts."""
    owners = [draft.organisation_by_code.get(org) for org in metric.reporters]
    return len(owners) == 1 and all(owner is None or Role.BUREAU in owner.roles for owner in owners)


def not_reported_error(draft: Draft, key: str, metric: Metric) -> FileError:
    """Return the error of a rule about an organisation's own counts that names another metric."""
    return draft.finding(
        key,
        (f"`{metric.code}` 不由单位填报", f"`{metric.code}` is not reported by organisations"),
        ("写由单位填报的指标", "name a metric that organisations report"),
    )


def _missing_register_error(draft: Draft, key: str, register: RegisterCode) -> FileError:
    problem = (f"本方案没有登记表 {register}", f"the campaign has no register {register}")
    return draft.finding(key, problem, ("声明其 [[register]]", "declare its [[register]]"))


def _choice_fix(names: Iterable[str]) -> Text:
    zh, en = quoted(names)
    return f"可用：{zh}", f"use one of {en}"


def check_reporters(draft: Draft, key: str, code: str | None, orgs: tuple[str, ...]) -> Iterator[FileError]:
    """Check that the organisations that a rule names report the metric that it compares."""
    metric = draft.metric_by_code.get(code or "")
    for at, org in with_keys(key, orgs):
        if metric is not None and org in draft.known["organisation"] and org not in metric.reporters:
            yield draft.finding(
                at,
                (f"`{org}` 不填报 `{metric.code}`", f"`{org}` does not report `{metric.code}`"),
                ("写填报该指标的单位", "name organisations that report it"),
            )


def check_unlike_history(draft: Draft, key: str, rule: Rule) -> Iterator[FileError]:
    """Check that organisations report the metrics every month, and that the months can contain enough changes."""
    for code in rule.named:
        metric = draft.metric_by_code.get(code)
        if metric is not None and (metric.derived or metric.kind is MetricKind.REFERENCE):
            yield draft.finding(
                f"{key}.metrics",
                (f"`{code}` 不由单位按月填报", f"`{code}` is not reported monthly by organisations"),
                ("写由单位填报的时点数、时期数", "name stocks and flows that are reported"),
            )
    if rule.months is not None and rule.months <= rule.at_least:
        yield draft.finding(
            f"{key}.months",
            (
                f"{rule.months} 个月内不会有 {rule.at_least} 次变动",
                f"{rule.months} months cannot contain {rule.at_least} changes",
            ),
            ("回看更多月份，或减小 `at_least`", "look further back, or lower `at_least`"),
        )


def check_unlike_areas(draft: Draft, key: str, rule: Rule) -> Iterator[FileError]:
    """Check that each subdistrict has such a ratio, and that the reporters of the part may see the whole."""
    part, whole = draft.metric_by_code.get(rule.part or ""), draft.metric_by_code.get(rule.whole or "")
    for side, metric in (("part", part), ("whole", whole)):
        if metric is not None and metric.grain is not Grain.STREET:
            yield draft.finding(
                f"{key}.{side}",
                (f"`{metric.code}` 不按街道统计", f"`{metric.code}` is not counted by subdistrict"),
                ("写按街道统计的指标", "name a metric that is counted by subdistrict"),
            )
    if part is not None and (part.derived or part.kind is MetricKind.REFERENCE):
        yield not_reported_error(draft, f"{key}.part", part)
    if part is None or whole is None or _have_same_reporters(part, whole):
        return
    if whole.kind is not MetricKind.REFERENCE or not is_reported_by_one_bureau(draft, whole):
        yield draft.finding(
            f"{key}.whole",
            (
                f"`{whole.code}` 既不由 `{part.code}` 的单位填报，也不是单个主管部门的基准数",
                f"`{whole.code}` is neither reported by the organisations of `{part.code}` nor a reference metric of one bureau",
            ),
            ("写由相同单位填报的指标，或基准数指标", "name a metric of the same organisations, or a reference metric"),
        )


def _have_same_reporters(part: Metric, whole: Metric) -> bool:
    return set(part.reporters) == set(whole.reporters) and not whole.derived and whole.kind is part.kind


def check_above_limit(draft: Draft, key: str, rule: Rule) -> Iterator[FileError]:
    """Check that the indicator is a ratio of counts and has the variant."""
    block = next((each for each in draft.indicators if each.code == rule.indicator), None)
    if block is None:
        return
    watched = [variant for variant in block.variants if rule.variant in (None, variant.code)]
    if any(None in block.sides_of(variant) for variant in watched):
        yield draft.finding(
            f"{key}.indicator",
            (f"`{block.code}` 不是两项数据之比", f"`{block.code}` is not a ratio of two counts"),
            ("写由两项数据相除的指标", "name an indicator that divides two counts"),
        )
    variants = [variant.code for variant in block.variants]
    if rule.variant is not None and rule.variant not in variants:
        problem = (f"`{block.code}` 没有算法 `{rule.variant}`", f"`{block.code}` has no variant `{rule.variant}`")
        yield draft.finding(f"{key}.variant", problem, _choice_fix(variants))


COMPARED_LISTS = (RegisterCode.KEY_PLACES, RegisterCode.COMPOUNDS, RegisterCode.BASE_STATIONS)
"""Registers in which several organisations may list the same record; rows of the others belong to one organisation each."""


def check_register(draft: Draft, key: str, rule: Rule) -> Iterator[FileError]:
    """Check that the campaign keeps the register, and that several organisations may list the same record in it."""
    if rule.lists not in COMPARED_LISTS:
        problem = ("该登记表由各单位分别登记，无从比较", "organisations keep their own rows there, which cannot be compared")
        yield draft.finding(f"{key}.register", problem, _choice_fix(COMPARED_LISTS))
    elif rule.lists not in {each.code for each in draft.registers}:
        yield _missing_register_error(draft, f"{key}.register", rule.lists)


def check_stations(draft: Draft, key: str, rule: Rule) -> Iterator[FileError]:
    """Check that the campaign keeps the register of base stations, and that the sites are counted by subdistrict."""
    if RegisterCode.BASE_STATIONS not in {each.code for each in draft.registers}:
        yield _missing_register_error(draft, key, RegisterCode.BASE_STATIONS)
    part = draft.metric_by_code.get(rule.part or "")
    if part is not None and (part.derived or part.grain is not Grain.STREET):
        yield draft.finding(
            f"{key}.part",
            (f"`{part.code}` 不按街道填报", f"`{part.code}` is not reported by subdistrict"),
            ("写按街道填报的指标", "name a metric that is reported by subdistrict"),
        )
    yield from check_reporters(draft, f"{key}.part_by", rule.part, rule.part_by)
