"""Layout of a table: where its header is, and the role of each column."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from services.ingest.formats.layout.columns import Heading, TotalColumn


@dataclass(frozen=True, slots=True)
class Layout:
    """Layout of one table in a sheet. Column indices from 0. A number in a column without a role is an error."""

    top: int  # index of the header's first row among the rows of the sheet
    header: int  # index of the header's last row
    name_columns: Mapping[str, int]  # metric, area, month, note, unit, org → the column that contains it
    count_columns: Mapping[int, Heading]
    dimensions: tuple[str, ...] = ()  # that the headings of all columns of counts name; empty: a list
    total_columns: Mapping[int, TotalColumn] = field(default_factory=dict)
    unknown_columns: Mapping[int, Heading] = field(default_factory=dict)  # with unknown titles: numbers below are errors
    passed_over: Mapping[int, str] = field(default_factory=dict)  # comparison columns and, in lists, others → the title
    checked_names: Mapping[int, str] = field(default_factory=dict)  # columns of names → the column of codes that they must match
    item_column: int | None = None  # the column of the metrics' second names, as in 固定宽带用户 | 总数
    metric: str = ""  # that the caption names for the whole table
    groups_of_counts: frozenset[str] = frozenset()  # in a list: texts above the titles of counts, which are part of its caption

    def names(self, dimension: str) -> bool:
        """Return whether the table itself names the metric, area or month of its counts."""
        return dimension in self.name_columns or dimension in self.dimensions

    @property
    def is_list(self) -> bool:
        """True if no title names what is counted: each row does."""
        return not self.dimensions

    def has_as_row(self, header: "Layout") -> bool:
        """Return whether the only count that a header names is the month of a row of this list: 8月 in its column of months."""
        return self.is_list and header.dimensions == ("month",) and [*header.count_columns] == [self.name_columns.get("month")]
