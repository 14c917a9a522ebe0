"""Findings of outliers: counts and ratios far from those of earlier months or of other areas."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from datetime import date

from psycopg import AsyncConnection

from services.ingest.findings.documents import FindingWithReason, OutlierStatistics, truncated_number
from services.ingest.findings.reasons import DefinitionTitles
from shared.campaign.applied import AppliedDefinition
from shared.campaign.blocks import EVERYBODY, Metric, Rule
from shared.database.database import Scope, campaign_reach
from shared.domain.counts_by_area import CountsByMetric
from shared.domain.outliers import Outlier, RatioSide, history_checks, outliers_among_areas, outliers_in_history, rules_over_areas
from shared.reading.findings import add_explanations, finding_id
from shared.reading.stored_counts import StoredCounts
from shared.values.bilingual import Bilingual
from shared.vocabulary import Compared, MetricKind

_PER_CENT = Bilingual(zh="%", en="%")


async def find_outliers(
    connection: AsyncConnection, scope: Scope, definition: AppliedDefinition, month: date, orgs: Sequence[str]
) -> list[FindingWithReason]:
    """Return the outliers among the counts of single organisations, by organisation."""
    history = {org: history_checks(definition, org, month) for org in orgs}
    rules = rules_over_areas(definition, month, across=False)
    wanted: dict[tuple[str, date], set[int]] = {}
    for org, checks in history.items():
        for check in checks:
            for compared_month in check.months:
                wanted.setdefault((org, compared_month), set()).add(check.metric)
        for rule in rules:
            wanted.setdefault((org, month), set()).update(_own_metrics(definition, rule, org))
    columns = await StoredCounts(connection, scope, definition).columns(wanted)
    references = await _read_references(connection, scope, definition, month, rules)

    def find() -> list[FindingWithReason]:
        return [
            _finding(scope.campaign, definition, month, org, outlier)
            for org in orgs
            for outlier in (
                *outliers_in_history(org, history[org], {at: columns.get((org, at), {}) for _, at in wanted}),
                *_find_among_areas(definition, month, rules, [org], {org: columns.get((org, month), {})}, references),
            )
        ]

    findings = await asyncio.to_thread(find)  # many areas take a while
    await add_explanations(connection, scope, list(findings))
    return findings


async def find_outliers_across(
    connection: AsyncConnection, scope: Scope, definition: AppliedDefinition, month: date
) -> list[FindingWithReason]:
    """Return the outliers among the areas' sums over all organisations. The connection's reach must be the campaign."""
    rules = rules_over_areas(definition, month, across=True)
    reporters = {metric.code: _required_reporters(definition, metric, month) for metric in definition.metrics_of(month)}
    wanted: dict[tuple[str, date], set[int]] = {}
    for rule in rules:
        for org in reporters[rule.part or ""]:
            wanted.setdefault((org, month), set()).update(_own_metrics(definition, rule, org))
    columns = {org: counts for (org, _), counts in (await StoredCounts(connection, scope, definition).columns(wanted)).items()}
    references = await _read_references(connection, scope, definition, month, rules)
    return [
        _finding(scope.campaign, definition, month, EVERYBODY, outlier)
        for rule in rules
        for outlier in _find_among_areas(definition, month, [rule], reporters[rule.part or ""], columns, references)
    ]


def _required_reporters(definition: AppliedDefinition, metric: Metric, month: date) -> list[str]:
    """Return the organisations whose counts a sum needs: those that must report the metric, or else all that may."""
    return definition.orgs_required(metric, month) or [
        org for org in metric.reported_by if definition.organisation(org).valid(month)
    ]


def _own_metrics(definition: AppliedDefinition, rule: Rule, org: str) -> set[int]:
    """Return the metrics of a rule's ratio that an organisation reports; none if it does not report the numerator."""
    part, whole = (definition.metric(code or "") for code in (rule.part, rule.whole))
    if org not in part.reporters:
        return set()
    return {definition.metric_numbers[metric.code] for metric in (part, whole) if org in metric.reporters}


async def _read_references(
    connection: AsyncConnection, scope: Scope, definition: AppliedDefinition, month: date, rules: Collection[Rule]
) -> CountsByMetric:
    """Return the reference counts by which the rules divide."""
    metrics = [definition.metric(rule.whole or "") for rule in rules]
    metrics = [metric for metric in metrics if metric.kind is MetricKind.REFERENCE]
    numbers = {definition.metric_numbers[metric.code] for metric in metrics}
    if not numbers:
        return {}
    async with campaign_reach(connection, scope):  # every reporter may see the bureau's references
        return (await StoredCounts(connection, scope, definition).references([month], numbers)).get(month, {})


def _find_among_areas(
    definition: AppliedDefinition,
    month: date,
    rules: Sequence[Rule],
    orgs: Sequence[str],
    columns: Mapping[str, CountsByMetric],
    references: CountsByMetric,
) -> list[Outlier]:
    """Return the areas whose ratio, summed over some organisations, is far from that of the other areas."""
    outliers: list[Outlier] = []
    areas = [definition.area_numbers[street.code] for street in definition.streets(month)]
    for rule in rules:
        part, whole = (definition.metric(code or "") for code in (rule.part, rule.whole))
        part_number, whole_number = definition.metric_numbers[part.code], definition.metric_numbers[whole.code]
        parts = {org: columns[org][part_number] for org in orgs if part_number in columns.get(org, {})}
        if whole.kind is MetricKind.REFERENCE:
            whole_orgs = whole.reporters
            wholes = {org: references[whole_number] for org in whole_orgs if whole_number in references}
        else:
            whole_orgs = tuple(orgs)
            wholes = {org: columns[org][whole_number] for org in orgs if whole_number in columns.get(org, {})}
        if len(parts) == len(orgs) and len(wholes) == len(whole_orgs):
            numerator, denominator = RatioSide(part_number, month, parts), RatioSide(whole_number, month, wholes)
            outliers += outliers_among_areas(rule, numerator, denominator, areas)
    return outliers


def _finding(campaign: str, definition: AppliedDefinition, month: date, org: str, outlier: Outlier) -> FindingWithReason:
    counts = " ".join(f"{owner} {count.month:%Y-%m} {count.metric} {count.area} {count.value}" for owner, count in outlier.values)
    sample = " ".join(f"{value.area} {value.value}" for value in outlier.sample)
    id_ = finding_id(month, campaign, org, outlier.rule.code, outlier.metric, outlier.area, counts, sample)
    statistics = _statistics(definition, month, outlier)
    return FindingWithReason(
        *(id_, org, month, outlier.rule, outlier.metric, outlier.area, outlier.values),
        reason=_reason(DefinitionTitles(definition), org, statistics),
        statistics=statistics,
    )


def _statistics(definition: AppliedDefinition, month: date, outlier: Outlier) -> OutlierStatistics:
    """Return the statistics in the metric's unit; for a ratio in that of the indicator with this ratio, else in per cent."""
    if outlier.compared is not Compared.RATIO:
        return OutlierStatistics(outlier, 1, definition.metric(definition.metric_codes[outlier.metric]).unit)
    sides = (outlier.rule.part, outlier.rule.whole)
    for indicator in definition.indicators_of(month):
        if indicator.sides_of(indicator.deciding) == sides:
            return OutlierStatistics(outlier, indicator.scale, indicator.unit)
    return OutlierStatistics(outlier, 100, _PER_CENT)


def _reason(titles: DefinitionTitles, org: str, statistics: OutlierStatistics) -> Bilingual:
    outlier, unit, scale = statistics.outlier, statistics.unit, statistics.scale
    area, metric, compared = titles.area(outlier.area), titles.metric(outlier.metric), outlier.compared.title_
    if org == EVERYBODY:
        owner = titles.orgs([reporter for reporter, count in outlier.values if count.metric == outlier.metric])
    else:
        owner = titles.org(org)
    size = len(outlier.sample)
    if outlier.compared is Compared.RATIO:
        whole = titles.metric(outlier.values[-1][1].metric)
        quantity = Bilingual(zh=f"“{metric.zh}”与“{whole.zh}”之比", en=f"the ratio of “{metric.en}” to “{whole.en}”")
        sample = Bilingual(zh=f"{size}个街道", en=f"{size} areas")
    else:
        quantity = Bilingual(zh=f"“{metric.zh}”{compared.zh}", en=f"{compared.en} of “{metric.en}”")
        sample = Bilingual(zh=f"此前{size}个月", en=f"{size} earlier months")
    deviation = outlier.deviation
    value, median, mad = (truncated_number(exact * scale) for exact in (deviation.value, deviation.median, deviation.mad))
    score = truncated_number(deviation.score)
    return Bilingual(
        zh=f"{owner.zh}（{area.zh}）{quantity.zh}为{value}{unit.zh}，{sample.zh}的中位数为{median}、绝对中位差为{mad}，偏离{score}个标准差",
        en=f"{quantity.en} of {owner.en} in {area.en} is {value} {unit.en}; the median of {sample.en} is {median}, with a MAD of"
        f" {mad}: {score} standard deviations from the median",
    )
