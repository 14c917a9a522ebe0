"""One month of a campaign, with each service in its own process: token, push, case, summary."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from cli.demo.sample_cases import SAMPLE_CASES
from cli.postgres.database_urls import DatabaseUrls
from services.identity.clients import IssuedClient
from shared.settings import SERVICES, Settings
from shared.values import media_types
from shared.vocabulary import Role
from tests.cli.commands import running
from tests.fixtures_campaign import LIANGJIANG, Campaigns
from tests.fixtures_served import environment_of_database
from tests.push_paths import path_for

PROJECT = Path(__file__).parent.parent
AUGUST = PROJECT / "samples" / "liangjiang" / "2022-08"
ORGANISATIONS = {
    **dict.fromkeys(("telecom", "mobile", "unicom", "tower"), Role.CARRIER),
    "economy": Role.BUREAU,
    "industry": Role.TASK_FORCE,
}


@dataclass
class RunningCampaign:
    """The services' addresses and a token for each organisation."""

    addresses: dict[str, str]
    tokens: dict[str, str]

    def call(self, method: str, service: str, path: str, org: str, **options: Any) -> httpx.Response:
        """Call one service in the name of an organisation."""
        headers = {"Authorization": f"Bearer {self.tokens[org]}", **options.pop("headers", {})}
        return httpx.request(method, self.addresses[service] + path, headers=headers, trust_env=False, timeout=30, **options)


@pytest.fixture
def campaign(urls: DatabaseUrls, campaigns: Campaigns, settings: Settings, tmp_path: Path) -> Iterator[RunningCampaign]:
    """The campaign in force, and each service in a process of its own."""
    environment = environment_of_database(urls, settings)
    clients = {org: campaigns.clients[LIANGJIANG, org, role] for org, role in ORGANISATIONS.items()}
    with ExitStack() as stack:
        addresses = {}
        for service in SERVICES:
            lines = running("serve", service, "--port", "0", until=service, environment=environment, folder=tmp_path)
            addresses[service] = stack.enter_context(lines)[-1].rpartition(" ")[2]
        yield RunningCampaign(addresses, {org: _token(addresses["identity"], client) for org, client in clients.items()})


def _token(identity: str, client: IssuedClient) -> str:
    form, auth = {"grant_type": "client_credentials"}, (client.client_id, client.secret)
    answer = httpx.post(f"{identity}/oauth2/token", data=form, auth=auth, trust_env=False, timeout=30)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["access_token"])


def push(campaign: RunningCampaign, file: Path) -> httpx.Response:
    headers = {"Content-Type": media_types.BY_SUFFIX[file.suffix], "Idempotency-Key": f"august-{file.stem}"}
    return campaign.call(
        "POST",
        "ingest",
        path_for("/v1/observations", headers["Content-Type"]),
        file.stem,
        content=file.read_bytes(),
        headers=headers,
    )


def approve(campaign: RunningCampaign, org: str, case: dict[str, Any], on: str) -> None:
    path = f"/v1/cases/{campaign.call('POST', 'cases', '/v1/cases', org, json=case).json()['id']}"
    for caller, move in (
        (org, {"move": "submit"}),
        ("industry", {"move": "take_up"}),
        ("industry", {"move": "approve", "on": on}),
    ):
        etag = campaign.call("GET", "cases", path, caller).headers["ETag"]
        answer = campaign.call("POST", "cases", f"{path}/moves", caller, json=move, headers={"If-Match": etag})
        assert answer.status_code == 200, answer.text


def august(campaign: RunningCampaign) -> dict[str, dict[str, Any]]:
    answer = campaign.call("GET", "indicators", "/v1/summary?month=2022-08", "economy")
    assert answer.status_code == 200, answer.text
    return {line["indicator"]: line for line in answer.json()["lines"]}


def test_a_month_from_token_to_summary(campaign: RunningCampaign) -> None:
    files = sorted(AUGUST.iterdir())
    pushed = [push(campaign, file) for file in files]
    assert [answer.status_code for answer in pushed] == [201] * len(files), [answer.text for answer in pushed]

    again = push(campaign, files[0])
    assert (again.headers["Idempotency-Replayed"], again.content) == ("true", pushed[0].content)

    before = august(campaign)
    assert {
        code: (before[code]["display"], before[code]["status"], before[code]["gap"])
        for code in ("pon_10g_share", "bs_5g_per_10k")
    } == {
        "pon_10g_share": ("24.9", "not_met", 16),
        "bs_5g_per_10k": ("11.9", "not_met", 1),
    }
    assert before["application_cases"]["numerator"] == 0

    case = SAMPLE_CASES[0]
    approve(campaign, case.org, case.content, f"2022-{case.filed}")
    assert august(campaign)["application_cases"]["numerator"] == 1

    refused = campaign.call("GET", "indicators", "/v1/summary?month=2022-08", "telecom")
    assert refused.json()["lines"] == []
