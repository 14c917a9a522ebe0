"""The product as an operator runs it: one process on its own database, and clients that push."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from cli.postgres.database_urls import DatabaseUrls
from shared.settings import Settings
from shared.vocabulary import Role
from tests.cli.commands import running
from tests.fixtures_campaign import LIANGJIANG, Campaigns
from tests.fixtures_postgres import Server

PROJECT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Served:
    """Address of the running product, and the credentials of its clients."""

    address: str
    clients: dict[str, tuple[str, str]]  # id and secret by organisation

    def environment(self, org: str = "telecom", address: str | None = None) -> dict[str, str]:
        """Return the environment variables of an organisation."""
        client_id, secret = self.clients[org]
        return {
            "GIGACITY_SERVER": address or self.address,
            "GIGACITY_CLIENT_ID": client_id,
            "GIGACITY_CLIENT_SECRET": secret,
            "NO_PROXY": "*",
        }


def environment_of_database(urls: DatabaseUrls, settings: Settings) -> dict[str, str]:
    """Return the environment variables of a product on a database of this session."""
    return {
        "GIGACITY_HOME": str(settings.home),  # the key that seals the database's signing key
        "GIGACITY_DATABASE_URL": urls.owner,
        **{f"GIGACITY_{name.upper()}_DATABASE_URL": url for name, url in urls.services.items()},
    }


@pytest.fixture(scope="module")
def served(
    server: Server, campaigns: Campaigns, session_settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    """The Liangjiang campaign on 2022-09-06, without counts."""
    folder = tmp_path_factory.mktemp("served")
    roles = {"telecom": Role.CARRIER, "unicom": Role.CARRIER, "economy": Role.BUREAU}
    issued = {org: campaigns.clients[LIANGJIANG, org, role] for org, role in roles.items()}
    with server.database(campaigns.template) as urls:
        environment = environment_of_database(urls, session_settings)
        with running("up", "--port", "0", until="business date", environment=environment, folder=folder) as lines:
            address = next(line.split()[1] for line in lines if line.startswith("address"))
            yield Served(address, {org: (client.client_id, client.secret) for org, client in issued.items()})
