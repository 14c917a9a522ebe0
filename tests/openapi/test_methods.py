"""Methods that a path does not support are refused by that path, and access by role, for every operation of the OpenAPI files."""

import re

import pytest
from httpx import AsyncClient

from shared.vocabulary import Role
from tests.fixtures_api import Bearer
from tests.openapi_document import openapi_document

PATHS = openapi_document()["paths"]
METHODS = {"get", "patch", "post", "put"}
OTHERS = [(path, method) for path, methods in PATHS.items() for method in sorted(METHODS - methods.keys())]
ROLES = {Role.LEADER: "leading_group", Role.REGULATOR: "regulator"}
DENIED = [
    (path, method, role)
    for path, methods in PATHS.items()
    for method, operation in methods.items()
    for role in ROLES
    if operation.get("x-roles") and role.value not in operation["x-roles"]
]
UUID = "0198c0de-0000-7000-8000-000000000000"


def filled(path: str) -> str:
    """A path with a value for each parameter."""
    return re.sub(r"\{[a-z_]*id\}", UUID, path.replace("{month}", "2022-08")).replace("{", "").replace("}", "")


@pytest.fixture(scope="module")
def allowed() -> dict[str, set[str]]:
    return {
        path: {method.upper() for method in methods} | ({"HEAD"} if "get" in methods else set())
        for path, methods in PATHS.items()
    }


async def test_another_method_is_405_and_names_the_methods_of_that_path(api: AsyncClient, allowed: dict[str, set[str]]) -> None:
    for path, method in OTHERS:
        answer = await api.request(method, filled(path))

        assert (answer.status_code, path, method) == (405, path, method), answer.text
        assert set(answer.headers["allow"].split(", ")) == allowed[path], path


async def test_a_role_without_access_is_forbidden_not_unknown(api: AsyncClient, bearer: Bearer) -> None:
    assert len(DENIED) > 40
    for path, method, role in DENIED:
        answer = await api.request(method, filled(path), headers=bearer(ROLES[role], role))

        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden"), f"{method} {path} as {role}"
