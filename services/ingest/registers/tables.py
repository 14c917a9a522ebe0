"""Tables of a register, CSV or XLSX: which column of the sheet is which, and the cells that hold something."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from typing import Self

from services.ingest.asked import Push
from services.ingest.formats.findings import UNQUOTED, finding
from services.ingest.formats.grids import csv_rows, xlsx_rows
from services.ingest.formats.media import Media
from services.ingest.formats.rows import Limits, shown
from services.ingest.registers.beside import given, titles_beside
from services.ingest.registers.intake import Record, RegisterIntake
from services.ingest.registers.strict_values import Value
from shared.bilingual import Bilingual
from shared.domain.registers import Register
from shared.problems import FieldError, Schema
from shared.spelling import normalised
from shared.vocabulary import NormalisationKind, RowCode


class TextCell(str):
    """The text of a cell, and why it cannot be taken as one."""

    __slots__ = ("broken",)
    broken: Value | None

    def __new__(cls, text: str, broken: RowCode | None = None) -> Self:
        """A cell."""
        cell = super().__new__(cls, text)
        cell.broken = Value(None, broken) if broken else None
        return cell


@dataclass(frozen=True, slots=True)
class _Header:
    """Places of the columns, from 0."""

    places: Mapping[str, int]
    width: int


async def table_records(asked: Push, intake: RegisterIntake, limits: Limits) -> AsyncGenerator[Record]:
    """The rows below the header. Raises Schema where no header is found, or columns are missing."""
    register, header = intake.register, None
    words, nothing = _words(register), given(register)
    rows = csv_rows if asked.media is Media.CSV else xlsx_rows
    recognised = partial(_recognised, words)
    async with aclosing(rows(asked.spool.file, limits, intake.notes, recognised)) as found:
        async for row in found:
            if isinstance(row.cells, Bilingual):
                yield Record(row.number, error=finding(RowCode.MALFORMED_ROW, row.number, hint=row.cells))
            elif header is None:
                header = _header(register, words, [text for text, _ in row.cells], intake)
                if row.sheet is not None:
                    intake.faults.locator.plain(row.sheet, header.places)
            elif any(normalised(text) for text, _ in row.cells) or any(code for _, code in row.cells):
                record = _record(row.number, row.cells, header)
                if record.error is None and _says_nothing(record, nothing):
                    intake.blank += 1
                else:
                    yield record
            else:
                intake.notes.add(NormalisationKind.BLANK_ROW, row.number)
    if header is None:
        raise Schema(f"没有找到表头。{_accepted(register).zh}", f"No header was found. {_accepted(register).en}")


def _record(number: int, cells: Sequence[tuple[str, RowCode | None]], header: _Header) -> Record:
    beyond = next((text for text, _ in cells[header.width :] if normalised(text)), None)
    if beyond is not None:
        return Record(number, error=finding(RowCode.MALFORMED_ROW, number, None, beyond, UNQUOTED))
    values = {
        name: TextCell(*cells[place])
        for name, place in header.places.items()
        if place < len(cells) and (normalised(cells[place][0]) or cells[place][1])
    }
    return Record(number, values)


def _says_nothing(record: Record, nothing: frozenset[str]) -> bool:
    """Whether a row holds only what a template fills in by itself."""
    return nothing.issuperset(record.values) and not any(
        isinstance(cell, TextCell) and cell.broken for cell in record.values.values()
    )


def _words(register: Register) -> dict[str, str]:
    """What a header may call each column."""
    return {
        normalised(word): column.name
        for column in register.columns
        for word in (column.name, column.title.zh, column.title.en, *column.words, f"{column.title.zh} {column.name}")
    }


def _recognised(words: Mapping[str, str], cells: Sequence[str]) -> int:
    return len({words[normalised(cell)] for cell in cells if normalised(cell) in words})


def _header(register: Register, words: Mapping[str, str], titles: Sequence[str], intake: RegisterIntake) -> _Header:
    places: dict[str, int] = {}
    errors: list[FieldError] = []
    beside = {normalised(title) for title in titles_beside(register)}
    for place, title in enumerate(titles):
        name = words.get(normalised(title))
        if name is None and normalised(title) and normalised(title) not in beside:
            intake.notes.add(NormalisationKind.COLUMN_IGNORED, None, title)
        elif name in places:
            errors.append(_error(register, name, "duplicate_column", "列重复", "the column stands twice", title))
        elif name is not None:
            places[name] = place
    missing = [name for name in register.required if name not in places]
    errors += [_error(register, name, "missing_column", "缺少该列", "the column is missing") for name in missing]
    if errors:
        told = _accepted(register)
        raise Schema(f"表头有误。{told.zh}", f"The header row is wrong. {told.en}", errors=errors)
    return _Header(places, max(place for place, title in enumerate(titles) if normalised(title)) + 1)


def _error(register: Register, name: str, code: str, zh: str, en: str, value: str | None = None) -> FieldError:
    title = register.by_name[name].title
    hint = Bilingual(zh=f"列名可写：{title.zh} / {name}", en=f"its title may be: {title.zh} / {name}")
    cut = None if value is None else shown(value)
    return FieldError(where=f"/header/{name}", code=code, message=Bilingual(zh=zh, en=en), value=cut, hint=hint)


def _accepted(register: Register) -> Bilingual:
    listed = "; ".join(f"{column.name} = {column.title.zh}" for column in register.columns)
    return Bilingual(zh=f"可用的列名：{listed}", en=f"Titles that are understood: {listed}")
