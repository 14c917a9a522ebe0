"""No client and no organisation keeps a service to itself."""

import asyncio
from contextlib import ExitStack
from typing import Any

import pytest
from httpx import AsyncClient

from shared.access.key_ring import Principal
from shared.access.quota import FEW, RESERVED_PART, Quota
from shared.problems import RateLimited
from shared.settings import Settings
from shared.vocabulary import Role
from tests.fixtures_api import Serve
from tests.fixtures_campaign_api import CampaignApi, rows


def client(org: str, number: int = 1) -> Principal:
    return Principal(f"c.{org}.{number}", "c", org, Role.CARRIER, ())


def quota(**limits: int) -> Quota:
    return Quota(Settings().model_copy(update=limits))


def test_a_client_has_so_many_requests_in_progress_and_others_are_not_counted() -> None:
    limited = quota(client_requests_max=3)
    with ExitStack() as taken:
        for _ in range(3):
            taken.enter_context(limited.request_place(client("telecom")))
        with pytest.raises(RateLimited) as refused, limited.request_place(client("telecom")):
            pass
        with limited.request_place(client("telecom", 2)), limited.request_place(client("mobile")):
            pass
    with limited.request_place(client("telecom")):
        pass

    assert refused.value.headers == {"Retry-After": "1"}


def test_an_organisation_has_so_many_whatever_number_of_clients_it_has() -> None:
    limited = quota(client_requests_max=3, org_requests_max=5)
    with ExitStack() as taken:
        for number in range(5):
            taken.enter_context(limited.request_place(client("telecom", number)))
        with pytest.raises(RateLimited), limited.request_place(client("telecom", 9)):
            pass
        with limited.request_place(client("mobile")):
            pass


def test_the_last_places_are_for_those_who_have_few() -> None:
    most = 40
    limited = quota(requests_max=most)
    with ExitStack() as taken:
        for number in range(most - most // RESERVED_PART):
            taken.enter_context(limited.request_place(client("telecom", number % 3)))
        with pytest.raises(RateLimited), limited.request_place(client("telecom")):
            pass
        for _ in range(FEW):
            taken.enter_context(limited.request_place(client("mobile")))
        with pytest.raises(RateLimited), limited.request_place(client("mobile")):
            pass
        for number in range(most // RESERVED_PART - FEW):
            taken.enter_context(limited.request_place(client(f"org{number}")))
        with pytest.raises(RateLimited), limited.request_place(client("unicom")):
            pass
    with limited.request_place(client("telecom")):
        pass


def test_a_place_is_given_back_by_a_request_that_fails() -> None:
    limited = quota(client_requests_max=1)
    for _ in range(3):
        with pytest.raises(ValueError, match="failed"), limited.request_place(client("telecom")):
            raise ValueError("failed")


async def test_pushes_beyond_the_limit_wait_for_a_second_and_those_of_others_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.access.quota.PUSH_WAIT_S", 0.2)
    limited = quota(client_pushes_max=2, org_pushes_max=3)
    order: list[str] = []

    async def push(principal: Principal, seconds: float) -> None:
        async with limited.push_place(principal):
            order.append(principal.client_id)
            await asyncio.sleep(seconds)

    long = [asyncio.create_task(push(client("telecom"), 0.4)) for _ in range(2)]
    await asyncio.sleep(0)
    with pytest.raises(RateLimited):
        await push(client("telecom"), 0)
    await push(client("telecom", 2), 0)
    await push(client("mobile"), 0)
    await asyncio.gather(*long)
    await asyncio.gather(*(push(client("telecom"), 0.01) for _ in range(10)))

    assert order == [*["c.telecom.1"] * 2, "c.telecom.2", "c.mobile.1", *["c.telecom.1"] * 10]


async def test_a_timeout_within_a_push_is_its_own() -> None:
    with pytest.raises(TimeoutError):
        async with quota().push_place(client("telecom")):
            raise TimeoutError


async def test_a_client_that_sends_too_much_at_once_is_told_so_and_others_are_answered(
    liangjiang: CampaignApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.access.quota.RESERVED_PART", 1_000)
    counts = rows([("fbb_subs_total", "liangjiang", 5)])

    async def push(org: str) -> Any:
        return await liangjiang.api.post("/v1/observations", json=counts, headers=liangjiang.headers(org))

    flood = [asyncio.create_task(push("telecom")) for _ in range(150)]
    await asyncio.sleep(0.05)
    other = await push("mobile")
    answers = await asyncio.gather(*flood)

    limited = [answer for answer in answers if answer.status_code == 429]
    assert other.status_code == 201
    assert len(answers) - len(limited) >= 1
    assert {(answer.json()["code"], answer.headers["Retry-After"]) for answer in limited} == {("rate_limited", "1")}


async def test_an_endpoint_that_needs_no_token_has_no_quota(serve: Serve) -> None:
    identity: AsyncClient = await serve("identity")

    answers = await asyncio.gather(*(identity.get("/oauth2/jwks.json") for _ in range(300)))

    assert {answer.status_code for answer in answers} <= {200, 503}
