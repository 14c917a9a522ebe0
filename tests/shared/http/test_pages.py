"""The API pages work without internet access."""

import re
from pathlib import Path

import pytest
from httpx import AsyncClient

from shared.http.pages import DOCUMENT_NAMES
from tests.fixtures_api import Serve

ELSEWHERE = re.compile(r"""(?:https?:)?//[a-z0-9.-]+""", re.IGNORECASE)


@pytest.fixture
async def client(serve: Serve) -> AsyncClient:
    return await serve("identity")


async def test_the_page_and_everything_it_loads_comes_from_us(client: AsyncClient) -> None:
    page = await client.get("/docs")
    definition = re.findall(r'(?:src|href)="([^"]+)"', page.text)

    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert not ELSEWHERE.search(page.text)
    assert len(definition) == 5
    for address in definition:
        if address != "data:,":
            asset = await client.get(address)
            assert (asset.status_code, asset.headers["x-content-type-options"]) == (200, "nosniff")
            assert asset.headers["content-type"] in {"text/css; charset=utf-8", "text/javascript; charset=utf-8"}


async def test_the_bare_address_leads_to_the_pages(client: AsyncClient) -> None:
    answer = await client.get("/")

    assert (answer.status_code, answer.headers["location"]) == (307, "/docs")


async def test_the_page_may_not_ask_anybody_else_nor_run_what_stands_in_it(client: AsyncClient) -> None:
    policy = (await client.get("/docs")).headers["content-security-policy"]
    rules = {rule.split()[0]: set(rule.split()[1:]) for rule in policy.split(";")}

    assert rules["default-src"] == {"'none'"}
    assert rules["script-src"] == rules["connect-src"] == {"'self'"}
    assert not ELSEWHERE.search(policy)
    assert "*" not in policy
    assert "unsafe-eval" not in policy


async def test_our_start_script_names_nobody_else_and_switches_the_validator_off(client: AsyncClient) -> None:
    script = (await client.get("/docs/start.js")).text

    assert not ELSEWHERE.search(script)
    assert "validatorUrl: null" in script
    assert all(f'"{name}"' in script for name in DOCUMENT_NAMES)


@pytest.mark.parametrize("name", DOCUMENT_NAMES)
async def test_the_committed_openapi_files_are_served_as_they_are(client: AsyncClient, name: str) -> None:
    answer = await client.get(f"/openapi/{name}.json")
    again = await client.get(f"/openapi/{name}.json", headers={"if-none-match": answer.headers["etag"]})

    assert answer.content == (Path(__file__).parents[3] / "openapi" / f"{name}.json").read_bytes()
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "path", ["/docs/LICENSE", "/docs/index.html", "/docs/../app.py", "/openapi/write.json", "/openapi.json", "/redoc"]
)
async def test_nothing_else_is_served(client: AsyncClient, path: str) -> None:
    assert (await client.get(path)).status_code == 404


async def test_health_is_told_to_whoever_asks(client: AsyncClient) -> None:
    assert (await client.get("/healthz")).json() == {"status": "alive"}
    assert (await client.get("/readyz")).json() == {"status": "ready"}
