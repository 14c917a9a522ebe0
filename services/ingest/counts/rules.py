"""Checking a push by the rules that reject rows, on the counts as the push would leave them."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from services.ingest.counts.pushed_counts import PushedCounts, Slot
from services.ingest.formats.row_errors import row_error
from services.ingest.formats.rows import RowError
from services.ingest.push.dataset import PushRun
from services.ingest.quality.change_set import ChangeSet
from services.ingest.quality.stored import StoredCounts
from shared.campaign.applied import AppliedDefinition, cached_on_definition
from shared.campaign.blocks import Rule
from shared.domain.counts_by_area import CountsByMetric
from shared.domain.quality import evidence_of, find_breaches
from shared.domain.quality_plan import QualityPlan, quality_plan
from shared.domain.rules import CountRule, broken_areas, has_gaps
from shared.values.bilingual import Bilingual
from shared.values.months import month_text
from shared.vocabulary import PushMode, RowCode, RuleKind

_COUNT_RULE_KINDS = (RuleKind.PART_OF, RuleKind.SUM_EQUALS)  # those that a `CountRule` can express, checked without a plan
_PLAN_RULE_KINDS = (RuleKind.CHANGE_LIMIT, RuleKind.STOCK_FALL, RuleKind.ABOVE_REFERENCE)


class _RowRules(NamedTuple):
    """The rules that reject rows of an organisation's month."""

    count_rules: tuple[tuple[Rule, CountRule], ...]
    other_rules: QualityPlan | None  # these need more than counts of the month; most campaigns have none


async def reject_rule_breaches(run: PushRun, pushed: PushedCounts) -> None:
    """Reject the rows of every group of counts that contradict each other; each row once.

    A partial push is checked again without the rejected rows, until what remains contradicts nothing.
    """
    stored = StoredCounts(run.connection, run.request.scope, run.definition)
    for month in pushed.months:
        rules = _row_rules(run.definition, run.request.scope.org, month)
        while True:
            change_set = pushed.change_set()
            columns = await _columns_after(stored, month, rules, change_set)
            rejected = _reject_contradictions(pushed, run.definition, month, rules, columns)
            if rules.other_rules:
                rejected |= await _reject_breaches(pushed, stored, rules.other_rules, change_set, rejected)
            for slot in rejected:
                pushed.drop(slot)
            if not rejected or run.request.mode is not PushMode.PARTIAL:
                break


@cached_on_definition(256)
def _row_rules(definition: AppliedDefinition, org: str, month: date) -> _RowRules:
    numbers, count_rules = definition.metric_numbers, []
    for rule in definition.rules_of(month):
        if rule.refuses and rule.kind in _COUNT_RULE_KINDS:
            parts, whole = rule.parts or (rule.part or "",), rule.whole or rule.total or ""
            count_rule = CountRule(rule.code, rule.kind, tuple(numbers[part] for part in parts), numbers[whole])
            count_rules.append((rule, count_rule))
    plan = quality_plan(definition, org, month)
    others = tuple([each for each in plan.rules if each.rule.refuses and each.rule.kind in _PLAN_RULE_KINDS])
    return _RowRules(tuple(count_rules), replace(plan, rules=others) if others else None)


async def _columns_after(stored: StoredCounts, month: date, rules: _RowRules, change_set: ChangeSet) -> CountsByMetric:
    """Return the counts of a month as the push would leave them, by metric, as far as the rules that it touches need them."""
    pushed = change_set.columns.get(month, {})
    incomplete = {
        metric
        for _, rule in rules.count_rules
        if not pushed.keys().isdisjoint(rule.metrics) and has_gaps(rule, pushed)
        for metric in rule.metrics
    }
    columns = await stored.columns({(change_set.org, month): incomplete})
    return change_set.apply_to(month, columns[change_set.org, month])


def _reject_contradictions(
    pushed: PushedCounts, definition: AppliedDefinition, month: date, rules: _RowRules, after: CountsByMetric
) -> set[Slot]:
    """Reject the rows of each group of counts that breaks a count rule; return their slots."""
    rejected: set[Slot] = set()
    columns = pushed.columns.get(month, {})
    for rule, count_rule in rules.count_rules:
        if columns.keys().isdisjoint(count_rule.metrics):
            continue
        for area in broken_areas(count_rule, after):
            counts = [(definition.metric_label(code), after[definition.metric_numbers[code]][area]) for code in rule.metrics]
            hint = _counts_hint(definition.area_label(definition.area_codes[area]), counts)
            for metric in count_rule.metrics:
                if metric in columns and area in columns[metric].counts:
                    _reject(pushed, Slot(month, metric, area), rule, hint, rejected)
    return rejected


async def _reject_breaches(
    pushed: PushedCounts, stored: StoredCounts, plan: QualityPlan, change_set: ChangeSet, rejected_before: set[Slot]
) -> set[Slot]:
    """Reject the rows that break another rule, over time or against a reference; return their slots."""
    definition, columns = stored.definition, pushed.columns.get(plan.month, {})
    org_month = (change_set.org, plan.month)
    state = (await stored.states({org_month: plan}, change_set))[org_month]
    rejected = set(rejected_before)
    for breach in find_breaches(plan, state):
        column = columns.get(breach.metric) if breach.metric is not None else None
        for area in breach.areas:
            if column is None or area is None or area not in column.counts:
                continue
            counts = [
                (_in_month(definition.metric_label(definition.metric_codes[count.metric or 0]), count.month), count.value)
                for count in evidence_of(plan, breach, area, state)
            ]
            hint = _counts_hint(definition.area_label(definition.area_codes[area]), counts)
            _reject(pushed, Slot(plan.month, breach.metric or 0, area), breach.rule.rule, hint, rejected)
    return rejected


def _reject(pushed: PushedCounts, slot: Slot, rule: Rule, hint: Bilingual, rejected: set[Slot]) -> None:
    """Enter an error of a row; a row that has been rejected already gets one more error."""
    column = pushed.columns[slot.month][slot.metric]
    error = row_error(RowCode.RULE_BROKEN, column.rows[slot.area], "value", column.counts[slot.area], hint)
    error = RowError(error.row, error.column, error.code, error.value, rule.message, error.hint)
    pushed.errors.reject_rows(0 if slot in rejected else 1, [error])
    rejected.add(slot)


def _in_month(metric: Bilingual, month: date) -> Bilingual:
    return Bilingual(zh=f"{month_text(month)} {metric.zh}", en=f"{metric.en} in {month_text(month)}")


def _counts_hint(area: Bilingual, counts: Iterable[tuple[Bilingual, int]]) -> Bilingual:
    """List the counts of an area that contradict each other, each with its name."""
    texts = [(f"{name.zh}为{value}", f"{name.en} = {value}") for name, value in counts]
    zh, en = zip(*texts, strict=True)
    return Bilingual(zh=f"{area.zh}：{'，'.join(zh)}", en=f"{area.en}: {', '.join(en)}")
