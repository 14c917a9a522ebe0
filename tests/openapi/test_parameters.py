"""A query parameter has one meaning and one form of its values in all operations; some of them take several values."""

import json
from collections import defaultdict
from typing import Any

from tests.openapi_document import openapi_document

FILES = openapi_document()
CHOICES = {
    "kind": " kind",
    "group_by": "Breakdown of",
    "state": " state",
}
"""Parameters whose values are the choices of an operation, with a word of each description."""
SUBJECTS = {
    "area": "area",
    "as_of": "data version",
    "dry_run": "without storing anything",
    "from": "First month",
    "id": "Id of the",
    "indicator": "Indicator code",
    "metric": "metric",
    "month": "month",
    "number": "number",
    "org": "rganisation",
    "overdue": "overdue",
    "reason": "Reason for",
    "task": "task",
    "to": "Last month",
}
"""Words of each description of a parameter that is described in several ways, such as with several defaults."""


def parameters() -> dict[str, list[dict[str, Any]]]:
    """Return the parameters of all operations by name."""
    named = defaultdict(list)
    for methods in FILES["paths"].values():
        for operation in methods.values():
            for parameter in operation.get("parameters", []):
                named[parameter["name"]].append(parameter)
    return named


def test_a_parameter_has_one_schema_unless_an_operation_has_its_own_choices() -> None:
    different = {}
    for name, uses in parameters().items():
        values = [use["schema"].get("items", use["schema"]) for use in uses]
        schemas = {json.dumps(dict(value, default=None, examples=None), sort_keys=True) for value in values}
        if len(schemas) > 1:
            different[name] = schemas

    assert different.pop("number")  # numbers of tasks, reports and versions have limits of their own
    assert different.keys() == CHOICES.keys()
    for schemas in different.values():
        assert all("enum" in schema or "$ref" in schema for schema in schemas)


def test_a_parameter_means_the_same_in_all_operations() -> None:
    described = {name: {use["description"] for use in uses} for name, uses in parameters().items()}
    various = {name for name, texts in described.items() if len(texts) > 1}

    assert various == CHOICES.keys() | SUBJECTS.keys()
    for name, word in (CHOICES | SUBJECTS).items():
        assert [text for text in described[name] if word.lower() not in text.lower()] == [], name
