"""Finds the layout of a table from its header of one to three rows."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from services.ingest.formats.cells.cell import NumberedRow, SheetCell, cell_text
from services.ingest.formats.cells.labels import is_comparison, is_signature, is_total
from services.ingest.formats.cells.number_texts import is_name, is_number_text
from services.ingest.formats.cells.units import is_unit, is_unit_label
from services.ingest.formats.layout.caption import metric_of_caption
from services.ingest.formats.layout.columns import (
    DIMENSIONS,
    HeaderColumns,
    HeaderRows,
    Heading,
    TitleReader,
    UnknownColumn,
)
from services.ingest.formats.layout.duplicate_columns import refuse_duplicates
from services.ingest.formats.layout.layout import Layout
from services.ingest.formats.layout.list_titles import HeaderTitles, column_of_title, full_column_title, is_period_title
from services.ingest.formats.layout.titles import Title, three_level_titles, two_level_titles
from services.ingest.formats.layout.value_kinds import ValueKind
from services.ingest.formats.rows import Names
from shared.problems import Schema
from shared.values.spelling import normalised

ROWS_LOOKED_BELOW = 30  # rows in which a column without a title must contain a known name


def read_layout(rows: Sequence[NumberedRow], top: int, title_reader: TitleReader, sheet: str | None) -> Layout | None:
    """Return the table whose header begins at a row, or None. Raises Schema if the header is ambiguous."""
    with suppress(Schema):  # then the header has fewer rows
        if three := _three_row_layout(rows, top, title_reader, sheet):
            return three if _needs_three_rows(three, rows, top, title_reader, sheet) else None
    if two := _two_row_layout(rows, top, title_reader, sheet):
        return two
    one = _one_row_layout(rows, top, title_reader, sheet)
    return None if one and _is_month_of_form(one, rows, top, title_reader, sheet) else one


def _is_month_of_form(one: Layout, rows: Sequence[NumberedRow], top: int, title_reader: TitleReader, sheet: str | None) -> bool:
    """Return whether the only column of counts is a caption above a header that begins below: 附件1 | 2022年8月."""
    if one.dimensions != ("month",) or len(one.count_columns) > 1 or top + 1 == len(rows):
        return False
    return bool(_two_row_layout(rows, top + 1, title_reader, sheet) or _one_row_layout(rows, top + 1, title_reader, sheet))


def _needs_three_rows(three: Layout, rows: Sequence[NumberedRow], top: int, title_reader: TitleReader, sheet: str | None) -> bool:
    """Return whether the first of three rows matters; if not, it is a caption above a header of two rows."""
    with suppress(Schema):
        two = _two_row_layout(rows, top + 1, title_reader, sheet)
        if two is None or len(three.count_columns) > len(two.count_columns):
            return True
        return _column_meanings(three, title_reader.names) != _column_meanings(two, title_reader.names)
    return True


def _one_row_layout(rows: Sequence[NumberedRow], top: int, title_reader: TitleReader, sheet: str | None) -> Layout | None:
    number, cells = rows[top]
    texts = _texts(cells)
    if sum(map(bool, texts)) < 2 or _has_counts(cells, title_reader.names):  # a header has at least a name and a count
        return None
    reader = _HeaderReader(rows, top, top, title_reader, sheet)
    return reader.layout([Title(text) for text in texts], HeaderRows(number, number))


def _two_row_layout(rows: Sequence[NumberedRow], top: int, title_reader: TitleReader, sheet: str | None) -> Layout | None:
    if top + 1 == len(rows):
        return None
    (upper, groups), (lower, texts) = rows[top], rows[top + 1]
    titles = two_level_titles(_texts(groups), _texts(texts))
    if titles is None or _has_counts((*groups, *texts), title_reader.names):
        return None
    return _HeaderReader(rows, top, top + 1, title_reader, sheet).layout(titles, HeaderRows(upper, lower))


def _three_row_layout(rows: Sequence[NumberedRow], top: int, title_reader: TitleReader, sheet: str | None) -> Layout | None:
    header = rows[top : top + 3]
    levels = three_level_titles([_texts(cells) for _, cells in header]) if len(header) == 3 else None
    if levels is None or any(_has_counts(cells, title_reader.names) for _, cells in header):
        return None
    header_rows = HeaderRows(header[0][0], header[2][0])
    titles, columns = title_reader.read_three_rows(levels, header_rows)
    return _HeaderReader(rows, top, top + 2, title_reader, sheet).layout(titles, header_rows, columns)


def _column_meanings(layout: Layout, names: Names) -> dict[int, set[str]]:
    """Return the codes, or unknown texts, in the heading of each column of counts."""
    codes = {**names.areas, **names.metrics}
    texts_by_column = {
        column_index: [label.code_or_text for label in heading.labels.values()]
        for column_index, heading in layout.count_columns.items()
    }
    return {
        column_index: {codes.get(normalised(text), normalised(text)) for text in texts}
        for column_index, texts in texts_by_column.items()
    }


def _texts(cells: Sequence[SheetCell]) -> list[str]:
    return [cell_text(cell).strip() for cell in cells]


class _HeaderReader:
    """Reads one to three rows that may be the header of a table."""

    def __init__(self, rows: Sequence[NumberedRow], top: int, header: int, title_reader: TitleReader, sheet: str | None) -> None:
        self._rows, self._top, self._header, self._title_reader, self._sheet = rows, top, header, title_reader, sheet

    @property
    def _rows_below(self) -> Sequence[NumberedRow]:
        return self._rows[self._header + 1 : self._header + 1 + ROWS_LOOKED_BELOW]

    def layout(self, titles: Sequence[Title], header_rows: HeaderRows, columns: HeaderColumns | None = None) -> Layout | None:
        """Return the layout, or None if the rows are no header. `columns`: if they have been read already."""
        item_column = self._item_column(titles)
        titles = [Title("") if column_index == item_column else title for column_index, title in enumerate(titles)]
        columns = columns or self._title_reader.read_columns(titles, header_rows)
        texts = [
            title.full_text if column_index in columns.counts and title.group else full_column_title(title)
            for column_index, title in enumerate(titles)
        ]
        if None in texts:
            return None
        header_titles = HeaderTitles.from_cells([text or "" for text in texts])
        if header_rows.groups != header_rows.titles and (
            _are_groups_irrelevant(titles, columns)
            or (
                _is_caption(columns, header_rows.groups)
                and _one_row_layout(self._rows, self._header, self._title_reader, self._sheet) is not None
            )
        ):
            return None
        is_crosstab = bool(columns.counts)
        layout = self._crosstab(titles, columns, header_titles, header_rows) if is_crosstab else self._list(titles, header_titles)
        return replace(layout, item_column=item_column) if layout else None

    def _item_column(self, titles: Sequence[Title]) -> int | None:
        """Return the column right of the metrics', with no title or the same one, that completes a metric's name below."""
        metric_column = next(
            (index for index, title in enumerate(titles) if column_of_title(title.text) == "metric" and not title.group), None
        )
        if metric_column is None or metric_column + 1 >= len(titles):
            return None
        if titles[metric_column + 1].text not in {"", titles[metric_column].text}:
            return None
        for _, cells in self._rows_below:
            name, item, *_ = [*_texts(cells)[metric_column : metric_column + 2], "", ""]
            if (
                column_of_title(name) or is_signature(name) or is_number_text(item)
            ):  # the table ends, or it is a column of numbers
                return None
            if item not in {"", name} and not is_unit(item) and not is_total(item):
                return metric_column + 1
        return None

    def _list(self, written: Sequence[Title], titles: HeaderTitles) -> Layout | None:
        if "metric" not in titles.columns or not titles.values or titles.duplicates:
            return None
        counts = {index: Heading({}, unit, kind, title) for index, (kind, unit, title) in titles.values.items()}
        return Layout(
            self._top,
            self._header,
            titles.columns,
            counts,
            passed_over=titles.others,
            checked_names=titles.name_columns,
            groups_of_counts=frozenset(written[column_index].group for column_index in counts),
        )

    def _crosstab(
        self, written: Sequence[Title], columns: HeaderColumns, titles: HeaderTitles, header_rows: HeaderRows
    ) -> Layout | None:
        dimensions, first = columns.dimensions, min(columns.counts)
        if not dimensions or any(
            kind is ValueKind.COUNT and column_index not in columns.counts and column_index not in columns.comparisons
            for column_index, (kind, _, _) in titles.values.items()
        ):
            return None
        name_columns = self._name_columns(titles, dimensions, first)
        metric = "" if "metric" in name_columns or "metric" in dimensions else self._metric_of_caption()
        if not name_columns.keys() & set(DIMENSIONS) or not (metric or "metric" in name_columns or "metric" in dimensions):
            return None
        refuse_duplicates(titles, columns, header_rows, self._title_reader.names, self._sheet)
        totals = {
            column_index: total
            for column_index, total in columns.totals.items()
            if column_index > first or (column_index not in name_columns.values() and self._has_numbers_below(column_index))
        }
        known = {*columns.counts, *name_columns.values(), *titles.name_columns, *totals}
        passed_over = columns.comparisons | {
            column_index: title.full_text
            for column_index, title in enumerate(written)
            if column_index not in known and column_index not in columns.unknown
            if is_comparison(title.text) or is_period_title(title.text)
        }
        unknown = {
            column_index: columns.unknown.get(column_index, UnknownColumn(title, None)).heading(dimensions, header_rows)
            for column_index, title in enumerate(written)
            if title.text and column_index not in known and column_index not in passed_over
        }
        return Layout(
            self._top,
            self._header,
            name_columns,
            columns.counts,
            dimensions,
            totals,
            unknown,
            passed_over,
            titles.name_columns,
            metric=metric,
        )

    def _has_numbers_below(self, column_index: int) -> bool:
        return any(column_index < len(cells) and is_number_text(cells[column_index]) for _, cells in self._rows_below)

    def _metric_of_caption(self) -> str:
        return metric_of_caption(self._rows[: self._top], self._sheet, self._title_reader.names)

    def _name_columns(self, titles: HeaderTitles, dimensions: Sequence[str], first: int) -> dict[str, int]:
        """Return the columns of names. A column without a meaningful title is recognised by the names below it."""
        missing = next((dimension for dimension in DIMENSIONS if dimension not in dimensions), "")
        name_columns = {name: column_index for name, column_index in titles.columns.items() if name not in dimensions}
        if missing in name_columns or missing == "month":
            return name_columns
        names = self._title_reader.names
        codes = names.metrics if missing == "metric" else names.areas
        for column_index in range(first):
            if column_index in name_columns.values() and column_index not in {name_columns.get("unit"), name_columns.get("org")}:
                continue
            texts = (cell_text(cells[column_index]) for _, cells in self._rows_below if column_index < len(cells))
            names_below = (text for text in texts if normalised(text) and not is_unit_label(text) and not is_total(text))
            if normalised(next(names_below, "")) in codes:
                others = {name: index for name, index in name_columns.items() if index != column_index}
                return others | {missing: column_index}
        return name_columns


def _are_groups_irrelevant(titles: Sequence[Title], columns: HeaderColumns) -> bool:
    """Return whether the titles are a header without their groups: then the groups are text above the table."""
    named = (column_of_title(title.full_text) or column_of_title(title.text) == "value" for title in titles if title.group)
    return not columns.needs_groups and not any(named)


def _is_caption(columns: HeaderColumns, row: int) -> bool:
    """Return whether the groups of all counts name one month or one area: then they are a form's caption."""
    headings = [heading.labels for heading in columns.counts.values()]
    group_labels = {
        (name, label.text) for labels in headings for name, label in labels.items() if name != "metric" and label.row == row
    }
    return len(group_labels) == 1 and all(len(labels) > 1 for labels in headings)


def _has_counts(cells: Sequence[SheetCell], names: Names) -> bool:
    """Return whether a row contains numbers that are no months: then it is no row of titles."""
    return any(is_number_text(cell) and not is_name(cell_text(cell), names) for cell in cells)
