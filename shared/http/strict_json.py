"""JSON read strictly: UTF-8 without byte-order mark, no duplicate key, no number that another reader would read differently."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import accumulate, islice
from typing import Any, Final, NoReturn

from shared.problems import FieldError, Malformed, Schema
from shared.values.bilingual import Bilingual
from shared.vocabulary import FieldCode

MAX_DEPTH: Final = 32  # levels of nesting
MAX_NUMBER_LENGTH: Final = 1_000  # characters
MAX_ERRORS: Final = 100  # in one response
MAX_KEYS: Final = 1_000  # of one object: no model has as many, and an error for each unknown one would take 100 MB
MAX_DOCUMENT_KEYS: Final = 20_000  # while more are parsed, which is one call, other requests would wait for too long

_SPACE: Final = " \t\r\n"
_STRING = re.compile(r'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)  # to the end if it is not closed, so that no search begins again
_LONG_NUMBER = re.compile(rf"(?<![0-9.eE+-])[0-9.eE+-]{{{MAX_NUMBER_LENGTH + 1}}}")  # looked for once in each run
_NOT_BRACKETS = re.compile(r"[^][{}]+")
_LEVELS: Final = {"[": 1, "{": 1, "]": -1, "}": -1}
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")  # no database column takes NUL or an unpaired surrogate


class StrictJsonError(ValueError):
    """A text that Python's parser would accept, but that is not strict JSON."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.message = Bilingual(zh=zh, en=en)


class DecimalLiteral(str):
    """A JSON number with a fraction or an exponent, as it was written."""

    __slots__ = ()


def check_body(raw: bytes) -> Any:  # noqa: ANN401 - any JSON value
    """Return the value of a body. Raises Malformed if it is not strict JSON, Schema for a key or string that cannot be stored."""
    text = decode_body(raw)
    if text.count(":") > MAX_DOCUMENT_KEYS and _STRING.sub('""', text).count(":") > MAX_DOCUMENT_KEYS:
        raise Schema(
            zh=f"请求体的字段总数不得超过 {MAX_DOCUMENT_KEYS} 个。", en=f"The body must have at most {MAX_DOCUMENT_KEYS} keys."
        )
    value = parse_document(text, MAX_DEPTH)
    if _LONG_NUMBER.search(text) and _LONG_NUMBER.search(_STRING.sub('""', text)):
        raise Malformed(
            zh=f"数字不得超过 {MAX_NUMBER_LENGTH} 位。", en=f"A number must have at most {MAX_NUMBER_LENGTH} characters."
        )
    if text.count(":") > MAX_KEYS or "\\u" in text:  # such characters can only be written as escapes
        paths = _unstorable_texts(value)
        if errors := [_unstorable_error(path) for path in islice(paths, MAX_ERRORS)]:
            raise Schema(errors=errors)
    return value


def decode_body(raw: bytes) -> str:
    """Return the text of a JSON body. Raises Malformed if it is empty or not UTF-8 without a byte-order mark."""
    if raw.startswith(b"\xef\xbb\xbf"):
        raise Malformed("JSON 应为 UTF-8 编码，不带字节顺序标记（BOM）。", "JSON must be UTF-8 without a byte-order mark.")
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        raise malformed_json(error, "") from None
    if not text.strip(_SPACE):
        raise Malformed("请求体为空。", "The body is empty.")
    return text


def parse_document(text: str, max_depth: int) -> Any:  # noqa: ANN401 - any JSON value
    """Return the one JSON value of the text of a body. Raises Malformed."""
    try:
        value, end = parse_value(text, len(text) - len(text.lstrip(_SPACE)), max_depth)
        if text[end:].strip(_SPACE):
            raise json.JSONDecodeError("Extra data", text, end)
    except ValueError as error:
        raise malformed_json(error, text) from None
    return value


def parse_line(line: bytes, max_depth: int) -> Any:  # noqa: ANN401 - any JSON value
    """Return the one JSON value of a line of NDJSON. Raises ValueError, which `describe_json_error` explains."""
    text = line.decode().strip(_SPACE)
    value, end = parse_value(text, 0, max_depth)
    if end != len(text):
        raise json.JSONDecodeError("Extra data", text, end)
    return value


def parse_value(text: str, start: int, max_depth: int) -> tuple[Any, int]:
    """Return the JSON value at `start` and the position after it. Raises StrictJsonError or json.JSONDecodeError."""
    try:
        value, end = _DECODER.raw_decode(text, start)
    except RecursionError:
        raise _too_deep(max_depth) from None
    except (StrictJsonError, json.JSONDecodeError):
        raise
    except ValueError:  # of int(), which limits the digits
        raise StrictJsonError("数值位数过多", "a number has too many digits") from None
    if text.count("[", start, end) + text.count("{", start, end) > max_depth and _is_too_deep(text[start:end], max_depth):
        raise _too_deep(max_depth)
    return value, end


def malformed_json(error: ValueError, text: str, position: int | None = None) -> Malformed:
    """Return the problem for an error of the parser in a document; `position` is used if the error has none."""
    if isinstance(error, json.JSONDecodeError):
        position, reason = error.pos, Bilingual(zh="", en=error.msg)
    else:
        reason = describe_json_error(error)
    zh = en = ""
    if position is not None:
        line, column = text.count("\n", 0, position) + 1, position - text.rfind("\n", 0, position)
        zh, en = f"（第 {line} 行第 {column} 列）", f" (line {line}, column {column})"
    return Malformed(
        f"请求体不是合法的 JSON{zh}{'：' if reason.zh else ''}{reason.zh}。", f"The body is not valid JSON{en}: {reason.en}."
    )


def describe_json_error(error: ValueError) -> Bilingual:
    """Return the reason why the parser refused a text, in a form that fits a hint."""
    if isinstance(error, StrictJsonError):
        return error.message
    if isinstance(error, json.JSONDecodeError):
        return Bilingual(
            zh=f"第 {error.colno} 个字符处不是合法的 JSON", en=f"not valid JSON at character {error.colno}: {error.msg}"
        )
    if isinstance(error, UnicodeDecodeError):
        return Bilingual(zh=f"第 {error.start + 1} 个字节不是 UTF-8", en=f"byte {error.start + 1} is not UTF-8")
    return Bilingual(zh="不是合法的 JSON", en="not valid JSON")


def duplicate_key(key: str) -> StrictJsonError:
    """Return the error for an object with two equal keys."""
    shown = _storable(key[:64])
    return StrictJsonError(f"同一对象中有重复的字段名：{shown}", f"duplicate key: {shown}")


def json_pointer(parts: Sequence[object]) -> str:
    """Return a JSON pointer (RFC 6901)."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        times = Counter(key for key, _ in pairs)
        raise duplicate_key(next(key for key, number in times.items() if number > 1))
    return members


def _constant(name: str) -> NoReturn:
    raise StrictJsonError(f"{name} 不是 JSON 数值", f"{name} is not a JSON number")


def _decimal(text: str) -> DecimalLiteral:
    if float(text) in {float("inf"), float("-inf")}:
        raise StrictJsonError("数值超出范围", "number out of range")
    return DecimalLiteral(text)


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_constant, parse_float=_decimal)


def _is_too_deep(text: str, max_depth: int) -> bool:
    brackets = _NOT_BRACKETS.sub("", _STRING.sub("", text))
    return max(accumulate(map(_LEVELS.__getitem__, brackets)), default=0) > max_depth


def _too_deep(max_depth: int) -> StrictJsonError:
    return StrictJsonError(f"嵌套超过 {max_depth} 层", f"nested deeper than {max_depth} levels")


def _unstorable_texts(value: object, path: tuple[object, ...] = ()) -> Iterator[tuple[object, ...]]:
    """Yield the paths of keys and strings that cannot be stored. Raises Schema for an object with too many keys."""
    if isinstance(value, str):
        if _UNSTORABLE.search(value):
            yield path
    elif isinstance(value, dict):
        if len(value) > MAX_KEYS:
            raise Schema(zh=f"一个对象的字段不得超过 {MAX_KEYS} 个。", en=f"An object must have at most {MAX_KEYS} keys.")
        for key, member in value.items():
            if _UNSTORABLE.search(key):
                yield (*path, key)
            yield from _unstorable_texts(member, (*path, key))
    elif isinstance(value, list):
        for index, element in enumerate(value):
            if isinstance(element, str | dict | list):
                yield from _unstorable_texts(element, (*path, index))


def _unstorable_error(path: tuple[object, ...]) -> FieldError:
    return FieldError(
        where=_storable(json_pointer(path)),
        code=FieldCode.UNSTORABLE_TEXT,
        message=Bilingual(zh="不得含空字符或不成对的代理码", en="must not contain NUL or an unpaired surrogate"),
    )


def _storable(text: str) -> str:
    return _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", text)
