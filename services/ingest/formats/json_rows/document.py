"""JSON: one document whose rows are in one field, such as `{"observations": [...]}`, read element by element."""

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any, Generic, TypeVar

from services.ingest.formats.rows import BodyLimits, safe_excerpt
from shared.http.strict_json import decode_body, duplicate_key, malformed_json, parse_value
from shared.problems import FieldError, Malformed, Schema
from shared.values.bilingual import Bilingual
from shared.values.suggestions import nearest
from shared.vocabulary import FieldCode

_SPACE = re.compile(r"[ \t\n\r]*")
_LEVELS_ABOVE_A_ROW = 2
_ERRORS_MAX = 20
_TOKEN_CHARS = 16  # before the end of a text, within which the parser complains about a literal or an escape that was cut

PartT = TypeVar("PartT")


def _reaches_end(error: json.JSONDecodeError, text: str) -> bool:
    """Return whether the parser came to the end of a text, with a value that may go on."""
    return error.msg.startswith("Unterminated string") or error.pos > len(text) - _TOKEN_CHARS


class DocumentReader(ABC, Generic[PartT]):
    """Steps through the text of a document; a subclass says how its rows are read."""

    def __init__(self, body: bytes, limits: BodyLimits, field: str) -> None:
        """`field` holds the rows. Raises Malformed for a body that is not UTF-8."""
        self.text = decode_body(body)
        self.limits = limits
        self.field = field
        self.position = 0
        self.keys: set[str] = set()
        self.errors: list[FieldError] = []
        self.skip_space()

    @abstractmethod
    def read_rows(self) -> Iterator[PartT]:
        """Step through the list of rows, from its bracket on."""

    def read(self) -> Iterator[PartT]:
        """Read the document. Raises Malformed for invalid JSON and Schema for another structure, possibly after some parts."""
        if self.next_is("{"):
            yield from self.read_members()
            self.refuse_rest()
            self.refuse_other_fields()
        else:
            self.read_value(self.limits.depth)
            self.refuse_rest()
            raise self.schema_problem()

    def schema_problem(self) -> Schema:
        """Return the problem of a document with another structure."""
        form = f'{{"{self.field}": [...]}}'
        return Schema(f"请求体应为 {form}。", f"The body must be {form}.", errors=self.errors)

    def skip_space(self) -> None:
        """Step over blanks."""
        match = _SPACE.match(self.text, self.position)
        self.position = match.end() if match else self.position

    def next_is(self, mark: str) -> bool:
        """Return whether a mark comes next."""
        return self.text.startswith(mark, self.position)

    def malformed(self, error: ValueError) -> Malformed:
        """Return the problem of invalid JSON at this position."""
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
        """Return the problem of a value that is longer than a row may be."""
        line, most = self.text.count("\n", 0, self.position) + 1, self.limits.line_bytes
        return Schema(
            f"第 {line} 行的值超过 {most} 个字符，每行数据和其他字段均不得超过。",
            f"The value in line {line} has more than {most} characters, which neither a row nor another field may have.",
        )

    def refuse_rest(self) -> None:
        """Raise Malformed if text follows the document."""
        if self.position != len(self.text):
            raise self.malformed(json.JSONDecodeError("unexpected text after the document", self.text, self.position))

    def read_members(self) -> Iterator[PartT]:
        """Step through the members of the document and yield its rows."""
        self.expect("{")
        if self.next_is("}"):
            self.expect("}")
            return
        mark = ","
        while mark == ",":
            key = self.read_key()
            if key == self.field and self.next_is("["):
                yield from self.read_rows()
            else:
                self.read_value(self.limits.depth - 1)
                self.add_error(key)
            mark = self.expect(",", "}")

    def read_key(self) -> str:
        """Step over the key of a member and its colon. Raises Malformed for a key that came before."""
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
        if key == self.field:
            code, message, hint = FieldCode.NOT_A_LIST, Bilingual(zh="应为数组", en="must be a JSON array"), None
        else:
            code, message = FieldCode.UNKNOWN_FIELD, Bilingual(zh="字段不存在", en="unknown field")
            hint = nearest(safe_excerpt(key).lower(), (self.field,))
        self.errors.append(FieldError(where="/" + safe_excerpt(key), code=code, message=message, hint=hint))
        if len(self.errors) == _ERRORS_MAX:
            raise self.schema_problem()

    def read_row_value(self) -> Any:  # noqa: ANN401 - any JSON value
        """Step over one row and the space after it."""
        return self.read_value(self.limits.depth - _LEVELS_ABOVE_A_ROW)

    def refuse_other_fields(self) -> None:
        """Raise Schema for unknown or missing top-level fields."""
        if self.field not in self.keys:
            message = Bilingual(zh="缺少必填项", en="is required")
            self.errors.append(FieldError(where=f"/{self.field}", code=FieldCode.MISSING_FIELD, message=message))
        if self.errors:
            raise self.schema_problem()
