"""Columns of one header that would hold the same count twice, or that may hold several: such a table is refused."""

from collections.abc import Collection

from services.ingest.formats.cells.values import parse_month
from services.ingest.formats.layout.columns import HeaderColumns, HeaderRows
from services.ingest.formats.layout.list_titles import HeaderTitles
from services.ingest.formats.layout.titles import Title
from services.ingest.formats.locator import CellPosition
from services.ingest.formats.rows import Names, safe_excerpt
from shared.problems import FieldError, Schema
from shared.values.bilingual import Bilingual
from shared.values.spelling import normalised
from shared.vocabulary import FieldCode

_DUPLICATE = Bilingual(zh="列重复", en="duplicate column")
_AMBIGUOUS = Bilingual(zh="无法确定对应哪个填报指标", en="may mean several metrics")


def refuse_duplicates(
    titles: HeaderTitles, columns: HeaderColumns, header_rows: HeaderRows, names: Names, sheet: str | None
) -> None:
    """Raise Schema if several columns contain the same counts, or if a title may mean several metrics."""
    previous: set[tuple[str, ...]] = set()
    errors = []
    for column_index, heading in columns.counts.items():
        codes = tuple(_code(names, name, label.code_or_text) for name, label in sorted(heading.labels.items()))
        metric = heading.labels.get("metric")
        if metric is None:
            codes = (*codes, heading.kind.value)  # which of them is read depends on the metric of the row
        elif not heading.kind.fits(flow=_code(names, "metric", metric.code_or_text) in names.flows):
            continue
        if codes in previous:
            position = CellPosition(header_rows.titles, column_index)
            errors.append(_error(sheet, FieldCode.DUPLICATE_COLUMN, _DUPLICATE, position, heading.text))
        previous.add(codes)
    errors += [
        _error(sheet, FieldCode.DUPLICATE_COLUMN, _DUPLICATE, CellPosition(header_rows.titles, column_index), text)
        for _, column_index, text in titles.duplicates
        if column_index not in columns.counts
    ]
    if errors:
        zh = "同一表头中一列出现多次，无法判断以哪一列为准：每个工作表请只保留一张表，每项请只保留“本月数”一列。"
        en = "A column appears twice in one header. Keep one table per sheet and, for each item, only this month's column."
        raise Schema(zh, en, errors=errors)
    errors = [
        _ambiguity(sheet, CellPosition(header_rows.titles, column_index), title, codes)
        for column_index, (title, codes) in columns.ambiguous.items()
    ]
    if errors:
        raise Schema(
            "表头可作多种理解，请写明填报指标。",
            "A column title matches several metrics; use the full metric name or its code.",
            errors=errors,
        )


def _code(names: Names, dimension: str, text: str) -> str:
    codes = {"metric": names.metrics, "area": names.areas}.get(dimension, {})
    return codes.get(normalised(text)) or (parse_month(text)[0] if dimension == "month" else None) or normalised(text)


def _ambiguity(sheet: str | None, position: CellPosition, title: Title, codes: Collection[str]) -> FieldError:
    listed = ", ".join(sorted(codes))
    hint = Bilingual(zh=f"可能是：{listed}", en=f"use one of {listed}")
    return _error(sheet, FieldCode.AMBIGUOUS_COLUMN, _AMBIGUOUS, position, title.full_text, hint)


def _error(
    sheet: str | None, code: FieldCode, message: Bilingual, position: CellPosition, text: str, hint: Bilingual | None = None
) -> FieldError:
    return FieldError(where=position.pointer(sheet), code=code, message=message, value=safe_excerpt(text), hint=hint)
