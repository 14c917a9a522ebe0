"""Reads bodies the way a push does, and writes rows in every format."""

import asyncio
import csv
import io
import json
import zipfile
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]

from services.ingest.formats.locator import Locator
from services.ingest.formats.media import Media
from services.ingest.formats.read_body import read_batches
from services.ingest.formats.row_errors import row_error
from services.ingest.formats.rows import Batch, BodyLimits, Names, Normalisation, PassedOver, Row, RowError, SummedRows
from services.ingest.formats.sender import NO_DEFAULTS, SenderDefaults
from services.ingest.formats.total_spans import TotalSpans
from shared.values.spelling import normalised
from shared.vocabulary import RowCode
from tests.services.ingest.formats.forms_read import FORMS_READ

TITLES = ("metric", "area", "month", "value", "note")
METRICS = ("homes_gigabit_covered", "olt_pon_ports_total", "fbb_subs_total", "fbb_subs_500m")
STREETS = {
    "500112007": "鸳鸯街道",
    "500112008": "翠云街道",
    "500112009": "人和街道",
    "500112010": "天宫殿街道",
    "500112014": "大竹林街道",
    "500112019": "礼嘉街道",
    "500112021": "金山街道",
    "500112022": "康美街道",
    "liangjiang": "两江新区",
}


@dataclass(frozen=True)
class Known:
    """Codes and names, as a campaign would give them."""

    metrics: Mapping[str, str]
    areas: Mapping[str, str]
    organisations: Mapping[str, str] = field(default_factory=dict)
    flows: Collection[str] = frozenset()


NAMES = Known(
    metrics={normalised(code): code for code in METRICS} | {normalised("千兆覆盖家庭数"): "homes_gigabit_covered"},
    areas={normalised(name): code for code, name in STREETS.items()}
    | {normalised(name.removesuffix("街道")): code for code, name in STREETS.items()}
    | {code: code for code in STREETS},
)


@dataclass
class Pushed:
    """All batches of a body together, without the rows of mismatched totals."""

    rows: list[Row] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)
    normalisations: list[Normalisation] = field(default_factory=list)
    passed_over: list[PassedOver] = field(default_factory=list)
    received: int = 0
    blank: int = 0
    batches: list[Batch] = field(default_factory=list)
    locator: Locator = field(default_factory=Locator)
    mismatched_totals: list[SummedRows] = field(default_factory=list)

    @property
    def row_numbers(self) -> list[int | None]:
        """The sheet's row of each count."""
        return [self.locator.locate(row_error(RowCode.MALFORMED_ROW, row.number)).row for row in self.rows]

    @property
    def passed(self) -> list[tuple[str, str | None, str]]:
        """Reason, cell and text of what was passed over."""
        return [(entry.reason.value, entry.cell, entry.text) for entry in self.passed_over]

    @property
    def codes(self) -> list[str]:
        """The codes of its errors."""
        return [error.code.value for error in self.errors]

    @property
    def kinds(self) -> dict[str, int]:
        """Number of each kind of normalisation."""
        return {normalisation.kind.value: normalisation.count for normalisation in self.normalisations}


def read(
    body: bytes | io.IOBase, media: Media, sender: SenderDefaults = NO_DEFAULTS, names: Names = NAMES, **limits: Any
) -> Pushed:
    """Read a whole body; errors have their positions."""
    if media in {Media.CSV, Media.XLSX}:
        FORMS_READ[f"as {media.name}"] += 1

    async def reading() -> Pushed:
        locator = Locator()
        whole = Pushed(locator=locator)
        spooled: Any = io.BytesIO(body) if isinstance(body, bytes) else body
        async for batch in read_batches(spooled, media, names, BodyLimits(**limits), sender, locator):
            whole.batches.append(batch)
            whole.rows += batch.rows
            whole.errors += map(locator.locate, batch.errors)
            whole.normalisations += batch.normalisations
            whole.passed_over += batch.passed_over
            whole.received += batch.received
            whole.blank += batch.blank
            whole.mismatched_totals += batch.mismatched_totals
        mismatched = TotalSpans(whole.mismatched_totals)
        whole.rows = [
            row for row in whole.rows if not mismatched.cover(row.number, row.number, (row.metric, row.area, row.month))
        ]
        return whole

    return asyncio.run(reading())


def contents(rows: Iterable[Row]) -> list[tuple[Any, ...]]:
    """Rows without their numbers."""
    return [tuple(row[1:]) for row in rows]


def as_json(rows: Iterable[Mapping[str, Any]]) -> bytes:
    return json.dumps({"observations": list(rows)}, ensure_ascii=False).encode()


def as_ndjson(rows: Iterable[Mapping[str, Any]]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def as_csv(rows: Iterable[Sequence[Any]], titles: Sequence[str] = TITLES, encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows([titles, *rows])
    return out.getvalue().encode(encoding)


def workbook(fill: Callable[[xlsxwriter.Workbook], None], **options: object) -> bytes:
    """The bytes of a workbook that `fill` writes."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, **options}) as book:
        fill(book)
    return out.getvalue()


def repacked(data: bytes, change: Callable[[str, bytes], bytes], more: dict[str, bytes] | None = None) -> bytes:
    """The workbook with changed parts, and more of them."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
        for name, content in (more or {}).items():
            new.writestr(name, content)
    return out.getvalue()


def as_xlsx(rows: Iterable[Sequence[Any]], titles: Sequence[str] = TITLES) -> bytes:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet("月报")
        for number, row in enumerate([titles, *rows]):
            sheet.write_row(number, 0, row)

    return workbook(fill)
