"""Counts of a stored month that stand out: of some organisations each by itself, and of all of them together."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from datetime import date

from psycopg import AsyncConnection

from services.ingest.findings.documents import FindingWithReason, OutlierStatistics, truncated_number
from services.ingest.findings.reasons import DefinitionTitles
from services.ingest.quality.found import explain, finding_id
from services.ingest.quality.standing import Standing
from services.ingest.quality.state import references
from shared.campaign.applied import AppliedDefinition
from shared.campaign.blocks import EVERYBODY, Metric, Rule
from shared.database.database import Scope, whole_campaign
from shared.domain.counts_by_area import CountsByMetric
from shared.domain.outliers import Outlier, RatioSide, history_checks, outliers_among_areas, outliers_in_history, rules_over_areas
from shared.values.bilingual import Bilingual
from shared.vocabulary import Compared, MetricKind

_PER_CENT = Bilingual(zh="%", en="%")


async def find_outliers(
    connection: AsyncConnection, scope: Scope, definition: AppliedDefinition, month: date, orgs: Sequence[str]
) -> list[FindingWithReason]:
    """What stands out in some organisations' month, each by its own counts, by organisation."""
    histories = {org: history_checks(definition, org, month) for org in orgs}
    rules = rules_over_areas(definition, month, across=False)
    wanted: dict[tuple[str, date], set[int]] = {}
    for org, counts in histories.items():
        for each in counts:
            for one in each.months:
                wanted.setdefault((org, one), set()).add(each.metric)
        for rule in rules:
            wanted.setdefault((org, month), set()).update(_own(definition, rule, org))
    columns = await Standing(connection, scope, definition).columns(wanted)
    latest = await _references(connection, scope, definition, month, rules)

    def found() -> list[FindingWithReason]:  # in a thread: many areas take a while
        return [
            _finding(scope.campaign, definition, month, org, outlier)
            for org in orgs
            for outlier in (
                *outliers_in_history(org, histories[org], {at: columns.get((org, at), {}) for _, at in wanted}),
                *_over_areas(definition, month, rules, [org], {org: columns.get((org, month), {})}, latest),
            )
        ]

    findings = await asyncio.to_thread(found)
    await explain(connection, scope, list(findings))
    return findings


async def find_outliers_across(
    connection: AsyncConnection, scope: Scope, definition: AppliedDefinition, month: date
) -> list[FindingWithReason]:
    """The areas that stand out by the counts of all organisations together. The connection's reach must be the campaign."""
    rules = rules_over_areas(definition, month, across=True)
    reporting = {metric.code: _reporting(definition, metric, month) for metric in definition.metrics_of(month)}
    wanted: dict[tuple[str, date], set[int]] = {}
    for rule in rules:
        for org in reporting[rule.part or ""]:
            wanted.setdefault((org, month), set()).update(_own(definition, rule, org))
    columns = {org: found for (org, _), found in (await Standing(connection, scope, definition).columns(wanted)).items()}
    latest = await _references(connection, scope, definition, month, rules)
    return [
        _finding(scope.campaign, definition, month, EVERYBODY, outlier)
        for rule in rules
        for outlier in _over_areas(definition, month, [rule], reporting[rule.part or ""], columns, latest)
    ]


def _reporting(definition: AppliedDefinition, metric: Metric, month: date) -> list[str]:
    """Everybody whose counts of a metric there have to be: all that owe it, or where nobody does all that may report it."""
    return definition.owing(metric, month) or [org for org in metric.reported_by if definition.organisation(org).valid(month)]


def _own(definition: AppliedDefinition, rule: Rule, org: str) -> set[int]:
    """The metrics of a rule's ratio that an organisation reports itself, if it reports what is counted."""
    part, whole = (definition.metric(code or "") for code in (rule.part, rule.whole))
    if org not in part.reporters:
        return set()
    return {definition.metric_numbers[metric.code] for metric in (part, whole) if org in metric.reporters}


async def _references(
    connection: AsyncConnection, scope: Scope, definition: AppliedDefinition, month: date, rules: Collection[Rule]
) -> CountsByMetric:
    held = [definition.metric(rule.whole or "") for rule in rules]
    held = [metric for metric in held if metric.kind is MetricKind.REFERENCE]
    owners = {org for metric in held for org in metric.reporters}
    numbers = {definition.metric_numbers[metric.code] for metric in held}
    if not numbers:
        return {}
    async with whole_campaign(connection, scope):  # every reporter may see the bureau's references
        return (await references(connection, scope, definition, [month], owners, numbers)).get(month, {})


def _over_areas(
    definition: AppliedDefinition,
    month: date,
    rules: Sequence[Rule],
    orgs: Sequence[str],
    columns: Mapping[str, CountsByMetric],
    latest: CountsByMetric,
) -> list[Outlier]:
    """What stands out from the other areas, of the sums of some organisations' counts."""
    found: list[Outlier] = []
    streets = [definition.area_numbers[street.code] for street in definition.streets(month)]
    for rule in rules:
        part, whole = (definition.metric(code or "") for code in (rule.part, rule.whole))
        top, bottom = definition.metric_numbers[part.code], definition.metric_numbers[whole.code]
        tops = {org: columns[org][top] for org in orgs if top in columns.get(org, {})}
        if whole.kind is MetricKind.REFERENCE:
            bases, bottoms = whole.reporters, {org: latest[bottom] for org in whole.reporters if bottom in latest}
        else:
            bases, bottoms = tuple(orgs), {org: columns[org][bottom] for org in orgs if bottom in columns.get(org, {})}
        if len(tops) == len(orgs) and len(bottoms) == len(bases):
            found += outliers_among_areas(rule, RatioSide(top, month, tops), RatioSide(bottom, month, bottoms), streets)
    return found


def _finding(campaign: str, definition: AppliedDefinition, month: date, org: str, outlier: Outlier) -> FindingWithReason:
    judged = " ".join(f"{whose} {one.month:%Y-%m} {one.metric} {one.area} {one.value}" for whose, one in outlier.values)
    others = " ".join(f"{one.area} {one.value}" for one in outlier.sample)
    identity = finding_id(month, campaign, org, outlier.rule.code, outlier.metric, outlier.area, judged, others)
    told = _statistics(definition, month, outlier)
    return FindingWithReason(
        *(identity, org, month, outlier.rule, outlier.metric, outlier.area, outlier.values),
        reason=_reason(DefinitionTitles(definition), org, told),
        statistics=told,
    )


def _statistics(definition: AppliedDefinition, month: date, outlier: Outlier) -> OutlierStatistics:
    """In the metric's unit; of a ratio in that of the indicator which has it, else in per cent."""
    if outlier.compared is not Compared.RATIO:
        return OutlierStatistics(outlier, 1, definition.metric(definition.metric_codes[outlier.metric]).unit)
    sides = (outlier.rule.part, outlier.rule.whole)
    for indicator in definition.indicators_of(month):
        if indicator.sides_of(indicator.deciding) == sides:
            return OutlierStatistics(outlier, indicator.scale, indicator.unit)
    return OutlierStatistics(outlier, 100, _PER_CENT)


def _reason(words: DefinitionTitles, org: str, told: OutlierStatistics) -> Bilingual:
    outlier, unit = told.outlier, told.unit
    found = outlier.deviation
    area, metric, what = words.area(outlier.area), words.metric(outlier.metric), outlier.compared.title_
    whose = (
        words.orgs([each for each, one in outlier.values if one.metric == outlier.metric]) if org == EVERYBODY else words.org(org)
    )
    if outlier.compared is Compared.RATIO:
        whole = words.metric(outlier.values[-1][1].metric)
        name = Bilingual(zh=f"“{metric.zh}”与“{whole.zh}”之比", en=f"“{metric.en}” against “{whole.en}”")
        others = Bilingual(zh=f"{len(outlier.sample)}个街道", en=f"{len(outlier.sample)} areas")
    else:
        name = Bilingual(zh=f"“{metric.zh}”{what.zh}", en=f"{what.en} of “{metric.en}”")
        others = Bilingual(zh=f"此前{len(outlier.sample)}个月", en=f"{len(outlier.sample)} earlier months")
    value, centre, mad, score = (
        truncated_number(each)
        for each in (found.value * told.scale, found.median * told.scale, found.mad * told.scale, found.score)
    )
    return Bilingual(
        zh=f"{whose.zh}{area.zh}{name.zh}为{value}{unit.zh}，{others.zh}的中位数{centre}、绝对中位差{mad}，偏离{score}个标准差",
        en=f"{name.en} of {whose.en} in {area.en} is {value} {unit.en}; {others.en} have a median of {centre} and a MAD of {mad}:"
        f" {score} standard deviations off",
    )
