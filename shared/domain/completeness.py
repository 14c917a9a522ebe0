"""Completeness and lateness of a month: totals over its expected counts."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Final, Literal, NamedTuple

from shared.domain.arithmetic import display_of, value_of
from shared.domain.expected_cells import ExpectedCell
from shared.vocabulary import ObligationState

Dimension = Literal["org", "area", "metric"]
_PER_CENT: Final = 100
_DECIMALS: Final = 1


class CellTotals(NamedTuple):
    """Numbers of expected counts: expected = reported + zero + missing = on time + late + overdue + not yet late."""

    expected: int
    reported: int  # with a count above 0
    zero: int
    missing: int
    on_time: int  # reported within the grace period
    late: int  # reported after it
    overdue: int  # missing after it
    late_days: int  # of the latest count: days after the due date
    complete_at: datetime | None  # when the last count was reported; None while one is missing

    @property
    def value(self) -> float | None:
        """The percentage of expected counts that were reported, truncated to 4 decimals; None if none are expected."""
        return value_of(self.reported + self.zero, self.expected, _PER_CENT) if self.expected else None

    @property
    def display(self) -> str | None:
        """The displayed percentage, truncated to one decimal: with one missing count it is never 100.0."""
        return display_of(self.reported + self.zero, self.expected, _PER_CENT, _DECIMALS) if self.expected else None


def completeness_of(cells: Iterable[ExpectedCell]) -> CellTotals:
    """Return the totals of some cells, voluntary ones left out."""
    expected = [cell for cell in cells if not cell.voluntary]
    times = [cell.reported_at for cell in expected if cell.reported_at is not None]
    zero = sum(cell.state is ObligationState.ZERO for cell in expected)
    late = sum(cell.reported_at is not None and cell.late_days > 0 for cell in expected)
    return CellTotals(
        expected=len(expected),
        reported=len(times) - zero,
        zero=zero,
        missing=len(expected) - len(times),
        on_time=len(times) - late,
        late=late,
        overdue=sum(cell.reported_at is None and cell.late_days > 0 for cell in expected),
        late_days=max((cell.late_days for cell in expected), default=0),
        complete_at=max(times) if times and len(times) == len(expected) else None,
    )


def completeness_by(cells: Iterable[ExpectedCell], by: Dimension) -> dict[str, CellTotals]:
    """Return the totals of each organisation, area or metric with expected counts, in the order of their codes."""
    groups: dict[str, list[ExpectedCell]] = defaultdict(list)
    for cell in cells:
        if not cell.voluntary:
            groups[getattr(cell, by)].append(cell)
    return {code: completeness_of(groups[code]) for code in sorted(groups)}
