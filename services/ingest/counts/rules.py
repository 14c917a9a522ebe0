"""Checking a push by the rules that reject rows, on the counts as the push would leave them."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Final

from services.ingest.counts.pushed_counts import PushedCounts, Slot
from services.ingest.formats.row_errors import row_error
from services.ingest.formats.rows import RowError
from shared.campaign.applied import AppliedDefinition, cached_on_definition
from shared.campaign.blocks import Rule
from shared.domain.quality import ComparedCount, RuleBreach, RuleInput, evidence_of, find_breaches
from shared.domain.quality_plan import QualityPlan, quality_plan
from shared.reading.stored_counts import OrgMonth
from shared.values.bilingual import Bilingual
from shared.values.months import month_text
from shared.vocabulary import RowCode, RuleKind

_BETWEEN_COUNTS: Final = (RuleKind.PART_OF, RuleKind.SUM_EQUALS)  # reject the row of every count that they compare


def reject_rule_breaches(
    pushed: PushedCounts, definition: AppliedDefinition, stored: Mapping[OrgMonth, RuleInput], *, partial: bool
) -> None:
    """Reject the rows of every group of counts that contradict each other; each row once.

    A partial push is checked again without the rejected rows, until what remains contradicts nothing.
    """
    org = pushed.entitlement.org
    for month in pushed.months:
        plan = _rejecting_rules(definition, org, month)
        while plan.rules:
            state = pushed.change_set().rule_input_after(month, stored[org, month])
            rejected: set[Slot] = set()
            for breach in find_breaches(plan, state):
                _reject_rows(pushed, definition, plan, breach, state, rejected)
            for slot in rejected:
                pushed.drop(slot)
            if not rejected or not partial:
                break


@cached_on_definition(256)
def _rejecting_rules(definition: AppliedDefinition, org: str, month: date) -> QualityPlan:
    """Return the rules that reject rows of an organisation's month, those between its counts first."""
    plan = quality_plan(definition, org, month)
    rules = sorted(
        (planned for planned in plan.rules if planned.rule.refuses), key=lambda planned: planned.rule.kind not in _BETWEEN_COUNTS
    )
    return replace(plan, rules=tuple(rules))


def _reject_rows(
    pushed: PushedCounts,
    definition: AppliedDefinition,
    plan: QualityPlan,
    breach: RuleBreach,
    state: RuleInput,
    rejected: set[Slot],
) -> None:
    """Reject the pushed rows among the counts that break a rule, and add their slots to `rejected`."""
    columns, rule = pushed.columns.get(plan.month, {}), breach.rule
    between_counts = rule.rule.kind in _BETWEEN_COUNTS
    metrics = [metric for metric in rule.metrics if metric in columns and (between_counts or metric == breach.metric)]
    for area in breach.areas if metrics else ():
        slots = [Slot(plan.month, metric, area) for metric in metrics if area is not None and area in columns[metric].counts]
        if slots:
            hint = _hint(definition, area or 0, evidence_of(plan, breach, area, state), with_months=not between_counts)
        for slot in slots:
            _reject(pushed, slot, rule.rule, hint, rejected)


def _reject(pushed: PushedCounts, slot: Slot, rule: Rule, hint: Bilingual, rejected: set[Slot]) -> None:
    """Enter an error of a row; a row that has been rejected already gets one more error."""
    column = pushed.columns[slot.month][slot.metric]
    error = row_error(RowCode.RULE_BROKEN, column.rows[slot.area], "value", column.counts[slot.area], hint)
    error = RowError(error.row, error.column, error.code, error.value, rule.message, error.hint)
    pushed.errors.reject_rows(0 if slot in rejected else 1, [error])
    rejected.add(slot)


def _hint(definition: AppliedDefinition, area: int, compared: Iterable[ComparedCount], *, with_months: bool) -> Bilingual:
    """List the counts of an area that contradict each other, each with its name."""
    zh, en = [], []
    for count in compared:
        name = definition.metric_label(definition.metric_codes[count.metric or 0])
        month = month_text(count.month)
        zh.append(f"{month} {name.zh}为{count.value}" if with_months else f"{name.zh}为{count.value}")
        en.append(f"{name.en} in {month} = {count.value}" if with_months else f"{name.en} = {count.value}")
    label = definition.area_label(definition.area_codes[area])
    return Bilingual(zh=f"{label.zh}：{'，'.join(zh)}", en=f"{label.en}: {', '.join(en)}")
