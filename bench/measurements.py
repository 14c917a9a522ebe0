"""Measurements with their bars, and the table and file of results."""

from dataclasses import dataclass
from pathlib import Path

import orjson
from rich.console import Console
from rich.table import Table

RESULTS = Path(__file__).with_name("results.json")


@dataclass(frozen=True, slots=True)
class Measurement:
    """A measured value and its ratio to a baseline of the same run, with an optional bar for the ratio."""

    name: str
    value: float
    unit: str
    baseline: str
    ratio: float
    at_least: float | None = None
    at_most: float | None = None

    @property
    def reached(self) -> bool:
        """True unless the ratio misses its bar."""
        return (self.at_least is None or self.ratio >= self.at_least) and (self.at_most is None or self.ratio <= self.at_most)

    @property
    def bar(self) -> str:
        """The bar as text; empty if there is none."""
        if self.at_least is not None:
            return f"≥ {self.at_least}"
        return "" if self.at_most is None else f"≤ {self.at_most}"


def write_results(measurements: list[Measurement]) -> None:
    """Write `bench/results.json` and print a table."""
    rows = [
        {
            "name": measurement.name,
            "value": round(measurement.value, 4),
            "unit": measurement.unit,
            "against": measurement.baseline,
            "ratio": round(measurement.ratio, 4),
        }
        for measurement in measurements
    ]
    RESULTS.write_bytes(orjson.dumps(rows, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    table = Table("measured", "value", "unit", "compared with", "ratio", "bar", "")
    for measurement in measurements:
        result = ("[green]reached[/]" if measurement.reached else "[red]missed[/]") if measurement.bar else ""
        value, ratio = f"{measurement.value:,.3f}", f"{measurement.ratio:.2f}"
        table.add_row(measurement.name, value, measurement.unit, measurement.baseline, ratio, measurement.bar, result)
    Console(width=110).print(table)
