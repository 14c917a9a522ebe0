"""What stands across a form: which titles head counts, of which metric, area or month; which head totals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from services.ingest.formats.cells.labels import is_comparison_column, is_subtotal, is_total
from services.ingest.formats.cells.units import split_unit
from services.ingest.formats.cells.values import parse_month
from services.ingest.formats.rows import Names
from services.ingest.formats.tables.titles import MetricTitles, Title, means_current_month, means_whole_group
from services.ingest.formats.totals.form_totals import TotalColumn
from shared.values.spelling import normalised


class ColumnLabel(NamedTuple):
    """What a head says of a column of counts, and where."""

    text: str
    row: int  # the sheet's, from 1
    code: str = ""  # what it means, where the text alone does not tell

    @property
    def meant(self) -> str:
        """What is to be looked up."""
        return self.code or self.text


@dataclass(frozen=True, slots=True)
class Heading:
    """What is said of all counts of a column, by dimension."""

    said: Mapping[str, ColumnLabel]
    unit: str = ""  # in brackets behind a title

    @property
    def text(self) -> str:
        """All that is said."""
        return " ".join(said.text for said in self.said.values())


class _Name(NamedTuple):
    """A title that names something."""

    dimension: str
    text: str
    unit: str = ""
    code: str = ""

    def said(self, row: int) -> dict[str, ColumnLabel]:
        return {self.dimension: ColumnLabel(self.text, row, self.code)}


class UnknownColumn(NamedTuple):
    """A title that means nothing here."""

    title: Title
    over: _Name | None  # what its group names

    def heading(self, axes: Sequence[str], rows: "HeaderRows") -> Heading:
        """Its counts are of an unknown thing of the kind that the other columns name."""
        over = self.over if self.over and self.over.dimension in axes and len(axes) > 1 else None
        text = self.title.text if over else self.title.whole
        open_axes = [axis for axis in axes if over is None or axis != over.dimension]
        unknown = "metric" if "metric" in open_axes else open_axes[0]
        return Heading((over.said(rows.groups) if over else {}) | {unknown: ColumnLabel(text, rows.titles)})


class HeaderRows(NamedTuple):
    """Where a head stands: the rows of its groups and of its titles, from 1. The same where it has one row."""

    groups: int
    titles: int


@dataclass(slots=True)
class HeaderColumns:
    """The columns of a head by place, from 0: those that hold counts, and those beside them."""

    counts: dict[int, Heading] = field(default_factory=dict)
    totals: dict[int, TotalColumn] = field(default_factory=dict)
    beside: dict[int, str] = field(default_factory=dict)  # of groups that compare: last month's counts
    strangers: dict[int, UnknownColumn] = field(default_factory=dict)
    unclear: dict[int, tuple[Title, set[str]]] = field(default_factory=dict)  # titles that mean more than one metric
    grouped: bool = False  # groups say something that titles do not

    @property
    def axes(self) -> tuple[str, ...]:
        """What all columns of counts name; nothing if they name different kinds of things."""
        kinds = {tuple(sorted(heading.said)) for heading in self.counts.values()}
        return next(iter(kinds)) if len(kinds) == 1 else ()


class TitleReader:
    """Tells what titles mean."""

    def __init__(self, names: Names) -> None:
        """What metrics and areas are called."""
        self.names = names
        self._titles = MetricTitles(names.metrics)
        self._two_rows: dict[str, _Name] = {}  # names that stand in two rows of the head at hand

    def of_three(self, levels: Sequence[tuple[str, str, str]], rows: HeaderRows) -> tuple[list[Title], HeaderColumns]:
        """Read a head of three rows, two of which together name something, or one of which says nothing."""
        self._two_rows = {}
        titles = [self._folded(*each) for each in levels]
        across = self.across(titles, rows)
        self._two_rows = {}
        return titles, across

    def _folded(self, outer: str, group: str, text: str) -> Title:
        """Three levels as two."""
        if not (outer and group) or is_comparison_column(outer):
            return Title(text, outer or group)
        if is_comparison_column(group):
            return Title(text, group)
        if self.item("", text) or (means_whole_group(group) and self.item(outer, text)):
            return Title(text, outer)
        for upper, lower in ((group, text), (outer, group)):
            if code := self.item(upper, lower):
                name = _Name("metric", f"{upper}{lower}", split_unit(lower)[1] or split_unit(upper)[1], code)
                self._two_rows[name.text] = name
                return Title(name.text, outer) if lower is text else Title(text, name.text)
        return Title(text, group) if self._name(group) and not self._name(outer) else Title(f"{group}{text}", outer)

    def across(self, titles: Sequence[Title], rows: HeaderRows) -> HeaderColumns:
        """Read a head. Titles that name nothing and have no group are nobody's here."""
        found = HeaderColumns()
        groups: dict[str, dict[int, str]] = {}
        for place, title in enumerate(titles):
            if title.group:
                groups.setdefault(title.group, {})[place] = title.text
            elif title.text and (name := self._name(title.text)):
                found.counts[place] = Heading(name.said(rows.groups), name.unit)
            elif is_total(title.text):
                found.totals[place] = TotalColumn(is_subtotal(title.text))
        for group, texts in groups.items():
            self._group(found, group, texts, rows)
        return found

    def item(self, group: str, text: str) -> str:
        """The metric that is named by a group and an item of it; empty where none is, or more than one."""
        codes = self._titles.named(Title(split_unit(text)[0], split_unit(group)[0]))
        return next(iter(codes)) if len(codes) == 1 else ""

    def _name(self, text: str) -> _Name | None:
        if text in self._two_rows:
            return self._two_rows[text]
        base, unit = (text, "") if normalised(text) in self.names.metrics else split_unit(text)
        if normalised(base) in self.names.metrics:
            return _Name("metric", base, unit)
        if normalised(text) in self.names.areas:
            return _Name("area", text)
        return _Name("month", text) if parse_month(text)[0] else None

    def _over(self, group: str) -> _Name | None:
        """What a group names, be it a metric that is written a little differently."""
        base, unit = split_unit(group)
        codes = self._titles.whole(base)
        return self._name(group) or (_Name("metric", base, unit, next(iter(codes))) if len(codes) == 1 else None)

    def _group(self, found: HeaderColumns, group: str, texts: Mapping[int, str], rows: HeaderRows) -> None:
        if is_comparison_column(group):
            found.beside |= {place: f"{group}{text}" for place, text in texts.items()}
            found.grouped = True
            return
        over = self._over(group)
        own = {place: name for place, text in texts.items() if (name := self._name(text))}
        within = {name.dimension for name in own.values()} - {over.dimension if over else "metric"}
        for place, text in texts.items():
            name = own.get(place)
            if name and over and name.dimension != over.dimension:
                said = over.said(rows.groups) | name.said(rows.titles)
                found.counts[place] = Heading(said, name.unit or over.unit)
                found.grouped = True
            elif name and is_total(group):
                found.totals[place] = TotalColumn(is_subtotal(group), {name.dimension: name.text})
                found.grouped = True
            elif name and name.dimension != "metric":
                found.counts[place] = Heading(name.said(rows.titles), name.unit)
            elif is_total(text) and (within or (over and over.dimension != "metric")):
                found.totals[place] = TotalColumn(is_subtotal(text), {over.dimension: over.code or over.text} if over else {})
                found.grouped = found.grouped or over is not None
            elif over and means_whole_group(text) and (over.dimension == "metric" or means_current_month(text)):
                found.counts[place] = Heading(over.said(rows.groups), over.unit)
                found.grouped = True
            else:
                self._joined(found, place, Title(text, group), over, rows)

    def _joined(self, found: HeaderColumns, place: int, title: Title, over: _Name | None, rows: HeaderRows) -> None:
        """A title that names a metric together with its group, or by itself."""
        if name := self._two_rows.get(title.text):
            found.counts[place] = Heading(name.said(rows.titles), name.unit)
            found.grouped = True
            return
        base, unit = split_unit(title.group)
        text, own = split_unit(title.text)
        codes = self._titles.named(Title(text, base))
        unit = own or unit
        if len(codes) > 1:
            found.unclear[place] = (title, codes)
        elif codes:
            (code,) = codes
            alone = self._name(title.text)
            found.counts[place] = Heading(
                {"metric": ColumnLabel(title.text if alone else f"{base}{text}", rows.titles, code)}, unit
            )
            found.grouped = found.grouped or alone is None
        elif is_comparison_column(text):
            found.beside[place] = title.whole
        elif is_total(text):
            found.totals[place] = TotalColumn(is_subtotal(text))
        else:
            found.strangers[place] = UnknownColumn(title, over)
