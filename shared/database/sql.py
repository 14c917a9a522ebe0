"""`.sql` files, one statement a file, beside its user; and arrays as they are bound."""

import re
from collections.abc import Iterable
from datetime import date
from importlib import resources
from typing import Final

NOTHING: Final = "{}"  # an array literal without items

_COMMENT = re.compile(r"--[^\n]*")


def statement(package: str, name: str) -> str:
    """The statement in `name`.sql of a package (`__package__` of the caller), without comments and indentation.

    Comments go because a `%(name)s` or `:name` inside one would bind, indentation because psycopg remembers how it understood a
    statement only up to 4 096 characters. No literal of ours spans lines.
    """
    text = resources.files(package).joinpath(f"{name}.sql").read_text(encoding="utf-8")
    return "\n".join(line.strip() for line in _COMMENT.sub("", text).splitlines() if line.strip())


def array_of(items: Iterable[int | date]) -> str:
    """An array literal of numbers or dates, for a bind that the statement casts: the driver would look at each item of a list."""
    return "{" + ",".join(map(str, items)) + "}"


def text_array(texts: Iterable[str | None]) -> str:
    """The same of texts; None is NULL."""
    return "{" + ",".join(map(_quoted, texts)) + "}"


def _quoted(text: str | None) -> str:
    return "NULL" if text is None else '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
