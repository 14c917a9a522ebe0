"""The schemas of the OpenAPI files: few, and each says something that no other says."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest

import openapi
from tests.openapi.examples.recorder import schema_faults
from tests.openapi_document import openapi_document

FOLDER: Final = Path(openapi.__file__).parent
SCHEMAS_MAX: Final = 190  # ten of them for what a report says of items
TYPES: Final = frozenset({"type", "format", "$ref", "const", "enum", "x-extensible-enum", "required"})
SAME_PROPERTIES: Final = {
    frozenset(
        {"BaseStationPush", "BuildingCoveragePush", "BuildingPush", "KeyPlacePush", "PlaceTestPush"}
    ): "rows of each register",
    frozenset({"CaseChanges", "CaseContent", "NewCase"}): "a version has all fields; a new case and an edit may leave some out",
    frozenset({"ChangedSinceProblem", "NotReopenedProblem"}): "a constant code each",
    frozenset({"FindingCount", "HypotheticalCount"}): "a request may leave fields out",
    frozenset({"ContributionMoveRequest", "ReopeningMoveRequest"}): "other moves each",
    frozenset({"NewReport", "NewReportPreview"}): "a preview may leave the texts out",
    frozenset({"ReportedActionItems", "ReportedChallenges", "ReportedDifficulties"}): "items of another kind each",
    frozenset({"RegisterPart", "RequestedRegisterPart"}): "enumerations are closed in requests only",
}


def schemas(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))["components"]["schemas"]
    return found


def types(schema: Any) -> Any:
    """Return a schema without its texts and limits."""
    if isinstance(schema, list):
        return [types(branch) for branch in schema]
    inner = {name: types(schema[name]) for name in ("items", "oneOf", "anyOf") if name in schema}
    properties = {name: types(member) for name, member in schema.get("properties", {}).items()}
    return {name: value for name, value in schema.items() if name in TYPES} | inner | {"properties": properties}


def alike(properties: Mapping[str, Any]) -> set[frozenset[str]]:
    """Return the groups of names that have the same value."""
    groups: dict[str, set[str]] = defaultdict(set)
    for name, value in properties.items():
        groups[json.dumps(value, sort_keys=True)].add(name)
    return {frozenset(names) for names in groups.values() if len(names) > 1}


def of_kinds(names: frozenset[str]) -> bool:
    """True for what each kind of item has: actions and changes with its own moves and states, an edit beside the new item."""
    kinds = {name.removesuffix("Changes").removeprefix("New") for name in names}
    return any(all(name.endswith(suffix) for name in names) for suffix in ("Action", "Change")) or len(kinds) == 1


def test_there_are_few_schemas() -> None:
    names = set[str]().union(*(schemas(service) for service in ("identity", "ingest", "indicators")))

    assert len(names) <= SCHEMAS_MAX


def test_no_two_schemas_have_the_same_properties_of_the_same_types() -> None:
    objects = {name: types(schema) for name, schema in schemas("gigacity").items() if "properties" in schema}

    assert alike(objects) == set()


def test_schemas_whose_properties_have_the_same_names_differ_for_a_reason() -> None:
    objects = {name: sorted(schema["properties"]) for name, schema in schemas("gigacity").items() if "properties" in schema}

    assert {names for names in alike(objects) if not of_kinds(names)} == SAME_PROPERTIES.keys()


def wrong_defaults(node: Any, place: str = "") -> Iterator[str]:
    """Yield the schemas with a default that they do not allow; linters compare examples only."""
    members = enumerate(node) if isinstance(node, list) else node.items() if isinstance(node, dict) else ()
    for name, member in members:
        yield from wrong_defaults(member, f"{place}/{name}")
    if isinstance(node, dict) and "default" in node and not place.endswith("/responses"):
        yield from (f"{place}: {fault}" for fault in schema_faults(node, node["default"]))


def test_every_default_is_a_value_of_its_schema() -> None:
    assert list(wrong_defaults(openapi_document())) == []


@pytest.mark.parametrize("schema", [{"type": "integer", "default": "x"}, {"anyOf": [{"type": "null"}], "default": 0}])
def test_a_default_of_another_type_is_noticed(schema: dict[str, Any]) -> None:
    assert len(list(wrong_defaults({"properties": {"limit": schema}}))) == 1
