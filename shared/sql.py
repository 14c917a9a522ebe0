"""Loads `.sql` files: one statement a file, beside its user."""

import re
from importlib import resources

_COMMENT = re.compile(r"--[^\n]*")


def statement(package: str, name: str) -> str:
    """The statement in `name`.sql of a package (`__package__` of the caller), without its comments.

    Comments go because a `%(name)s` or `:name` inside one would bind.
    """
    text = resources.files(package).joinpath(f"{name}.sql").read_text(encoding="utf-8")
    return "\n".join(line for line in _COMMENT.sub("", text).splitlines() if line.strip())
