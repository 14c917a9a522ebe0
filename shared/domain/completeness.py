"""How much of what was owed for a month is there, and how late it was: sums over obligations. Pure."""

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
    """Cells that were owed: expected = reported + zero + missing = on time + late + overdue + not yet late."""

    expected: int
    reported: int  # with a count above 0
    zero: int
    missing: int
    on_time: int  # came before the grace was over
    late: int  # came after it
    overdue: int  # missing after it
    late_days: int  # of the latest cell: days after the due day
    complete_at: datetime | None  # when the last cell came; None while one is missing

    @property
    def value(self) -> float | None:
        """The share that is there in per cent, cut at 4 decimals; None where nothing was owed."""
        return value_of(self.reported + self.zero, self.expected, _PER_CENT) if self.expected else None

    @property
    def display(self) -> str | None:
        """The same cut at one decimal, as a person reads it: one missing cell is never 100.0."""
        return display_of(self.reported + self.zero, self.expected, _PER_CENT, _DECIMALS) if self.expected else None


def completeness_of(cells: Iterable[ExpectedCell]) -> CellTotals:
    """What some cells amount to; voluntary ones do not count."""
    owed = [cell for cell in cells if not cell.voluntary]
    came = [cell.reported_at for cell in owed if cell.reported_at is not None]
    zero = sum(cell.state is ObligationState.ZERO for cell in owed)
    late = sum(cell.reported_at is not None and cell.late_days > 0 for cell in owed)
    return CellTotals(
        expected=len(owed),
        reported=len(came) - zero,
        zero=zero,
        missing=len(owed) - len(came),
        on_time=len(came) - late,
        late=late,
        overdue=sum(cell.reported_at is None and cell.late_days > 0 for cell in owed),
        late_days=max((cell.late_days for cell in owed), default=0),
        complete_at=max(came) if came and len(came) == len(owed) else None,
    )


def completeness_by(cells: Iterable[ExpectedCell], by: Dimension) -> dict[str, CellTotals]:
    """A tally for each organisation, area or metric that owed something, in the order of their codes."""
    groups: dict[str, list[ExpectedCell]] = defaultdict(list)
    for cell in cells:
        if not cell.voluntary:
            groups[getattr(cell, by)].append(cell)
    return {code: completeness_of(groups[code]) for code in sorted(groups)}
