"""The sample files hold the numbers that an independent reading finds in them."""

import csv
import json
import re
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from services.ingest.formats.media import Media
from tests.services.ingest.formats.pushed import STREETS, contents, read

SAMPLES = Path(__file__).parents[4] / "samples"
MEDIA = {".json": Media.JSON, ".ndjson": Media.NDJSON, ".csv": Media.CSV, ".xlsx": Media.XLSX}
FILES = sorted(
    path
    for path in SAMPLES.rglob("*.*")
    if path.suffix in MEDIA and path.parent.name not in {"forms", "evidence"} and "registers" not in path.parts
)
_XML = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_CODES = {name: code for code, name in STREETS.items()}
_HALF_WIDTH = str.maketrans("０１２３４５６７８９", "0123456789")


def _independently(path: Path) -> Iterator[tuple[Any, ...]]:
    if path.suffix == ".json":
        for row in json.loads(path.read_text())["observations"]:
            yield row["metric"], row["area"], row["month"], row["value"], None
    elif path.suffix == ".ndjson":
        for line in path.read_text().splitlines():
            row = json.loads(line)
            yield row["metric"], row["area"], row["month"], row["value"], None
    elif path.suffix == ".csv":
        encoding = "gb18030" if path.name == "mobile.csv" else "utf-8-sig"
        for metric, area, month, value in list(csv.reader(path.read_text(encoding).splitlines()))[1:]:
            yield metric, _CODES.get(area, area), month, int(value.replace(",", "")), None
    else:
        yield from _sheet(path)


def _sheet(path: Path) -> Iterator[tuple[Any, ...]]:
    with zipfile.ZipFile(path) as archive:
        strings = ["".join(item.itertext()) for item in _parsed(archive, "xl/sharedStrings.xml")]
        sheet = _parsed(archive, "xl/worksheets/sheet1.xml")
    for row in list(sheet.iter(f"{_XML}row"))[1:]:
        cells = {}
        for cell in row:
            value = cell.findtext(f"{_XML}v") or ""
            letter = re.sub(r"\d", "", cell.attrib["r"])
            cells[letter] = strings[int(value)] if cell.get("t") == "s" else value
        if not "".join(cells.values()).strip():
            continue
        month = cells["C"]
        if month.isdigit():
            month = f"{date(1899, 12, 30) + timedelta(days=int(month)):%Y-%m}"
        yield cells["A"], cells["B"], month, int(cells["D"].translate(_HALF_WIDTH)), None


def _parsed(archive: zipfile.ZipFile, part: str) -> ET.Element:
    return ET.fromstring(archive.read(part))  # noqa: S314 - our own samples


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_sample_file_is_read_as_an_independent_reading_has_it(path: Path) -> None:
    with path.open("rb") as body:
        pushed = read(body, MEDIA[path.suffix])

    assert contents(pushed.rows) == list(_independently(path))
    assert pushed.errors == []
    assert pushed.received == len(pushed.rows)


def test_there_are_five_files_a_month_and_the_nations() -> None:
    assert len(FILES) == 4 * 5 + 1


def test_the_untidy_files_say_what_was_read_generously() -> None:
    august = SAMPLES / "liangjiang" / "2022-08"

    assert read((august / "mobile.csv").read_bytes(), Media.CSV).kinds == {"gb18030": 1, "area_name": 61, "thousands": 13}
    assert read((august / "economy.csv").read_bytes(), Media.CSV).kinds == {"byte_order_mark": 1}
    assert read((august / "unicom.xlsx").read_bytes(), Media.XLSX).kinds == {
        "blank_row": 3,
        "number_as_code": 18,
        "date_as_month": 12,
        "full_width": 8,
    }
    assert read((august / "telecom.json").read_bytes(), Media.JSON).kinds == {}
