"""Nothing of a request is read for a caller who may not send it."""

from collections.abc import AsyncIterator, Iterator
from typing import NamedTuple

from httpx import AsyncClient

from shared.access import policy
from shared.vocabulary import Role
from tests.fixtures_api import Bearer
from tests.openapi_document import openapi_document

WHOLE = openapi_document()
TOKENS = (None, "Bearer", "Bearer a.b.c", "Basic YTpi", "Bearer " + "x" * 5_000)
ORGS = {
    Role.CARRIER: "telecom",
    Role.STREET: "lijia",
    Role.BUREAU: "economy",
    Role.TASK_FORCE: "industry",
    Role.LEADER: "leading_group",
    Role.REGULATOR: "regulator",
}


class Operation(NamedTuple):
    """An operation with a body that needs a token."""

    name: str
    method: str
    path: str
    media: str

    async def send(self, api: AsyncClient, headers: dict[str, str], query: str = "") -> tuple[int, str, bool]:
        """Return status and code of the answer, and whether the body was read."""
        body = Body()
        answer = await api.request(self.method, self.path + query, content=body, headers={"Content-Type": self.media, **headers})
        return answer.status_code, answer.json()["code"], body.was_read


def with_bodies() -> Iterator[Operation]:
    """Yield every operation with a body that needs a token."""
    for path, methods in WHOLE["paths"].items():
        for method, operation in methods.items():
            if "requestBody" in operation and operation["operationId"] not in policy.PUBLIC_OPERATIONS:
                yield Operation(operation["operationId"], method, path, next(iter(operation["requestBody"]["content"])))


class Body:
    """A body that remembers whether anybody asked for it."""

    def __init__(self) -> None:
        self.was_read = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        self.was_read = True
        yield b"[" * 1_000_000


async def test_without_a_valid_token_no_body_is_read(api: AsyncClient) -> None:
    operations = list(with_bodies())
    assert len(operations) > 15
    for operation in operations:
        for authorization in TOKENS:
            for query in ("", "?nonsense=1"):
                found = await operation.send(api, {"Authorization": authorization} if authorization else {}, query)
                assert found == (401, "token_invalid", False), (operation, authorization, query)


async def test_a_role_that_may_not_send_it_has_no_body_read(api: AsyncClient, bearer: Bearer) -> None:
    for operation in with_bodies():
        for role in set(Role) - policy.GRANTS[operation.name].keys():
            found = await operation.send(api, bearer(ORGS[role], role))
            refused = {(403, "forbidden", False), (401, "token_invalid", False)}  # 401: the token is not for this service
            assert found in refused, (operation, role)


async def test_who_may_send_it_has_it_read(api: AsyncClient, bearer: Bearer) -> None:
    for operation in with_bodies():
        role = next(iter(policy.GRANTS[operation.name]))
        status, _, was_read = await operation.send(api, bearer(ORGS[role], role))
        assert was_read or (status in {404, 422} and operation.name.endswith("_attachment")), (
            operation
        )  # of an item that is not there
        assert status in {400, 404, 413, 422}, operation
