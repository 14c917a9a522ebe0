"""Figures, their bars, and how they are written down."""

from dataclasses import dataclass
from pathlib import Path

import orjson
from rich.console import Console
from rich.table import Table

RESULTS = Path(__file__).with_name("results.json")


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value and its ratio to a baseline of the same run."""

    name: str
    value: float
    unit: str
    against: str
    ratio: float
    at_least: float | None = None
    at_most: float | None = None

    @property
    def reached(self) -> bool:
        """Whether the ratio keeps its bar."""
        return (self.at_least is None or self.ratio >= self.at_least) and (self.at_most is None or self.ratio <= self.at_most)

    @property
    def bar(self) -> str:
        """The bar in words."""
        if self.at_least is not None:
            return f"≥ {self.at_least}"
        return "" if self.at_most is None else f"≤ {self.at_most}"


def write(figures: list[Figure]) -> None:
    """Write `bench/results.json` and print a table."""
    rows = [
        {
            "name": each.name,
            "value": round(each.value, 4),
            "unit": each.unit,
            "against": each.against,
            "ratio": round(each.ratio, 4),
        }
        for each in figures
    ]
    RESULTS.write_bytes(orjson.dumps(rows, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    table = Table("what", "value", "unit", "against", "ratio", "bar", "")
    for each in figures:
        mark = ("[green]reached[/]" if each.reached else "[red]missed[/]") if each.bar else ""
        table.add_row(each.name, f"{each.value:,.3f}", each.unit, each.against, f"{each.ratio:.2f}", each.bar, mark)
    Console(width=110).print(table)
