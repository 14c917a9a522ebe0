"""The header of a register's table: which column of the sheet is which."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from services.ingest.formats.cells.labels import bare_name, is_comparison
from services.ingest.formats.cells.units import split_unit, unit_differs
from services.ingest.formats.layout.titles import Title, two_level_titles
from services.ingest.formats.rows import safe_excerpt
from services.ingest.registers.template_columns import read_only_titles
from shared.problems import FieldError, Schema
from shared.registers import Register
from shared.values.bilingual import Bilingual
from shared.values.spelling import normalised
from shared.vocabulary import FieldCode

_CACHED_TEXTS = 10_000  # distinct texts that are remembered
_CACHED_TEXT_LENGTH = 100  # characters: no title is longer
_NEARLY_EQUAL = 0.7  # ratio of difflib: 移出原应 is nearly 移出原因, 联系电话 is no title
DEFAULTED_COLUMNS = {"month", "area"}  # may be given by the caption or by the sender's own area


@dataclass(frozen=True, slots=True)
class RegisterHeader:
    """Columns of a table, found by their titles."""

    columns: Mapping[str, int] = field(default_factory=dict)  # index of each column of the register, from 0
    others: Mapping[int, str] = field(default_factory=dict)  # index of each further column → its title
    units: Mapping[str, str] = field(default_factory=dict)  # in brackets behind a column's title
    repeated: Sequence[tuple[str, str]] = ()  # column and title

    @property
    def width(self) -> int:
        """Number of columns up to the last one with a title."""
        return max((*self.columns.values(), *self.others), default=-1) + 1


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
        self._cache: dict[str, tuple[str | None, str]] = {}

    def count_recognised(self, titles: Sequence[str]) -> int:
        """Return the number of columns that a row names."""
        return len(self.header_of_row(titles).columns)

    def header_of_row(self, titles: Sequence[str]) -> RegisterHeader:
        """Return the header that one row makes."""
        return self.read([Title(title) for title in titles])

    def header_of_rows(self, groups: Sequence[str], titles: Sequence[str]) -> RegisterHeader:
        """Return the header that titles and the groups above them make; empty if one of the two rows names as many columns."""
        header = self.read(two_level_titles(groups, titles) or ())
        fewest = max(self.count_recognised(groups), self.count_recognised(titles))
        return header if len(header.columns) > fewest else RegisterHeader()

    def has_required(self, header: RegisterHeader) -> bool:
        """Return true if a header has all required columns, apart from those with defaults."""
        return header.columns.keys() | DEFAULTED_COLUMNS >= set(self._register.required)

    def read(self, titles: Sequence[Title]) -> RegisterHeader:
        """Return the header that a list of titles makes."""
        columns: dict[str, int] = {}
        others: dict[int, str] = {}
        units: dict[str, str] = {}
        repeated: list[tuple[str, str]] = []
        for index, title in enumerate(titles):
            name, unit = self._column_of(title)
            if name is None:
                if normalised(title.text):
                    others[index] = title.full_text.strip()
            elif name in columns:
                repeated.append((name, title.full_text))
            else:
                columns[name] = index
                if unit:
                    units[name] = unit
        return RegisterHeader(columns, others, units, repeated)

    def _column_of(self, title: Title) -> tuple[str | None, str]:
        """Return the column that a title in its group means, and the unit behind the title."""
        named = self._column_named(title.full_text)
        return named if named[0] or not title.group else self._column_named(title.text)

    def _column_named(self, text: str) -> tuple[str | None, str]:
        """Return the column and the unit of a text; each text is looked up once, because data repeat."""
        found = self._cache.get(text)
        if found is None:
            found = self._find_column(text)
            if len(self._cache) < _CACHED_TEXTS and len(text) <= _CACHED_TEXT_LENGTH:
                self._cache[text] = found
        return found

    def _find_column(self, text: str) -> tuple[str | None, str]:
        bare = bare_name(text)
        for written in (text, bare):
            if name := self._words.get(normalised(written)):
                return name, ""
        base, unit = split_unit(bare)
        return self._words.get(normalised(bare_name(base))), unit

    def check(self, header: RegisterHeader, sheet: str | None, *, known: Sequence[str] = ()) -> None:
        """Raise Schema for duplicate and missing columns; those in `known` may be missing."""
        errors = [
            self._error(name, FieldCode.DUPLICATE_COLUMN, "列重复", "duplicate column", title) for name, title in header.repeated
        ]
        missing = [name for name in self._register.required if name not in header.columns and name not in known]
        errors += [self._error(name, FieldCode.MISSING_COLUMN, "缺少该列", "missing column") for name in missing]
        errors += [
            self._error(name, FieldCode.UNKNOWN_TITLE, "列名无法识别", "unknown column title", title)
            for title in header.others.values()
            if (name := self._misspelt(title, header, known))
        ]
        if errors:
            titles = self.accepted()
            where = Bilingual(zh=f"工作表“{sheet}”的", en=f" of sheet {sheet!r}") if sheet else Bilingual(zh="", en="")
            raise Schema(
                f"{where.zh}表头有误。{titles.zh}。", f"The header row{where.en} is invalid. {titles.en}.", errors=errors
            )

    def _misspelt(self, title: str, header: RegisterHeader, known: Sequence[str]) -> str | None:
        """Return the column without a title that an unknown title is nearly the title of."""
        if normalised(title) in self._read_only or is_comparison(title):
            return None
        words = [word for word, name in self._words.items() if name not in header.columns and name not in known]
        near = get_close_matches(normalised(bare_name(title[:_CACHED_TEXT_LENGTH])), words, n=1, cutoff=_NEARLY_EQUAL)
        return self._words[near[0]] if near else None

    def unknown_titles(self, texts: Sequence[str]) -> list[str]:
        """Return the texts of a row that are not the titles of columns or of comparisons; all of them if there is none."""
        titles = [text.strip() for text in texts if normalised(text)]
        return [title for title in titles if not self._column_named(title)[0] and not is_comparison(title)] or titles

    def check_unit(self, name: str, unit: str) -> None:
        """Raise Schema if a unit differs from that of the column."""
        column = self._register.by_name[name]
        if column.units and unit_differs(unit, column.units):
            zh, en = f"请按“{column.units[0]}”填报整数", f"enter whole numbers in {column.units[-1]}, not in a multiple of it"
            error = self._error(name, FieldCode.UNIT_DIFFERS, "计量单位与规定的不一致", "differs from the column's unit", unit)
            raise Schema(
                f"“{column.title.zh}”的计量单位与规定的不一致：{zh}。",
                f"The unit of {column.title.en} is not accepted: {en}.",
                errors=[error],
            )

    def accepted(self) -> Bilingual:
        """Return a sentence with the accepted titles."""
        listed = "; ".join(f"{column.name} = {column.title.zh}" for column in self._register.columns)
        return Bilingual(zh=f"可用的列名：{listed}", en=f"Accepted column titles: {listed}")

    def _error(self, name: str, code: FieldCode, zh: str, en: str, value: str | None = None) -> FieldError:
        title = self._register.by_name[name].title
        hint = Bilingual(zh=f"列名可写“{title.zh}”或“{name}”", en=f"use the title {title.zh} or {name}")
        excerpt = None if value is None else safe_excerpt(value)
        return FieldError(where=f"/header/{name}", code=code, message=Bilingual(zh=zh, en=en), value=excerpt, hint=hint)
