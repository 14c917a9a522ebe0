"""Enumerations of the published schemas: closed in requests, open in responses, where new values may come."""

from collections.abc import Iterable
from typing import Final

from openapi import schemas
from openapi.schemas import JsonObject
from shared import vocabulary

KNOWN_VALUES: Final = "x-extensible-enum"
"""The keyword that lists the known values of an open enumeration. Generators read such a schema as a plain string."""


def publish_enumerations(
    components: dict[str, JsonObject], requests: Iterable[JsonObject], responses: Iterable[JsonObject]
) -> None:
    """Describe the values of enumerations, and open those of responses.

    A closed one is a component, since generators make a type of it; an open one stands where it is used.
    """
    enumerations = {
        term.__name__: term for term in vocabulary.Term.__subclasses__() if "enum" in components.get(term.__name__, {})
    }
    open_forms = {name: _open_form(term) for name, term in enumerations.items()}
    requests, responses = list(requests), list(responses)
    in_responses = _reachable(responses, components) - enumerations.keys()
    for schema in (*responses, *(components[name] for name in sorted(in_responses))):
        schemas.apply_everywhere(schema, lambda part: _open(part, open_forms))
    in_requests = _reachable(requests, components)
    for name, term in enumerations.items():
        if name in in_requests:
            components[name] |= {"description": _description(term), "x-enum-descriptions": [_titles(member) for member in term]}
        else:
            del components[name]


def _reachable(parts: Iterable[JsonObject], components: dict[str, JsonObject]) -> set[str]:
    names: set[str] = set()
    return names.union(*(schemas.referenced_names(schema, components) for schema in parts))


def _open(schema: JsonObject, open_forms: dict[str, JsonObject]) -> None:
    """Open an enumeration, or put the open form of one in the place of its reference."""
    if "enum" in schema and "type" in schema:  # without a type: what `not` excludes
        schema[KNOWN_VALUES] = schema.pop("enum")
    elif open_form := open_forms.get(schemas.name_of(schema) or ""):
        del schema["$ref"]
        _describe(schema, open_form)
    elif len(others := [branch for branch in schema.get("oneOf", []) if KNOWN_VALUES in branch]) == 1:
        del schema["oneOf"]
        _describe(schema, others[0] | {"type": ["string", "null"]})


def _describe(schema: JsonObject, open_form: JsonObject) -> None:
    """Give a schema an open form, with the description of the schema itself before the values if it has one."""
    own, (general, _, values) = schema.get("description"), open_form["description"].partition("\n\n")
    schema.update(open_form | {"description": f"{own or general}\n\n{values}"})


def _open_form(term: type[vocabulary.Term]) -> JsonObject:
    return {
        "type": "string",
        KNOWN_VALUES: [member.value for member in term],
        "description": f"{_description(term)}\n\nNew values may be added.",
    }


def _description(term: type[vocabulary.Term]) -> str:
    return "\n".join([(term.__doc__ or "").strip(), "", *(f"- `{member.value}`: {_titles(member)}" for member in term)])


def _titles(member: vocabulary.Term) -> str:
    return f"{member.title_.zh} / {member.title_.en}"
