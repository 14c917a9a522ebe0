"""Paths that tests push to: of rows for JSON, of files for anything else."""

import re

_PUSH = re.compile(r"(/v1/observations|/v1/registers/\w+)(?:/rows)?(\?.*)?")


def path_for(path: str, media: str) -> str:
    """Return the path for a body of a media type; `path` is that of the dataset's rows, other paths stay."""
    match = _PUSH.fullmatch(path)
    if match is None or media.partition(";")[0].strip() == "application/json":
        return path
    return f"{match[1]}/files{match[2] or ''}"
