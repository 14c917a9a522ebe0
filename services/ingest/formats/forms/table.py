"""One table of a form: each of its counts becomes a plain row; its totals are checked."""

from collections.abc import Mapping, Sequence

from services.ingest.formats.cells.cell import CellKind, SheetCell, TypedCell, cell_text, is_blank
from services.ingest.formats.cells.labels import is_total, is_unknown_name
from services.ingest.formats.cells.values import parse_count, parse_month
from services.ingest.formats.forms.context import ROW_COLUMNS, SheetContext
from services.ingest.formats.forms.defaults import FormDefaults
from services.ingest.formats.forms.layout import Layout
from services.ingest.formats.forms.merged_cells import MergedRange
from services.ingest.formats.locator import CellPosition
from services.ingest.formats.row_errors import row_error
from services.ingest.formats.rows import Batch
from services.ingest.formats.totals.form_totals import DIMENSIONS, FormTotals
from shared.values.spelling import normalised
from shared.vocabulary import NormalisationKind, RowCode

_INDEX = {name: index for index, name in enumerate(ROW_COLUMNS)}
_METRIC, _AREA, _MONTH, _VALUE, _, _UNIT = range(len(ROW_COLUMNS))


class FormTable:
    """Reads the rows below one head."""

    def __init__(self, sheet: str | None, top: int, layout: Layout, head: int, around: FormDefaults, tools: SheetContext) -> None:
        """`top`: the first row that belongs to it, `head`: the last one of its head, both from 1."""
        self.layout, self._around, self._tools, self._notes = layout, around, tools, tools.notes
        self._headings = dict(sorted({**layout.across, **layout.strangers}.items()))
        self._units = {
            place: (heading.unit, CellPosition(head, place)) for place, heading in layout.across.items() if heading.unit
        }
        self._strangers = dict(layout.strangers)  # of which nothing was counted yet
        self._meant = {
            place: [(_INDEX[name], said.meant) for name, said in each.said.items()] for place, each in self._headings.items()
        }
        self._knows_area = layout.knows("area")
        self._down = [name for name in DIMENSIONS if name in layout.keys]
        self.width = max([*layout.across, *layout.keys.values(), *layout.totals]) + 1
        self.grid = tools.locator.add_form(sheet, top, [*self._headings, *layout.totals], self._where)
        said = {
            place: {name: self._code(name, each.meant) for name, each in heading.said.items()}
            for place, heading in self._headings.items()
        }
        totals = {
            place: total._replace(of={name: self._code(name, text) or text for name, text in total.of.items()})
            for place, total in layout.totals.items()
        }
        self._totals = FormTotals(self.grid, head, said, totals, self._down, self._notes)
        if not layout.knows("month"):
            around.need_month()
        for title in layout.ignored.values():
            self._notes.add(NormalisationKind.COLUMN_IGNORED, None, title)
        for each in (each for heading in layout.across.values() for each in heading.said.values() if each.code):
            self._notes.add(NormalisationKind.METRIC_NAME, each.row, each.text, each.code)

    def _where(self, row: int, place: int, column: str) -> CellPosition:
        """The cell that says something of a count."""
        heading = self._headings.get(place)
        if column in self.layout.keys:
            return CellPosition(row, self.layout.keys[column])
        if heading and column in heading.said:
            return CellPosition(heading.said[column].row, place)
        if column == "month" and not self.layout.knows("month") and self._around.month_at:
            return self._around.month_at
        if column == "unit" and (unit := self._units.get(place) or self._around.unit):
            return unit[1]
        return CellPosition(row, place)

    def take_units(self, number: int, cells: Sequence[SheetCell]) -> None:
        """Enter a row of units."""
        self._units |= {place: (cell_text(cells[place]), CellPosition(number, place)) for place in self.layout.across}

    def names_something(self, cells: Sequence[SheetCell]) -> bool:
        """Whether a row names a metric, an area or a month."""
        return any(self._code(name, cells[self.layout.keys[name]]) is not None for name in self._down)

    def is_total(self, cells: Sequence[SheetCell]) -> bool:
        """Whether a row holds totals."""
        keys = (self.layout.keys[name] for name in self._down)
        return any(is_total(cell_text(cells[place])) for place in (*range(min(self.layout.across)), *keys))

    def _code(self, dimension: str, cell: SheetCell) -> str | None:
        if dimension == "month":
            return parse_month(cell_text(cell))[0]
        known = self._tools.names.metrics if dimension == "metric" else self._tools.names.areas
        return known.get(normalised(cell_text(cell)))

    def data(self, batch: Batch, number: int, cells: list[SheetCell], merged: Mapping[int, MergedRange]) -> None:
        """Read the counts of a row."""
        layout, values = self.layout, {}
        row: list[SheetCell] = [""] * len(ROW_COLUMNS)
        for name, column in layout.keys.items():
            row[_INDEX[name]] = cells[column]
        if not layout.knows("month"):
            row[_MONTH] = self._around.month
        for place in self._headings:
            if place in layout.strangers:
                if place >= len(cells) or parse_count(cell_text(cells[place])).value is None:
                    continue
                self._strangers.pop(place, None)
            cell = self._value(cells[place], merged[place]) if place in merged else cells[place]
            values[place] = self._count(batch, number, place, cell, row.copy())
        codes = {name: self._code(name, cells[layout.keys[name]]) for name in self._down}
        self._totals.row(batch, number, codes, values, cells)

    def _count(self, batch: Batch, number: int, place: int, cell: SheetCell, row: list[SheetCell]) -> int | None:
        """Read a count: 0 where there is none, None where it cannot be read."""
        row[_VALUE] = cell
        for index, meant in self._meant[place]:
            row[index] = meant
        if is_blank(row[_UNIT]) and (unit := self._units.get(place) or self._around.unit):
            row[_UNIT] = unit[0]
        if not self._knows_area and not is_blank(cell):
            row[_AREA] = self._around.area(cell_text(row[_METRIC]))
        before, errors = len(batch.rows), len(batch.errors)
        self._tools.unfolded.read(batch, self.grid.number_for(number, place), row, number)
        return batch.rows.values[-1] if len(batch.rows) > before else None if len(batch.errors) > errors else 0

    def _value(self, cell: SheetCell, over: MergedRange) -> SheetCell:
        """A cell that is one with others; it holds a count only where they are no counts."""
        if is_blank(cell):
            return cell
        alone = over.top == over.bottom and sum(over.left <= column <= over.right for column in self.layout.across) == 1
        return cell if alone else TypedCell(CellKind.MERGED, cell_text(cell))

    def total(self, batch: Batch, number: int, cells: Sequence[SheetCell]) -> None:
        """Read a row of totals. One of the whole area is one of all areas; one of something unknown is not checked."""
        codes: dict[str, str | None] = {}
        for name in self._down:
            text = cell_text(cells[self.layout.keys[name]])
            codes[name] = self._code(name, text)
            if codes[name] is None and is_unknown_name(text):
                batch.received += 1
                where = self.grid.number_for(number, min(self._headings))
                batch.errors.append(row_error(RowCode.TOTAL_UNCHECKED, where, name, text))
                self._totals.passed(batch, number)
                return
        if codes.get("area") == self._tools.sender.campaign_area:
            codes["area"] = None
        label = next(cell_text(cell) for cell in cells if is_total(cell_text(cell)))
        places = sorted([*self.layout.across, *self.layout.totals])
        self._totals.below(batch, number, codes, {place: cells[place] for place in places}, label)

    def end(self, batch: Batch, last: int) -> None:
        """The table ended with this row."""
        self._totals.settle(batch, last + 1)
        self._tools.locator.advance_to(self.grid.number_for(last + 1) - 1)
        for heading in self._strangers.values():
            if heading.text:
                self._notes.add(NormalisationKind.COLUMN_IGNORED, None, heading.text)
