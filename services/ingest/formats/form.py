"""A form: a small table that leaves things unsaid, unfolded into plain rows, one a count.

Month, area and unit come from the rows above it, from its sender or from its columns; what can be read in two ways is refused.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from services.ingest.formats.across import DIMENSIONS, Heading, Kinds
from services.ingest.formats.asides import is_signature, is_total
from services.ingest.formats.cells import Cell, Kind, Odd, is_blank, text_of
from services.ingest.formats.generous import count_of, month_of
from services.ingest.formats.header import Header
from services.ingest.formats.layout import Layout, layout_at
from services.ingest.formats.locator import At, Locator
from services.ingest.formats.merges import Range
from services.ingest.formats.notes import Notes
from services.ingest.formats.rows import Batch, Names
from services.ingest.formats.sender import Sender
from services.ingest.formats.surroundings import Surroundings
from services.ingest.formats.table import TableReader
from services.ingest.formats.totals import Part, Totals
from services.ingest.formats.units import is_unit, is_unit_word
from shared.problems import Schema
from shared.spelling import normalised
from shared.vocabulary import NormalisationKind

_COLUMNS = ("metric", "area", "month", "value", "note", "unit")
_UNFOLDED = Header(0, 1, 2, 3, 4, 5, width=6)
_MOST = 20_000  # counts in one form
Filled = Sequence[tuple[int, list[Cell]]]


@dataclass(slots=True)
class Tools:
    """What all sheets of a push share."""

    names: Names
    sender: Sender
    notes: Notes
    locator: Locator
    unfolded: TableReader = field(init=False)
    kinds: Kinds = field(init=False)

    def __post_init__(self) -> None:
        """One reader for the rows of all forms: it remembers names."""
        self.kinds = Kinds(self.names)
        self.unfolded = TableReader(_UNFOLDED, self.names, self.sender, self.notes)


class Form:
    """Reads the tables of one sheet, the first of which starts at a known header."""

    def __init__(
        self, sheet: str | None, rows: Filled, merged: Mapping[tuple[int, int], Range], layout: Layout, tools: Tools
    ) -> None:
        """`rows` with merged cells filled in."""
        self._sheet, self._rows, self._merged, self._tools = sheet, rows, merged, tools
        self._names, self._notes = tools.names, tools.notes
        self._around = Surroundings(sheet, rows[: layout.top], tools.names, tools.sender, tools.notes)
        self._batch = Batch()
        self._start(layout)
        tools.locator.form(sheet)

    def _start(self, layout: Layout) -> None:
        self._layout = layout
        head = self._rows[layout.head][0]
        self._units = {place: (heading.unit, At(head, place)) for place, heading in layout.across.items() if heading.unit}
        self._totals = Totals({place: total.partial for place, total in layout.totals.items()})
        self._of = {
            place: {name: self._code(name, text) or text for name, text in total.of.items()}
            for place, total in layout.totals.items()
        }
        if not layout.knows("month"):
            self._around.need_month()
        for title in layout.ignored.values():
            self._notes.add(NormalisationKind.COLUMN_IGNORED, None, title)
        for said in (said for heading in layout.across.values() for said in heading.said.values() if said.code):
            self._notes.add(NormalisationKind.METRIC_NAME, said.row, said.text, said.code)
        self._strangers = dict(layout.strangers)
        self._group = ""

    def read(self) -> Batch:
        """Every count of the sheet."""
        for index, (number, cells) in enumerate(self._rows):
            if index < self._layout.top:
                if not all(map(is_blank, cells)):
                    self._notes.add(NormalisationKind.TEXT_ROW, number, _first_text(cells))
            elif index > self._layout.head:
                self._row(index, number, cells)
        self._settle()
        for heading in self._strangers.values():
            if heading.text:
                self._notes.add(NormalisationKind.COLUMN_IGNORED, None, heading.text)
        return self._batch

    def _row(self, index: int, number: int, cells: list[Cell]) -> None:
        layout = self._layout
        cells = cells + [""] * (max([*layout.across, *layout.keys.values(), *layout.totals]) + 1 - len(cells))
        self._join_item(number, cells)
        if all(map(is_blank, cells)):
            self._notes.add(NormalisationKind.BLANK_ROW, number)
        elif index == layout.head + 1 and self._is_unit_row(cells):
            self._units |= {place: (text_of(cells[place]), At(number, place)) for place in layout.across}
        elif any(is_total(text_of(cell)) for cell in cells[: min(layout.across)]) or self._heads_total(cells):
            self._total(number, cells)
        elif self._names_something(cells):
            self._data(number, cells)
        elif (again := layout_at(self._rows, index, self._tools.kinds, self._sheet)) is not None:
            self._settle()
            self._start(again)
        elif self._is_aside(cells):
            self._notes.add(NormalisationKind.TEXT_ROW, number, _first_text(cells))
        else:
            self._data(number, cells)

    def _join_item(self, number: int, cells: list[Cell]) -> None:
        """Name the metric of a row whose name stands in two cells; a group holds until the next one."""
        place, item = self._layout.keys.get("metric"), self._layout.items
        if place is None or item is None or item >= len(cells):
            return
        group, text = text_of(cells[place]).strip(), text_of(cells[item]).strip()
        self._group = group or self._group
        if not text or text == group or is_signature(self._group):
            return
        joined = f"{self._group}{text}"
        if code := self._tools.kinds.item(self._group, text):
            self._notes.add(NormalisationKind.METRIC_NAME, number, joined, code)
        elif is_total(text) or is_unit(text):
            return
        cells[place], cells[item] = code or joined, ""

    def _heads_total(self, cells: Sequence[Cell]) -> bool:
        return any(is_total(text_of(cells[place])) for name, place in self._layout.keys.items() if name in DIMENSIONS)

    def _is_unit_row(self, cells: Sequence[Cell]) -> bool:
        counts = [text_of(cells[place]) for place in self._layout.across]
        if any(is_unit_word(text_of(cell)) for cell in cells[: min(self._layout.across)]):
            return True
        if self._names_something(cells):
            return False
        return any(map(normalised, counts)) and all(is_unit(text) for text in counts if normalised(text))

    def _names_something(self, cells: Sequence[Cell]) -> bool:
        return any(self._code(name, cells[place]) is not None for name, place in self._layout.keys.items() if name in DIMENSIONS)

    def _code(self, dimension: str, cell: Cell) -> str | None:
        if dimension == "month":
            return month_of(text_of(cell))[0]
        known = self._names.metrics if dimension == "metric" else self._names.areas
        return known.get(normalised(text_of(cell)))

    def _is_aside(self, cells: Sequence[Cell]) -> bool:
        """Whether a row that names nothing known is a signature or a remark, or says nothing where counts are due."""
        if any(is_signature(text_of(cell)) for cell in cells):
            return True
        return all(is_blank(cells[place]) for place in self._layout.across)

    def _data(self, number: int, cells: list[Cell]) -> None:
        layout = self._layout
        keys = {name: self._code(name, cells[place]) for name, place in layout.keys.items() if name in DIMENSIONS}
        for place, heading in layout.across.items():
            self._count(number, cells, place, heading, keys)
        for place, heading in layout.strangers.items():
            if place < len(cells) and count_of(text_of(cells[place])).value is not None:
                self._strangers.pop(place, None)
                self._count(number, cells, place, heading, keys)
        for place in layout.totals:
            self._totals.beside(self._at(number, place), cells[place], self._of[place])

    def _count(self, number: int, cells: list[Cell], place: int, heading: Heading, keys: Mapping[str, str | None]) -> None:
        layout, batch = self._layout, self._batch
        spot = {"value": At(number, place)}
        row: dict[str, Cell] = dict.fromkeys(_COLUMNS, "")
        row["value"] = self._value(number, place, cells[place])
        for name, column in layout.keys.items():
            row[name], spot[name] = cells[column], At(number, column)
        for name, said in heading.said.items():
            row[name], spot[name] = said.meant, At(said.row, place)
        if unit := self._unit(place, row["unit"]):
            row["unit"], spot["unit"] = unit[0], unit[1] or spot["unit"]
        blank = is_blank(row["value"])
        if not layout.knows("month"):
            row["month"] = self._around.month
            if self._around.month_at:
                spot["month"] = self._around.month_at
        if not layout.knows("area") and not blank:
            row["area"] = self._around.area(text_of(row["metric"]))
        before, errors = len(batch.rows), len(batch.errors)
        observation = self._tools.locator.number(spot)
        self._tools.unfolded.read(batch, observation, [row[name] for name in _COLUMNS], number)
        if batch.received > _MOST:
            raise Schema(
                f"表单中的数值超过 {_MOST} 个，请改用每行一个数值的表",
                f"a form has at most {_MOST} counts; write a table with one count a row",
            )
        value = batch.rows.values[-1] if len(batch.rows) > before else None if len(batch.errors) > errors else 0
        across = {name: self._code(name, said.meant) for name, said in heading.said.items()}
        self._totals.part(Part(observation, number, place, value, {**keys, **across}))

    def _unit(self, place: int, own: Cell) -> tuple[str, At | None] | None:
        """The unit nearest to a count: its row's, its column's, the form's."""
        if not is_blank(own):
            return text_of(own), None
        return self._units.get(place) or self._around.unit

    def _value(self, number: int, place: int, cell: Cell) -> Cell:
        merged = self._merged.get((number, place))
        if merged is None or is_blank(cell):
            return cell
        alone = merged.top == merged.bottom and sum(merged.left <= column <= merged.right for column in self._layout.across) == 1
        return cell if alone else Odd(Kind.MERGED, text_of(cell))

    def _at(self, number: int, place: int) -> tuple[int, int, int]:
        """A number for a total, and where it stands."""
        return self._tools.locator.number({"value": At(number, place)}), number, place

    def _total(self, number: int, cells: list[Cell]) -> None:
        keys = {
            name: code
            for name, place in self._layout.keys.items()
            if name in DIMENSIONS and (code := self._code(name, cells[place])) is not None
        }
        label = next(text_of(cell) for cell in cells if is_total(text_of(cell)))
        for place in self._layout.across:
            self._totals.below(self._at(number, place), cells[place], keys, label)
        for place in self._layout.totals:
            self._totals.corner(self._at(number, place), cells[place], keys | self._of[place], label)

    def _settle(self) -> None:
        self._totals.settle(self._batch, self._notes)


def _first_text(cells: Sequence[Cell]) -> str:
    return next((text_of(cell) for cell in cells if not is_blank(cell)), "")
