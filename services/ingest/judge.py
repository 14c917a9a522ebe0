"""Judges a push by the rules across rows, on the state it would leave."""

from array import array
from datetime import date

from psycopg import AsyncConnection

from services.ingest.formats.findings import finding
from services.ingest.formats.rows import RowError
from services.ingest.intake import Intake
from shared.bilingual import Bilingual
from shared.campaign.blocks import Rule
from shared.campaign.loaded import LoadedDefinition
from shared.db import Scope
from shared.domain.rules import ABSENT, Column, CountRule, broken_areas, has_gaps, laid_over
from shared.sql import statement
from shared.vocabulary import RowCode

_STANDING = statement(__package__, "standing_counts")


async def judge(connection: AsyncConnection, scope: Scope, loaded: LoadedDefinition, intake: Intake) -> None:
    """Refuse the rows of every group of counts that would contradict each other; each row once."""
    for month in intake.months:
        pushed: dict[int, Column] = {metric: column.values for metric, column in intake.columns[month].items()}
        rules = [
            (rule, counted)
            for rule in loaded.definition.rules_of(month)
            if not pushed.keys().isdisjoint((counted := _by_number(rule, loaded)).metrics)
        ]
        wanting = [metric for _, counted in rules if has_gaps(counted, pushed) for metric in counted.metrics]
        standing = await _standing(connection, scope, month, sorted(set(wanting)), intake.width) if wanting else {}
        would_be = pushed | {metric: laid_over(pushed.get(metric), column) for metric, column in standing.items()}
        _refuse_broken(intake, loaded, month, rules, would_be)


def _by_number(rule: Rule, loaded: LoadedDefinition) -> CountRule:
    parts = rule.parts or (rule.part or "",)
    whole = rule.whole or rule.total or ""
    numbers = loaded.metric_numbers
    return CountRule(rule.code, rule.kind, tuple(numbers[part] for part in parts), numbers[whole])


async def _standing(connection: AsyncConnection, scope: Scope, month: date, metrics: list[int], width: int) -> dict[int, Column]:
    columns: dict[int, array[int]] = {metric: array("q", [ABSENT]) * width for metric in metrics}
    binds = {"campaign": scope.campaign, "org": scope.org, "month": month, "metrics": metrics}
    async for metric, area, value in await connection.execute(_STANDING, binds):
        columns[metric][area] = value
    return dict(columns)


def _refuse_broken(
    intake: Intake,
    loaded: LoadedDefinition,
    month: date,
    rules: list[tuple[Rule, CountRule]],
    would_be: dict[int, Column],
) -> None:
    refused: set[tuple[int, int]] = set()
    for rule, counted in rules:
        for area in broken_areas(counted, would_be):
            hint = _numbers(rule, loaded, would_be, area)
            for metric in counted.metrics:
                column = intake.columns[month].get(metric)
                if column is not None and column.values[area] > ABSENT:
                    error = _error(rule, column.rows[area], column.values[area], hint)
                    intake.faults.refuse_rows(0 if (metric, area) in refused else 1, [error])
                    refused.add((metric, area))


def _error(rule: Rule, row: int, value: int, hint: Bilingual) -> RowError:
    found = finding(RowCode.RULE_BROKEN, row, "value", value, hint)
    return RowError(found.row, found.column, found.code, found.value, rule.message, found.hint)


def _numbers(rule: Rule, loaded: LoadedDefinition, would_be: dict[int, Column], area: int) -> Bilingual:
    """The counts that contradict each other, as they would stand."""
    shown = ", ".join(f"{code} = {would_be[loaded.metric_numbers[code]][area]}" for code in rule.metrics)
    where = loaded.area_codes[area]
    return Bilingual(zh=f"{where}：{shown}", en=f"{where}: {shown}")
