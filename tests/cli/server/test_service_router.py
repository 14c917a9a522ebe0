"""All services at one address."""

import pytest
from fastapi import FastAPI
from fastapi.responses import PlainTextResponse
from httpx import ASGITransport, AsyncClient

from cli.server.service_router import ServiceRouter, path_owners
from tests.fixtures_api import Bearer, Serve


def serving(answer: str, *paths: str) -> FastAPI:
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    for path in paths:
        app.add_api_route(path, lambda: PlainTextResponse(answer))
    return app


async def answer_to(entry: ServiceRouter, path: str) -> str:
    async with AsyncClient(transport=ASGITransport(app=entry), base_url="http://test") as client:
        return (await client.get(path)).text


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/v1/cases", "cases"),
        ("/v1/cases/7/moves", "cases"),
        ("/v1/me", "identity"),
        ("/oauth2/token", "identity"),
        ("/v1/caseshift", '{"detail":"Not Found"}'),
        ("/docs", '{"detail":"Not Found"}'),
    ],
)
async def test_each_path_goes_to_the_app_that_publishes_it(path: str, answer: str) -> None:
    apps = {
        "identity": serving("identity", "/oauth2/token", "/v1/me"),
        "cases": serving("cases", "/v1/cases", "/v1/cases/{id}/moves"),
    }

    assert await answer_to(ServiceRouter(apps), path) == answer


def test_two_apps_that_claim_one_prefix_are_an_error() -> None:
    with pytest.raises(ValueError, match="both identity and cases serve /v1/cases"):
        path_owners({"identity": serving("", "/v1/cases/{id}"), "cases": serving("", "/v1/cases")})


async def test_a_token_of_an_organisation_tells_who_it_is(serve: Serve, bearer: Bearer) -> None:
    identity = await serve("identity")

    answer = await identity.get("/v1/me", headers=bearer("telecom"))

    assert answer.status_code == 200
    assert answer.json()["organisation"]["code"] == "telecom"
