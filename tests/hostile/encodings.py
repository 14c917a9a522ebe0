"""Group C11: compressed bodies that are broken, nested, of an unknown kind, or inflate without end."""

import gzip
import json
import zlib
from collections.abc import Callable, Iterator

from tests.hostile.case import Case
from tests.hostile.product import JSON
from tests.hostile.rows import CSV, NDJSON
from tests.hostile.wire import Header
from tests.hostile.workbooks import XLSX, parts, zipped

_ROW = {"metric": "fbb_subs_total", "area": "liangjiang", "month": "2022-08", "value": 5}
_GOOD = json.dumps({"observations": [_ROW]}).encode()
_GZIPPED = gzip.compress(_GOOD, mtime=0)
_CASE = json.dumps({"title": "a", "domain": "vertical_industry", "applicant": "b", "summary": "c"}).encode()
_MB = 1 << 20


def _bomb(before: bytes, filling: bytes, size: int, after: bytes = b"") -> bytes:
    return gzip.compress(before + filling * (size // len(filling)) + after, 9, mtime=0)


_TOO_LARGE: dict[str, tuple[str, Callable[[], bytes]]] = {
    "50 MB of blanks": (JSON, lambda: _bomb(b"", b" ", 50 * _MB, _GOOD)),
    "50 MB of one text": (JSON, lambda: _bomb(b'{"x": "', b"a", 50 * _MB, b'"}')),
    "100 MB of line ends": (NDJSON, lambda: _bomb(b"", b"\n", 100 * _MB)),
    "50 MB of good rows": (NDJSON, lambda: _bomb(b"", json.dumps(_ROW).encode() + b"\n", 50 * _MB)),
    "50 MB of a table": (CSV, lambda: _bomb(b"metric,area,month,value\n", b",,,\n", 50 * _MB)),
    "11 MB that pretend to be a workbook": (XLSX, lambda: _bomb(b"PK\x03\x04", b"\0", 11 * _MB)),
    "a bomb in many members": (NDJSON, lambda: _bomb(b"", b"\n", 4 * _MB) * 20),
}
_BROKEN: dict[str, bytes] = {
    "cut short": _GZIPPED[:-12],
    "without its last byte": _GZIPPED[:-1],
    "nothing but a header": _GZIPPED[:10],
    "nothing at all": b"",
    "a wrong checksum": _GZIPPED[:-8] + bytes(4) + _GZIPPED[-4:],
    "a wrong length": _GZIPPED[:-4] + bytes(4),
    "a bit flipped": _GZIPPED[:30] + bytes([_GZIPPED[30] ^ 16]) + _GZIPPED[31:],
    "something behind": _GZIPPED + b"x",
    "a second body behind": _GZIPPED * 2,
    "half a second member behind": _GZIPPED + _GZIPPED[:15],
    "a plain body": _GOOD,
    "zlib instead": zlib.compress(_GOOD),
    "deflate instead": zlib.compress(_GOOD, wbits=-15),
    "gzip within gzip": gzip.compress(_GZIPPED, mtime=0),
    "5 000 members of nothing": gzip.compress(b"", mtime=0) * 5_000,
    "NaN inside": gzip.compress(b'{"observations": [{"value": NaN}]}', mtime=0),
}
_UNKNOWN = ["br", "deflate", "compress", "zstd", "gzip, gzip", "gzip, br", "identity, gzip", "gzip;q=1", "*", "gzip\x80"]


def cases() -> Iterator[Case]:
    """Every body."""
    for name, (media, make) in _TOO_LARGE.items():
        yield Case(f"C11 {name}", make, 413, "too_large", media, headers=_encoded("gzip"))
    for name, body in _BROKEN.items():
        yield Case(f"C11 {name}", body, 400, "malformed", headers=_encoded("gzip"))
    for name in _UNKNOWN:
        yield Case(f"C11 Content-Encoding {name!a}", _GZIPPED, 415, "media_type", headers=_encoded(name))
    yield Case("C11 two encodings", _GZIPPED, 400, "malformed", headers=_encoded("gzip") + _encoded("gzip"))
    yield Case("C11 a workbook cut short", gzip.compress(zipped(parts()))[:-9], 400, "malformed", XLSX, headers=_encoded("gzip"))
    compressed = gzip.compress(_CASE, mtime=0)
    yield Case("C11 gzip where none is taken", compressed, 415, "media_type", path="/v1/cases", headers=_encoded("gzip"))


def _encoded(name: str) -> tuple[Header, ...]:
    return (("Content-Encoding", name.encode("latin-1")),)
