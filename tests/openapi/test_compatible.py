"""Changes of an OpenAPI file that break a generated client, and changes that do not."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from openapi.compatible import breaks

Json = dict[str, Any]


def reference(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


OLD: Json = {
    "openapi": "3.1.0",
    "info": {"title": "t", "version": "1.0.0"},
    "paths": {
        "/v1/things": {
            "get": {
                "operationId": "list_things",
                "x-roles": {"carrier": "own", "bureau": "campaign"},
                "parameters": [
                    {"name": "state", "in": "query", "required": False, "schema": reference("State")},
                    {"name": "limit", "in": "query", "required": False, "schema": {"type": "integer", "maximum": 500}},
                ],
                "responses": {
                    "200": {"headers": {"ETag": {}}, "content": {"application/json": {"schema": reference("ThingPage")}}},
                    "404": {"content": {"application/problem+json": {"schema": reference("Problem")}}},
                },
            },
            "post": {
                "operationId": "create_thing",
                "requestBody": {"required": True, "content": {"application/json": {"schema": reference("NewThing")}}},
                "responses": {"201": {"content": {"application/json": {"schema": reference("Thing")}}}},
            },
        },
    },
    "components": {
        "schemas": {
            "State": {"type": "string", "enum": ["draft", "approved"]},
            "KnownState": {"type": "string", "x-extensible-enum": ["draft", "approved"]},
            "NewThing": {
                "type": "object",
                "properties": {
                    "title": {"type": "string", "maxLength": 200},
                    "kind": {"type": "string", "const": "thing"},
                    "on": {"type": ["string", "null"], "format": "date"},
                },
                "required": ["title"],
            },
            "Thing": {
                "type": "object",
                "properties": {
                    "title": {"type": "string"},
                    "count": {"type": "integer", "format": "int64"},
                    "state": reference("KnownState"),
                    "within": {"oneOf": [reference("Thing"), {"type": "null"}]},
                    "parts": {"type": "array", "items": reference("Thing")},
                },
                "required": ["title", "count", "state", "within", "parts"],
            },
            "ThingPage": {
                "type": "object",
                "properties": {"items": {"type": "array", "items": reference("Thing")}},
                "required": ["items"],
            },
            "Problem": {"type": "object", "properties": {"code": {"type": "string"}}, "required": ["code"]},
        }
    },
}


def operation(document: Json, method: str = "get") -> Json:
    found: Json = document["paths"]["/v1/things"][method]
    return found


def schema(document: Json, name: str) -> Json:
    found: Json = document["components"]["schemas"][name]
    return found


BREAKING: dict[str, Callable[[Json], object]] = {
    "a path is gone": lambda d: d["paths"].pop("/v1/things"),
    "an operation is gone": lambda d: d["paths"]["/v1/things"].pop("post"),
    "an operation has another id": lambda d: operation(d).update(operationId="things"),
    "a role may not call it": lambda d: operation(d)["x-roles"].pop("carrier"),
    "a query parameter is gone": lambda d: operation(d)["parameters"].pop(0),
    "a query parameter may be repeated with other values": lambda d: operation(d)["parameters"][0].update(
        schema={"type": "array", "items": {"type": "string", "enum": ["draft"]}}
    ),
    "a query parameter became required": lambda d: operation(d)["parameters"][1].update(required=True),
    "a new query parameter is required": lambda d: operation(d)["parameters"].append(
        {"name": "month", "in": "query", "required": True, "schema": {"type": "string"}}
    ),
    "a parameter takes less": lambda d: operation(d)["parameters"][1]["schema"].update(maximum=100),
    "a parameter has another type": lambda d: operation(d)["parameters"][1]["schema"].update(type="string"),
    "an enumeration lost a value": lambda d: schema(d, "State")["enum"].remove("draft"),
    "an open enumeration lost a known value": lambda d: schema(d, "KnownState")["x-extensible-enum"].remove("draft"),
    "an answer is gone": lambda d: operation(d)["responses"].pop("200"),
    "an answer has another media type": lambda d: operation(d)["responses"]["200"].update(content={"text/csv": {}}),
    "a refusal has another media type": lambda d: operation(d)["responses"]["404"].update(content={"application/json": {}}),
    "an answer lost a header": lambda d: operation(d)["responses"]["200"].pop("headers"),
    "an answer lost a field": lambda d: schema(d, "Thing")["properties"].pop("count"),
    "an answer's field may be absent": lambda d: schema(d, "Thing")["required"].remove("count"),
    "an answer's field may be null": lambda d: schema(d, "Thing")["properties"]["count"].update(type=["integer", "null"]),
    "an answer's field has another type": lambda d: schema(d, "Thing")["properties"]["count"].update(type="string"),
    "an answer's field has another format": lambda d: schema(d, "Thing")["properties"]["count"].update(format="int32"),
    "an answer's list holds something else": lambda d: schema(d, "ThingPage")["properties"]["items"].update(
        items={"type": "string"}
    ),
    "an answer's field refers to something else": lambda d: schema(d, "Thing")["properties"]["within"].update(
        oneOf=[reference("Problem"), {"type": "null"}]
    ),
    "a refusal lost a field": lambda d: schema(d, "Problem")["properties"].pop("code"),
    "a body's field became required": lambda d: schema(d, "NewThing")["required"].append("on"),
    "a new field of a body is required": lambda d: (
        schema(d, "NewThing")["properties"].update(area={"type": "string"}),
        schema(d, "NewThing")["required"].append("area"),
    ),
    "a body lost a field": lambda d: schema(d, "NewThing")["properties"].pop("on"),
    "a body's field takes no null": lambda d: schema(d, "NewThing")["properties"]["on"].update(type="string"),
    "a body's field got shorter": lambda d: schema(d, "NewThing")["properties"]["title"].update(maxLength=100),
    "a body's field got a pattern": lambda d: schema(d, "NewThing")["properties"]["title"].update(pattern="^a"),
    "a body's field takes some values only": lambda d: schema(d, "NewThing")["properties"]["title"].update(enum=["a"]),
    "a constant changed": lambda d: schema(d, "NewThing")["properties"]["kind"].update(const="other"),
    "a constant became other values": lambda d: schema(d, "NewThing")["properties"].update(
        kind={"type": "string", "enum": ["one", "other"]}
    ),
    "a body has another media type": lambda d: operation(d, "post")["requestBody"].update(content={"text/csv": {}}),
}

HARMLESS: dict[str, Callable[[Json], object]] = {
    "nothing": lambda _: None,
    "a new path": lambda d: d["paths"].update({"/v1/more": {"get": {"operationId": "m", "responses": {}}}}),
    "a new operation": lambda d: d["paths"]["/v1/things"].update(delete={"operationId": "d", "responses": {}}),
    "a role more": lambda d: operation(d)["x-roles"].update(leader="campaign"),
    "a new optional parameter": lambda d: operation(d)["parameters"].append(
        {"name": "month", "in": "query", "required": False, "schema": {"type": "string"}}
    ),
    "a query parameter may be repeated": lambda d: operation(d)["parameters"][0].update(
        schema={"type": "array", "items": reference("State")}
    ),
    "a parameter takes more": lambda d: operation(d)["parameters"][1]["schema"].update(maximum=1000),
    "an enumeration grew": lambda d: schema(d, "State")["enum"].append("withdrawn"),
    "an open enumeration grew": lambda d: schema(d, "KnownState")["x-extensible-enum"].append("withdrawn"),
    "a constant became one of several values": lambda d: schema(d, "NewThing")["properties"].update(
        kind={"type": "string", "enum": ["thing", "other"]}
    ),
    "an answer has a field more": lambda d: (
        schema(d, "Thing")["properties"].update(area={"type": "string"}),
        schema(d, "Thing")["required"].append("area"),
    ),
    "a body has an optional field more": lambda d: schema(d, "NewThing")["properties"].update(area={"type": "string"}),
    "a body needs less": lambda d: schema(d, "NewThing")["required"].clear(),
    "a body's field takes null too": lambda d: schema(d, "NewThing")["properties"]["title"].update(type=["string", "null"]),
    "a new refusal": lambda d: operation(d)["responses"].update({"409": {}}),
    "a component has another name": lambda d: (
        d["components"]["schemas"].update(Inner=copy.deepcopy(schema(d, "Thing"))),
        schema(d, "Thing")["properties"]["within"].update(oneOf=[reference("Inner"), {"type": "null"}]),
    ),
    "other words": lambda d: schema(d, "Thing").update(description="other"),
}


@pytest.mark.parametrize("what", BREAKING)
def test_a_break_is_named_where_it_is(what: str) -> None:
    new = copy.deepcopy(OLD)
    BREAKING[what](new)

    found = breaks(OLD, new)

    assert found
    assert all("/v1/things" in line for line in found)


@pytest.mark.parametrize("what", HARMLESS)
def test_what_clients_were_told_may_happen_is_no_break(what: str) -> None:
    new = copy.deepcopy(OLD)
    HARMLESS[what](new)

    assert breaks(OLD, new) == []


def test_a_document_is_compatible_with_itself_through_references_in_a_circle() -> None:
    assert breaks(OLD, json.loads(json.dumps(OLD))) == []


def test_a_closed_enumeration_of_answers_may_not_be_opened() -> None:
    closed = copy.deepcopy(OLD)
    closed["components"]["schemas"]["KnownState"] = {"type": "string", "enum": ["draft", "approved"]}

    assert {line.rpartition(": ")[2] for line in breaks(closed, OLD)} == {"may now have other values"}
