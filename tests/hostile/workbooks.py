"""Groups F3 and F4: files that say they are workbooks."""

import io
import struct
import warnings
import zipfile
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from xml.sax.saxutils import escape

from tests.hostile.case import Case

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_TYPES = b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'
_WORKBOOK = f'<workbook {_MAIN} xmlns:r="{_OFFICE}"><sheets><sheet name="月报" sheetId="1" r:id="rId1"/></sheets></workbook>'
_SHEET = "xl/worksheets/sheet1.xml"
_TITLES = ("metric", "area", "month", "value", "note")
_ROW = ("fbb_subs_total", "liangjiang", "2022-08", "5", "")
_BOMB = (
    "<!DOCTYPE x [<!ENTITY a '0123456789'>"
    + "".join(f"<!ENTITY {chr(98 + n)} '{f'&{chr(97 + n)};' * 10}'>" for n in range(9))
    + "]>"
)
_EXTERNAL = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'


def sheet(*rows: tuple[str, ...], around: str = "{}") -> bytes:
    """A sheet of texts."""
    written = "".join(
        f'<row r="{number}">'
        + "".join(
            f'<c t="inlineStr" r="{"ABCDEFGH"[place]}{number}"><is><t>{escape(text)}</t></is></c>'
            for place, text in enumerate(row)
        )
        + "</row>"
        for number, row in enumerate(rows, 1)
    )
    return _sheet_of(around.format(written))


def _sheet_of(rows: str | bytes, before: str = "") -> bytes:
    inner = rows.encode() if isinstance(rows, str) else rows
    return f"{before}<worksheet {_MAIN}><sheetData>".encode() + inner + b"</sheetData></worksheet>"


def parts(content: bytes = b"", **others: str) -> dict[str, bytes]:
    """The parts of a workbook of one sheet. Keywords give another workbook, or another target of its sheet."""
    target = others.get("target", "worksheets/sheet1.xml")
    relations, root = (
        f'<Relationships {_PACKAGE}><Relationship Id="rId1" Type="{_OFFICE}/{kind}" Target="{to}"/></Relationships>'
        for kind, to in (("worksheet", target), ("officeDocument", "xl/workbook.xml"))
    )
    return {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": root.encode(),
        "xl/workbook.xml": others.get("workbook", _WORKBOOK).encode(),
        "xl/_rels/workbook.xml.rels": relations.encode(),
        f"xl/{target}": content or sheet(_TITLES, _ROW),
    }


def zipped(members: Mapping[str, bytes], *more: tuple[str, bytes]) -> bytes:
    """A zip of these members; `more` may repeat their names."""
    out = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        warnings.simplefilter("ignore")  # about a duplicate name
        for name, content in [*members.items(), *more]:
            info = zipfile.ZipInfo("x" * len(name))
            info.compress_type = zipfile.ZIP_DEFLATED
            info.filename = name  # unchanged: the constructor would correct it
            archive.writestr(info, content)
    return out.getvalue()


def _patched(raw: bytes, name: str, offset: int, form: str, value: int) -> bytes:
    """The zip with one field of a directory entry changed."""
    at = raw.rindex(name.encode()) - 46
    return raw[: at + offset] + struct.pack(form, value) + raw[at + offset + struct.calcsize(form) :]


def _understated() -> bytes:
    raw = zipped(parts(sheet(_TITLES, _ROW, ("x" * 30_000_000,))))
    return _patched(raw, _SHEET, 24, "<I", 1_000)


def _overlapping() -> bytes:
    """Many directory entries for the same compressed bytes."""
    raw = zipped(parts(), ("xl/media/a000.bin", bytes(4 << 20)))
    end = raw.rindex(b"PK\x05\x06")
    start = raw.rindex(b"xl/media/a000.bin") - 46
    entry = raw[start:end]
    entries = b"".join(entry.replace(b"a000", b"a%03d" % number) for number in range(200))
    count = len(parts()) + 200
    size = end - struct.unpack("<I", raw[end + 16 : end + 20])[0] + len(entries) - len(entry)
    tail = raw[end : end + 8] + struct.pack("<HHI", count, count, size) + raw[end + 16 :]
    return raw[:start] + entries + tail


_Make = Callable[[], bytes]
_TOO_LARGE: dict[str, _Make] = {
    "F3 two million rows": lambda: zipped(parts(_sheet_of(b"<row><c><v>1</v></c><c/><c/></row>" * 2_000_000))),
    "F3 10 000 parts": lambda: zipped(parts(), *((f"xl/media/{number}.bin", b"") for number in range(10_000))),
    "F3 one part many times over": _overlapping,
}
_UNREADABLE: dict[str, _Make] = {
    "F3 a path upwards": lambda: zipped(parts(), ("../../etc/cron.d/x", b"x")),
    "F3 a path upwards inside": lambda: zipped(parts(), ("xl/../../x.xml", b"<x/>")),
    "F3 an absolute path": lambda: zipped(parts(), ("/etc/passwd", b"x")),
    "F3 backslashes": lambda: zipped(parts(), ("..\\x", b"x")),
    "F3 a drive": lambda: zipped(parts(), ("C:x", b"x")),
    "F3 a part twice": lambda: zipped(parts(), (_SHEET, sheet(_TITLES))),
    "F3 a zip of something else": lambda: zipped({"word/document.xml": b"<x/>"}),
    "F3 nothing but the first bytes": lambda: b"PK\x03\x04",
    "F3 cut short": lambda: zipped(parts())[:-40],
    "F3 a byte changed": lambda: bytes(byte ^ (place == 60) for place, byte in enumerate(zipped(parts()))),
    "F3 sizes understated": _understated,
    "F3 encrypted": lambda: _patched(zipped(parts()), _SHEET, 8, "<H", 1),
    "F3 an unknown compression": lambda: _patched(zipped(parts()), _SHEET, 10, "<H", 99),
    "F3 cells in opposite corners": lambda: zipped(
        parts(_sheet_of('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'))
    ),
    "F3 cells in opposite corners, in rows that lie": lambda: zipped(
        parts(_sheet_of('<row r="1"><c r="A1"><v>1</v></c></row><row r="2"><c r="IV1048576"><v>1</v></c></row>'))
    ),
    "F3 a column beyond the last": lambda: zipped(parts(_sheet_of('<row r="1"><c r="ZZZZ1"><v>1</v></c></row>'))),
    "F3 a row of twenty digits": lambda: zipped(parts(_sheet_of(f'<row r="1"><c r="A{"9" * 20}"><v>1</v></c></row>'))),
    "F3 row nought": lambda: zipped(parts(_sheet_of('<row r="0"><c r="A0"><v>1</v></c></row>'))),
    "F3 a text that is not there": lambda: zipped(parts(_sheet_of('<row r="1"><c r="A1" t="s"><v>7</v></c></row>'))),
    "F3 a cell of 30 MB": lambda: zipped(parts(sheet(("x" * 30_000_000,)))),
    "F3 elements 200 000 deep": lambda: zipped(parts(_sheet_of(b"<a>" * 200_000 + b"</a>" * 200_000))),
    "F3 XML that does not end": lambda: zipped(parts(sheet(_TITLES, _ROW)[:-20])),
    "F3 a sheet that is not there": lambda: zipped({name: raw for name, raw in parts().items() if name != _SHEET}),
    "F3 a sheet outside": lambda: zipped(parts(target="../../../etc/passwd")),
    "F4 entities upon entities": lambda: zipped(parts(_sheet_of("<row><c><v>&j;</v></c></row>", _BOMB))),
    "F4 entities in the workbook": lambda: zipped(parts(workbook=_BOMB + _WORKBOOK.replace("月报", "&j;"))),
    "F4 entities in the texts": lambda: zipped(
        parts(), ("xl/sharedStrings.xml", f"{_BOMB}<sst {_MAIN}><si><t>&j;</t></si></sst>".encode())
    ),
    "F4 an external entity": lambda: zipped(parts(_sheet_of("<row><c><v>&e;</v></c></row>", _EXTERNAL))),
    "F4 an external entity in UTF-16": lambda: zipped(
        parts(_sheet_of("", '<?xml version="1.0" encoding="utf-16"?>' + _EXTERNAL).decode().encode("utf-16"))
    ),
    "F4 an external definition": lambda: zipped(parts(_sheet_of("", '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">'))),
    "F4 entities in a part of another ending": lambda: zipped(
        parts(_sheet_of("<row><c><v>&j;</v></c></row>", _BOMB), target="worksheets/sheet1.dat")
    ),
}


_OTHER_FILES: dict[str, Callable[[], bytes]] = {
    "F3 a picture": lambda: b"\x89PNG\r\n\x1a\n" + bytes(100),
    "F3 an old workbook": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
    "F3 HTML": lambda: b"<html><table><tr><td>metric</td></tr></table></html>",
    "F3 CSV": lambda: b"metric,area,month,value\n",
    "F3 an empty zip": lambda: zipped({}),
}


def cases() -> Iterator[Case]:
    """Every file."""
    for name, make in _TOO_LARGE.items():
        yield Case(name, make, 413, "too_large", XLSX)
    for name, make in _UNREADABLE.items():
        yield Case(name, make, 422, "schema", XLSX)
    for name, make in _OTHER_FILES.items():
        yield Case(name, make, 415, "media_type", XLSX)
    yield Case("F3 11 MB", partial(bytes, 11 << 20), 413, "too_large", XLSX)
    yield Case("F3 nothing", b"", 400, "malformed", XLSX)
    yield Case("F3 a workbook that says it is CSV", lambda: zipped(parts()), 415, "media_type", "text/csv")
    yield Case("F3 a workbook that says it is JSON", lambda: zipped(parts()), 415, "media_type")
