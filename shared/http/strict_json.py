"""JSON read strictly: one document in UTF-8, no name twice, no number or text that another reader would read differently."""

import json
import re
from collections.abc import Iterator
from typing import Any, Final, NoReturn

from shared.problems import FieldError, Malformed, Schema
from shared.values.bilingual import Bilingual

MAX_DEPTH: Final = 32
MAX_DIGITS: Final = 1_000  # of one number
MAX_NAMES: Final = 1_000  # of one object: nothing here has as many, and telling that each is unknown would take 100 MB

_STRING = re.compile(rb'"(?:[^"\\]++|\\.?)*+"?', re.DOTALL)  # an unfinished one reaches to the end, so this stays linear
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def parse_json(raw: bytes, max_depth: int = MAX_DEPTH) -> Any:  # noqa: ANN401 - a JSON value
    """The one JSON value of a body. Raises Malformed where it is none, Schema where a text in it cannot be stored."""
    text = _text(raw)
    _refuse_depth(raw, max_depth)
    try:
        value = json.loads(
            text, object_pairs_hook=_object, parse_constant=_refuse_constant, parse_int=_integer, parse_float=_decimal
        )
    except json.JSONDecodeError as error:
        line, column = error.lineno, error.colno
        raise Malformed(
            zh=f"请求体不是合法的 JSON：第 {line} 行第 {column} 列", en=f"the body is not JSON: line {line}, column {column}"
        ) from None
    if faults := [_unstorable(json_pointer) for json_pointer in _texts_unstorable(value)]:
        raise Schema(errors=faults)
    return value


def json_pointer(parts: Iterator[object] | list[object]) -> str:
    """A JSON pointer (RFC 6901)."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def _text(raw: bytes) -> str:
    if raw.startswith(b"\xef\xbb\xbf"):
        raise Malformed(zh="请求体须为不带字节顺序标记的 UTF-8", en="the body must be UTF-8 without a byte-order mark")
    if not raw.strip(b" \t\r\n"):
        raise Malformed(zh="请求体为空", en="the body is empty")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Malformed(zh=f"请求体不是 UTF-8：第 {error.start} 字节", en=f"the body is not UTF-8: byte {error.start}") from None


def _refuse_depth(raw: bytes, max_depth: int) -> None:
    depth = 0
    for bracket in _STRING.sub(b"", raw).translate(None, _NOT_BRACKETS):
        depth += 1 if bracket in b"[{" else -1
        if depth > max_depth:
            raise Malformed(zh=f"嵌套超过 {max_depth} 层", en=f"nested deeper than {max_depth} levels")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(pairs) > MAX_NAMES:
        raise Schema(zh=f"一个对象至多 {MAX_NAMES} 个名称", en=f"an object has at most {MAX_NAMES} names")
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)[:64].encode("utf-8", "replace").decode()
        raise Malformed(zh=f"对象中重复的名称：{twice}", en=f"a name stands twice in one object: {twice}")
    return found


def _refuse_constant(text: str) -> NoReturn:
    raise Malformed(zh=f"JSON 中没有 {text} 这样的数", en=f"JSON has no number {text}")


def _integer(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise Malformed(zh=f"数字超过 {MAX_DIGITS} 位", en=f"a number has more than {MAX_DIGITS} digits")
    return int(text)


def _decimal(text: str) -> float:
    value = float(text) if len(text) <= MAX_DIGITS else float("inf")
    if value in (float("inf"), float("-inf")):
        raise Malformed(zh="数字过大", en="a number is too large")
    return value


def _texts_unstorable(value: object, path: tuple[object, ...] = ()) -> Iterator[str]:
    """Pointers to the texts, names included, that hold NUL or half a surrogate pair: no database column takes them."""
    if isinstance(value, str):
        if _UNSTORABLE.search(value):
            yield json_pointer(list(path))
    elif isinstance(value, dict):
        for name, inner in value.items():
            if _UNSTORABLE.search(name):
                yield json_pointer([*path, _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", name)])
            yield from _texts_unstorable(inner, (*path, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _texts_unstorable(inner, (*path, index))


def _unstorable(where: str) -> FieldError:
    return FieldError(
        where=_UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", where),
        code="unstorable_text",
        message=Bilingual(zh="文本含有空字符或不成对的代理码", en="the text holds NUL or half a surrogate pair"),
    )
