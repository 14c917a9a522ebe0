"""How a form is laid out: its header row, which columns name things, and what stands across."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from services.ingest.formats.asides import is_beside, is_subtotal, is_total
from services.ingest.formats.cells import Cell, text_of
from services.ingest.formats.generous import count_of, month_of
from services.ingest.formats.header import Titles
from services.ingest.formats.locator import At
from services.ingest.formats.rows import Names, shown
from services.ingest.formats.units import is_unit_word, split_unit
from shared.bilingual import Bilingual
from shared.problems import FieldError, Schema
from shared.spelling import normalised

DIMENSIONS = ("metric", "area", "month")
_LOOK_BELOW = 30  # rows in which a column without a title must name something


@dataclass(frozen=True, slots=True)
class Layout:
    """A table inside a sheet. Columns from 0."""

    head: int  # the header's index among the sheet's rows
    keys: Mapping[str, int]  # metric, area, month, note, unit → the column that names it
    axis: str | None  # what stands across; None: a list with one column of counts
    across: Mapping[int, str]  # columns of counts → what the header says of them
    units: Mapping[int, str] = field(default_factory=dict)  # columns of counts → unit in brackets behind the title
    totals: Mapping[int, bool] = field(default_factory=dict)  # columns of totals → only of the part since the last such column
    strangers: Mapping[int, str] = field(default_factory=dict)  # columns among the counts whose title means nothing here
    ignored: Mapping[int, str] = field(default_factory=dict)
    titles: Titles = field(default_factory=Titles)

    def knows(self, dimension: str) -> bool:
        """Whether the table itself says it."""
        return dimension in self.keys or dimension == self.axis

    @property
    def is_plain(self) -> bool:
        """Whether every row says everything, so that it can be read as a plain table."""
        return self.axis is None and all(map(self.knows, DIMENSIONS)) and not self.units

    @property
    def label(self) -> int:
        """The first column that names something: what stands there tells data from totals and remarks."""
        return min((place for name, place in self.keys.items() if name in DIMENSIONS), default=0)


Rows = Sequence[tuple[int, Sequence[Cell]]]


def layout_at(rows: Rows, head: int, names: Names, sheet: str | None) -> Layout | None:
    """The table whose header is this row, if it is a header. Raises Schema where it can be read in two ways."""
    number, cells = rows[head]
    texts = [text_of(cell).strip() for cell in cells]
    if sum(map(bool, texts)) < 2 or _has_counts(cells, names):  # a header has at least a name and a count
        return None
    titles = Titles.of(texts)
    across = _across(texts, names)
    if not across:
        return _list(head, titles)
    kinds = {kind for kind, _, _ in across.values()}
    if len(kinds) > 1 or "value" in titles.places:
        return None
    (axis,) = kinds
    keys = _keys(rows, head, titles, axis, min(across), names)
    if not keys.keys() & set(DIMENSIONS) or not ("metric" in keys or axis == "metric"):
        return None
    _refuse_repeated(sheet, number, titles, across)
    rest = {
        place: text
        for place, text in enumerate(texts)
        if text and place not in across and place not in keys.values() and place not in titles.beside
    }
    first = min(across)
    totals = {place: is_subtotal(text) for place, text in rest.items() if place > first and is_total(text)}
    beside = {place: text for place, text in rest.items() if place not in totals and (place < first or is_beside(text))}
    taken = {*across, *keys.values(), *titles.beside, *totals, *beside}
    strange = {place: texts[place] for place in range(first, len(texts)) if place not in taken}
    return Layout(
        head,
        keys,
        axis,
        {place: texts[place] if not unit else base for place, (_, base, unit) in across.items()},
        {place: unit for place, (_, _, unit) in across.items() if unit},
        totals,
        strange,
        beside,
        titles,
    )


def _has_counts(cells: Sequence[Cell], names: Names) -> bool:
    """Whether numbers stand in the row that are neither months nor areas."""
    return any(_is_count(text_of(cell), names) for cell in cells)


def _is_count(text: str, names: Names) -> bool:
    count = count_of(text)
    return (count.value is not None or (count.code is not None and text[:1].isdecimal())) and not (
        normalised(text) in names.areas or normalised(text) in names.metrics or month_of(text)[0]
    )


def _across(texts: Sequence[str], names: Names) -> dict[int, tuple[str, str, str]]:
    """Columns whose title is a metric, an area or a month: kind, the title, the unit in brackets."""
    found = {}
    for place, text in enumerate(texts):
        base, unit = (text, "") if normalised(text) in names.metrics else split_unit(text)
        spelling = normalised(base)
        if spelling in names.metrics:
            found[place] = ("metric", base, unit)
        elif normalised(text) in names.areas:
            found[place] = ("area", text, "")
        elif month_of(text)[0]:
            found[place] = ("month", text, "")
    return found


def _list(head: int, titles: Titles) -> Layout | None:
    if not {"metric", "value"} <= titles.places.keys() or titles.repeated:
        return None
    keys = {name: place for name, place in titles.places.items() if name != "value"}
    value = titles.places["value"]
    units = {value: titles.value_unit} if titles.value_unit else {}
    return Layout(head, keys, None, {value: ""}, units, ignored=titles.ignored, titles=titles)


def _keys(rows: Rows, head: int, titles: Titles, axis: str, first: int, names: Names) -> dict[str, int]:
    """The columns that name things. One whose title does not say what it names is known by what stands below."""
    wanted = "metric" if axis != "metric" else "area"
    keys = {name: place for name, place in titles.places.items() if name not in {axis, "value"}}
    if wanted in keys:
        return keys
    known = names.metrics if wanted == "metric" else names.areas
    for place in range(first):
        if place in keys.values() and place != keys.get("unit"):
            continue
        below = (text_of(cells[place]) for _, cells in rows[head + 1 : head + 1 + _LOOK_BELOW] if place < len(cells))
        first_named = next((text for text in below if normalised(text) and not is_unit_word(text) and not is_total(text)), "")
        if normalised(first_named) in known:
            return {name: column for name, column in keys.items() if column != place} | {wanted: place}
    return keys


def _refuse_repeated(sheet: str | None, number: int, titles: Titles, across: Mapping[int, tuple[str, str, str]]) -> None:
    seen: dict[str, int] = {}
    errors = []
    for place, (_, base, _) in across.items():
        if normalised(base) in seen:
            errors.append(_repeated(sheet, At(number, place), base))
        seen[normalised(base)] = place
    errors += [_repeated(sheet, At(number, titles.places[name]), title) for name, title in titles.repeated]
    if errors:
        zh = "同一表头中一列出现多次，无法判断以哪一列为准：请每个工作表只留一张表，每项只留本月数一列"
        en = "a column stands several times in one header, and nothing tells which counts: one table a sheet, one column a thing"
        raise Schema(zh, en, errors=errors)


def _repeated(sheet: str | None, at: At, title: str) -> FieldError:
    message = Bilingual(zh="列重复", en="the column stands twice")
    where = f"/sheets/{sheet}/{at.name}" if sheet else f"/{at.name}"
    return FieldError(where=where, code="duplicate_column", message=message, value=shown(title), hint=None)
