"""JSON: one document `{"observations": [...]}`, read element by element."""

import json
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from services.ingest.formats.json_rows.lines import unreadable_hint
from services.ingest.formats.json_rows.row import FastRowReader, parse_value, read_row
from services.ingest.formats.row_errors import nearest_field_hint
from services.ingest.formats.rows import Batch, BodyLimits, safe_excerpt
from shared.problems import FieldError, Malformed, Schema
from shared.values.bilingual import Bilingual

_FIELDS = ("observations",)
_SPACE = re.compile(r"[ \t\n\r]*")
_PLAIN_ROW = re.compile(r"(\{[^{}]*\})[ \t\n\r]*([,\]])[ \t\n\r]*")  # with the mark after it
_LEVELS_ABOVE_A_ROW = 2
_ERRORS_SHOWN = 20


def json_batches(body: BinaryIO, limits: BodyLimits) -> Iterator[Batch]:
    """Read the document. Raises Malformed for what is not strict JSON and Schema for another shape, even after some batches."""
    text = _decoded(body.read())
    document = _Document(text, limits)
    if not text.startswith("{", document.at):
        document.skip_value(limits.depth)
        document.end()
        raise _shape([])
    yield from document.members()
    document.end()
    document.check_shape()


def _decoded(raw: bytes) -> str:
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        raise Malformed(f"第 {error.start + 1} 个字节不是 UTF-8", f"byte {error.start + 1} is not UTF-8") from None
    if text.startswith("\ufeff"):
        raise Malformed("JSON 应为不带字节序标记的 UTF-8", "JSON must be UTF-8 without a byte-order mark")
    if not text.strip(" \t\n\r"):
        raise Malformed("请求体为空", "the body is empty")
    return text


def _shape(errors: list[FieldError]) -> Schema:
    return Schema('请求体应为 {"observations": [...]}', 'the body must be {"observations": [...]}', errors=errors)


class _Document:
    """Where the reader stands in the text, and what it met at the top level."""

    def __init__(self, text: str, limits: BodyLimits) -> None:
        self.text = text
        self.limits = limits
        self.at = 0
        self.fast = FastRowReader()
        self.keys: set[str] = set()
        self.errors: list[FieldError] = []
        self.skip_space()

    def skip_space(self) -> None:
        match = _SPACE.match(self.text, self.at)
        self.at = match.end() if match else self.at

    def malformed(self, error: ValueError) -> Malformed:
        """The problem, with line and column of where the reader stands or the parser gave up."""
        at = error.pos if isinstance(error, json.JSONDecodeError) else self.at
        line, column = self.text.count("\n", 0, at) + 1, at - self.text.rfind("\n", 0, at)
        why = unreadable_hint(error)
        if isinstance(error, json.JSONDecodeError):
            why = Bilingual(zh="不是合法的 JSON", en=error.msg)
        return Malformed(f"第 {line} 行第 {column} 个字符：{why.zh}", f"line {line}, character {column}: {why.en}")

    def expect(self, *marks: str) -> str:
        """Step over one of the marks and the space after it."""
        mark = self.text[self.at : self.at + 1]
        if mark not in marks:
            raise self.malformed(json.JSONDecodeError(f"expected {' or '.join(marks)}", self.text, self.at))
        self.at += 1
        self.skip_space()
        return mark

    def value(self, depth: int) -> Any:  # noqa: ANN401 - any JSON value
        """The value that starts here."""
        try:
            value, self.at = parse_value(self.text, self.at, depth)
        except ValueError as error:
            raise self.malformed(error) from None
        self.skip_space()
        return value

    def skip_value(self, depth: int) -> None:
        self.value(depth)

    def end(self) -> None:
        if self.at != len(self.text):
            raise self.malformed(json.JSONDecodeError("something follows the document", self.text, self.at))

    def members(self) -> Iterator[Batch]:
        """Step through the top-level object, giving the rows of `observations` as they are met."""
        self.expect("{")
        if self.text.startswith("}", self.at):
            self.expect("}")
            return
        mark = ","
        while mark == ",":
            key = self.key()
            if key == _FIELDS[0] and self.text.startswith("[", self.at):
                yield from self.rows()
            else:
                self.skip_value(self.limits.depth - 1)
                self.misplaced(key)
            mark = self.expect(",", "}")

    def key(self) -> str:
        if not self.text.startswith('"', self.at):
            raise self.malformed(json.JSONDecodeError("expected a key in double quotes", self.text, self.at))
        key = str(self.value(1))
        if key in self.keys:
            raise Malformed(f"键 {safe_excerpt(key)} 重复", f"the key {safe_excerpt(key)} stands twice")
        self.keys.add(key)
        self.expect(":")
        return key

    def misplaced(self, key: str) -> None:
        """Note a member that is not the list of observations."""
        known = key in _FIELDS
        words = (
            Bilingual(zh="应为数组", en="a list is due here")
            if known
            else Bilingual(zh="没有这个字段", en="there is no such field")
        )
        code = "not_a_list" if known else "unknown_field"
        hint = None if known else nearest_field_hint(key, _FIELDS)
        self.errors.append(FieldError(where="/" + safe_excerpt(key), code=code, message=words, hint=hint))
        if len(self.errors) == _ERRORS_SHOWN:
            raise _shape(self.errors)

    def rows(self) -> Iterator[Batch]:
        """Step through the list of observations."""
        self.expect("[")
        if self.text.startswith("]", self.at):
            self.expect("]")
            return
        number = 1
        while number:
            batch, number = self.plain_rows(number) or self.any_rows(number)
            yield batch

    def plain_rows(self, first: int) -> tuple[Batch, int] | None:
        """The next rows, if they hold no brackets and all of them are right, and the number of the row after them, or 0."""
        texts: list[str] = []
        at, mark = self.at, ","
        while mark == "," and len(texts) < self.limits.batch_rows and (match := _PLAIN_ROW.match(self.text, at)):
            texts.append(match[1])
            at, mark = match.end(), match[2]
        lines = [text.encode() for text in texts]
        rows = self.fast.read(first, lines, b"".join(lines)) if lines else None
        if rows is None:
            return None
        self.at = at
        return Batch(rows=rows, received=len(rows)), first + len(rows) if mark == "," else 0

    def any_rows(self, number: int) -> tuple[Batch, int]:
        """The next rows, read one by one, and the number of the row after them, 0 after the last."""
        batch, mark = Batch(), ","
        while mark == "," and batch.received < self.limits.batch_rows:
            read_row(batch, number, self.value(self.limits.depth - _LEVELS_ABOVE_A_ROW))
            batch.received += 1
            number += 1
            mark = self.expect(",", "]")
        return batch, number if mark == "," else 0

    def check_shape(self) -> None:
        """Raise Schema for unknown or missing top-level fields."""
        if _FIELDS[0] not in self.keys:
            words = Bilingual(zh="缺少必填内容", en="the field is missing")
            self.errors.append(FieldError(where="/observations", code="missing_field", message=words))
        if self.errors:
            raise _shape(self.errors)
