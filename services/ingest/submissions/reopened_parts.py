"""What a month was opened again for. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Self

from shared.campaign.applied import AppliedDefinition
from shared.registers import Register
from shared.values.bilingual import Bilingual
from shared.values.months import month_text
from shared.vocabulary import RegisterCode, SubmissionState

Parts = Sequence[Mapping[str, str]]
"""Metric and area, or register and area, by code."""
_LISTED = 10  # of what was named, in a hint


@dataclass(frozen=True, slots=True)
class Named:
    """The counts and the rows of registers that may change, as the request named them by code."""

    month: date
    cells: Parts
    registers: Parts

    @classmethod
    def of(cls, month: date, state: str | None, cells: Parts | None, registers: Parts | None) -> Self | None:
        """What a month in some state was opened again for; None: nothing in particular.

        The cells of a return only point: it opens the whole month.
        """
        if state != SubmissionState.OPEN or not (cells or registers):
            return None
        return cls(month, cells or (), registers or ())

    def counts(self, definition: AppliedDefinition) -> Collection[tuple[int, int]]:
        """Metric and area of the counts, by number."""
        metrics, areas = definition.metric_numbers, definition.area_numbers
        return {(metrics.get(each["metric"], 0), areas.get(each["area"], 0)) for each in self.cells}

    def areas(self, register: Register, definition: AppliedDefinition) -> Collection[int]:
        """The areas, by number, in which the rows of a register may change."""
        named = {each["area"] for each in self.registers if each["register"] == register.code}
        if definition.campaign.area in named:
            return set(definition.area_numbers.values())
        return {definition.area_numbers[area] for area in named if area in definition.area_numbers}

    def hint(self, definition: AppliedDefinition) -> Bilingual:
        """What may change, and how anything else comes to."""
        every = [(definition.metric_label(each["metric"]), each["area"]) for each in self.cells]
        every += [(_list(each["register"]), each["area"]) for each in self.registers]
        first = [(what, definition.area_label(area)) for what, area in every[:_LISTED]]
        more, month = " …" if len(every) > _LISTED else "", month_text(self.month)
        zh = "；".join(f"{where.zh}{what.zh}" for what, where in first) + more
        en = "; ".join(f"{what.en} in {where.en}" for what, where in first) + more
        return Bilingual(
            zh=f"{month} 只为以下数据重新打开：{zh}。其余的请在再次报送后另行申请",
            en=f"{month} was opened again for: {en}. Ask for others once it is submitted again",
        )


def _list(register: str) -> Bilingual:
    return RegisterCode(register).title_.with_code(f"registers/{register}")


Reopened = Mapping[date, Named]
"""The months that were opened again for what was named."""
