"""Columns without a role in a table: a text in them must not mean other counts than the names of its row do."""

from collections.abc import Mapping, Sequence

from services.ingest.formats.cells.cell import SheetCell, cell_text, is_blank
from services.ingest.formats.cells.labels import bare_name, is_comparison, is_of_other_figures
from services.ingest.formats.cells.number_texts import holds_number
from services.ingest.formats.cells.values import agrees_with_month, names_month
from services.ingest.formats.layout.layout import Layout
from services.ingest.formats.layout.list_titles import is_finer_area, is_period_title
from services.ingest.formats.readings.context import TableContext
from services.ingest.formats.readings.totals import RowCodes
from shared.values.spelling import normalised
from shared.vocabulary import RowCode


class OtherColumns:
    """The columns of one table without a title, or with one that is not known."""

    def __init__(self, layout: Layout, untitled: Sequence[int], width: int, context: TableContext) -> None:
        """`untitled`: columns without a title; those from `width` on have none either."""
        unknown = {column_index: heading.text for column_index, heading in layout.unknown_columns.items()}
        titled = {index: title for index, title in {**layout.passed_over, **unknown}.items() if not is_comparison(title)}
        self._titles = dict.fromkeys(untitled, "") | titled
        self._unknown, self._width, self._context = unknown, width, context
        self._metric_column = layout.name_columns.get("metric")

    def say_anything(self, cells: Sequence[SheetCell]) -> bool:
        """Return whether a row may have a text in such a column."""
        return bool(self._titles) or len(cells) > self._width

    def contradictions(self, cells: Sequence[SheetCell], codes: RowCodes) -> Mapping[int, RowCode]:
        """Return the columns of a row by which its counts are not those with these codes, and why."""
        contradictions = {}
        for column_index, title in (*self._titles.items(), *((index, "") for index in range(self._width, len(cells)))):
            cell = cells[column_index]
            if is_blank(cell) or (column_index in self._unknown and holds_number(cell, self._context.names)):
                continue
            text = cell_text(cell)
            reason = self._other_name(column_index, title, text, codes) or _other_meaning(title, text, codes.get("month"))
            if reason:
                contradictions[column_index] = reason
        return contradictions

    def _other_name(self, column_index: int, title: str, text: str, codes: RowCodes) -> RowCode | None:
        """Return the error of a text that names another metric, area or organisation.

        Left of the metric's column another metric may be the group of several: 固定宽带用户 | 500M及以上用户数.
        """
        names, sender, spelling = self._context.names, self._context.sender, normalised(bare_name(text))
        is_detail = self._metric_column is not None and column_index > self._metric_column
        if is_detail and names.metrics.get(spelling, codes.get("metric")) != codes.get("metric"):
            return RowCode.NAME_DIFFERS
        area = names.areas.get(spelling)
        if area is not None and area != sender.campaign_area:
            return RowCode.NAME_DIFFERS if codes.get("area", area) != area else None
        organisation = names.organisations.get(spelling)
        is_other = sender.org is not None and organisation not in {None, sender.org}
        return RowCode.OTHER_ORG if is_other and (not title or organisation in sender.peers.values()) else None


def _other_meaning(title: str, text: str, month: str | None) -> RowCode | None:
    """Return the error of a text that names other figures than the month's, a part of an area, or another month."""
    if is_of_other_figures(text):
        return RowCode.VALUE_KIND_DIFFERS
    if is_finer_area(title):
        return RowCode.WRONG_GRAIN
    is_dated = is_period_title(title) or (not title and names_month(text))
    return RowCode.NAME_DIFFERS if month and is_dated and not agrees_with_month(text, month) else None
