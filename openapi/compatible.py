"""Checks that a client generated from an old document still works with the new one.

New operations, new response fields and new enumeration values are compatible; the documents announce them.
Everything else is a break.
"""

from collections.abc import Iterator
from typing import Final

from openapi.enumerations import KNOWN_VALUES
from openapi.schemas import JsonObject

_METHODS: Final = ("get", "put", "post", "delete", "patch", "head", "options")
_UPPER: Final = ("maximum", "exclusiveMaximum", "maxLength", "maxItems")
_LOWER: Final = ("minimum", "exclusiveMinimum", "minLength", "minItems")
_NOTHING: Final = float("inf")


def breaks(old: JsonObject, new: JsonObject) -> list[str]:
    """Return a line for each change that breaks clients of the old document."""
    return [
        line
        for path, methods in old["paths"].items()
        for method, operation in methods.items()
        if method in _METHODS
        for line in _operation(f"{method.upper()} {path}", operation, new["paths"].get(path, {}).get(method), old, new)
    ]


def _operation(where: str, old: JsonObject, new: JsonObject | None, old_doc: JsonObject, new_doc: JsonObject) -> Iterator[str]:
    if new is None:
        yield f"{where}: the operation was removed"
        return
    if old.get("operationId") != new.get("operationId"):
        yield f"{where}: operationId {old.get('operationId')} became {new.get('operationId')}"
    for role in old.get("x-roles", {}):
        if role not in new.get("x-roles", {}):
            yield f"{where}: the role {role} may no longer call it"
    yield from _parameters(where, old, new, old_doc, new_doc)
    yield from _request_body(where, old.get("requestBody"), new.get("requestBody"), old_doc, new_doc)
    yield from _responses(where, old["responses"], new["responses"], old_doc, new_doc)


def _parameters(where: str, old: JsonObject, new: JsonObject, old_doc: JsonObject, new_doc: JsonObject) -> Iterator[str]:
    before = {(parameter["in"], parameter["name"]): parameter for parameter in old.get("parameters", [])}
    after = {(parameter["in"], parameter["name"]): parameter for parameter in new.get("parameters", [])}
    for key, parameter in after.items():
        if parameter.get("required") and not before.get(key, {}).get("required"):
            yield f"{where}: {key[0]} parameter {key[1]} is now required"
    for key, parameter in before.items():
        if key not in after:
            yield f"{where}: {key[0]} parameter {key[1]} was removed"
        else:
            once, schema = parameter["schema"], after[key]["schema"]
            if key[0] == "query" and once.get("type") != "array" == schema.get("type"):
                schema = schema["items"]  # a parameter that may be repeated is written like before if it is not
            comparison = _Comparison(old_doc, new_doc, sent=True)
            yield from comparison.schema(f"{where}: {key[0]} parameter {key[1]}", once, schema)


def _request_body(
    where: str, old: JsonObject | None, new: JsonObject | None, old_doc: JsonObject, new_doc: JsonObject
) -> Iterator[str]:
    if new and new.get("required") and not (old or {}).get("required"):
        yield f"{where}: a body is now required"
    for media, body in (old or {}).get("content", {}).items():
        if media not in (new or {}).get("content", {}):
            yield f"{where}: no longer accepts {media}"
        elif new:
            comparison = _Comparison(old_doc, new_doc, sent=True)
            yield from comparison.schema(
                f"{where}: {media} body", body.get("schema", {}), new["content"][media].get("schema", {})
            )


def _responses(where: str, old: JsonObject, new: JsonObject, old_doc: JsonObject, new_doc: JsonObject) -> Iterator[str]:
    for status, response in old.items():
        if status not in new:
            if status.startswith(("2", "3")):
                yield f"{where}: no longer returns {status}"
            continue
        for media, body in response.get("content", {}).items():
            if media not in new[status].get("content", {}):
                yield f"{where}: {status} is no longer {media}"
            else:
                comparison = _Comparison(old_doc, new_doc, sent=False)
                after = new[status]["content"][media].get("schema", {})
                yield from comparison.schema(f"{where}: {status} {media}", body.get("schema", {}), after)
        for header in response.get("headers", {}):
            if header not in new[status].get("headers", {}):
                yield f"{where}: {status} no longer has the header {header}"


class _Comparison:
    """Compares schemas of one direction: a schema that clients send may become wider, one of a response narrower."""

    def __init__(self, old_doc: JsonObject, new_doc: JsonObject, *, sent: bool) -> None:
        self._old, self._new, self._sent = old_doc, new_doc, sent
        self._compared: set[tuple[str, str]] = set()

    def schema(self, where: str, old: JsonObject, new: JsonObject) -> Iterator[str]:
        """Yield the breaks between two schemas."""
        pair = (str(old.get("$ref", id(old))), str(new.get("$ref", id(new))))
        if pair in self._compared:
            return
        self._compared.add(pair)
        old, new = _resolved(old, self._old), _resolved(new, self._new)
        before, after = _branches(old, self._old), _branches(new, self._new)
        _match_renamed(before, after)
        if set(before) != set(after) or len(before) > 1:
            yield from self._alternatives(where, before, after)
        else:
            yield from self._compare(where, old, new)

    def _alternatives(self, where: str, before: dict[str, JsonObject], after: dict[str, JsonObject]) -> Iterator[str]:
        kept, had = (after, before) if self._sent else (before, after)
        for key in sorted(set(had) - set(kept)):
            yield f"{where}: {'no longer accepts' if self._sent else 'may now be'} {key}"
        for key in sorted(set(before) & set(after)):
            yield from self._compare(where, before[key], after[key])

    def _compare(self, where: str, old: JsonObject, new: JsonObject) -> Iterator[str]:
        if old.get("format") != new.get("format"):
            yield f"{where}: the format changed"
        for value in _values(old):
            if _values(new) and value not in _values(new):
                yield f"{where}: the value {value} was removed"
        if self._sent:
            yield from self._tighter(where, old, new)
        elif "enum" in old and "enum" not in new:
            yield f"{where}: may now have other values"
        yield from self._fields(where, old, new)
        if "items" in old and "items" in new:
            yield from self.schema(f"{where}[]", old["items"], new["items"])
        if isinstance(old.get("additionalProperties"), dict) and isinstance(new.get("additionalProperties"), dict):
            yield from self.schema(f"{where}.*", old["additionalProperties"], new["additionalProperties"])

    def _tighter(self, where: str, old: JsonObject, new: JsonObject) -> Iterator[str]:
        if _values(new) and not _values(old):
            yield f"{where}: now accepts only some values"
        for bound in _UPPER:
            if new.get(bound, _NOTHING) < old.get(bound, _NOTHING):
                yield f"{where}: {bound} fell to {new[bound]}"
        for bound in _LOWER:
            if new.get(bound, -_NOTHING) > old.get(bound, -_NOTHING):
                yield f"{where}: {bound} rose to {new[bound]}"
        if "pattern" in new and new["pattern"] != old.get("pattern"):
            yield f"{where}: the pattern changed"

    def _fields(self, where: str, old: JsonObject, new: JsonObject) -> Iterator[str]:
        before, after = old.get("properties", {}), new.get("properties", {})
        for name, schema in before.items():
            if name not in after:
                yield f"{where}.{name}: the field was removed"
            else:
                yield from self.schema(f"{where}.{name}", schema, after[name])
        was, now = set(old.get("required", [])), set(new.get("required", []))
        for name in sorted(now - was if self._sent else (was - now) & set(after)):
            yield f"{where}.{name}: {'is now required' if self._sent else 'may now be absent'}"


def _values(schema: JsonObject) -> list[object]:
    """Return the values that a closed enumeration or a constant allows, or the known ones of an open enumeration."""
    constant = [schema["const"]] if "const" in schema else []
    values: list[object] = schema.get("enum") or schema.get(KNOWN_VALUES) or constant
    return values


def _resolved(schema: JsonObject, document: JsonObject) -> JsonObject:
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    return schema


def _match_renamed(before: dict[str, JsonObject], after: dict[str, JsonObject]) -> None:
    """Give an alternative the name it had before, if only the name of its component can have changed."""
    removed, added = before.keys() - after.keys(), after.keys() - before.keys()
    if len(removed) == len(added) == 1:
        (old,), (new,) = removed, added
        if before[old].get("type") == after[new].get("type") == "object":
            after[old] = after.pop(new)


def _branches(schema: JsonObject, document: JsonObject) -> dict[str, JsonObject]:
    """Return the alternatives of a schema by component name or type."""
    branches: dict[str, JsonObject] = {}
    for branch in schema.get("oneOf") or schema.get("anyOf") or [schema]:
        plain = _resolved(branch, document)
        types = plain.get("type", "anything")
        for kind in types if isinstance(types, list) else [types]:
            key = branch["$ref"].rsplit("/", 1)[1] if "$ref" in branch and kind == "object" else kind
            branches[str(key)] = plain
    return branches
