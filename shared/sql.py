"""Loads `.sql` files: one statement a file, beside its user."""

import re
from importlib import resources

_COMMENT = re.compile(r"--[^\n]*")


def statement(package: str, name: str) -> str:
    """The statement in `name`.sql of a package (`__package__` of the caller), without comments and indentation.

    Comments go because a `%(name)s` or `:name` inside one would bind, indentation because psycopg remembers how it understood a
    statement only up to 4 096 characters. No literal of ours spans lines.
    """
    text = resources.files(package).joinpath(f"{name}.sql").read_text(encoding="utf-8")
    return "\n".join(line.strip() for line in _COMMENT.sub("", text).splitlines() if line.strip())
