"""The header of a register's table: which column of the sheet is which."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from services.ingest.formats.cells.units import split_unit, unit_differs
from services.ingest.formats.layout.titles import Title, two_level_titles
from services.ingest.formats.rows import safe_excerpt
from services.ingest.registers.template_columns import read_only_titles
from shared.problems import FieldError, Schema
from shared.registers import Register
from shared.values.bilingual import Bilingual
from shared.values.spelling import normalised

DEFAULTED_COLUMNS = {"month", "area"}  # may be given by the caption or by the sender's own area


@dataclass(frozen=True, slots=True)
class RegisterHeader:
    """Columns of a table, found by their titles."""

    places: Mapping[str, int] = field(default_factory=dict)  # index of each column, from 0
    width: int = 0
    units: Mapping[str, str] = field(default_factory=dict)  # in brackets behind a column's title
    ignored: Sequence[str] = ()
    repeated: Sequence[tuple[str, str]] = ()  # column and title


class RegisterTitles:
    """Titles by which the columns of a register are recognised."""

    def __init__(self, register: Register) -> None:
        self._register = register
        self._words = {
            normalised(word): column.name
            for column in register.columns
            for word in (column.name, column.title.zh, column.title.en, *column.words, f"{column.title.zh} {column.name}")
        }
        self._read_only = frozenset(map(normalised, read_only_titles(register)))

    def count_recognised(self, titles: Sequence[str]) -> int:
        """Return the number of columns that a row names."""
        return len(self.header_of_row(titles).places)

    def header_of_row(self, titles: Sequence[str]) -> RegisterHeader:
        """Return the header that one row makes."""
        return self.read([Title(title) for title in titles])

    def header_of_rows(self, groups: Sequence[str], titles: Sequence[str]) -> RegisterHeader:
        """Return the header that titles and the groups above them make; empty if one of the two rows names as many columns."""
        header = self.read(two_level_titles(groups, titles) or ())
        return (
            header if len(header.places) > max(self.count_recognised(groups), self.count_recognised(titles)) else RegisterHeader()
        )

    def has_required(self, header: RegisterHeader) -> bool:
        """Return true if a header has all required columns, apart from those with defaults."""
        return header.places.keys() | DEFAULTED_COLUMNS >= set(self._register.required)

    def read(self, titles: Sequence[Title]) -> RegisterHeader:
        """Return the header that a list of titles makes."""
        places: dict[str, int] = {}
        units: dict[str, str] = {}
        ignored: list[str] = []
        repeated: list[tuple[str, str]] = []
        for index, title in enumerate(titles):
            name, unit = self._column(title)
            if name is None:
                if normalised(title.text) and normalised(title.text) not in self._read_only:
                    ignored.append(title.full_text.strip())
            elif name in places:
                repeated.append((name, title.full_text))
            else:
                places[name] = index
                if unit:
                    units[name] = unit
        named = [index for index, title in enumerate(titles) if normalised(title.text)]
        return RegisterHeader(places, max(named, default=-1) + 1, units, ignored, repeated)

    def _column(self, title: Title) -> tuple[str | None, str]:
        for text in (title.full_text, title.text):
            base, unit = (text, "") if normalised(text) in self._words else split_unit(text)
            if name := self._words.get(normalised(base)):
                return name, unit
        return None, ""

    def check(self, header: RegisterHeader, sheet: str | None, *, known: Sequence[str] = ()) -> None:
        """Raise Schema for duplicate and missing columns; those in `known` may be missing."""
        errors = [self._error(name, "duplicate_column", "列重复", "duplicate column", title) for name, title in header.repeated]
        missing = [name for name in self._register.required if name not in header.places and name not in known]
        errors += [self._error(name, "missing_column", "缺少该列", "missing column") for name in missing]
        if errors:
            titles = self.accepted()
            where = Bilingual(zh=f"工作表“{sheet}”的", en=f" of sheet {sheet!r}") if sheet else Bilingual(zh="", en="")
            raise Schema(
                f"{where.zh}表头有误。{titles.zh}。", f"The header row{where.en} is invalid. {titles.en}.", errors=errors
            )

    def check_unit(self, name: str, unit: str) -> None:
        """Raise Schema if a unit differs from that of the column."""
        column = self._register.by_name[name]
        if column.units and unit_differs(unit, column.units):
            zh, en = f"请按“{column.units[0]}”填报整数", f"enter whole numbers in {column.units[-1]}, not in a multiple of it"
            error = self._error(name, "unit_differs", "计量单位与规定的不一致", "differs from the column's unit", unit)
            raise Schema(
                f"“{column.title.zh}”的计量单位与规定的不一致：{zh}。",
                f"The unit of {column.title.en} is not accepted: {en}.",
                errors=[error],
            )

    def accepted(self) -> Bilingual:
        """Return a sentence with the accepted titles."""
        listed = "; ".join(f"{column.name} = {column.title.zh}" for column in self._register.columns)
        return Bilingual(zh=f"可用的列名：{listed}", en=f"Accepted column titles: {listed}")

    def _error(self, name: str, code: str, zh: str, en: str, value: str | None = None) -> FieldError:
        title = self._register.by_name[name].title
        hint = Bilingual(zh=f"列名可写“{title.zh}”或“{name}”", en=f"use the title {title.zh} or {name}")
        excerpt = None if value is None else safe_excerpt(value)
        return FieldError(where=f"/header/{name}", code=code, message=Bilingual(zh=zh, en=en), value=excerpt, hint=hint)
