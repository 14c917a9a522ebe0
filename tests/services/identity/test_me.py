"""GET /v1/me."""

from httpx import AsyncClient

from shared.access import policy
from shared.vocabulary import Role
from tests.fixtures_api import Bearer


async def test_a_carrier_is_told_who_it_is_and_what_it_may_do(identity: AsyncClient, bearer: Bearer) -> None:
    answer = await identity.get("/v1/me", headers=bearer("telecom"))

    assert answer.status_code == 200
    me = answer.json()
    assert me["client_id"] == "liangjiang-2022.telecom.1"
    assert me["campaign"]["code"] == "liangjiang-2022"
    assert me["organisation"]["code"] == "telecom"
    assert set(me["organisation"]["title"]) == set(me["role"]["title"]) == set(me["campaign"]["title"]) == {"zh", "en"}
    assert me["role"]["code"] == "carrier"
    may = {permission["operation"]: permission for permission in me["may"]}
    assert may["push_observations"] == {"operation": "push_observations", "service": "ingest", "reach": "own"}
    assert may["get_summary"]["reach"] == "own"


async def test_what_one_may_do_is_what_the_policy_says(identity: AsyncClient, bearer: Bearer) -> None:
    for org, role in [
        ("economy", Role.BUREAU),
        ("industry", Role.TASK_FORCE),
        ("leading_group", Role.LEADER),
        ("renhe", Role.STREET),
    ]:
        me = (await identity.get("/v1/me", headers=bearer(org, role))).json()

        wanted = {operation: grant[role] for operation, grant in policy.GRANTS.items() if role in grant}
        assert {one["operation"]: one["reach"] for one in me["may"]} == wanted


async def test_a_street_office_is_told_its_street(identity: AsyncClient, bearer: Bearer) -> None:
    me = (await identity.get("/v1/me", headers=bearer("renhe"))).json()

    assert me["organisation"]["area"].startswith("500112")


async def test_the_loader_of_the_national_series_is_a_bureau_that_pushes(identity: AsyncClient, bearer: Bearer) -> None:
    me = (await identity.get("/v1/me", headers=bearer("miit", campaign="national-2022"))).json()

    assert me["role"]["code"] == "bureau"
    assert "push_observations" in {one["operation"] for one in me["may"]}


async def test_without_a_token_nobody_is_told_anything(identity: AsyncClient) -> None:
    answer = await identity.get("/v1/me")

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == 'Bearer error="invalid_token"'
    assert answer.json()["code"] == "token_invalid"
