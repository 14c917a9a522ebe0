"""Enumerations of the published schemas: closed in requests, open in responses, where new values may come."""

from collections import Counter
from collections.abc import Container, Iterable, Iterator
from typing import Final

from openapi import schemas
from openapi.schemas import JsonObject
from shared import vocabulary
from shared.vocabulary.term import PART_OF

KNOWN_VALUES: Final = "x-extensible-enum"
"""The keyword that lists the known values of an open enumeration. Generators read such a schema as a plain string."""


def publish_enumerations(
    components: dict[str, JsonObject], requests: Iterable[JsonObject], responses: Iterable[JsonObject]
) -> None:
    """Describe the values of enumerations, and open those of responses.

    Each stands where it is used, but a closed one that is used more than once is a component: generators make a type of it.
    """
    requests, responses = list(requests), list(responses)
    for schema in [*requests, *components.values()]:
        schemas.apply_everywhere(schema, _describe_part)
    enumerations = {term.__name__: term for term in vocabulary.Term.__subclasses__() if term.__name__ in components}
    answered, sent = ([*parts, *_reached(parts, components, enumerations)] for parts in (responses, requests))
    open_forms = {name: _open_form(term) for name, term in enumerations.items()}
    for schema in answered:
        schemas.apply_everywhere(schema, lambda part: _open(part, open_forms))
    uses = Counter(name for schema in sent for name in _names(schema))
    closed_forms = {name: _closed_form(term) for name, term in enumerations.items()}
    used_once = {name: form for name, form in closed_forms.items() if uses[name] == 1}
    for schema in sent:
        schemas.apply_everywhere(schema, lambda part: _write_out(part, used_once))
    for name in enumerations:
        if uses[name] > 1:
            components[name] = closed_forms[name]
        else:
            del components[name]


def _reached(parts: list[JsonObject], components: dict[str, JsonObject], besides: Container[str]) -> list[JsonObject]:
    names = set[str]().union(*(schemas.referenced_names(schema, components) for schema in parts))
    return [components[name] for name in sorted(names) if name not in besides]


def _names(schema: JsonObject) -> Iterator[str]:
    """Yield the names of the components that a schema refers to itself."""
    if name := schemas.name_of(schema):
        yield name
    for part in schemas.subschemas(schema):
        yield from _names(part)


def _open(schema: JsonObject, open_forms: dict[str, JsonObject]) -> None:
    """Open an enumeration, or put the open form of one in the place of its reference."""
    if "enum" in schema and "type" in schema:  # without a type: what `not` excludes
        schema[KNOWN_VALUES] = schema.pop("enum")
    _write_out(schema, open_forms)
    others = [branch for branch in schema.get("oneOf", []) if KNOWN_VALUES in branch]
    if len(others) == 1:
        del schema["oneOf"]
        _describe(schema, others[0] | {"type": ["string", "null"]})


def _write_out(schema: JsonObject, forms: dict[str, JsonObject]) -> None:
    """Put the form of an enumeration in the place of its reference."""
    form = forms.get(schemas.name_of(schema) or "")
    if form is not None:
        del schema["$ref"]
        _describe(schema, form)


def _describe(schema: JsonObject, form: JsonObject) -> None:
    """Give a schema the form of an enumeration, with the description of the schema itself before the values if it has one."""
    own, (general, _, values) = schema.get("description"), form["description"].partition("\n\n")
    schema.update(form | {"description": f"{own or general}\n\n{values}"})


def _describe_part(schema: JsonObject) -> None:
    """Describe the values of a closed enumeration that has only some of another one's."""
    if name := schema.pop(PART_OF, None):
        term: type[vocabulary.Term] = getattr(vocabulary, name)
        _describe(schema, _closed_form(term, [term(value) for value in schema["enum"]]))


def _closed_form(term: type[vocabulary.Term], members: Iterable[vocabulary.Term] | None = None) -> JsonObject:
    values = list(term if members is None else members)
    return {
        "type": "string",
        "enum": [member.value for member in values],
        "description": _description(term, values),
        "x-enum-descriptions": [_titles(member) for member in values],
    }


def _open_form(term: type[vocabulary.Term]) -> JsonObject:
    return {
        "type": "string",
        KNOWN_VALUES: [member.value for member in term],
        "description": f"{_description(term, term)}\n\nNew values may be added.",
    }


def _description(term: type[vocabulary.Term], members: Iterable[vocabulary.Term]) -> str:
    return "\n".join([(term.__doc__ or "").strip(), "", *(f"- `{member.value}`: {_titles(member)}" for member in members)])


def _titles(member: vocabulary.Term) -> str:
    return f"{member.title_.zh} / {member.title_.en}"
