"""Strict parser of JSON values: no duplicate keys, no NaN, no numbers out of range; fractions keep their text.

It is slower than msgspec and orjson, but reports the position and the reason of every error.
"""

import json
import re
from typing import Any, NoReturn

from shared.values.bilingual import Bilingual

_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_NOT_BRACKETS = re.compile(r"[^][{}]+")
_INNERMOST_PAIR = re.compile(r"\[\]|\{\}")


class StrictJsonError(ValueError):
    """The text is not strict JSON, although a lenient parser may accept it."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.message = Bilingual(zh=zh, en=en)


class DecimalLiteral(str):
    """A JSON number with a fraction or an exponent, as it was written."""

    __slots__ = ()


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise StrictJsonError("同一对象中有重复的字段名", "duplicate key in an object")
    return members


def _refuse_constant(name: str) -> NoReturn:
    raise StrictJsonError(f"{name} 不是 JSON 数值", f"{name} is not a JSON number")


def _decimal(text: str) -> DecimalLiteral:
    if float(text) in {float("inf"), float("-inf")}:
        raise StrictJsonError("数值超出范围", "a number is out of range")
    return DecimalLiteral(text)


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_refuse_constant, parse_float=_decimal)


def parse_value(text: str, start: int, max_depth: int) -> tuple[Any, int]:
    """Return the JSON value that starts at `start` and its end; raises StrictJsonError or json.JSONDecodeError."""
    try:
        value, end = _DECODER.raw_decode(text, start)
    except RecursionError:
        raise _too_deep(max_depth) from None
    except (StrictJsonError, json.JSONDecodeError):
        raise
    except ValueError:  # int() limits the number of digits
        raise StrictJsonError("数值位数过多", "a number has too many digits") from None
    if text.count("[", start, end) + text.count("{", start, end) > max_depth and _is_deeper(text[start:end], max_depth):
        raise _too_deep(max_depth)
    return value, end


def _is_deeper(text: str, max_depth: int) -> bool:
    """Return whether brackets nest deeper than `max_depth`, without recursion and at the speed of `re`."""
    brackets = _NOT_BRACKETS.sub("", _STRING.sub("", text))
    for _ in range(max_depth):  # each round removes the innermost level
        brackets = _INNERMOST_PAIR.sub("", brackets)
    return bool(brackets)


def _too_deep(max_depth: int) -> StrictJsonError:
    return StrictJsonError(f"嵌套超过 {max_depth} 层", f"nested deeper than {max_depth} levels")


def parse_error_hint(error: ValueError) -> Bilingual:
    """Return the reason of a parser's error, with its position if it is known."""
    if isinstance(error, StrictJsonError):
        return error.message
    if isinstance(error, json.JSONDecodeError):
        return Bilingual(
            zh=f"第 {error.colno} 个字符处不是合法的 JSON", en=f"not valid JSON at character {error.colno}: {error.msg}"
        )
    if isinstance(error, UnicodeDecodeError):
        return Bilingual(zh=f"第 {error.start + 1} 个字节不是 UTF-8", en=f"byte {error.start + 1} is not UTF-8")
    return Bilingual(zh="不是合法的 JSON", en="not valid JSON")
