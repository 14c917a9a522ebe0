"""The product as an operator runs it: one process on its own database, and clients that push."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cli.commands import Environment, gigacity, running

PROJECT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Served:
    """Address of the running product, and the credentials of its clients."""

    address: str
    operator: Environment
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


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The Liangjiang campaign on 2022-09-06, without counts."""
    folder = tmp_path_factory.mktemp("served")
    environment = {"GIGACITY_HOME": str(folder / "home")}
    with running("up", "--port", "0", until="business date", environment=environment, folder=folder) as lines:
        address = next(line.split()[1] for line in lines if line.startswith("address"))
        applied = gigacity(
            "campaign", "apply", PROJECT / "campaigns" / "liangjiang-2022.toml", environment=environment, folder=folder
        )
        assert applied.returncode == 0, applied.stderr
        clients = {}
        for org in ("telecom", "unicom", "economy"):
            created = gigacity("client", "create", org, environment=environment, folder=folder)
            assert created.returncode == 0, created.stderr
            client_id, secret = (line.split()[1] for line in created.stdout.splitlines())
            clients[org] = (client_id, secret)
        yield Served(address, environment, clients)
