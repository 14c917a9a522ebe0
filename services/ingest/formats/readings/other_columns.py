"""Columns beside the counts without a role: a text in them must not mean other counts than the names of its row do."""

import re
from collections.abc import Collection, Mapping, Sequence

from services.ingest.formats.cells.cell import SheetCell, cell_text, is_blank, is_number_cell
from services.ingest.formats.cells.labels import bare_name, is_comparison, is_of_other_figures, is_total
from services.ingest.formats.cells.number_texts import holds_number, is_number_text
from services.ingest.formats.cells.units import is_unit, unit_differs, unit_in_text
from services.ingest.formats.cells.values import agrees_with_month, names_month
from services.ingest.formats.layout.layout import Layout
from services.ingest.formats.layout.list_titles import is_finer_area, is_free_text, is_group_of_metrics, is_period_title
from services.ingest.formats.layout.value_kinds import value_kind
from services.ingest.formats.readings.context import TableContext
from services.ingest.formats.readings.totals import RowCodes
from shared.values.spelling import normalised
from shared.vocabulary import RowCode

_WHOLE = re.compile(r"全部|全量|全体|全网|全口径|总量|总数|总体|整体|all|whole")


class OtherColumns:
    """The columns of one table without a title, with one that is not known, or of notes."""

    def __init__(
        self, layout: Layout, untitled: Sequence[int], width: int, context: TableContext, metrics: Collection[str]
    ) -> None:
        """`untitled`: columns without a title; those from `width` on have none either. `metrics`: that the header names."""
        unknown = {column_index: heading.text for column_index, heading in layout.unknown_columns.items()}
        titled = {index: title for index, title in {**layout.passed_over, **unknown}.items() if not is_comparison(title)}
        self._titles = dict.fromkeys(untitled, "") | titled
        self._unknown, self._width, self._context = unknown, width, context
        self._metric_column, self._metrics = layout.name_columns.get("metric"), metrics
        self._note_column = layout.name_columns.get("note")

    def say_anything(self, cells: Sequence[SheetCell]) -> bool:
        """Return whether a row may have a text in such a column."""
        return bool(self._titles) or self._note_column is not None or len(cells) > self._width

    def contradictions(self, cells: Sequence[SheetCell], codes: RowCodes) -> Mapping[int, RowCode]:
        """Return the columns of a row by which its counts are not those with these codes, and why."""
        contradictions = {}
        for column_index, title in (*self._titles.items(), *((index, "") for index in range(self._width, len(cells)))):
            cell = cells[column_index]
            if is_blank(cell) or (column_index in self._unknown and holds_number(cell, self._context.names)):
                continue
            text = cell_text(cell)
            reason = self._other_name(column_index, title, text, codes) or self._other_meaning(title, text, codes)
            if reason or (title and not is_number_text(cell) and not self._is_free(column_index, title, text)):
                contradictions[column_index] = reason or RowCode.WRONG_GRAIN
        if (column := self._note_column) is not None and not is_blank(cells[column]):
            text = cell_text(cells[column])
            reason = self._other_name(column, "", text, codes) or self._other_meaning("", text, codes)
            if reason := RowCode.UNREAD_NUMBER if is_number_cell(cells[column]) else reason:
                contradictions[column] = reason
        return contradictions

    def _is_free(self, column_index: int, title: str, text: str) -> bool:
        """Return whether a text does not say that the counts are a part: it names their whole, or its title is of such texts."""
        names, spelling = self._context.names, normalised(bare_name(text))
        if is_free_text(title) or is_period_title(title):
            return True
        if is_group_of_metrics(title) and self._metric_column is not None and column_index < self._metric_column:
            return True
        is_named = spelling in names.metrics or spelling in names.areas or spelling in names.organisations
        return is_named or bool(value_kind(text)) or is_unit(text) or is_total(text) or bool(_WHOLE.fullmatch(spelling))

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
        if is_other and is_group_of_metrics(title) and self._is_topic(spelling, codes.get("metric")):
            return None
        return RowCode.OTHER_ORG if is_other and (not title or organisation in sender.peers.values()) else None

    def _is_topic(self, spelling: str, metric: str | None) -> bool:
        """Return whether a word is part of a name of the metric: 移动 beside 移动电话用户数 is no organisation."""
        return any(code == metric and spelling in name for name, code in self._context.names.metrics.items())

    def _other_meaning(self, title: str, text: str, codes: RowCodes) -> RowCode | None:
        """Return the error of a text that names another unit or month, other figures than the month's, or a part of an area."""
        row_metric, month = codes.get("metric"), codes.get("month")
        metrics = {row_metric} if row_metric else self._metrics
        unit, kind = unit_in_text(text) or (text if is_unit(text) else ""), value_kind(text)
        if unit and any(unit_differs(unit, self._context.sender.units.get(metric, ())) for metric in metrics):
            return RowCode.UNIT_DIFFERS
        flows = self._context.names.flows
        if is_of_other_figures(text) or (kind and not all(kind.fits(flow=metric in flows) for metric in metrics)):
            return RowCode.VALUE_KIND_DIFFERS
        if is_finer_area(title):
            return RowCode.WRONG_GRAIN
        is_dated = is_period_title(title) or (not title and names_month(text))
        return RowCode.NAME_DIFFERS if month and is_dated and not agrees_with_month(text, month) else None
