"""The columns of counts of a table, with what their headers name, and which of them hold the counts of a row."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from services.ingest.formats.cells.codes import ParsedCode
from services.ingest.formats.layout.columns import Heading
from services.ingest.formats.layout.layout import Layout
from services.ingest.formats.layout.value_kinds import ValueKind
from services.ingest.formats.readings.context import TableContext
from services.ingest.formats.rows import Names


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
    wrong: list[CountColumn]  # of another kind, where no column is of the right one
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
