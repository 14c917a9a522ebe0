"""Counts and register rows that may change in a month that was reopened for a part of it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Self

from psycopg import AsyncConnection

from shared.campaign.applied import AppliedDefinition
from shared.database.database import Scope
from shared.registers import Register
from shared.values.bilingual import Bilingual
from shared.values.months import month_text
from shared.vocabulary import RegisterCode, SubmissionState

CodePairs = Sequence[Mapping[str, str]]
"""Metric and area, or register and area, by code."""
_FIND = "SELECT state, cells, registers FROM submission WHERE campaign = %s AND org = %s AND month = %s AND until IS NULL"
_HINT_PARTS = 10  # parts that a hint lists


@dataclass(frozen=True, slots=True)
class ReopenedParts:
    """Counts and registers, by code, for which a month was reopened."""

    month: date
    cells: CodePairs
    registers: CodePairs
    challenged: bool = False  # opened by a challenge, for one push that names it

    @classmethod
    def of_submission(cls, month: date, state: str | None, cells: CodePairs | None, registers: CodePairs | None) -> Self | None:
        """Return the parts that a submission's row names, or None where the month is closed or open as a whole.

        A returned month is open as a whole: its cells only show what the return is about.
        """
        if state != SubmissionState.OPEN or not (cells or registers):
            return None
        return cls(month, cells or (), registers or ())

    def counts(self, definition: AppliedDefinition) -> Collection[tuple[int, int]]:
        """Return metric and area of the counts, by number."""
        metrics, areas = definition.metric_numbers, definition.area_numbers
        return {(metrics.get(cell["metric"], 0), areas.get(cell["area"], 0)) for cell in self.cells}

    def areas(self, register: Register, definition: AppliedDefinition) -> Collection[int]:
        """Return the areas, by number, in which the rows of a register may change."""
        codes = {part["area"] for part in self.registers if part["register"] == register.code}
        if definition.campaign.area in codes:
            return set(definition.area_numbers.values())
        return {definition.area_numbers[area] for area in codes if area in definition.area_numbers}

    def hint(self, definition: AppliedDefinition) -> Bilingual:
        """Say what may change, and how to get other parts reopened."""
        parts = [(definition.metric_label(cell["metric"]), cell["area"]) for cell in self.cells]
        parts += [(_register_label(part["register"]), part["area"]) for part in self.registers]
        labels = [(label, definition.area_label(area)) for label, area in parts[:_HINT_PARTS]]
        more, month = " …" if len(parts) > _HINT_PARTS else "", month_text(self.month)
        zh = "；".join(f"{area.zh}{label.zh}" for label, area in labels) + more
        en = "; ".join(f"{label.en} in {area.en}" for label, area in labels) + more
        if self.challenged:
            return Bilingual(
                zh=f"该质疑仅开放 {month} 的以下数据：{zh}。其他数据请另行填报，不带 challenge",
                en=f"the challenge opens only {en} for {month}. Push other counts without `challenge`",
            )
        return Bilingual(
            zh=f"{month} 仅就以下数据重新开放：{zh}。其他数据请在再次报送后另行申请",
            en=f"{month} was reopened only for {en}. To change other counts, submit the month and request another reopening",
        )


def _register_label(code: str) -> Bilingual:
    return RegisterCode(code).title_.with_code(f"registers/{code}")


ReopenedMonths = Mapping[date, ReopenedParts]
"""Months that were reopened for a part, with the parts."""


async def read_reopened_parts(connection: AsyncConnection, scope: Scope, month: date) -> ReopenedParts | None:
    """Return the parts for which an organisation's month was reopened, or None where it is closed or open as a whole."""
    row = await (await connection.execute(_FIND, [scope.campaign, scope.org, month])).fetchone()
    return ReopenedParts.of_submission(month, *row) if row else None
