"""Limits on what a model has to look at: a body with a million elements or unknown fields is cut before it is validated.

The validator examines every element of a list that is too long, and remembers an error for each. A list is cut to one element
more than it may have, which is still too long, and of all unknown fields only the first ones are kept, which are still unknown.
"""

from collections.abc import Mapping
from typing import Any, Final

UNKNOWN_MAX: Final = 100  # unknown fields of a whole document that are reported

_Schema = Mapping[str, Any]


class JsonBodyLimits:
    """The limits of one model, by its JSON schema."""

    def __init__(self, schema: _Schema) -> None:
        self._schema = schema

    def cut(self, document: Any) -> Any:  # noqa: ANN401 - any JSON value
        """Return a document without what goes beyond the limits by more than one."""
        return _Cut(self._schema.get("$defs", {})).value(document, self._schema)


class _Cut:
    """One document while it is cut."""

    def __init__(self, definitions: _Schema) -> None:
        self._definitions = definitions
        self._unknown_left = UNKNOWN_MAX

    def value(self, value: Any, schema: _Schema) -> Any:  # noqa: ANN401 - any JSON value
        """Return a value without what its schema does not allow."""
        if "$ref" in schema:
            schema = self._definitions[schema["$ref"].rpartition("/")[2]]
        for option in schema.get("anyOf", ()):
            value = self.value(value, option)
        if isinstance(value, list) and "maxItems" in schema:
            return [self.value(element, schema["items"]) for element in value[: schema["maxItems"] + 1]]
        if isinstance(value, dict) and "properties" in schema:
            return self._members(value, schema["properties"])
        return value

    def _members(self, members: dict[str, Any], known: _Schema) -> dict[str, Any]:
        kept = {}
        for name, member in members.items():
            if name in known:
                kept[name] = self.value(member, known[name])
            elif self._unknown_left:
                self._unknown_left -= 1
                kept[name] = member
        return kept
