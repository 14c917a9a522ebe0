"""Group E for bodies that are small and cost much, at any size: each maker returns a body of about so many bytes."""

import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from shared.vocabulary import Role
from tests.hostile.product import JSON, PUSH, Product
from tests.hostile.rows import CSV, NDJSON
from tests.hostile.wire import Answer, Header
from tests.hostile.workbooks import XLSX, parts, sheet, zipped

Make = Callable[[int], bytes]
LARGE = 100_000  # bytes
_HEADER = b"metric,area,month,value,note\n"
_GOOD = b"fbb_subs_total,liangjiang,2022-08,5,"


@dataclass(frozen=True)
class Cost:
    """A kind of body that grows."""

    name: str
    make: Make
    media: str = JSON
    path: str = f"{PUSH}?dry_run=true"
    org: str = "telecom"
    role: Role | None = None
    headers: tuple[Header, ...] = ()
    largest: int = LARGE

    def sent_to(self, product: Product, size: int) -> Answer:
        """Return the answer to a body of this size."""
        return product.send(self.make(size), self.media, path=self.path, org=self.org, role=self.role, headers=self.headers)


def _filled(before: bytes, unit: bytes, after: bytes = b"") -> Make:
    return lambda size: before + unit * (size // len(unit)) + after


def _numbered(before: bytes, unit: str, after: bytes = b"", joined: str = "") -> Make:
    """Return a maker of units that are all different."""
    return lambda size: before + joined.join(unit.format(n) for n in range(size // (len(unit) + 4))).encode() + after


def _notes(note: bytes, times: int) -> Make:
    return _filled(_HEADER, _GOOD + b'"' + note * times + b'"\n')


def _workbook(text: str) -> Make:
    def make(size: int) -> bytes:
        rows = [("fbb_subs_total", "liangjiang", "2022-08", text, text)] * (size // 400)
        return zipped(parts(sheet(("metric", "area", "month", "value", "note"), *rows)))

    return make


def _campaign(kind: str, block: dict[str, Any]) -> Make:
    def make(size: int) -> bytes:
        blocks = [{**block, "code": f"c{n}"} for n in range(size // (len(json.dumps(block)) + 16))]
        return json.dumps({"month": "2022-08", "blocks": {kind: blocks}}).encode()

    return make


_UNKNOWN = '{{"metric":"m{0}","area":"a{0}","month":"2022-08","value":1}}'
_WHAT_IF: dict[str, Any] = {"path": "/v1/what-if"}
_CASES: dict[str, Any] = {"path": "/v1/cases"}
_TRIALS: dict[str, Any] = {"path": "/v1/definitions/trials", "org": "economy"}
_RULE = {"kind": "part_of", "part": "x", "whole": "y"}
_STATIONS: dict[str, Any] = {"path": "/v1/registers/base_stations/rows?month=2022-08&dry_run=true"}
_TITLES = {"zh": "标题", "en": "title"}

COSTS = [
    Cost("E a note of tabs and apostrophes", _filled(_HEADER + _GOOD + b'"', b"\t'", b'"\n'), CSV, largest=60_000),
    Cost("E many notes of tabs and apostrophes", _notes(b"\t'", 240), CSV),
    Cost("E many notes of commas and blanks", _notes(b", '", 160), CSV),
    Cost("E many notes of blanks", _notes(b" \xe3\x80\x80", 120), CSV),
    Cost("E many notes of quotes", _notes(b'""', 240), CSV),
    Cost("E a header of blanks", _filled(b"metric,area,month,", b" ", b"\n" + _GOOD), CSV, largest=60_000),
    Cost("E a header of many columns", _filled(_HEADER.strip(), b",x", b"\n" + _GOOD), CSV, largest=60_000),
    Cost("E a quoted text of many lines", _filled(_HEADER + _GOOD + b'"', b"a\n", b'"\n'), CSV),
    Cost("E a quote that never ends", _filled(_HEADER + _GOOD + b'"', _GOOD + b"\n"), CSV),
    Cost("E unknown codes", _numbered(_HEADER, "m{0},a{0},2022-08,1,\n"), CSV),
    Cost("E unknown months", _numbered(_HEADER, "fbb_subs_total,liangjiang,2022-{0},1,\n"), CSV),
    Cost("E values that are none", _filled(_HEADER, b"fbb_subs_total,liangjiang,2022-08,1-,\n"), CSV),
    Cost("E one count with many values", _numbered(_HEADER, "fbb_subs_total,liangjiang,2022-08,{0},\n"), CSV),
    Cost("E one count many times", _filled(_HEADER, _GOOD + b"\n"), CSV),
    Cost("E totals of nothing", _filled(_HEADER, "合计,合计,2022-08,7,\n".encode()), CSV),
    Cost("E blank lines", _filled(_HEADER, b",,,,\n", _GOOD), CSV),
    Cost("E empty objects", _filled(b"", b"{}\n"), NDJSON, largest=60_000),
    Cost("E empty objects, one document", _filled(b'{"observations":[', b"{},", b"{}]}"), largest=60_000),
    Cost("E lines that are not JSON", _filled(b"", b"x\n"), NDJSON, largest=60_000),
    Cost("E unknown fields", _numbered(b"", '{{"a{0}":1,"b{0}":1,"c{0}":1}}\n'), NDJSON),
    Cost("E unknown codes, lines", _numbered(b"", _UNKNOWN + "\n"), NDJSON),
    Cost("E unknown codes, one document", _numbered(b'{"observations":[', _UNKNOWN, b"]}", ",")),
    Cost("E one row of many fields", _numbered(b'{"observations":[{', '"f{0}":1', b"}]}", ",")),
    Cost("E one row with a key twice at its end", _numbered(b'{"observations":[{', '"f{0}":1', b',"x":1,"x":2}]}', ",")),
    Cost("E another member of numbers", _filled(b'{"observations":[],"x":[', b"0,", b"0]}"), largest=2_000_000),
    Cost("E another member of lists", _filled(b'{"observations":[],"x":[', b"[[],[]],", b"0]}"), largest=2_000_000),
    Cost("E a long text", _filled(b'{"observations":[{"note":"', b"\\u0001", b'"}]}'), largest=2_000_000),
    Cost("E blanks between rows", _filled(b'{"observations":[{}', b" ", b",{}]}"), largest=2_000_000),
    Cost(
        "E many members of nothing",
        lambda size: gzip.compress(b"", mtime=0) * (size // 20),
        headers=(("Content-Encoding", "gzip"),),
    ),
    Cost("E hypothetical zeros", _filled(b'{"month":"2022-08","counts":[', b"0,", b"0]}"), **_WHAT_IF),
    Cost("E hypothetical objects", _filled(b'{"month":"2022-08","counts":[', b"{},", b"{}]}"), **_WHAT_IF),
    Cost(
        "E hypothetical unknown fields",
        _numbered(b'{"month":"2022-08","counts":[', '{{"x{0}":1,"y{0}":2}}', b"]}", ","),
        **_WHAT_IF,
    ),
    Cost(
        "E hypothetical unknown codes",
        lambda size: _numbered(b'{"month":"2022-08","counts":[', '{{"metric":"m{0}","area":"a{0}","value":1}}', b"]}", ",")(
            size // 10
        ),
        **_WHAT_IF,
    ),
    Cost("E a case of many fields", _numbered(b"{", '"f{0}":1', b"}", ","), **_CASES),
    Cost("E a case with a key twice at its end", _numbered(b"{", '"f{0}":1', b',"x":1,"x":2}', ","), **_CASES),
    Cost("E a case of unstorable texts", _filled(b'{"x":[', b'"\\u0000",', b'""]}'), **_CASES),
    Cost("E a case of long numbers", _filled(b'{"x":[', b"1" * 1_000 + b",", b"1]}"), **_CASES),
    Cost("E a case of brackets in turns", _filled(b'{"x":[', b"[[[[[[[[{}]]]]]]]],", b"0]}"), **_CASES),
    Cost("E a case of escapes", _filled(b'{"title":"', b"\\ud83d\\ude00", b'"}'), **_CASES),
    Cost("E a case that opens quotes", _filled(b'{"x":"', b'\\"'), **_CASES),
    Cost("E a case with a long title", _filled(b'{"title":"', b" ", b'"}'), **_CASES),
    Cost("E a file of dotted keys", _filled(b'{"month":"2022-08","file":"', b"a.", b'"}'), **_TRIALS, largest=100_000),
    Cost("E a file of quotes", _filled(b'{"month":"2022-08","file":"', b"\\\"'", b'"}'), **_TRIALS, largest=100_000),
    Cost("E a file of tables", _numbered(b'{"month":"2022-08","file":"', "[t{0}]\\na=1\\n", b'"}'), **_TRIALS, largest=100_000),
    Cost("E a definition of areas", _campaign("area", {"title": _TITLES, "kind": "street"}), **_TRIALS, largest=100_000),
    Cost(
        "E a definition of rules", _campaign("rule", {"kind": "part_of", "part": "x", "whole": "y"}), **_TRIALS, largest=100_000
    ),
    Cost("E a definition of unknown kinds", _campaign("nonsense", {"x": [1, 2, 3]}), **_TRIALS, largest=100_000),
    Cost(
        "E stations of nothing",
        _filled(b'{"rows":[', b"{},", b"{}]}"),
        path="/v1/registers/base_stations/rows?month=2022-08&dry_run=true",
    ),
    Cost(
        "E stations that are unknown",
        _numbered(b"", '{{"x{0}":1}}\n'),
        NDJSON,
        path="/v1/registers/base_stations/rows?month=2022-08&dry_run=true",
    ),
    Cost(
        "E stations that are good",
        _numbered(
            b'{"rows":[',
            '{{"month":"2022-08","station":"S{0}","site":"T","area":"500112022","built_by":"telecom","band":"n78",'
            '"in_service_since":"2022-06-30"}}',
            b"]}",
            ",",
        ),
        **_STATIONS,
        largest=LARGE,
    ),
    Cost(
        "E stations beside another member of lists",
        _filled(b'{"rows":[],"x":[', b"[[],[]],", b"0]}"),
        **_STATIONS,
        largest=2_000_000,
    ),
    Cost("E a workbook of tabs", _workbook("\t'" * 100), XLSX, largest=100_000),
]
