"""The committed OpenAPI files: true to the code, to the policy table, and fit to generate clients from."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from openapi import write
from openapi.documents import all_documents
from openapi.properties import DESCRIPTIONS
from openapi.tags import TAGS
from shared.access import policy
from shared.app import VERSION
from shared.vocabulary import CaseState

Json = dict[str, Any]
SPOKEN_BY_OAUTH = "TokenRefused"
OF_THIS_RELEASE = f'"version": "{VERSION}"'


@pytest.fixture(scope="module")
def documents() -> dict[str, Json]:
    return all_documents()


@pytest.fixture(scope="module")
def whole(documents: dict[str, Json]) -> Json:
    return documents["gigacity"]


def operations(document: Json) -> Iterator[Json]:
    for methods in document["paths"].values():
        yield from methods.values()


def nodes(value: Any) -> Iterator[Json]:
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from nodes(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from nodes(inner)


def test_the_committed_files_say_what_the_code_says(documents: dict[str, Json]) -> None:
    assert write.outdated_files(documents, write.FOLDER) == []


def test_the_code_keeps_the_promises_of_the_committed_files(whole: Json) -> None:
    assert write.breaks_without_new_version(write.committed_document(write.FOLDER), whole) == []


def test_routes_and_policy_table_name_the_same_operations(documents: dict[str, Json]) -> None:
    for service, table in policy.GRANTS_BY_SERVICE.items():
        named = {operation["operationId"] for operation in operations(documents[service])}
        assert named - policy.PUBLIC_OPERATIONS == set(table)
    assert {operation["operationId"] for operation in operations(documents["gigacity"])} == set(
        policy.GRANTS
    ) | policy.PUBLIC_OPERATIONS


def test_whoever_needs_a_token_may_be_told_that_too_much_is_in_progress(whole: Json) -> None:
    for operation in operations(whole):
        assert "429" in operation["responses"] or operation["operationId"] in policy.PUBLIC_OPERATIONS, operation["operationId"]


def test_every_operation_says_who_may_call_it(whole: Json) -> None:
    for operation in operations(whole):
        roles = {role.value: reach for role, reach in policy.GRANTS.get(operation["operationId"], {}).items()}
        assert operation.get("x-roles", {}) == roles
        assert bool(operation["security"]) == bool(roles)
        assert not roles or {"401", "403"} <= set(operation["responses"])


def test_the_description_of_an_operation_names_its_callers(whole: Json) -> None:
    texts = {operation["operationId"]: operation["description"] for operation in operations(whole)}

    assert texts["issue_token"].endswith("\n\nNeeds no token.")
    assert texts["list_imports"].endswith(
        "May be called by `carrier`, `street` (the caller's organisation);"
        " `bureau`, `task_force` (all organisations of the campaign)."
    )
    assert [
        (operation["operationId"], role)
        for operation in operations(whole)
        for role in operation.get("x-roles", {})
        if f"`{role}`" not in operation["description"].rpartition("May be called by ")[2]
    ] == []


def test_every_tag_is_described_and_used(documents: dict[str, Json]) -> None:
    for document in documents.values():
        used = {tag for operation in operations(document) for tag in operation["tags"]}
        assert {tag["name"] for tag in document["tags"]} == used
        assert all(tag["description"] for tag in document["tags"])
    assert len(documents["gigacity"]["tags"]) == len(TAGS)


def test_every_operation_has_a_short_summary_and_every_parameter_a_description(whole: Json) -> None:
    for operation in operations(whole):
        assert len(operation["summary"]) <= 60
        assert operation["description"]
        assert all(parameter["description"] for parameter in operation.get("parameters", []))


def test_every_refusal_is_a_problem_document(whole: Json) -> None:
    for operation in operations(whole):
        for status, response in operation["responses"].items():
            for media, body in response.get("content", {}).items():
                if status >= "4" and not body["schema"].get("$ref", "").endswith(SPOKEN_BY_OAUTH):
                    assert media == "application/problem+json"
                elif status < "4":
                    assert media != "application/problem+json"


def test_a_success_has_only_formats_that_generators_type_together(whole: Json) -> None:
    """NDJSON beside JSON makes the operation a stream in orval, and a workbook beside JSON makes both bytes."""
    mixed = {
        operation["operationId"]: list(response["content"])
        for operation in operations(whole)
        for status, response in operation["responses"].items()
        if status < "3" and len(response.get("content", {})) > 1
    }

    assert {frozenset(media) for media in mixed.values()} == {frozenset({"application/json", "text/csv"})}


def test_no_property_is_named_like_its_schema(whole: Json) -> None:
    """The Python client gives both to one variable, which is harmless for a text only."""
    properties = {
        name: schema.get("properties", {}).get(re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower(), {"type": "string"})
        for name, schema in whole["components"]["schemas"].items()
    }

    assert [name for name, described in properties.items() if described.get("type") != "string"] == []


def test_every_property_is_described(whole: Json) -> None:
    missing = [
        f"{name}.{field}"
        for name, schema in whole["components"]["schemas"].items()
        for field, described in schema.get("properties", {}).items()
        if not described.get("description")
    ]

    assert missing == []


def test_every_shared_description_is_used(whole: Json) -> None:
    fields = {field for schema in whole["components"]["schemas"].values() for field in schema.get("properties", {})}

    assert set(DESCRIPTIONS) <= fields


def test_problems_with_constant_codes_come_before_the_one_with_any_code(whole: Json) -> None:
    plain = "#/components/schemas/ProblemDocument"
    for operation in operations(whole):
        for response in operation["responses"].values():
            alternatives = [
                one["$ref"] for body in response.get("content", {}).values() for one in body["schema"].get("oneOf", [])
            ]
            assert plain not in alternatives[:-1]
        assert (
            len(operation["responses"]["default"]["content"]["application/problem+json"]["schema"]["discriminator"]["mapping"])
            > 20
        )


def test_names_are_the_ones_clients_can_keep(whole: Json) -> None:
    names = set(whole["components"]["schemas"])

    assert not {name for name in names if name.endswith(("-Input", "-Output")) or not name.isidentifier() or "__" in name}
    assert not names & {"HTTPValidationError", "ValidationError"}
    assert len({operation["operationId"] for operation in operations(whole)}) == len(list(operations(whole)))


def test_every_reference_leads_somewhere_and_every_schema_is_used(whole: Json) -> None:
    references = {node["$ref"] for node in nodes(whole) if isinstance(node.get("$ref"), str)}
    known = {f"#/components/{kind}/{name}" for kind, named in whole["components"].items() for name in named}

    assert references <= known
    assert {name for name in known if "/schemas/" in name} <= references


def test_no_nullable_is_written_in_the_way_that_generators_lose(whole: Json) -> None:
    for node in nodes(whole):
        assert {"type": "null"} not in node.get("anyOf", [])
    for operation in operations(whole):
        for parameter in operation.get("parameters", []):
            assert "null" not in json.dumps(parameter["schema"])


def test_an_answers_fields_are_always_present(whole: Json) -> None:
    page = whole["paths"]["/v1/cases"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    problem = whole["components"]["schemas"]["ProblemDocument"]

    assert set(page["required"]) == {"items", "next", "total", "facets"}
    assert set(problem["required"]) == set(problem["properties"])


def test_enumerations_are_explained_in_both_languages(whole: Json) -> None:
    schemas = whole["components"]["schemas"]
    parameters = {each["name"]: each["schema"] for each in whole["paths"]["/v1/cases"]["get"]["parameters"]}
    closed, opened = parameters["state"]["items"], schemas["Case"]["properties"]["state"]
    values = [state.value for state in CaseState]

    assert (opened["x-extensible-enum"], closed["enum"]) == (values, values)
    assert all("\n\n- `draft`: 草稿 / draft\n" in schema["description"] for schema in (closed, opened))


def test_enumerations_are_open_in_responses_and_closed_in_requests(whole: Json) -> None:
    operations = [operation for methods in whole["paths"].values() for operation in methods.values()]

    answered = json.dumps(_sides(whole, operations, "responses"))
    sent = json.dumps(_sides(whole, operations, "parameters", "requestBody"))
    assert '"x-extensible-enum": ["draft"' in answered
    assert '"enum": ["draft"' in sent
    assert '"enum"' not in answered.replace('"not": {"enum"', "")
    assert '"x-extensible-enum"' not in sent


def _sides(whole: Json, operations: list[Json], *parts: str) -> list[Any]:
    """Return parts of the operations, and the components that they refer to."""
    components, names = whole["components"]["schemas"], set[str]()
    texts = [operation.get(part, {}) for operation in operations for part in parts]
    pending = [json.dumps(texts)]
    while pending:
        found = set(re.findall(r'"#/components/schemas/([A-Za-z]+)"', pending.pop())) - names
        names |= found
        pending += [json.dumps(components[name]) for name in found]
    return texts + [components[name] for name in sorted(names)]


def test_a_move_needs_its_version_in_the_document_too(whole: Json) -> None:
    parameters = whole["paths"]["/v1/cases/{id}/moves"]["post"]["parameters"]

    assert {parameter["name"]: parameter["required"] for parameter in parameters} == {
        "id": True,
        "If-Match": True,
        "Idempotency-Key": False,
    }


@pytest.fixture
def folder(tmp_path: Path, documents: dict[str, Json], monkeypatch: pytest.MonkeyPatch) -> Path:
    """The files as they were written, from documents that are made once."""
    monkeypatch.setattr(write, "all_documents", lambda: documents)
    assert write.main([], tmp_path) == 0
    return tmp_path


def change(folder: Path, old: str, new: str) -> None:
    file = folder / "gigacity.json"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def test_fresh_files_pass_the_check(folder: Path) -> None:
    assert write.main(["--check"], folder) == 0


def test_a_file_that_says_something_else_fails_the_check(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(folder, "Create an application case", "Create two cases")

    assert write.main(["--check"], folder) == 1
    assert "/gigacity.json differs from the code" in capsys.readouterr().err
    assert write.main([], folder) == 0


def test_a_promise_that_the_code_does_not_keep_is_neither_checked_nor_written_away(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(folder, OF_THIS_RELEASE, '"version": "1.0.0"')
    change(folder, '"/v1/cases/{id}/moves"', '"/v1/cases/{id}/steps"')
    before = (folder / "gigacity.json").read_bytes()

    assert write.main(["--check"], folder) == 1
    assert write.main([], folder) == 1
    assert "breaks clients: POST /v1/cases/{id}/steps: the operation was removed" in capsys.readouterr().err
    assert (folder / "gigacity.json").read_bytes() == before


@pytest.mark.parametrize("version", ["0.9.0", "1.0.0-alpha"])
def test_after_another_major_version_or_a_pre_release_the_api_may_break(folder: Path, version: str) -> None:
    change(folder, '"/v1/cases/{id}/moves"', '"/v1/cases/{id}/steps"')
    change(folder, OF_THIS_RELEASE, f'"version": "{version}"')

    assert write.main([], folder) == 0
    assert write.main(["--check"], folder) == 0


def test_a_problem_with_members_of_its_own_is_not_the_plain_one_too(whole: Json) -> None:
    schemas = whole["components"]["schemas"]
    excluded = schemas["ProblemDocument"]["properties"]["code"]["not"]["enum"]
    codes = [schema["properties"]["code"] for name, schema in schemas.items() if name.endswith("Problem")]
    typed = {code["const"] for code in codes if "const" in code}

    assert typed <= set(excluded)
    assert "stale" in typed
