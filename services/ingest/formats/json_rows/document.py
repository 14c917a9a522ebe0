"""JSON: one document `{"observations": [...]}`, read element by element."""

import json
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from services.ingest.formats.json_rows.row import FastRowReader, read_row
from services.ingest.formats.rows import Batch, BodyLimits, safe_excerpt
from shared.http.strict_json import decode_body, duplicate_key, malformed_json, parse_value
from shared.problems import FieldError, Malformed, Schema
from shared.values.bilingual import Bilingual
from shared.values.suggestions import Guesses, nearest
from shared.vocabulary import FieldCode

_ROWS_FIELD = "observations"
_SPACE = re.compile(r"[ \t\n\r]*")
_PLAIN_ROW = re.compile(r"(\{[^{}]*\})[ \t\n\r]*([,\]])[ \t\n\r]*")  # and the mark that follows it
_LEVELS_ABOVE_A_ROW = 2
_ERRORS_MAX = 20
_TOKEN_CHARS = 16  # before the end of a text, within which the parser complains about a literal or an escape that was cut


def json_batches(body: BinaryIO, limits: BodyLimits) -> Iterator[Batch]:
    """Read a document. Raises Malformed for invalid JSON and Schema for another structure, possibly after some batches."""
    reader = _DocumentReader(decode_body(body.read()), limits)
    if reader.next_is("{"):
        yield from reader.read_members()
        reader.refuse_rest()
        reader.refuse_other_fields()
    else:
        reader.read_value(limits.depth)
        reader.refuse_rest()
        raise _schema_problem([])


def _reaches_end(error: json.JSONDecodeError, text: str) -> bool:
    """Return whether the parser came to the end of a text, with a value that may go on."""
    return error.msg.startswith("Unterminated string") or error.pos > len(text) - _TOKEN_CHARS


def _schema_problem(errors: list[FieldError]) -> Schema:
    return Schema('请求体应为 {"observations": [...]}。', 'The body must be {"observations": [...]}.', errors=errors)


class _DocumentReader:
    """Steps through the text of a document."""

    def __init__(self, text: str, limits: BodyLimits) -> None:
        self.text = text
        self.limits = limits
        self.position = 0
        self.fast_rows = FastRowReader()
        self.guesses = Guesses()
        self.checked_from = 1  # the first row that has not yet been found to need reading one by one
        self.keys: set[str] = set()
        self.errors: list[FieldError] = []
        self.skip_space()

    def skip_space(self) -> None:
        match = _SPACE.match(self.text, self.position)
        self.position = match.end() if match else self.position

    def next_is(self, mark: str) -> bool:
        return self.text.startswith(mark, self.position)

    def malformed(self, error: ValueError) -> Malformed:
        return malformed_json(error, self.text, self.position)

    def expect(self, *marks: str) -> str:
        """Step over one of the marks and the space after it."""
        mark = self.text[self.position : self.position + 1]
        if mark not in marks:
            raise self.malformed(json.JSONDecodeError(f"expected {' or '.join(marks)}", self.text, self.position))
        self.position += 1
        self.skip_space()
        return mark

    def read_value(self, max_depth: int) -> Any:  # noqa: ANN401 - any JSON value
        """Step over a value and the space after it. Raises Schema for a value that is longer than a row may be."""
        window = self.text[self.position : self.position + self.limits.line_bytes]
        try:
            value, length = parse_value(window, 0, max_depth)
        except ValueError as error:
            if isinstance(error, json.JSONDecodeError):
                if len(window) == self.limits.line_bytes and _reaches_end(error, window):
                    raise self.too_long() from None
                error = json.JSONDecodeError(error.msg, self.text, self.position + error.pos)
            raise self.malformed(error) from None
        self.position += length
        self.skip_space()
        return value

    def too_long(self) -> Schema:
        line, most = self.text.count("\n", 0, self.position) + 1, self.limits.line_bytes
        return Schema(
            f"第 {line} 行的值超过 {most} 个字符，每行数据和其他字段均不得超过。",
            f"The value in line {line} has more than {most} characters, which neither a row nor another field may have.",
        )

    def refuse_rest(self) -> None:
        if self.position != len(self.text):
            raise self.malformed(json.JSONDecodeError("unexpected text after the document", self.text, self.position))

    def read_members(self) -> Iterator[Batch]:
        """Step through the members of the document and yield the rows of `observations`."""
        self.expect("{")
        if self.next_is("}"):
            self.expect("}")
            return
        mark = ","
        while mark == ",":
            key = self.read_key()
            if key == _ROWS_FIELD and self.next_is("["):
                yield from self.read_rows()
            else:
                self.read_value(self.limits.depth - 1)
                self.add_error(key)
            mark = self.expect(",", "}")

    def read_key(self) -> str:
        if not self.next_is('"'):
            raise self.malformed(json.JSONDecodeError("expected a key in double quotes", self.text, self.position))
        key = str(self.read_value(1))
        if key in self.keys:
            raise self.malformed(duplicate_key(key))
        self.keys.add(key)
        self.expect(":")
        return key

    def add_error(self, key: str) -> None:
        """Add the error of a member that is not a list of rows."""
        if key == _ROWS_FIELD:
            code, message, hint = FieldCode.NOT_A_LIST, Bilingual(zh="应为数组", en="must be a JSON array"), None
        else:
            code, message = FieldCode.UNKNOWN_FIELD, Bilingual(zh="字段不存在", en="unknown field")
            hint = nearest(safe_excerpt(key).lower(), (_ROWS_FIELD,))
        self.errors.append(FieldError(where="/" + safe_excerpt(key), code=code, message=message, hint=hint))
        if len(self.errors) == _ERRORS_MAX:
            raise _schema_problem(self.errors)

    def read_rows(self) -> Iterator[Batch]:
        """Step through the list of rows."""
        self.expect("[")
        if self.next_is("]"):
            self.expect("]")
            return
        number = 1
        while number:
            plain = self.read_plain_rows(number) if number >= self.checked_from else None
            batch, number = plain or self.read_any_rows(number)
            yield batch

    def read_plain_rows(self, first: int) -> tuple[Batch, int] | None:
        """Return a batch of rows and the number of the row after them, 0 after the last row.

        None if a row contains brackets or an error.
        """
        texts: list[str] = []
        position, mark = self.position, ","
        while mark == "," and len(texts) < self.limits.batch_rows and (match := _PLAIN_ROW.match(self.text, position)):
            texts.append(match[1])
            position, mark = match.end(), match[2]
        lines = [text.encode() for text in texts]
        rows = self.fast_rows.read(first, lines, b"".join(lines)) if lines else None
        if rows is None:
            self.checked_from = first + max(1, len(lines))
            return None
        self.position = position
        return Batch(rows=rows, received=len(rows)), first + len(rows) if mark == "," else 0

    def read_any_rows(self, number: int) -> tuple[Batch, int]:
        """Return a batch of rows, read one by one, and the number of the row after them, 0 after the last row."""
        batch, mark = Batch(), ","
        while mark == "," and batch.received < min(self.limits.checked_rows, self.limits.batch_rows):
            read_row(batch, number, self.read_value(self.limits.depth - _LEVELS_ABOVE_A_ROW), self.guesses)
            batch.received += 1
            number += 1
            mark = self.expect(",", "]")
        return batch, number if mark == "," else 0

    def refuse_other_fields(self) -> None:
        """Raise Schema for unknown or missing top-level fields."""
        if _ROWS_FIELD not in self.keys:
            message = Bilingual(zh="缺少必填项", en="is required")
            self.errors.append(FieldError(where=f"/{_ROWS_FIELD}", code=FieldCode.MISSING_FIELD, message=message))
        if self.errors:
            raise _schema_problem(self.errors)
