"""Group C for the rows of a push: each fault in one row of JSON, of NDJSON and, where it can be written there, of CSV."""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any
from urllib.parse import quote

from tests.hostile.case import Case, RowFault
from tests.hostile.product import PUSH

NDJSON = "application/x-ndjson"
CSV = "text/csv"
_GOOD: dict[str, Any] = {"metric": "fbb_subs_total", "area": "liangjiang", "month": "2022-08", "value": 5}
_SPOILED: dict[str, Any] = {"metric": "homes_gigabit_covered", "area": "500112019", "month": "2022-08", "value": 7, "note": None}

# Name, field, how it is written in JSON, and what the report calls it.
_WRITTEN = [
    ("C2 NaN as text", "value", '"NaN"', "value_is_text"),
    ("C2 Infinity as text", "value", '"Infinity"', "value_is_text"),
    ("C5 10^100", "value", "1" + "0" * 100, "too_many_digits"),
    ("C5 2^63", "value", str(2**63), "too_many_digits"),
    ("C5 2^53", "value", str(2**53), "too_large"),
    ("C5 -2^63", "value", str(-(2**63)), "negative"),
    ("C5 -1", "value", "-1", "negative"),
    ("C6 true", "value", "true", "not_a_count"),
    ("C6 a number as text", "value", '"5"', "value_is_text"),
    ("C6 5.0", "value", "5.0", "fraction"),
    ("C6 -0.0", "value", "-0.0", "negative"),
    ("C6 5e0", "value", "5e0", "fraction"),
    ("C6 digits in groups", "value", '"1_000"', "value_is_text"),
    ("C6 null", "value", "null", "not_a_count"),
    ("C6 a list", "value", "[5]", "not_a_count"),
    ("C6 an object", "value", '{"$gt": 0}', "not_a_count"),
    ("C6 a number for a code", "area", "500112019", "not_text"),
    ("C8 half a surrogate pair", "note", '"\\ud800"', "bad_text"),
    ("C8 half a surrogate pair in a code", "metric", '"\\udfff"', "bad_text"),
    ("C8 NUL in a note", "note", '"a\\u0000b"', "bad_text"),
    ("C8 NUL in a code", "area", '"500112019\\u0000"', "bad_text"),
    ("C8 an escape sequence", "note", '"\\u001b[2J"', "bad_text"),
    ("C8 a line break", "note", '"a\\r\\nSet-Cookie: x"', "bad_text"),
    ("C8 a note of 4 KB", "note", f'"{"n" * 4_000}"', "text_too_long"),
    ("C8 a code of 4 KB", "area", f'"{"5" * 4_000}"', "text_too_long"),
    ("C8 SQL", "area", '"500112019\' OR 1=1 --"', "unknown_area"),
    ("C13 full-width digits", "area", '"５００１１２０１９"', "unknown_area"),
    ("C13 a name", "area", '"礼嘉街道"', "unknown_area"),
    ("C13 a name in its variant form", "area", '"\ufa18嘉街道"', "unknown_area"),
    ("C13 zero-width space", "area", '"500112019\\u200b"', "unknown_area"),
    ("C13 direction mark", "area", '"\\u200e500112019"', "unknown_area"),
    ("C13 another script's letter", "metric", '"homes_gig\\u0430bit_covered"', "unknown_metric"),
    ("C13 another case", "metric", '"HOMES_GIGABIT_COVERED"', "unknown_metric"),
    ("C13 blanks around", "metric", '" homes_gigabit_covered"', "unknown_metric"),
    ("C13 full-width month", "month", '"２０２２-08"', "month_malformed"),
    ("C14 an instant without offset", "month", '"2022-08-31T00:00:00"', "month_malformed"),
    ("C14 an epoch number", "month", "1661875200", "not_text"),
    ("C14 an instant of year 9999", "month", '"9999-12-31T23:59:59-14:00"', "month_malformed"),
    ("C14 an instant of year 1", "month", '"0001-01-01T00:00:00+14:00"', "month_malformed"),
    ("C14 year 9999", "month", '"9999-12"', "month_malformed"),
    ("C14 a future month", "month", '"2099-12"', "month_not_open"),
    ("C15 1e1000000 as text", "value", '"1e1000000"', "value_is_text"),
    ("C15 1e200000 as text", "value", '"1e200000"', "value_is_text"),
]
_LINES = [
    ("C1 NaN", '{"value": NaN}'),
    ("C1 1e400", '{"value": 1e400}'),
    ("C3 a key twice", json.dumps(_SPOILED)[:-1] + ', "value": 8}'),
    ("C4 nested 33 deep", "[" * 33 + "]" * 33),
    ("C4 nested 33 deep in turns", '[{"a":' * 16 + "[0]" + "}]" * 16),
    ("C4 nested 60 000 deep", "[" * 60_000),
    ("C5 5 000 digits", '{"value": ' + "9" * 5_000 + "}"),
    ("C9 two documents", "{}{}"),
    ("C9 a list", "[]"),
    ("C12 a line of 1 MB", '{"metric": "' + "a" * (1 << 20) + '"}'),
    ("C12 a megabyte of open quotes", '"\\' * (1 << 19)),
]
_CELLS = [
    ("C1 1e400", "value", "1e400", "not_a_count"),
    ("C2 NaN", "value", "NaN", "placeholder"),
    ("C2 Infinity", "value", "-Infinity", "not_a_count"),
    ("C5 5 000 digits", "value", "9" * 5_000, "too_many_digits"),
    ("C5 10^100", "value", "1" + "0" * 100, "too_many_digits"),
    ("C5 2^53", "value", str(2**53), "too_large"),
    ("C6 TRUE", "value", "TRUE", "not_a_count"),
    ("C6 digits in groups", "value", "1_000", "not_a_count"),
    ("C6 superscript", "value", "10²", "not_a_count"),
    ("C6 Arabic digits", "value", "١٢", "not_a_count"),
    ("C6 hexadecimal", "value", "0x1F", "not_a_count"),
    ("C8 NUL in a number", "value", "5\0", "not_a_count"),
    ("C8 NUL in a code", "area", "500112019\0", "bad_text"),
    ("C8 a note of 4 KB", "note", "n" * 4_000, "text_too_long"),
    ("C13 direction mark", "area", "\u202e500112019", "unknown_area"),
    ("C13 another script's letter", "metric", "homes_gig\u0430bit_covered", "unknown_metric"),
    ("C14 an epoch number", "month", "1661875200", "month_malformed"),
    ("C14 year 9999", "month", "9999-12-31", "month_malformed"),
    ("C14 year 1", "month", "0001-01-01", "month_malformed"),
    ("C14 the 31st of February", "month", "2022-02-31", "month_malformed"),
    ("C15 1e1000000", "value", "1e1000000", "not_a_count"),
    ("C15 1e-200000", "value", "1e-200000", "not_a_count"),
    ("F1 a formula for a number", "value", '=HYPERLINK("http://evil.example","5")', "not_a_count"),
    ("F1 a command for a number", "value", "@SUM(1+1)*cmd|' /C calc'!A0", "not_a_count"),
]
_TEXTS: list[tuple[str, bytes, int, str]] = [
    ("C7 UTF-16 without its mark", "metric,area,month,value\n".encode("utf-16-le"), 400, "malformed"),
    ("C7 neither UTF-8 nor GB18030", b"metric,area,month,value\n\xff\xfe\xff,x,2022-08,1\n", 400, "malformed"),
    ("C7 cut within a character", "指标,区域,月份,数值\n礼".encode()[:-1], 400, "malformed"),
    ("C9 nothing", b"", 400, "malformed"),
    ("C9 blank lines", b"\r\n\n  \n", 400, "malformed"),
    ("C9 no known titles", b"a,b,c\n1,2,3\n", 422, "schema"),
    ("C9 a title twice", b"metric,area,month,value,value\n", 422, "schema"),
    ("C9 JSON", b'{"observations": []}', 415, "media_type"),
    ("C12 a header of 20 000 columns", b"x," * 20_000 + b"x\n", 422, "schema"),
    ("C12 a header of 1 MB", b"x" * (1 << 20) + b"\n", 422, "schema"),
]
_MANY = 5_000
_LATE = {"C1 NaN": "NaN]}", "C3 a key twice": '{"value": 1, "value": 2}]}', "C9 nothing": "", "C9 something": "]}}"}
_INSTANTS = [
    ("C14 an instant without offset", "2022-09-01T00:00:00", "schema"),
    ("C14 an epoch number", "1661875200", "future_version"),
    ("C14 an instant of year 9999", "9999-12-31T23:59:59-14:00", "future_version"),
    ("C14 an instant of year 1", "0001-01-01T00:00:00+14:00", "schema"),
    ("C14 an offset of a week", "2022-09-01T00:00:00+168:00", "schema"),
    ("C5 5 000 digits", "9" * 5_000, "schema"),
    ("C2 NaN", "NaN", "schema"),
]


@cache
def _text_of_200_mb() -> bytes:
    """A body made once, since making it holds up the threads of this process that measure how long answers take."""
    return b'{"x": "' + b"a" * 200_000_000 + b'"}'


def cases() -> Iterator[Case]:
    """Every fault, one a request."""
    for name, field, written, code in _WRITTEN:
        text = ", ".join(f'"{key}": {written if key == field else json.dumps(value)}' for key, value in _SPOILED.items())
        yield _refused(f"{name}, {field} · JSON", f'{{"observations": [{json.dumps(_GOOD)}, {{{text}}}]}}', (2, field, code))
        yield _refused(f"{name}, {field} · NDJSON", f"{json.dumps(_GOOD)}\n{{{text}}}\n", (2, field, code), NDJSON)
    for name, line in _LINES:
        yield _refused(f"{name} · NDJSON", f"{json.dumps(_GOOD)}\n{line}\n", (2, None, "malformed_row"), NDJSON)
    for name, field, cell, code in _CELLS:
        yield _refused(f"{name}, {field} · CSV", _table({**_SPOILED, "note": "", field: cell}), (3, field, code), CSV)
    yield _refused("C9 a quote that is not closed · CSV", _table(_SPOILED) + '"', (4, None, "malformed_row"), CSV)
    yield _refused(
        "C9 a number that fell apart · CSV",
        _table(_SPOILED) + "homes_gigabit_covered,500112019,2022-07,1,234,567\n",
        (4, None, "malformed_row"),
        CSV,
    )
    yield _refused("C12 a line of 1 MB · CSV", _table({**_SPOILED, "note": "n" * (1 << 20)}), (3, None, "malformed_row"), CSV)
    for name, raw, status, code in _TEXTS:
        yield Case(f"{name} · CSV", raw, status, code, CSV)
    yield Case("C7 byte-order mark · NDJSON", b"\xef\xbb\xbf{}", 400, "malformed", NDJSON)
    yield Case("C7 UTF-16 · NDJSON", json.dumps(_GOOD).encode("utf-16"), 400, "malformed", NDJSON)
    yield Case("C9 nothing · NDJSON", b"", 400, "malformed", NDJSON)
    yield Case("C7 charset · CSV", b"", 415, "media_type", "text/csv; charset=utf-7")
    for mode in ("atomic", "partial", "replace"):
        path = f"{PUSH}?mode={mode}&month=2022-08"
        for name, written in _LATE.items():
            late = f'{{"observations": [{f"{json.dumps(_GOOD)}, " * _MANY}{written}'.encode()
            yield Case(f"{name} behind {_MANY} good rows, {mode} · JSON", late, 400, "malformed", path=path)
        garbled = "metric,area,month,value\n" + ",".join(map(str, _GOOD.values())) + "\n"
        yield Case(
            f"C7 no encoding at the end, {mode} · CSV", garbled.encode() * _MANY + b"\x80", 400, "malformed", CSV, path=path
        )
    yield Case("C12 a text of 200 MB · JSON", _text_of_200_mb, 413, "too_large")
    for name, instant, code in _INSTANTS:
        path = f"/v1/summary?month=2022-08&as_of={quote(instant)}"
        yield Case(f"{name} · as_of", b"", 422, code, "", method="GET", path=path, org="economy")


def _refused(name: str, body: str, fault: RowFault, media: str = "application/json") -> Case:
    return Case(name, body.encode(), 422, "rows_refused", media, rows=(fault,))


def _table(spoiled: dict[str, Any]) -> str:
    """A header, a good row, and a row with one odd cell, quoted as CSV has it."""
    rows = [list(spoiled), [*_GOOD.values(), ""], ["" if cell is None else cell for cell in spoiled.values()]]
    return "".join(",".join('"' + str(cell).replace('"', '""') + '"' for cell in row) + "\n" for row in rows)
