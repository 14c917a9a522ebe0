"""Every GET of the OpenAPI files, with what the API pages fill in."""

from typing import Final

from openapi.recorded import collection
from tests.openapi.examples.recorder import Json, Operation, Recorder, operations

EXCLUSIVE: Final = ({"month"}, {"from", "to"})
"""Optional parameters that are not for one request."""


def find_ids(office: Recorder) -> None:
    """Note an id of each collection whose resources have generated ids: that of its first item."""
    by_path = {operation.path: operation for operation in operations().values() if operation.method == "get"}
    for path in sorted({collection(path) for path in by_path if "/{id}" in path}):
        office.ids[path] = office.ok(by_path[path].id).json()["items"][0]["id"]


def read_everything(office: Recorder) -> None:
    """Read each resource in each of its media types, with what the API pages fill in, and with every example of a parameter."""
    for operation in operations().values():
        if operation.method == "get" and "/attachments/" not in operation.path:  # there are none yet
            for media in [media for _, media in operation.texts] or ["*/*"]:
                _read(office, operation, media, operation.filled_in("query"))
            for query in _queries(operation):
                _read(office, operation, "*/*", query)


def read_filled_lists(office: Recorder) -> None:
    """Read again what was empty before."""
    for operation in operations().values():
        if operation.method == "get":
            for status, media in operation.texts:
                if media not in office.answers[operation.id].get(status, {}):
                    _read(office, operation, media, operation.filled_in("query"))


def _read(office: Recorder, operation: Operation, media: str, query: Json) -> None:
    sender = "telecom" if "/templates/" in operation.path else None  # a form has a sender
    office.ok(operation.id, sender, query=query, headers={"Accept": media})


def _queries(operation: Operation) -> list[Json]:
    """Return queries with the examples of the optional parameters: one with all of them, or one for each group of EXCLUSIVE."""
    parameters = [one for one in operation.document.get("parameters", []) if one["in"] == "query"]
    shown = {one["name"]: one["schema"]["examples"][0] for one in parameters if "examples" in one["schema"]}
    required = {one["name"]: one["example"] for one in parameters if "example" in one}
    others = shown.keys() - {name for group in EXCLUSIVE for name in group}
    groups = [group & shown.keys() for group in EXCLUSIVE if group & shown.keys()] or [set()]
    return [required | {name: shown[name] for name in others | group} for group in groups] if shown else []
