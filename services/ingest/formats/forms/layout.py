"""How a form is laid out: its head of one to three rows, which columns name things, and what stands across."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from services.ingest.formats.cells.cell import SheetCell, cell_text
from services.ingest.formats.cells.labels import is_comparison_column, is_total
from services.ingest.formats.cells.units import is_unit_label
from services.ingest.formats.cells.values import parse_count, parse_month
from services.ingest.formats.forms.columns import HeaderColumns, HeaderRows, Heading, TitleReader, UnknownColumn
from services.ingest.formats.locator import CellPosition
from services.ingest.formats.rows import Names, safe_excerpt
from services.ingest.formats.tables.header import HeaderTitles, column_of_title, column_title
from services.ingest.formats.tables.titles import Title, three_level_titles, two_level_titles
from services.ingest.formats.totals.form_totals import DIMENSIONS, TotalColumn
from shared.problems import FieldError, Schema
from shared.values.bilingual import Bilingual
from shared.values.spelling import normalised

_TWICE = Bilingual(zh="列重复", en="the column stands twice")
_UNCLEAR = Bilingual(zh="不清楚是哪个指标", en="it is not clear which metric this is")
ROWS_LOOKED_BELOW = 30  # rows in which a column without a title must name something


@dataclass(frozen=True, slots=True)
class Layout:
    """A table inside a sheet. Columns from 0."""

    top: int  # its head's first index among the sheet's rows
    head: int  # and the last
    keys: Mapping[str, int]  # metric, area, month, note, unit → the column that names it
    across: Mapping[int, Heading]  # columns of counts → what the head says of them
    axes: tuple[str, ...] = ()  # what that is; nothing: a list with one column of counts
    totals: Mapping[int, TotalColumn] = field(default_factory=dict)
    strangers: Mapping[int, Heading] = field(default_factory=dict)  # columns among the counts whose title means nothing here
    ignored: Mapping[int, str] = field(default_factory=dict)
    titles: HeaderTitles = field(default_factory=HeaderTitles)
    items: int | None = None  # the column of what the metrics' names go on with, as in 固定宽带用户 | 总数

    def knows(self, dimension: str) -> bool:
        """Whether the table itself says it."""
        return dimension in self.keys or dimension in self.axes

    @property
    def is_plain(self) -> bool:
        """Whether every row says everything, so that it can be read as a plain table."""
        return (
            not self.axes
            and self.items is None
            and all(map(self.knows, DIMENSIONS))
            and not any(each.unit for each in self.across.values())
        )


SheetRows = Sequence[tuple[int, Sequence[SheetCell]]]


def read_layout(rows: SheetRows, top: int, kinds: TitleReader, sheet: str | None) -> Layout | None:
    """The table whose head begins at this row, if one does. Raises Schema where it can be read in two ways."""
    with suppress(Schema):  # then it has fewer rows
        if three := _of_three_rows(rows, top, kinds, sheet):
            return three if _needs_three(three, rows, top, kinds, sheet) else None
    if two := _of_two_rows(rows, top, kinds, sheet):
        return two
    one = _of_one_row(rows, top, kinds, sheet)
    return None if one and _is_month_of_form(one, rows, top, kinds, sheet) else one


def _is_month_of_form(one: Layout, rows: SheetRows, top: int, kinds: TitleReader, sheet: str | None) -> bool:
    """Whether its one column is a text above a head that begins below: 附件1 | 2022年8月."""
    if one.axes != ("month",) or len(one.across) > 1 or top + 1 == len(rows):
        return False
    return bool(_of_two_rows(rows, top + 1, kinds, sheet) or _of_one_row(rows, top + 1, kinds, sheet))


def _needs_three(three: Layout, rows: SheetRows, top: int, kinds: TitleReader, sheet: str | None) -> bool:
    """Whether the first of three rows says something; if not, it is a text above a head of two."""
    with suppress(Schema):
        below = _of_two_rows(rows, top + 1, kinds, sheet)
        return below is None or len(three.across) > len(below.across) or _meant(three, kinds.names) != _meant(below, kinds.names)
    return True


def _of_one_row(rows: SheetRows, head: int, kinds: TitleReader, sheet: str | None) -> Layout | None:
    number, cells = rows[head]
    texts = _texts(cells)
    if sum(map(bool, texts)) < 2 or _has_counts(cells, kinds.names):  # a header has at least a name and a count
        return None
    return _Head(rows, head, head, kinds, sheet).layout([Title(text) for text in texts], HeaderRows(number, number))


def _of_two_rows(rows: SheetRows, top: int, kinds: TitleReader, sheet: str | None) -> Layout | None:
    if top + 1 == len(rows):
        return None
    (upper, groups), (lower, texts) = rows[top], rows[top + 1]
    titles = two_level_titles(_texts(groups), _texts(texts))
    if titles is None or any(_is_number(cell_text(cell), kinds.names) for cell in (*groups, *texts)):
        return None
    return _Head(rows, top, top + 1, kinds, sheet).layout(titles, HeaderRows(upper, lower))


def _of_three_rows(rows: SheetRows, top: int, kinds: TitleReader, sheet: str | None) -> Layout | None:
    head = rows[top : top + 3]
    levels = three_level_titles([_texts(cells) for _, cells in head]) if len(head) == 3 else None
    if levels is None or any(_is_number(cell_text(cell), kinds.names) for _, cells in head for cell in cells):
        return None
    at = HeaderRows(head[0][0], head[2][0])
    titles, across = kinds.of_three(levels, at)
    return _Head(rows, top, top + 2, kinds, sheet).layout(titles, at, across)


def _meant(layout: Layout, names: Names) -> dict[int, set[str]]:
    """What the head says of each column of counts."""
    known = {**names.areas, **names.metrics}
    across = {place: [each.meant for each in heading.said.values()] for place, heading in layout.across.items()}
    return {place: {known.get(normalised(text), normalised(text)) for text in texts} for place, texts in across.items()}


def _texts(cells: Sequence[SheetCell]) -> list[str]:
    return [cell_text(cell).strip() for cell in cells]


class _Head:
    """A row, or two, that may be the head of a table."""

    def __init__(self, rows: SheetRows, top: int, head: int, kinds: TitleReader, sheet: str | None) -> None:
        self._rows, self._top, self._head, self._kinds, self._sheet = rows, top, head, kinds, sheet

    def layout(self, titles: Sequence[Title], at: HeaderRows, across: HeaderColumns | None = None) -> Layout | None:
        """The table, if it is one. `across`: what stands across, where that is known."""
        items = self._items(titles)
        titles = [Title("") if place == items else title for place, title in enumerate(titles)]
        across = across or self._kinds.across(titles, at)
        columns = [
            title.whole if place in across.counts and title.group else column_title(title) for place, title in enumerate(titles)
        ]
        if None in columns:
            return None
        named = HeaderTitles.of([text or "" for text in columns])
        if at.groups != at.titles and (
            _says_it_all_below(titles, across)
            or (_names_one(across, at.groups) and _of_one_row(self._rows, self._head, self._kinds, self._sheet) is not None)
        ):
            return None
        layout = self._crosstab(titles, across, named, at) if across.counts else self._list(named)
        return replace(layout, items=items) if layout else None

    def _items(self, titles: Sequence[Title]) -> int | None:
        """The column beside the metrics' that has no title, or the same one, and completes the name of a metric below."""
        place = next(
            (place for place, title in enumerate(titles) if column_of_title(title.text) == "metric" and not title.group), None
        )
        if place is None or place + 1 >= len(titles) or titles[place + 1].text not in {"", titles[place].text}:
            return None
        group = ""
        for _, cells in self._rows[self._head + 1 : self._head + 1 + ROWS_LOOKED_BELOW]:
            name, item, *_ = [*_texts(cells)[place : place + 2], "", ""]
            group = name or group
            if item not in {"", name} and normalised(name) not in self._kinds.names.metrics and self._kinds.item(group, item):
                return place + 1
        return None

    def _list(self, titles: HeaderTitles) -> Layout | None:
        if not {"metric", "value"} <= titles.places.keys() or titles.repeated:
            return None
        keys = {name: place for name, place in titles.places.items() if name != "value"}
        counts = {titles.places["value"]: Heading({}, titles.value_unit)}
        return Layout(self._top, self._head, keys, counts, ignored=titles.ignored, titles=titles)

    def _crosstab(self, written: Sequence[Title], across: HeaderColumns, titles: HeaderTitles, at: HeaderRows) -> Layout | None:
        axes, first = across.axes, min(across.counts)
        if not axes or "value" in titles.places:
            return None
        keys = self._keys(titles, axes, first)
        if not keys.keys() & set(DIMENSIONS) or not ("metric" in keys or "metric" in axes):
            return None
        self._refuse_two_readings(titles, across, at)
        totals = {place: total for place, total in across.totals.items() if place > first}
        known = {*across.counts, *keys.values(), *titles.beside, *totals}
        beside = across.beside | {
            place: title.whole
            for place, title in enumerate(written)
            if title.text
            and place not in known
            and place not in across.strangers
            and (place < first or is_comparison_column(title.text))
        }
        strange = {
            place: across.strangers.get(place, UnknownColumn(written[place], None)).heading(axes, at)
            for place in range(first, len(written))
            if place not in known and place not in beside
        }
        return Layout(self._top, self._head, keys, across.counts, axes, totals, strange, beside, titles)

    def _keys(self, titles: HeaderTitles, axes: Sequence[str], first: int) -> dict[str, int]:
        """The columns that name things. One whose title does not say what it names is known by what stands below."""
        wanted = next((each for each in DIMENSIONS if each not in axes), "")
        keys = {name: place for name, place in titles.places.items() if name not in axes and name != "value"}
        if wanted in keys or wanted == "month":
            return keys
        names = self._kinds.names
        known = names.metrics if wanted == "metric" else names.areas
        for place in range(first):
            if place in keys.values() and place != keys.get("unit"):
                continue
            rows = self._rows[self._head + 1 : self._head + 1 + ROWS_LOOKED_BELOW]
            below = (cell_text(cells[place]) for _, cells in rows if place < len(cells))
            first_named = next(
                (text for text in below if normalised(text) and not is_unit_label(text) and not is_total(text)), ""
            )
            if normalised(first_named) in known:
                return {name: column for name, column in keys.items() if column != place} | {wanted: place}
        return keys

    def _refuse_two_readings(self, titles: HeaderTitles, across: HeaderColumns, at: HeaderRows) -> None:
        seen: set[tuple[str, ...]] = set()
        errors = []
        for place, heading in across.counts.items():
            meant = tuple(self._code(name, said.meant) for name, said in sorted(heading.said.items()))
            if meant in seen:
                errors.append(self._error("duplicate_column", _TWICE, CellPosition(at.titles, place), heading.text))
            seen.add(meant)
        errors += [
            self._error("duplicate_column", _TWICE, CellPosition(at.titles, titles.places[name]), text)
            for name, text in titles.repeated
        ]
        if errors:
            zh = "同一表头中一列出现多次，无法判断以哪一列为准：请每个工作表只留一张表，每项只留本月数一列"
            en = "a column stands twice in one header, and nothing tells which counts: one table a sheet, one column a thing"
            raise Schema(zh, en, errors=errors)
        errors = [self._unclear(CellPosition(at.titles, place), title, codes) for place, (title, codes) in across.unclear.items()]
        if errors:
            raise Schema("表头可作多种理解，请写明指标", "a title may mean several metrics: write out which", errors=errors)

    def _code(self, dimension: str, text: str) -> str:
        known = {"metric": self._kinds.names.metrics, "area": self._kinds.names.areas}.get(dimension, {})
        return known.get(normalised(text)) or (parse_month(text)[0] if dimension == "month" else None) or normalised(text)

    def _unclear(self, at: CellPosition, title: Title, codes: Collection[str]) -> FieldError:
        listed = ", ".join(sorted(codes))
        hint = Bilingual(zh=f"可能是：{listed}", en=f"it may be any of {listed}")
        return self._error("ambiguous_column", _UNCLEAR, at, title.whole, hint)

    def _error(self, code: str, message: Bilingual, at: CellPosition, text: str, hint: Bilingual | None = None) -> FieldError:
        where = f"/sheets/{self._sheet}/{at.name}" if self._sheet else f"/{at.name}"
        return FieldError(where=where, code=code, message=message, value=safe_excerpt(text), hint=hint)


def _says_it_all_below(titles: Sequence[Title], across: HeaderColumns) -> bool:
    """Whether the groups of a head say nothing: its titles are a head by themselves, and text stands above it."""
    named = (column_of_title(title.whole) or column_of_title(title.text) == "value" for title in titles if title.group)
    return not across.grouped and not any(named)


def _names_one(across: HeaderColumns, row: int) -> bool:
    """Whether the groups of all counts name one month or one area: that is a form's title, and is read as such."""
    pairs = [heading.said for heading in across.counts.values()]
    above = {(name, said.text) for each in pairs for name, said in each.items() if name != "metric" and said.row == row}
    return len(above) == 1 and all(len(each) > 1 for each in pairs)


def _has_counts(cells: Sequence[SheetCell], names: Names) -> bool:
    """Whether counts stand in the row, such that cannot be read included: then it is no row of titles."""
    texts = list(map(cell_text, cells))
    return any(
        _is_number(text, names) or (parse_count(text).code and text[:1].isdecimal() and not _names(text, names)) for text in texts
    )


def _is_number(text: str, names: Names) -> bool:
    return parse_count(text).value is not None and not _names(text, names)


def _names(text: str, names: Names) -> bool:
    return bool(normalised(text) in names.areas or normalised(text) in names.metrics or parse_month(text)[0])
