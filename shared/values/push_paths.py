"""The paths that bodies are pushed to: rows as JSON to one, files to another."""

from shared.values.media_types import JSON


def push_path(dataset: str, media_type: str) -> str:
    """Return the path for a body of this media type; `dataset` is `observations` or `registers/` with a register's code."""
    if media_type != JSON:
        return f"/v1/{dataset}/files"
    return f"/v1/{dataset}/rows" if dataset.startswith("registers/") else f"/v1/{dataset}"
