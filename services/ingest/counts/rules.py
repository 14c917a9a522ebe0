"""Judges a push by the rules across rows, on the state it would leave."""

from collections.abc import Iterable
from datetime import date

from services.ingest.counts.columns import Slot
from services.ingest.counts.intake import Intake
from services.ingest.counts.rules_over_time import Broken, broken, refusing
from services.ingest.formats.row_errors import row_error
from services.ingest.formats.rows import RowError
from services.ingest.push.request import Push
from services.ingest.quality.overlay import Overlay
from services.ingest.quality.standing import Standing
from shared.campaign.applied import AppliedDefinition
from shared.campaign.blocks import Rule
from shared.domain.counts_by_area import CountsByMetric
from shared.domain.rules import CountRule, broken_areas, has_gaps
from shared.values.bilingual import Bilingual
from shared.values.months import month_text
from shared.vocabulary import PushMode, RowCode, RuleKind

Rules = list[tuple[Rule, CountRule]]


async def judge(standing: Standing, asked: Push, intake: Intake) -> None:
    """Refuse the rows of every group of counts that would contradict each other; each row once.

    A partial push is judged again without the refused rows, until what is left contradicts nothing.
    """
    definition, overlay = standing.definition, intake.overlay()
    for month in intake.months:
        rules = [
            (rule, _by_number(rule, definition))
            for rule in definition.rules_of(month)
            if rule.refuses and rule.kind in (RuleKind.PART_OF, RuleKind.SUM_EQUALS)
        ]
        over_time = refusing(definition, asked.scope.org, month)
        while True:
            refused = _refuse_broken(intake, definition, month, rules, await _would_be(standing, month, rules, overlay))
            if over_time:
                refused |= _refuse(intake, definition, await broken(standing, over_time, intake, overlay), refused)
            if not refused:
                break
            for slot in refused:
                intake.drop(slot)
            overlay = intake.overlay()
            if asked.mode is not PushMode.PARTIAL:
                break


def _by_number(rule: Rule, definition: AppliedDefinition) -> CountRule:
    parts = rule.parts or (rule.part or "",)
    whole = rule.whole or rule.total or ""
    numbers = definition.metric_numbers
    return CountRule(rule.code, rule.kind, tuple(numbers[part] for part in parts), numbers[whole])


async def _would_be(standing: Standing, month: date, rules: Rules, overlay: Overlay) -> CountsByMetric:
    """The counts of a month as the push would leave them, by metric, as far as rules that it touches ask for them."""
    place = (overlay.org, month)
    pushed = overlay.columns.get(month, {})
    asking = {
        metric
        for _, counted in rules
        if not pushed.keys().isdisjoint(counted.metrics) and has_gaps(counted, pushed)
        for metric in counted.metrics
    }
    return overlay.laid_over(month, (await standing.columns({place: overlay.unread(month, asking)}))[place])


def _refuse_broken(
    intake: Intake, definition: AppliedDefinition, month: date, rules: Rules, would_be: CountsByMetric
) -> set[Slot]:
    """Refuse the pushed rows of each broken group; returns their cells."""
    refused: set[Slot] = set()
    pushed = intake.columns.get(month, {})
    for rule, counted in rules:
        if pushed.keys().isdisjoint(counted.metrics):
            continue
        for area in broken_areas(counted, would_be):
            hint = _numbers(rule, definition, would_be, area)
            for metric in counted.metrics:
                column, slot = pushed.get(metric), Slot(month, metric, area)
                if column is not None and area in column.counts:
                    error = _error(rule, column.rows[area], column.counts[area], hint)
                    intake.faults.refuse_rows(0 if slot in refused else 1, [error])
                    refused.add(slot)
    return refused


def _refuse(intake: Intake, definition: AppliedDefinition, found: Broken, before: set[Slot]) -> set[Slot]:
    """Refuse the rows that break rules over time or against a reference; a row that was refused already gets another error."""
    refused: set[Slot] = set()
    for breach, slot, judged in found:
        column = intake.columns[slot.month][slot.metric]
        counts = [
            (_of_month(definition.metric_label(definition.metric_codes[one.metric or 0]), one.month), one.value) for one in judged
        ]
        hint = _counts(definition.area_label(definition.area_codes[slot.area]), counts)
        error = _error(breach.rule.rule, column.rows[slot.area], column.counts[slot.area], hint)
        intake.faults.refuse_rows(0 if slot in refused or slot in before else 1, [error])
        refused.add(slot)
    return refused


def _error(rule: Rule, row: int, value: int, hint: Bilingual) -> RowError:
    found = row_error(RowCode.RULE_BROKEN, row, "value", value, hint)
    return RowError(found.row, found.column, found.code, found.value, rule.message, found.hint)


def _numbers(rule: Rule, definition: AppliedDefinition, would_be: CountsByMetric, area: int) -> Bilingual:
    """The counts that contradict each other, as they would stand."""
    counts = [(definition.metric_label(code), would_be[definition.metric_numbers[code]][area]) for code in rule.metrics]
    return _counts(definition.area_label(definition.area_codes[area]), counts)


def _of_month(metric: Bilingual, month: date) -> Bilingual:
    return Bilingual(zh=f"{month_text(month)} {metric.zh}", en=f"{metric.en} in {month_text(month)}")


def _counts(where: Bilingual, counts: Iterable[tuple[Bilingual, int]]) -> Bilingual:
    """What is counted in an area, each by its name."""
    said = [(f"{name.zh}为{value}", f"{name.en} = {value}") for name, value in counts]
    zh, en = zip(*said, strict=True)
    return Bilingual(zh=f"{where.zh}：{'，'.join(zh)}", en=f"{where.en}: {', '.join(en)}")
