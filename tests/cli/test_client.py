"""`gigacity client`, as an operator runs it."""

import asyncio
from collections.abc import Callable

import psycopg
import pytest
from httpx import AsyncClient
from typer.testing import CliRunner, Result

from cli.campaign import apply_definition
from cli.client import app
from cli.postgres.database_urls import DatabaseUrls
from shared.campaign.definition import Definition
from shared.clock import Clock
from shared.settings import Settings

GRANT = {"grant_type": "client_credentials"}
Operator = Callable[..., Result]


@pytest.fixture
def operator(urls: DatabaseUrls, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Operator:
    """A function that runs a command on the test's database."""
    monkeypatch.setenv("GIGACITY_HOME", str(settings.home))
    monkeypatch.setenv("GIGACITY_DATABASE_URL", urls.owner)
    for service, url in urls.services.items():
        monkeypatch.setenv(f"GIGACITY_{service.upper()}_DATABASE_URL", url)
    return lambda *arguments: CliRunner().invoke(app, list(arguments))


def shown(answer: Result) -> dict[str, str]:
    return dict(line.split() for line in answer.stdout.splitlines())


async def test_a_client_is_made_rotated_and_revoked(operator: Operator, api: AsyncClient) -> None:
    async def logs_in(client: dict[str, str]) -> bool:
        answer = await api.post("/oauth2/token", data=GRANT, auth=(client["client_id"], client["client_secret"]))
        return answer.status_code == 200

    made = shown(await asyncio.to_thread(operator, "create", "telecom"))
    assert made["client_id"] == "liangjiang-2022.telecom.2"
    assert await logs_in(made)

    rotated = shown(await asyncio.to_thread(operator, "rotate", made["client_id"]))
    assert rotated["client_id"] == made["client_id"]
    assert not await logs_in(made)
    assert await logs_in(rotated)

    revoked = await asyncio.to_thread(operator, "revoke", made["client_id"])
    assert revoked.exit_code == 0
    assert not await logs_in(rotated)


async def test_a_printed_token_works(operator: Operator, api: AsyncClient) -> None:
    printed = await asyncio.to_thread(operator, "token", "industry", "--role", "task_force")
    answer = await api.get("/v1/me", headers={"Authorization": f"Bearer {printed.stdout.strip()}"})

    assert answer.json()["role"]["code"] == "task_force"


def test_a_printed_token_is_audited(operator: Operator, urls: DatabaseUrls) -> None:
    operator("token", "miit")

    with psycopg.connect(urls.owner) as connection:
        connection.execute("SELECT gigacity_begin('national-2022', 'miit', 'own')")
        rows = connection.execute("SELECT subject FROM audit WHERE operation = 'issue_token'").fetchall()
    assert rows == [("national-2022.miit.1",)]


def test_clients_are_listed_with_what_became_of_them(operator: Operator) -> None:
    operator("revoke", "liangjiang-2022.unicom.1")
    listed = operator("list", "--org", "unicom")
    everybody = operator("list")

    (line,) = listed.stdout.splitlines()
    assert line.split()[:2] == ["liangjiang-2022.unicom.1", "carrier"]
    assert "revoked" in line
    assert "national-2022.miit.1" in everybody.stdout
    assert "argon2" not in everybody.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["create", "telcom"], "none of liangjiang-2022, national-2022 has an organisation telcom"),
        (
            ["create", "telcom", "--campaign", "liangjiang-2022"],
            "liangjiang-2022 has no organisation telcom; its organisations are",
        ),
        (["create", "telecom", "--campaign", "nowhere"], "campaign nowhere is not in force: use `gigacity campaign apply FILE`"),
        (["create", "industry"], "industry has several roles; choose one of"),
        (["create", "telecom", "--role", "bureau"], "telecom does not have the role bureau; it has carrier"),
        (["revoke", "liangjiang-2022.telecom.9"], "unknown client liangjiang-2022.telecom.9"),
        (["token", "industry"], "industry has clients with several roles; choose --campaign liangjiang-2022 --role bureau or"),
        (["token", "telecom", "--role", "leader"], "telecom has no such client: create one with"),
    ],
)
def test_an_impossible_command_is_refused_with_the_remedy(operator: Operator, arguments: list[str], message: str) -> None:
    answer = operator(*arguments)

    assert answer.exit_code == 1
    assert answer.stdout == ""
    assert message in answer.stderr


def test_the_only_campaign_in_force_needs_no_name_before_it_has_clients(
    operator: Operator, bare_urls: DatabaseUrls, definition: Definition, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIGACITY_DATABASE_URL", bare_urls.owner)
    monkeypatch.setenv("GIGACITY_IDENTITY_DATABASE_URL", bare_urls.services["identity"])
    own = definition.model_copy(update={"campaign": definition.campaign.model_copy(update={"code": "own-2022"})})

    early = operator("create", "telecom")
    asyncio.run(apply_definition(bare_urls.owner, own, Clock(None)))
    created = operator("create", "telecom")

    assert early.stderr.strip().endswith("no campaign is in force: use `gigacity campaign apply FILE`")
    assert shown(created)["client_id"] == "own-2022.telecom.1"


def test_an_unmigrated_database_is_refused_with_the_remedy(
    operator: Operator, unmigrated_urls: DatabaseUrls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIGACITY_IDENTITY_DATABASE_URL", unmigrated_urls.owner)

    answer = operator("list")

    assert answer.exit_code == 1
    assert "gigacity migrate" in answer.stderr
