"""A sheet without a table: the row that is most like a header, and what keeps it from being one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from typing import NoReturn

from services.ingest.formats.cells.cell import NumberedRow, cell_text, is_blank
from services.ingest.formats.cells.labels import is_comparison, is_numbering
from services.ingest.formats.cells.number_texts import holds_number, is_name
from services.ingest.formats.cells.values import names_month
from services.ingest.formats.layout.caption import metric_of_caption, read_caption
from services.ingest.formats.layout.columns import DIMENSIONS, HeaderColumns, HeaderRows, TitleReader
from services.ingest.formats.layout.list_titles import REQUIRED_COLUMNS, TITLES, HeaderTitles
from services.ingest.formats.layout.titles import Title
from services.ingest.formats.locator import CellPosition
from services.ingest.formats.rows import safe_excerpt
from shared.problems import FieldError, Schema
from shared.values.bilingual import Bilingual
from shared.values.spelling import normalised
from shared.vocabulary import FieldCode

_TEMPLATE = "/v1/templates/observations.xlsx"
_CATALOGUE = "/v1/catalogue"
_TITLES_IN_HINT = 3
_LISTED_MAX = 10  # titles that are listed as unknown; each is compared with all names
_TITLES_IN_DETAIL = 3
_YEAR_MISSING = Bilingual(
    zh="请写明年份，如 2022年1月，或在表题中写明年份", en="name the year: write 2022年1月, or the year in the caption"
)
_MISSING = {
    "metric": Bilingual(
        zh="请加一列“指标”，或以指标名称作列名，或在表题中写明一个指标",
        en="add a column of metrics (指标), use metrics as titles, or name one metric in the caption",
    ),
    "month": Bilingual(
        zh="请加一列“月份”，或在表上方写明月份（如 2022年8月），或在导入时指定（month=2022-08）",
        en="add a column of months (月份), name the month above the table (2022年8月), or push with month=2022-08",
    ),
}
_OTHER_ORG = Bilingual(zh="请只填报本单位数据，以指标或街道作列", en="send your own counts, by metric or subdistrict")
_NOT_OF_MONTH = Bilingual(
    zh="目标数、累计数、上期数、比率等不作填报数；当月数的列名请写“本月数”",
    en="targets, sums of several months, other months' counts and ratios are not stored; title the month's counts 本月数",
)
_KEEP_ONE = Bilingual(zh="请只保留其中一列", en="keep one of these columns")
_TWO_READINGS = Bilingual(
    zh="表头中指标、街道、月份和“数值”请只取一种作列",
    en="use only one of metrics, subdistricts, months and 数值 as titles of columns",
)


@dataclass(frozen=True)
class NearestHeader:
    """The row of a sheet that is most like a header, with the rows around it."""

    rows: Sequence[NumberedRow]  # the first rows of the sheet
    index: int
    sheet: str | None
    reader: TitleReader
    year: int | None  # of the sheet

    @cached_property
    def _texts(self) -> list[str]:
        return [cell_text(cell).strip() for cell in self.rows[self.index][1]]

    @cached_property
    def _titles(self) -> HeaderTitles:
        return HeaderTitles.from_cells(self._texts)

    @cached_property
    def _columns(self) -> HeaderColumns:
        number = self.rows[self.index][0]
        return self.reader.read_columns([Title(text) for text in self._texts], HeaderRows(number, number))

    @cached_property
    def _months_without_year(self) -> list[int]:
        return [index for index, text in enumerate(self._texts) if names_month(text) and index not in self._columns.counts]

    @cached_property
    def likeness(self) -> int:
        """How many of its titles are known."""
        required = self._titles.columns.keys() & set(REQUIRED_COLUMNS)
        return len(required) + bool(self._titles.values) + len(self._columns.counts) + len(self._months_without_year)

    @cached_property
    def _numbers_below(self) -> set[int]:
        """Columns with a number below."""
        names = self.reader.names
        return {
            index
            for _, cells in self.rows[self.index + 1 :]
            for index, cell in enumerate(cells[: len(self._texts)])
            if cell and holds_number(cell, names)
        }

    @property
    def heads_numbers(self) -> bool:
        """True if a number is below one of its texts."""
        return any(self._texts[index] for index in self._numbers_below)

    def refuse(self) -> NoReturn:
        """Raise Schema with its unknown titles by cell, and with what is missing."""
        errors = [*self._duplicates(), *self._unknown(), *self._other_figures(), *self._two_readings(), *self._missing()]
        errors = errors or list(map(_missing, REQUIRED_COLUMNS))
        row = self.rows[self.index][0]
        shown, more = list(map(_summary, errors[:_TITLES_IN_DETAIL])), max(len(errors) - _TITLES_IN_DETAIL, 0)
        zh, en = "；".join(each.zh for each in shown), "; ".join(each.en for each in shown)
        zh, en = f"{zh}等 {len(errors)} 处" if more else zh, f"{en} and {more} more" if more else en
        sheet = Bilingual(zh=f"工作表“{self.sheet}”", en=f" of sheet {self.sheet!r}") if self.sheet else Bilingual(zh="", en="")
        raise Schema(
            f"{sheet.zh}第 {row} 行的表头有误：{zh}。可用模板 {_TEMPLATE}；所有指标见 {_CATALOGUE}。",
            f"The header in row {row}{sheet.en} is invalid: {en}. The template {_TEMPLATE} fits without changes;"
            f" {_CATALOGUE} lists all metrics.",
            errors=errors,
        )

    def _duplicates(self) -> Iterator[FieldError]:
        for _, column_index, title in self._titles.duplicates:
            yield self._error(FieldCode.DUPLICATE_COLUMN, column_index, title, _KEEP_ONE)

    @cached_property
    def _is_list(self) -> bool:
        return "metric" in self._titles.columns or bool(self._titles.values)

    @cached_property
    def _compared(self) -> list[int]:
        """Columns of figures that are not the month's counts."""
        return [
            index
            for index, text in enumerate(self._texts)
            if index not in self._columns.counts and index not in self._titles.values
            if is_comparison(text) and not is_numbering(text)
        ]

    @cached_property
    def _unknown_columns(self) -> list[int]:
        known = {*self._columns.counts, *self._columns.totals, *self._months_without_year}
        return [index for index, text in self._titles.others.items() if index not in known and not is_comparison(text)]

    def _unknown(self) -> Iterator[FieldError]:
        if self._months_without_year and self.year is None:
            listed = "、".join(self._texts[index] for index in self._months_without_year[:_LISTED_MAX])
            yield self._error(FieldCode.UNKNOWN_TITLE, self._months_without_year[0], listed, _YEAR_MISSING)
        unknown = [index for index in self._unknown_columns if index in self._numbers_below] or self._unknown_columns
        for index in unknown[:_LISTED_MAX]:
            title = self._texts[index]
            if normalised(title) in self.reader.names.organisations:
                yield self._error(FieldCode.OTHER_ORG, index, title, _OTHER_ORG)
            else:
                yield self._error(FieldCode.UNKNOWN_TITLE, index, title, self._suggestion(index, title))

    def _suggestion(self, column_index: int, title: str) -> Bilingual | None:
        """Return what an unknown title may have been meant as."""
        names = self.reader.names
        if self._is_list:
            is_count = column_index in self._numbers_below and not self._titles.values
            words = [*TITLES["value"], *names.areas] if is_count else [word for words in TITLES.values() for word in words]
            close = get_close_matches(normalised(title)[:64], words, n=_TITLES_IN_HINT)
            hint = Bilingual(zh=f"是否指 {'、'.join(close)}？", en=f"did you mean {', '.join(close)}?") if close else None
            return hint or (_titles_hint("value") if is_count else None)
        codes = {**names.metrics, **names.areas}
        close = get_close_matches(normalised(title)[:64], codes, n=_TITLES_IN_HINT, cutoff=0.5)
        listed = {codes[word]: word for word in reversed(close)}
        if not listed:
            return Bilingual(zh=f"指标、区域的名称见 {_CATALOGUE}", en=f"{_CATALOGUE} lists the names of metrics and areas")
        zh, en = (mark.join(f"{word}（{code}）" for code, word in reversed(listed.items())) for mark in ("、", ", "))
        return Bilingual(zh=f"是否指 {zh}？全部名称见 {_CATALOGUE}", en=f"did you mean {en}? {_CATALOGUE} lists all names")

    def _other_figures(self) -> Iterator[FieldError]:
        if not self._titles.values and not self._columns.counts:
            for index in self._compared[:_LISTED_MAX]:
                yield self._error(FieldCode.VALUE_KIND_DIFFERS, index, self._texts[index], _NOT_OF_MONTH)

    def _two_readings(self) -> Iterator[FieldError]:
        """Yield the column that names its counts in another way than the others do."""
        counts = self._columns.counts
        kinds = {index: tuple(heading.labels) for index, heading in counts.items()} | dict.fromkeys(
            self._titles.values, ("value",)
        )
        others = [index for index, kind in kinds.items() if kind != next(iter(kinds.values()))]
        if counts and others:
            yield self._error(FieldCode.AMBIGUOUS_COLUMN, others[0], self._texts[others[0]], _TWO_READINGS)

    def _missing(self) -> Iterator[FieldError]:
        """Yield the columns that are missing, and that neither the form nor its sender replaces."""
        above = self.rows[: self.index]
        caption = read_caption(above, self.sheet, self.reader.statements)
        named = {*self._titles.columns, *(dimension for heading in self._columns.counts.values() for dimension in heading.labels)}
        if self._is_crosstab:
            is_metric_named = self._names_unknown_metrics or metric_of_caption(above, self.sheet, self.reader.names)
            lacks = {"metric": not is_metric_named, "area": not named & self._titles.columns.keys() & set(DIMENSIONS)}
        else:
            lacks = {"metric": True, "area": not caption.areas and self._lacks_area, "value": not self._titles.values}
        lacks["month"] = not (self._months_without_year or caption.names_month or self.reader.statements.sender.month)
        for name in REQUIRED_COLUMNS:
            if lacks.get(name) and name not in named:
                yield _missing(name)

    @cached_property
    def _names_unknown_metrics(self) -> bool:
        """True if titles that are not known stand above numbers, and no column of metrics says what these count."""
        return not self._is_list and any(index in self._numbers_below for index in self._unknown_columns)

    @cached_property
    def _is_crosstab(self) -> bool:
        """True if titles name what is counted, known or not."""
        is_named = bool(self._columns.counts or self._months_without_year)
        return (is_named and not self._titles.values) or (self._names_unknown_metrics and bool(self.likeness))

    @cached_property
    def _lacks_area(self) -> bool:
        """True if some metric of the rows below has no area of its own."""
        names, sender, column = self.reader.names, self.reader.statements.sender, self._titles.columns.get("metric")
        below = [] if column is None else [cells[column] for _, cells in self.rows[self.index + 1 :] if column < len(cells)]
        codes = {code for cell in below if (code := names.metrics.get(normalised(cell_text(cell))))}
        return any(sender.area_by_metric.get(code) is None for code in codes) if codes else sender.default_area is None

    def _error(self, code: FieldCode, column_index: int, title: str, hint: Bilingual | None) -> FieldError:
        where = CellPosition(self.rows[self.index][0], column_index).pointer(self.sheet)
        return FieldError(where=where, code=code, message=code.title_, value=safe_excerpt(title), hint=hint)


def nearest_header(rows: Sequence[NumberedRow], candidates: int, sheet: str | None, reader: TitleReader) -> NearestHeader | None:
    """Return the row among the first `candidates` with the most known titles or, if none has any, the first above numbers."""
    found = [
        NearestHeader(rows, index, sheet, reader, reader.year)
        for index, (_, cells) in enumerate(rows[:candidates])
        if sum(not is_blank(cell) for cell in cells) > 1
        and not any(holds_number(cell, reader.names) and not is_name(cell_text(cell), reader.names) for cell in cells)
    ]
    best = max(found, key=lambda header: header.likeness, default=None)
    return best if best and best.likeness else next((header for header in found if header.heads_numbers), None)


def refuse_without_header() -> NoReturn:
    """Raise Schema for a file in which no row is like a header."""
    errors = [_missing(name) for name in REQUIRED_COLUMNS]
    titles = "、".join(TITLES[name][0] for name in REQUIRED_COLUMNS)
    raise Schema(
        f"没有找到可识别的表头。请以“{titles}”作列名，或以街道作行、指标作列（或反之），或用模板 {_TEMPLATE} 填报。",
        f"No header row was found. Use the titles {titles}, or subdistricts as rows and metrics as columns (or the reverse),"
        f" or the template {_TEMPLATE}.",
        errors=errors,
    )


def _missing(name: str) -> FieldError:
    code = FieldCode.MISSING_COLUMN
    return FieldError(where=f"/header/{name}", code=code, message=code.title_, hint=_MISSING.get(name) or _titles_hint(name))


def _titles_hint(name: str) -> Bilingual:
    titles = "、".join(TITLES[name][:_TITLES_IN_HINT])
    return Bilingual(zh=f"列名可写 {titles} 等", en=f"use a title such as {titles}")


def _summary(error: FieldError) -> Bilingual:
    """Return an error in a few words, for the detail of the problem."""
    where = error.where.rpartition("/")[2]
    if error.value is None:
        return Bilingual(zh=f"缺少“{TITLES[where][0]}”列", en=f"{error.message.en} {where}")
    return Bilingual(zh=f"{where}“{error.value}”{error.message.zh}", en=f"{where} “{error.value}”: {error.message.en}")
