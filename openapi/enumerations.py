"""Enumerations: closed in requests, which may only send known values, and open in responses, which may get new ones.

A closed enumeration in a response would make each new value an error of generated clients. So a response has a string, whose
known values are described and listed as `x-extensible-enum`.
"""

from collections.abc import Sequence
from functools import partial
from typing import Final

from openapi import schemas
from openapi.schemas import JsonObject
from shared import vocabulary

KNOWN_VALUES: Final = "x-extensible-enum"
_TITLES: Final = "x-enum-descriptions"
_TERMS: Final = {term.__name__: term for term in vocabulary.Term.__subclasses__()}


def describe(requests: Sequence[JsonObject], responses: Sequence[JsonObject], components: dict[str, JsonObject]) -> None:
    """Close the enumerations of requests, written in their place, and open those of responses.

    Raises ValueError for a component of both that has an enumeration.
    """
    sent = set().union(*(schemas.referenced_names(schema, components) for schema in requests)) - _TERMS.keys()
    received = set().union(*(schemas.referenced_names(schema, components) for schema in responses))
    for schema in (*requests, *(components[name] for name in sent)):
        schemas.apply_everywhere(schema, _close)
    for schema in (*responses, *(components[name] for name in received - sent)):
        schemas.apply_everywhere(schema, _open)
    for name in _TERMS.keys() & components.keys() & received:
        components[name] |= {"description": _described(_TERMS[name], " New values may be added."), _TITLES: _titles(_TERMS[name])}
    for name in _TERMS.keys() & components.keys() - received:
        del components[name]
    for name in sorted(sent & received):
        schemas.apply_everywhere(components[name], partial(_refuse_closed, name))


def _close(schema: JsonObject) -> None:
    term = _TERMS.get(schemas.name_of(schema) or "")
    if term:
        del schema["$ref"]
        schema |= {"type": "string", "enum": [member.value for member in term], _TITLES: _titles(term)}
        schema.setdefault("description", _described(term))


def _open(schema: JsonObject) -> None:
    if schema.get("type") == "string" and "enum" in schema:
        schema[KNOWN_VALUES] = schema.pop("enum")


def _refuse_closed(name: str, schema: JsonObject) -> None:
    if "enum" in schema:
        message = f"{name} is part of requests and of responses and has an enumeration: give the responses a model of their own"
        raise ValueError(message)


def _described(term: type[vocabulary.Term], more: str = "") -> str:
    lines = (f"- `{member.value}`: {member.title_.zh} / {member.title_.en}" for member in term)
    return "\n".join([f"{(term.__doc__ or '').strip()}{more}", "", *lines])


def _titles(term: type[vocabulary.Term]) -> list[str]:
    return [f"{member.title_.zh} / {member.title_.en}" for member in term]
