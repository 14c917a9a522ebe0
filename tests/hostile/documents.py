"""Group C for a JSON document as a whole: the same faults at every operation that takes JSON, those of tomorrow too."""

import json
import re
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

from shared.vocabulary import Role
from tests.hostile.case import Case
from tests.hostile.product import JSON
from tests.openapi_document import openapi_document

_WHOLE: dict[str, Any] = openapi_document()
_ORGS = {"carrier": "telecom", "street": "lijia", "bureau": "economy", "task_force": "industry", "leader": "leading_group"}
_MONTH_SIGNED: dict[str, Any] = {
    "move": "submit",
    "content_hash": "0" * 64,
    "attested_by": {"name": "李四", "title": "副总经理"},
}  # stands in the files without an example, since nobody can know a hash beforehand
_ANY_ID = "018f0000-0000-7000-8000-000000000000"
_CAP = 8 << 20
_UNCERTAIN = {"text/plain", "", "application/x-www-form-urlencoded"}
_ALL_FAULTS = {"push_observations", "create_case"}  # the stream of a push, and the strict checks that all others share


def cases() -> Iterator[Case]:
    """Every fault at the operations that read a body in a way of their own, and one of each kind at all others."""
    for method, path, operation in _taking_json():
        whole = operation["operationId"] in _ALL_FAULTS
        seen: set[tuple[str, int]] = set()
        for fault in _faults(_example(operation)):
            if operation["operationId"].startswith("push_") and fault.media in _UNCERTAIN:
                continue  # the bytes say what they are
            if whole or fault.kind not in seen:
                yield _case(fault, method, path, operation)
            seen.add(fault.kind)


def taken_with_a_key() -> Iterator[Case]:
    """At every operation that takes a key, a body that is right; as a case it is refused as malformed."""
    for method, path, operation in _taking_json():
        if any(one["name"] == "Idempotency-Key" for one in operation.get("parameters", ())):
            yield _case(_Fault("R3", _example(operation).encode(), 400, "malformed"), method, path, operation)


class _Fault(NamedTuple):
    name: str
    body: bytes | Callable[[], bytes]
    status: int
    code: str
    media: str = JSON

    @property
    def kind(self) -> tuple[str, int]:
        """Its class, and what is answered."""
        return self.name.split()[0], self.status


def _case(fault: _Fault, method: str, path: str, operation: dict[str, Any]) -> Case:
    role = next(iter(operation["x-roles"]))
    return Case(
        f"{fault.name} · {operation['operationId']}",
        *fault[1:],
        method=method.upper(),
        path=re.sub(r"\{(\w+)\}", lambda found: _part(found[1], operation), path),
        org=_ORGS[role],
        role=Role(role),
    )


def _taking_json() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in _WHOLE["paths"].items():
        for method, operation in methods.items():
            if JSON in operation.get("requestBody", {}).get("content", {}):
                yield method, path, operation


def _example(operation: dict[str, Any]) -> str:
    content = operation["requestBody"]["content"][JSON]
    schema = _WHOLE["components"]["schemas"].get(content["schema"].get("$ref", "").rpartition("/")[2], content["schema"])
    examples = [
        content.get("example"),
        *(one["value"] for one in content.get("examples", {}).values()),
        *schema.get("examples", []),
    ]
    return json.dumps(next(filter(None, examples), _MONTH_SIGNED), ensure_ascii=False)


def _part(name: str, operation: dict[str, Any]) -> str:
    parameter = next(one for one in operation["parameters"] if (one["in"], one["name"]) == ("path", name))
    return str(parameter.get("example") or parameter["schema"].get("examples", [_ANY_ID])[0])


def _faults(good: str) -> Iterator[_Fault]:
    """Most are a good document with one more member, `x`."""
    for name, written in _MEMBERS_MALFORMED.items():
        yield _Fault(name, _with(good, written), 400, "malformed")
    for name, written in _MEMBERS_REFUSED.items():
        yield _Fault(name, _with(good, written), 422, "schema")
    for name, text in {
        "C3 a key twice": good[:-1] + ", " + good[1:],
        "C3 a key twice, once escaped": good[:-1] + f', "\\u{ord(good[2]):04x}{good[3:]}',
        "C4 nested 100 000 deep": "[" * 100_000,
        "C4 10 000 objects deep": '{"x":' * 10_000,
        "C9 something behind": good + "x",
        "C9 a second document": good + good,
        "C9 NUL behind": good + "\0",
        "C9 cut short": good[:-1],
        "C9 nothing": "",
        "C9 blanks": " \r\n\t",
        "C9 a form feed before": "\f" + good,
        "C9 a comma too many": good[:-1] + ",}",
        "C9 a comment": good[:-1] + "/**/}",
        "C9 single quotes": good.replace('"', "'"),
    }.items():
        yield _Fault(name, text.encode(), 400, "malformed")
    for name, raw in {
        "C7 UTF-16": good.encode("utf-16"),
        "C7 UTF-16, no mark": good.encode("utf-16-le"),
        "C7 UTF-32": good.encode("utf-32-be"),
        "C7 byte-order mark": b"\xef\xbb\xbf" + good.encode(),
        "C7 no UTF-8": good.encode()[:-2] + b'\xff\xfe"}',
        "C7 overlong form": good.encode()[:-1] + b', "\xc0\xaf": 1}',
        "C7 surrogate in UTF-8": good.encode()[:-1] + b', "\xed\xa0\x80": 1}',
        "C7 GB18030": good[:-1].encode("gb18030") + ', "备注": "礼嘉"}'.encode("gb18030"),
        "C11 a gzip body that does not say so": zlib.compress(good.encode(), wbits=31),
    }.items():
        yield _Fault(name, raw, 400, "malformed")
    for name, media in _MEDIA.items():
        yield _Fault(name, good.encode(), 415, "media_type", media)
    for name, document in {
        "C9 null": "null",
        "C9 a list": "[]",
        "C9 a text": '"x"',
    }.items():
        yield _Fault(name, document.encode(), 422, "schema")
    for number in (1_001, 19_000, 60_000):
        yield _Fault(f"C12 {number} keys", partial(_keys, number, ""), 422, "schema")
    for name, large in _TOO_LARGE.items():
        yield _Fault(name, large, 413, "too_large")


def _keys(number: int, longer: str) -> bytes:
    return b"{" + b", ".join(f'"{longer}{place}": 1'.encode() for place in range(number)) + b"}"


def _with(good: str, written: str) -> bytes:
    return f'{good[:-1]}, "x": {written}}}'.encode()


_MEMBERS_MALFORMED = {
    "C1 NaN": "NaN",
    "C1 Infinity": "Infinity",
    "C1 -Infinity": "-Infinity",
    "C1 1e400": "1e400",
    "C1 -1e400": "-1e400",
    "C3 a key twice, nested": '{"a": {"b": 1, "b": 2}}',
    "C4 nested 33 deep": "[" * 32 + "]" * 32,
    "C4 nested 900 deep": "[" * 900 + "]" * 900,
    "C4 nested 33 deep in turns": '[{"a":' * 16 + "0" + "}]" * 16,
    "C5 5 000 digits": "9" * 5_000,
    "C15 1e1000000": "1e1000000",
    "C15 -1e200000": "-1e200000",
    "C9 a leading zero": "01",
    "C9 a plus": "+1",
    "C9 no digits behind the point": "1.",
    "C9 hexadecimal": "0x10",
    "C9 digits of another script": "５",
    "C9 a control character in a text": '"a\x01"',
    "C9 an unfinished escape": '"\\u12"',
    "C9 an unknown escape": '"\\x41"',
}
_MEMBERS_REFUSED = {
    "C8 half a surrogate pair": '"\\ud800"',
    "C8 the halves in the wrong order": '"\\udc00\\ud800"',
    "C8 NUL in a text": '"a\\u0000b"',
    "C5 10^100": "1" + "0" * 100,
    "C4 nested 32 deep": "[" * 31 + "]" * 31,
    "C1 NaN as text": '"NaN"',
    "B3 a field of another's": '"approved"',
}
_MEDIA = {
    "C10 text/plain": "text/plain",
    "C10 none": "",
    "C10 XML": "application/xml",
    "C10 a form": "application/x-www-form-urlencoded",
    "C10 anything": "*/*",
    "C10 two types": "application/json, text/csv",
    "C10 a type that only begins so": "application/jsonp",
    "C7 charset UTF-16": "application/json; charset=utf-16",
    "C7 charset in quotes": 'application/json; charset="utf-7"',
}
_TOO_LARGE: dict[str, Callable[[], bytes]] = {
    "C12 a text over the limit": lambda: b'{"x": "' + b"a" * _CAP + b'"}',
    "C12 15 million elements": lambda: b'{"x": [' + b"0," * 15_000_000 + b"0]}",
    "C12 100 000 long keys": partial(_keys, 100_000, "k" * 80),
    "C12 blanks over the limit": lambda: b" " * _CAP + b"{}",
}
