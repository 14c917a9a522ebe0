"""Enumerations of the published schemas: closed in requests, open in responses, where new values may come."""

from collections.abc import Collection, Iterable
from copy import deepcopy
from typing import Final

from openapi import schemas
from openapi.schemas import REFERENCE, JsonObject
from shared import vocabulary

KNOWN_VALUES: Final = "x-extensible-enum"
"""The keyword that lists the known values of an open enumeration. Generators read such a schema as a plain string."""


def publish_enumerations(
    components: dict[str, JsonObject], requests: Iterable[JsonObject], responses: Iterable[JsonObject]
) -> None:
    """Open the enumerations of responses, give requests closed ones of their own, and describe the values of both.

    A closed one is named after the open one: `CaseStateChoice` lists what a request may contain, `CaseState` what is known.
    """
    titled = {term.__name__: term for term in vocabulary.Term.__subclasses__() if "enum" in components.get(term.__name__, {})}
    requests, responses = list(requests), list(responses)
    in_responses = _reachable(responses, components)
    only_in_requests = _reachable(requests, components) - in_responses
    for schema in (*requests, *(components[name] for name in sorted(only_in_requests - titled.keys()))):
        schemas.apply_everywhere(schema, lambda part: _choose(part, titled.keys()))
    chosen = _reachable(requests, {**components, **{f"{name}Choice": {} for name in titled}})
    for name, term in titled.items():
        components[name] |= {
            "description": _description(term, (term.__doc__ or "").strip()),
            "x-enum-descriptions": [f"{member.title_.zh} / {member.title_.en}" for member in term],
        }
        if f"{name}Choice" in chosen:
            components[f"{name}Choice"] = deepcopy(components[name])
        if name in in_responses:
            components[name]["description"] += "\n\nNew values may be added."
        else:
            del components[name]
    for name in in_responses:
        schemas.apply_everywhere(components[name], _open)
    for schema in responses:
        schemas.apply_everywhere(schema, _open)


def _reachable(parts: Iterable[JsonObject], components: dict[str, JsonObject]) -> set[str]:
    names: set[str] = set()
    return names.union(*(schemas.referenced_names(schema, components) for schema in parts))


def _choose(schema: JsonObject, enumerations: Collection[str]) -> None:
    if (name := schemas.name_of(schema)) in enumerations:
        schema["$ref"] = f"{REFERENCE}{name}Choice"


def _open(schema: JsonObject) -> None:
    if "enum" in schema and "type" in schema:  # without a type it is the list of what `not` excludes
        schema[KNOWN_VALUES] = schema.pop("enum")
    if KNOWN_VALUES in schema.get("not", {}):  # what a value is not stays closed
        schema["not"]["enum"] = schema["not"].pop(KNOWN_VALUES)


def _description(term: type[vocabulary.Term], text: str) -> str:
    return "\n".join([text, "", *(f"- `{member.value}`: {member.title_.zh} / {member.title_.en}" for member in term)])
