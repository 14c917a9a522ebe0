"""Statements in `.sql` files, one a file in the package that uses it; and array literals to bind."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from importlib import resources
from typing import Final, NamedTuple

NOTHING: Final = "{}"  # an array literal without items

_COMMENT = re.compile(r"--[^\n]*")


class BoundStatement(NamedTuple):
    """A statement with its binds."""

    sql: str
    binds: Mapping[str, object]


@cache
def statement(package: str, name: str, **constants: bool) -> str:
    """Return the statement in `name`.sql of a package (`__package__` of the caller), without comments and indentation.

    Each of the `constants` is written into the statement in place of `%(constant)s`, so that the server plans every variant
    without what it does not read: `statement(__package__, "summary", past=False)`.

    Comments go because a `%(name)s` or `:name` inside one would bind, indentation because psycopg caches how it parsed a
    statement only up to 4 096 characters. No literal of ours spans lines.
    """
    text = resources.files(package).joinpath(f"{name}.sql").read_text(encoding="utf-8")
    for constant, value in constants.items():
        text = text.replace(f"%({constant})s", str(value).lower())
    return "\n".join(line.strip() for line in _COMMENT.sub("", text).splitlines() if line.strip())


def array_of(items: Iterable[int | date]) -> str:
    """Return an array literal of numbers or dates, to be cast in the statement; of a list the driver would look at each item."""
    return "{" + ",".join(map(str, items)) + "}"


def text_array(texts: Iterable[str | None]) -> str:
    """Return an array literal of texts; None is NULL."""
    return "{" + ",".join(map(_quoted, texts)) + "}"


def _quoted(text: str | None) -> str:
    return "NULL" if text is None else '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
