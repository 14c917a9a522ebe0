"""The columns of counts of a table, with what their headers name, and which of them hold the counts of a row."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from services.ingest.formats.cells.cell import SheetCell, read_count
from services.ingest.formats.cells.codes import ParsedCode
from services.ingest.formats.cells.labels import is_sum_of_months
from services.ingest.formats.layout.columns import Heading
from services.ingest.formats.layout.layout import Layout
from services.ingest.formats.layout.value_kinds import ValueKind
from services.ingest.formats.readings.context import TableContext
from services.ingest.formats.rows import Names
from shared.values.spelling import normalised


class NamedField(NamedTuple):
    """A metric, area or month with the text that names it."""

    parsed: ParsedCode
    text: str


RowNames = Mapping[str, NamedField]
"""The metric, area and month that a row or a header names, by dimension."""


class CountColumn(NamedTuple):
    """A column of counts."""

    column_index: int
    heading: Heading
    names: RowNames  # in the header
    is_known: bool


class ColumnRoles(NamedTuple):
    """The columns of counts for the metrics of one kind, stocks or flows."""

    read: list[CountColumn]
    wrong: list[CountColumn]  # of another kind, where no column is of the right one, or that seem to be
    compared: list[CountColumn]  # of another kind, beside a column of the right one


def count_columns(layout: Layout, kind: ValueKind, context: TableContext) -> list[CountColumn]:
    """Return the columns of counts, then those with unknown titles; `kind`: of columns whose titles name none."""
    columns = []
    for headings in (layout.count_columns, layout.unknown_columns):
        for column_index, heading in sorted(headings.items()):
            names = {
                dimension: NamedField(context.read(dimension, label.code_or_text), label.code_or_text)
                for dimension, label in heading.labels.items()
            }
            of_kind = replace(heading, kind=kind) if heading.kind is ValueKind.COUNT else heading
            columns.append(CountColumn(column_index, of_kind, names, headings is layout.count_columns))
    return columns


def roles_of(columns: Sequence[CountColumn], flows: Collection[str], *, flow: bool) -> ColumnRoles:
    """Return the roles of the columns in a row whose metric is a flow, or a stock; `flows`: the metrics that are flows."""
    read: list[CountColumn] = []
    others: list[CountColumn] = []
    for column in columns:
        metric = column.names.get("metric")
        fits = column.heading.kind.fits(flow=metric.parsed.code in flows if metric else flow)
        (read if fits else others).append(column)
    read_codes = {_codes_of(column.names) for column in read}
    wrong = [column for column in others if _codes_of(column.names) not in read_codes]
    return ColumnRoles(read, wrong, [column for column in others if column not in wrong])


class MonthSum(NamedTuple):
    """A column of sums of several months (本年累计) beside columns of counts."""

    column_index: int
    counts: list[CountColumn]  # that do not say which kind they are


def month_sums(layout: Layout, columns: Sequence[CountColumn]) -> list[MonthSum]:
    """Return the columns of sums with the counts that each is beside: those that it names, or all of a list, or the next one.

    Beside several months it may be their sum whatever they count.
    """
    months = {column.names["month"].parsed.code for column in columns if "month" in column.names}
    plain = [column for column in columns if column.heading.kind is ValueKind.COUNT] if len(months) <= 1 else []
    of_metrics = [column for column in plain if "area" not in column.names]
    sums = []
    for index, title in layout.passed_over.items():
        if is_sum_of_months(title):
            named = [column for column in plain if _is_named(column.heading, title)]
            left = [column for column in of_metrics if column.column_index < index][-1:]
            sums.append(MonthSum(index, plain if layout.is_list else named or left))
    return sums


def _is_named(heading: Heading, title: str) -> bool:
    return bool(heading.labels) and all(normalised(label.text) in normalised(title) for label in heading.labels.values())


def without_increases(
    roles: ColumnRoles, sums: Sequence[MonthSum], metric: NamedField | None, cells: Sequence[SheetCell], flows: Collection[str]
) -> ColumnRoles:
    """Return the roles of the columns of a row without those that seem to be increases.

    A stock is no smaller than its increases of several months: 5 in 本月 beside 960 in 本年累计 is no state at the month's end.
    """
    read, doubtful = roles.read, []
    for month_sum in sums:
        several_months = read_count(cells[month_sum.column_index]).value or 0
        for column in month_sum.counts:
            named = column.names.get("metric", metric)
            is_stock = named is not None and named.parsed.is_known and named.parsed.code not in flows
            value = read_count(cells[column.column_index]).value
            if is_stock and value is not None and value < several_months:
                doubtful.append(column)
    kept = [column for column in read if column not in doubtful]
    return roles._replace(read=kept, wrong=[*roles.wrong, *(column for column in read if column in doubtful)])


class RolesByMetric(dict[str, ColumnRoles]):
    """The roles of a table's columns of counts, by the metric of the row; its keys are the known metrics that rows have named."""

    def __init__(self, columns: Sequence[CountColumn], names: Names) -> None:
        self._codes, self._flows = frozenset(names.metrics.values()), names.flows
        self._of_kind = {flow: roles_of(columns, names.flows, flow=flow) for flow in (False, True)}

    def __missing__(self, metric: str) -> ColumnRoles:
        roles = self._of_kind[metric in self._flows]
        return self.setdefault(metric, roles) if metric in self._codes else roles


def known_code(parsed: ParsedCode) -> str | None:
    """Return the code of a known metric, area or month; None if it is not known."""
    return parsed.code if parsed.is_known else None


def _codes_of(names: RowNames) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((dimension, name.parsed.code) for dimension, name in names.items()))
