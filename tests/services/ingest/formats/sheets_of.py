"""Workbooks and CSV files laid out by hand, and what is known of their sender."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from services.ingest.formats.media import Media
from services.ingest.formats.sender import SenderDefaults
from tests.services.ingest.formats.pushed import METRICS, Pushed, read, workbook

HOME = "500112009"
SENDER = SenderDefaults(
    campaign_area="liangjiang",
    default_area=HOME,
    area_by_metric={
        "homes_gigabit_covered": HOME,
        "olt_pon_ports_total": HOME,
        "fbb_subs_total": "liangjiang",
        "fbb_subs_500m": "liangjiang",
    },
    units={
        "homes_gigabit_covered": ("户", "homes"),
        "olt_pon_ports_total": ("个", "ports"),
        "fbb_subs_total": ("户", "subscriptions"),
        "fbb_subs_500m": ("户", "subscriptions"),
    },
)
H, P, T, F = METRICS
Grid = Sequence[Sequence[Any]]
Merged = Iterable[tuple[int, int, int, int]]
"""Top, left, bottom, right, from 0."""


def sheets(*pages: tuple[str, Grid, Merged]) -> bytes:
    """Return a workbook of named grids; merged ranges show the content of their first cell."""

    def fill(book: Any) -> None:
        for name, grid, merged in pages:
            page = book.add_worksheet(name)
            covered = {
                (r, c) for top, left, bottom, right in merged for r in range(top, bottom + 1) for c in range(left, right + 1)
            }
            for top, left, bottom, right in merged:
                page.merge_range(top, left, bottom, right, grid[top][left])
            for r, row in enumerate(grid):
                for c, cell in enumerate(row):
                    if isinstance(cell, tuple):  # a formula and its saved result
                        page.write_formula(r, c, cell[0], None, cell[1])
                    elif isinstance(cell, date):
                        page.write_datetime(r, c, cell, book.add_format({"num_format": "yyyy年m月"}))
                    elif (r, c) not in covered:
                        page.write(r, c, cell)

    return workbook(fill)


def form(*grid: Sequence[Any], merged: Merged = (), sender: SenderDefaults = SENDER, name: str = "月报") -> Pushed:
    """Read a workbook of one sheet."""
    return read(sheets((name, grid, list(merged))), Media.XLSX, sender)


def as_text(grid: Grid) -> bytes:
    """A grid as CSV."""
    out = io.StringIO()
    csv.writer(out).writerows(grid)
    return out.getvalue().encode()


def sorted_counts(pushed: Pushed) -> list[tuple[str, str, str, int]]:
    """Metric, area, month and value of every row, sorted."""
    return sorted((row.metric, row.area, row.month, row.value) for row in pushed.rows)


def errors_by_cell(pushed: Pushed) -> list[tuple[str | None, str]]:
    """Cell and code of every error."""
    return [(error.cell, error.code.value) for error in pushed.errors]
