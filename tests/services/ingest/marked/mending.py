"""Edits one cell of a file, as a clerk does who mends it; all else stays as it is."""

import csv
import io
import re
import zipfile
from collections.abc import Callable


def put(file: bytes, ending: str, sheet: str, cell: str, content: str | float) -> bytes:
    """Return a workbook or CSV with other content in a cell; the CSV has no sheets."""
    return _put_in_csv(file, cell, str(content)) if ending == ".csv" else _put_in_workbook(file, sheet, cell, content)


def _put_in_csv(file: bytes, cell: str, content: str) -> bytes:
    table = list(csv.reader(io.StringIO(file.decode("utf-8-sig"), newline="")))
    table[int(cell[1:]) - 1][ord(cell[0]) - ord("A")] = content
    text = io.StringIO()
    csv.writer(text).writerows(table)
    return text.getvalue().encode()


def _put_in_workbook(file: bytes, sheet: str, cell: str, content: str | float) -> bytes:
    value = f"<v>{content}</v></c>" if isinstance(content, int | float) else f"<is><t>{content}</t></is></c>"
    kind = "" if isinstance(content, int | float) else ' t="inlineStr"'

    def changed(xml: str) -> str:
        made, count = re.subn(
            rf'<c r="{cell}"( s="\d+")?[^>]*?(?:/>|>.*?</c>)', lambda match: f'<c r="{cell}"{match[1] or ""}{kind}>{value}', xml
        )
        assert count == 1, (sheet, cell)
        return made

    return _rewritten(file, _part_of(file, sheet), changed)


def _part_of(file: bytes, sheet: str) -> str:
    book = zipfile.ZipFile(io.BytesIO(file)).read("xl/workbook.xml").decode()
    names = re.findall(r'<sheet name="([^"]*)"', book)
    return f"xl/worksheets/sheet{names.index(sheet) + 1}.xml"


def _rewritten(file: bytes, part: str, change: Callable[[str], str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(file)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, change(old.read(name).decode()) if name == part else old.read(name))
    return out.getvalue()
