"""Whatever was counted: the steps of an explanation come to what they say, and to the line's figures."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from services.indicators.explanation.steps import calculations_of
from shared.domain.counts import MonthCounts
from shared.domain.summary import CountsRow, counts_by_month, summarise
from shared.domain.summary_plan import summary_plan
from tests.services.indicators.computing import faults
from tests.shared.domain.test_summary_lines import BEFORE, CELLS, MONTH, Cell, counted, definition, older

NO_CASE: CountsRow = (MONTH, 0, "*", MONTH, True, [0], [0])


def rows_of(cells: dict[Cell, int], old: set[Cell]) -> list[CountsRow]:
    """The rows that `summary.sql` would give, one a count."""
    numbers = definition()

    def own(cell: Cell) -> date:
        return BEFORE if cell in old else MONTH

    return [
        (MONTH, numbers.metric_numbers[cell[0]], cell[1], own(cell), True, [numbers.area_numbers[cell[2]]], [value])
        for cell, value in cells.items()
    ]


@settings(max_examples=40, deadline=None)
@given(counted, older, st.sampled_from([(False, False), (True, False), (False, True), (True, True)]))
def test_the_steps_come_to_the_line(found: list[int | None], old: set[Cell], breakdown: tuple[bool, bool]) -> None:
    cells = {cell: value for cell, value in zip(CELLS, found, strict=True) if value is not None}
    plans, rows = [summary_plan(definition(), MONTH)], [*rows_of(cells, old), NO_CASE]
    facts: MonthCounts = counts_by_month(plans, rows)[MONTH]

    for line in summarise(plans, rows, by_area=breakdown[0], by_org=breakdown[1]):
        for calculation in calculations_of(line, definition(), facts):
            steps = [{"kind": step.kind, "expression": step.expression, "result": step.result} for step in calculation.steps()]
            results = {step["kind"]: step["result"] for step in steps}
            figure = calculation.value
            assert faults({"steps": steps}) == []
            assert results["verdict"] == figure.status
            assert results.get("display") == figure.display
            assert results.get("gap") == (None if figure.gap is None else str(figure.gap))
            top, bottom = figure.partial or (figure.numerator, figure.denominator)
            shown = [None if side is None else str(side) for side in (top, bottom)]
            assert [results.get(side) for side in ("numerator", "denominator")] == shown
            if figure.value is not None:
                assert float(results["value"] or "nan") == figure.value
