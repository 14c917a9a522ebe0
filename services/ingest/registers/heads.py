"""The head of a register's table: which column of the sheet is which."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from services.ingest.formats.cells.units import split_unit, unit_differs
from services.ingest.formats.rows import safe_excerpt
from services.ingest.formats.tables.titles import Title, two_level_titles
from services.ingest.registers.template_columns import read_only_titles
from shared.problems import FieldError, Schema
from shared.registers import Register
from shared.values.bilingual import Bilingual
from shared.values.spelling import normalised

ELSEWHERE = {"month", "area"}  # may be said above the table, or known of the sender


@dataclass(frozen=True, slots=True)
class Head:
    """Places of the columns, from 0."""

    places: Mapping[str, int] = field(default_factory=dict)
    width: int = 0
    units: Mapping[str, str] = field(default_factory=dict)  # in brackets behind a column's title
    ignored: Sequence[str] = ()
    repeated: Sequence[tuple[str, str]] = ()  # column and title


class Titles:
    """What a register's columns may be called."""

    def __init__(self, register: Register) -> None:
        """Of one register."""
        self._register = register
        self._words = {
            normalised(word): column.name
            for column in register.columns
            for word in (column.name, column.title.zh, column.title.en, *column.words, f"{column.title.zh} {column.name}")
        }
        self._beside = frozenset(map(normalised, read_only_titles(register)))

    def recognised(self, titles: Sequence[str]) -> int:
        """How many columns a row of titles names."""
        return len(self.of_one(titles).places)

    def of_one(self, titles: Sequence[str]) -> Head:
        """What a row of titles names."""
        return self.read([Title(title) for title in titles])

    def of_two(self, groups: Sequence[str], titles: Sequence[str]) -> Head:
        """What titles name together with the groups above them; nothing where either row says as much by itself."""
        both = self.read(two_level_titles(groups, titles) or ())
        return both if len(both.places) > max(self.recognised(groups), self.recognised(titles)) else Head()

    def is_whole(self, head: Head) -> bool:
        """Whether it has every column that rows must fill, but for those that may be said elsewhere."""
        return head.places.keys() | ELSEWHERE >= set(self._register.required)

    def read(self, titles: Sequence[Title]) -> Head:
        """What titles name."""
        places: dict[str, int] = {}
        units: dict[str, str] = {}
        ignored: list[str] = []
        repeated: list[tuple[str, str]] = []
        for place, title in enumerate(titles):
            name, unit = self._column(title)
            if name is None:
                if normalised(title.text) and normalised(title.text) not in self._beside:
                    ignored.append(title.full_text.strip())
            elif name in places:
                repeated.append((name, title.full_text))
            else:
                places[name] = place
                if unit:
                    units[name] = unit
        named = [place for place, title in enumerate(titles) if normalised(title.text)]
        return Head(places, max(named, default=-1) + 1, units, ignored, repeated)

    def _column(self, title: Title) -> tuple[str | None, str]:
        for text in (title.full_text, title.text):
            base, unit = (text, "") if normalised(text) in self._words else split_unit(text)
            if name := self._words.get(normalised(base)):
                return name, unit
        return None, ""

    def check(self, head: Head, sheet: str | None, *, known: Sequence[str] = ()) -> None:
        """Raises Schema for columns that are there twice, or not at all; `known` ones need not be there."""
        errors = [
            self._error(name, "duplicate_column", "列重复", "the column stands twice", title) for name, title in head.repeated
        ]
        missing = [name for name in self._register.required if name not in head.places and name not in known]
        errors += [self._error(name, "missing_column", "缺少该列", "the column is missing") for name in missing]
        if errors:
            told = self.accepted()
            where = Bilingual(zh=f"工作表“{sheet}”的", en=f" of sheet {sheet!r}") if sheet else Bilingual(zh="", en="")
            raise Schema(f"{where.zh}表头有误。{told.zh}", f"The header row{where.en} is wrong. {told.en}", errors=errors)

    def check_unit(self, name: str, unit: str) -> None:
        """Raises Schema where whole numbers in this unit would be others."""
        column = self._register.by_name[name]
        if column.units and unit_differs(unit, column.units):
            zh, en = f"请按“{column.units[0]}”填报整数", f"write whole numbers of {column.units[-1]}"
            error = self._error(name, "unit_differs", "计量单位不同", "the unit is another one", unit)
            raise Schema(f"{column.title.zh}的计量单位不同：{zh}", f"{column.title.en} is in another unit: {en}", errors=[error])

    def accepted(self) -> Bilingual:
        """The titles that are understood."""
        listed = "; ".join(f"{column.name} = {column.title.zh}" for column in self._register.columns)
        return Bilingual(zh=f"可用的列名：{listed}", en=f"Titles that are understood: {listed}")

    def _error(self, name: str, code: str, zh: str, en: str, value: str | None = None) -> FieldError:
        title = self._register.by_name[name].title
        hint = Bilingual(zh=f"列名可写：{title.zh} / {name}", en=f"its title may be: {title.zh} / {name}")
        cut = None if value is None else safe_excerpt(value)
        return FieldError(where=f"/header/{name}", code=code, message=Bilingual(zh=zh, en=en), value=cut, hint=hint)
