"""Columns of a form's header: counts of a metric, area or month, totals, comparison columns and unknown columns."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

from services.ingest.formats.cells.labels import bare_name, is_comparison, is_subtotal, is_total
from services.ingest.formats.cells.units import is_unit, split_unit, unit_in_text
from services.ingest.formats.cells.values import parse_month
from services.ingest.formats.layout.list_titles import column_of_title
from services.ingest.formats.layout.statements import StatementReader
from services.ingest.formats.layout.titles import MetricTitles, Title, means_whole_group
from services.ingest.formats.layout.value_kinds import ValueKind, split_kind, value_kind
from services.ingest.formats.rows import Names
from shared.values.spelling import normalised

DIMENSIONS = ("metric", "area", "month")
_GENERAL_WORDS = re.compile(
    r"[\s“”\"'()/、]|其中|附[件表]\d*|情况|建设|指标|业务|发展|类|方面|网络|网|服务|考核|数据|统计|部分|各项|主要|相关|固网|固定|无线"
    r"|双?千兆|光网|光纤|of which|networks?"
)
_MONTH_OF_YEAR = re.compile(r"(1[0-2]|0?[1-9])月份?(?:实际)?(?:完成|发生)?(?:数|值|量|情况)?")
_IN_BRACKETS = re.compile(r"(.+?)\s*[(（]([^()（）]+)[)）]", re.DOTALL)
_AFTER_MONTH = re.compile(r"(20\d\d\s*年\s*\d{1,2}\s*月)份?的?(.+)", re.DOTALL)


class ColumnLabel(NamedTuple):
    """A metric, area or month in the header of a column of counts."""

    text: str
    row: int  # in the sheet, from 1
    code: str = ""  # if the text alone does not determine it

    @property
    def code_or_text(self) -> str:
        """Code or, if there is none, the text to look up."""
        return self.code or self.text


@dataclass(frozen=True, slots=True)
class Heading:
    """Header of a column of counts: its labels by dimension, and its unit."""

    labels: Mapping[str, ColumnLabel]
    unit: str = ""  # in brackets at the end of a title
    kind: ValueKind = ValueKind.COUNT
    title: str = ""  # as it is written, if the labels do not tell it

    @property
    def text(self) -> str:
        """Title, or texts of all labels."""
        return self.title or " ".join(label.text for label in self.labels.values())


class _KnownTitle(NamedTuple):
    """A title that names a metric, an area or a month."""

    dimension: str
    text: str
    unit: str = ""
    code: str = ""
    kind: ValueKind = ValueKind.COUNT

    def labels(self, row: int) -> dict[str, ColumnLabel]:
        return {self.dimension: ColumnLabel(self.text, row, self.code)}


class TotalColumn(NamedTuple):
    """A column of totals."""

    title: str
    partial: bool  # only of the columns since the previous partial total
    codes: Mapping[str, str] = MappingProxyType({})  # only of counts with these codes, by dimension


class UnknownColumn(NamedTuple):
    """A column with an unknown title."""

    title: Title
    group: _KnownTitle | None

    def heading(self, dimensions: Sequence[str], rows: "HeaderRows") -> Heading:
        """Return the heading of an unknown metric, area or month: the title is of the dimension that other columns name."""
        group = self.group if self.group and self.group.dimension in dimensions and len(dimensions) > 1 else None
        text = self.title.text if group else self.title.full_text
        unnamed = [dimension for dimension in dimensions if group is None or dimension != group.dimension]
        unknown = "metric" if "metric" in unnamed else unnamed[0]
        return Heading((group.labels(rows.groups) if group else {}) | {unknown: ColumnLabel(text, rows.titles)})


class HeaderRows(NamedTuple):
    """Rows of a header's groups and of its titles, from 1; equal if the header has one row."""

    groups: int
    titles: int


@dataclass(slots=True)
class HeaderColumns:
    """Columns of a header by index, from 0."""

    counts: dict[int, Heading] = field(default_factory=dict)
    totals: dict[int, TotalColumn] = field(default_factory=dict)
    comparisons: dict[int, str] = field(default_factory=dict)  # comparison columns → the title
    unknown: dict[int, UnknownColumn] = field(default_factory=dict)
    ambiguous: dict[int, tuple[Title, set[str]]] = field(default_factory=dict)  # title, and the metrics that it may mean
    has_caption_above: bool = False  # the text above the names' column is no group, and nor are those beside it
    needs_groups: bool = False  # some titles are understood only with their group

    @property
    def dimensions(self) -> tuple[str, ...]:
        """Dimensions that all columns of counts name; empty if columns name different ones."""
        distinct = {tuple(sorted(heading.labels)) for heading in self.counts.values()}
        return next(iter(distinct)) if len(distinct) == 1 else ()


class TitleReader:
    """Finds the metrics, areas and months that titles name."""

    def __init__(self, names: Names, statements: StatementReader) -> None:
        self.names, self.statements = names, statements
        self.year: int | None = None  # of months that are named without one, such as 9月
        self._metric_titles = MetricTitles(names.metrics)
        self._two_row_titles: dict[str, _KnownTitle] = {}  # of the current header: titles that were joined from two rows

    def read_three_rows(self, levels: Sequence[tuple[str, str, str]], rows: HeaderRows) -> tuple[list[Title], HeaderColumns]:
        """Read a header of three rows: two of them form one title, or one is irrelevant."""
        self._two_row_titles = {}
        titles = [self._join_levels(*texts) for texts in levels]
        columns = self.read_columns(titles, rows)
        self._two_row_titles = {}
        return titles, columns

    def _join_levels(self, outer: str, group: str, text: str) -> Title:
        """Return three levels of titles as two."""
        if not (outer and group) or is_comparison(outer):
            return Title(text, outer or group)
        if is_comparison(group):
            return Title(text, group)
        if self.metric_of_item("", text) or (means_whole_group(group) and self.metric_of_item(outer, text)):
            return Title(text, outer)
        for upper, lower in ((group, text), (outer, group)):
            if code := self.metric_of_item(upper, lower):
                title = _KnownTitle("metric", f"{upper}{lower}", split_unit(lower)[1] or split_unit(upper)[1], code)
                self._two_row_titles[title.text] = title
                return Title(title.text, outer) if lower is text else Title(text, title.text)
        return Title(text, group) if self._known_title(group) and not self._known_title(outer) else Title(f"{group}{text}", outer)

    def read_columns(self, titles: Sequence[Title], rows: HeaderRows) -> HeaderColumns:
        """Read a header; unknown titles without a group are left out."""
        columns = HeaderColumns()
        columns.has_caption_above = any(title.group and column_of_title(title.text) in DIMENSIONS for title in titles)
        groups: dict[str, dict[int, str]] = {}
        for column_index, title in enumerate(titles):
            if title.group:
                groups.setdefault(title.group, {})[column_index] = title.text
            elif title.text and (known := self._known_title(title.text)):
                columns.counts[column_index] = Heading(known.labels(rows.groups), known.unit, known.kind)
            elif is_total(title.text):
                columns.totals[column_index] = TotalColumn(title.text, is_subtotal(title.text))
            elif parts := self._parts_of_title(title.text):
                self._read_group(columns, parts.group, {column_index: parts.text}, HeaderRows(rows.titles, rows.titles))
                columns.needs_groups = False  # of another row
        for group, texts in groups.items():
            self._read_group(columns, group, texts, rows)
        return columns

    def _parts_of_title(self, text: str) -> Title | None:
        """Return a title that is known in two parts: PON端口总数（2022年8月） as 2022年8月 below PON端口总数."""
        for pattern in (_IN_BRACKETS, _AFTER_MONTH):
            match = pattern.fullmatch(text)
            if match and (known := self._known_title(match[1])) and known.dimension in {"metric", "month"}:
                return Title(match[2].strip(), match[1])
        return None

    def metric_of_item(self, group: str, text: str) -> str:
        """Return the metric that a group and an item of it name; empty if there is none, or more than one."""
        codes = self._metric_titles.metrics_of_title(Title(split_unit(text)[0], split_unit(group)[0]))
        return next(iter(codes)) if len(codes) == 1 else ""

    def _known_title(self, text: str) -> _KnownTitle | None:
        if text in self._two_row_titles:
            return self._two_row_titles[text]
        for title in (text, bare_name(text)):
            base, unit = (title, "") if normalised(title) in self.names.metrics else split_unit(title)
            if normalised(base) in self.names.metrics:
                return _KnownTitle("metric", base, unit)
            if normalised(title) in self.names.areas:
                return _KnownTitle("area", title)
            without_kind, kind = split_kind(base)
            if kind and (code := self._metric_titles.metric_named(without_kind)):
                return _KnownTitle("metric", text, unit, code, kind)
        month = parse_month(text)[0] or self._month_of_year(text)
        return _KnownTitle("month", text, code=month) if month else None

    def _month_of_year(self, text: str) -> str:
        """Return the month that a title such as 9月 means in the year of the form; empty if there is none."""
        match = _MONTH_OF_YEAR.fullmatch(normalised(text)) if self.year else None
        return f"{self.year}-{int(match[1]):02}" if match else ""

    def _known_group(self, group: str) -> _KnownTitle | None:
        """Return what a group names, including metrics with slightly different titles."""
        base, unit = split_unit(group)
        codes = self._metric_titles.metrics_of_group(base)
        return self._known_title(group) or (_KnownTitle("metric", base, unit, next(iter(codes))) if len(codes) == 1 else None)

    def _read_group(self, columns: HeaderColumns, group: str, texts: Mapping[int, str], rows: HeaderRows) -> None:
        known_group = self._known_group(group)
        kind = value_kind(group)
        if known_group is None and kind is None and is_comparison(group):
            columns.comparisons |= {column_index: f"{group}{text}" for column_index, text in texts.items()}
            columns.needs_groups = True
            return
        known_titles = {column_index: known for column_index, text in texts.items() if (known := self._known_title(text))}
        group_dimension = known_group.dimension if known_group else "metric"
        has_other_dimension = any(known.dimension != group_dimension for known in known_titles.values())
        for column_index, text in texts.items():
            known = known_titles.get(column_index)
            if known and known_group and known.dimension != known_group.dimension:
                labels = known_group.labels(rows.groups) | known.labels(rows.titles)
                kind = known.kind if known.dimension == "metric" else known_group.kind
                columns.counts[column_index] = Heading(labels, known.unit or known_group.unit, kind)
                columns.needs_groups = True
            elif known and is_total(group):
                columns.totals[column_index] = TotalColumn(f"{group}{text}", is_subtotal(group), {known.dimension: known.text})
                columns.needs_groups = True
            elif known and known.dimension != "metric":
                columns.counts[column_index] = Heading(known.labels(rows.titles), known.unit)
            elif is_total(text) and (has_other_dimension or group_dimension != "metric"):
                codes = {group_dimension: known_group.code or known_group.text} if known_group else {}
                columns.totals[column_index] = TotalColumn(text, is_subtotal(text), codes)
                columns.needs_groups = columns.needs_groups or known_group is not None
            elif known_group and means_whole_group(text) and (group_dimension == "metric" or value_kind(text)):
                kind = value_kind(text) or ValueKind.COUNT
                heading = Heading(known_group.labels(rows.groups), known_group.unit, kind, f"{group}{text}")
                columns.counts[column_index] = heading
                columns.needs_groups = True
            elif known and kind:
                columns.counts[column_index] = Heading(known.labels(rows.titles), known.unit, kind, f"{group}{text}")
                columns.needs_groups = True
            else:
                self._read_joined_title(columns, column_index, Title(text, group), known_group, rows)

    def _is_topic(self, group: str, code: str) -> bool:
        """Return whether a group says no more than what a metric is about: 宽带业务 above 固定宽带用户数, but not 农村地区."""
        topic = _GENERAL_WORDS.sub("", normalised(bare_name(group)))
        return not topic or any(topic in spelling for spelling in self._spellings_of(code))

    def _spellings_of(self, code: str) -> list[str]:
        return [spelling for spelling, named in self.names.metrics.items() if named == code]

    def _read_joined_title(
        self, columns: HeaderColumns, column_index: int, title: Title, known_group: _KnownTitle | None, rows: HeaderRows
    ) -> None:
        """Read a title that names a metric together with its group, or by itself."""
        if known := self._two_row_titles.get(title.text):
            columns.counts[column_index] = Heading(known.labels(rows.titles), known.unit)
            columns.needs_groups = True
            return
        group, group_unit = split_unit(title.group)
        group_unit = group_unit or unit_in_text(title.group)
        text, unit = split_unit(title.text)
        codes = self._metric_titles.metrics_of_title(Title(text, group))
        if len(codes) > 1:
            columns.ambiguous[column_index] = (title, codes)
        elif codes:
            (code,) = codes
            is_known = self._known_title(title.text) is not None
            is_label = columns.has_caption_above or is_unit(group) or ":" in normalised(group)
            if is_known and group != title.text and not is_label and not self._is_topic(group, code):
                columns.counts[column_index] = Heading({"metric": ColumnLabel(title.full_text, rows.titles)}, unit)
                columns.needs_groups = True
                return
            label = ColumnLabel(title.text if is_known else f"{group}{text}", rows.titles, code)
            columns.counts[column_index] = Heading({"metric": label}, unit or group_unit)
            columns.needs_groups = columns.needs_groups or not is_known or bool(group_unit)
        elif is_comparison(text):
            columns.comparisons[column_index] = title.full_text
        elif is_total(text):
            columns.totals[column_index] = TotalColumn(text, is_subtotal(text))
        else:
            columns.unknown[column_index] = UnknownColumn(title, known_group)
