"""A backup taken during pushes and restored elsewhere gives the same responses, and pushes go on."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import httpx
import pytest

from cli.postgres.database_urls import DatabaseUrls
from tests.cli.commands import Environment, gigacity, running
from tests.fixtures_postgres import Server

PROJECT = Path(__file__).parents[3]
LAST_LINE = "business date"
WHOLE = "liangjiang"
AUGUST = "/v1/summary?month=2022-08&group_by=area,org&as_of="


class Place:
    """The services at one address, and the clients that were made at the first place."""

    def __init__(self, address: str, clients: dict[str, tuple[str, str]]) -> None:
        """`clients`: id and secret by organisation."""
        self._http = httpx.Client(base_url=address, timeout=30, trust_env=False)
        self._tokens = {org: self._token(*client) for org, client in clients.items()}

    def _token(self, client_id: str, secret: str) -> str:
        form = {"grant_type": "client_credentials"}
        answer = self._http.post("/oauth2/token", data=form, auth=(client_id, secret))
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])

    def push(self, value: int, key: str) -> httpx.Response:
        """Push one count."""
        row = {"metric": "fbb_subs_total", "area": WHOLE, "month": "2022-08", "value": value}
        headers = {"Authorization": f"Bearer {self._tokens['telecom']}", "Idempotency-Key": key}
        return self._http.post("/v1/observations", json={"observations": [row]}, headers=headers)

    def get(self, path: str) -> httpx.Response:
        """Get a resource successfully."""
        answer = self._http.get(path, headers={"Authorization": f"Bearer {self._tokens['economy']}"})
        assert answer.status_code == 200, answer.text
        return answer

    def close(self) -> None:
        """Close."""
        self._http.close()


@contextmanager
def place(
    environment: Environment, folder: Path, clients: dict[str, tuple[str, str]], *, campaign: Path | None = None
) -> Iterator[Place]:
    """The services, where a campaign may first be applied and the clients be made that are still to be filled in."""
    with running("up", "--port", "0", until=LAST_LINE, environment=environment, folder=folder) as lines:
        address = next(line.split()[1] for line in lines if line.startswith("address"))
        if campaign is not None:
            done("campaign", "apply", campaign, environment=environment, folder=folder)
            for org in ("telecom", "economy"):
                made = done("client", "create", org, environment=environment, folder=folder).splitlines()
                clients[org] = (made[0].split()[1], made[1].split()[1])
        served = Place(address, clients)
        try:
            yield served
        finally:
            served.close()


def done(*arguments: str | Path, environment: Environment, folder: Path) -> str:
    finished = gigacity(*arguments, environment=environment, folder=folder)
    assert finished.returncode == 0, finished.stderr
    return finished.stdout


class Pushing:
    """Pushes one count after another from a thread, each higher than the last, until it is told to stop."""

    def __init__(self, place: Place) -> None:
        """It starts on entering and stops on leaving."""
        self.acknowledged: list[tuple[int, bytes]] = []  # data version and answer
        self._place, self._stop = place, threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Self:
        """Start."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.is_set():
            number = len(self.acknowledged)
            answer = self._place.push(800_000 + number, f"k-{number}")
            assert answer.status_code == 201, answer.text
            self.acknowledged.append((answer.json()["data_version"], answer.content))


@pytest.fixture
def elsewhere(server: Server, unmigrated_urls: DatabaseUrls, tmp_path: Path) -> Environment:
    """Settings of an empty database on another server."""
    return {
        "GIGACITY_HOME": str(tmp_path / "elsewhere"),
        "GIGACITY_DATABASE_URL": unmigrated_urls.owner,
        "GIGACITY_ROLE_PREFIX": server.prefix,
        **{f"GIGACITY_{name.upper()}_DATABASE_URL": url for name, url in unmigrated_urls.services.items()},
    }


def test_a_backup_taken_during_pushes_answers_the_same_elsewhere(elsewhere: Environment, tmp_path: Path) -> None:
    first = {"GIGACITY_HOME": str(tmp_path / "first")}
    second = {"GIGACITY_HOME": str(tmp_path / "second")}
    file = tmp_path / "backup.tar"
    clients: dict[str, tuple[str, str]] = {}
    with place(first, tmp_path, clients, campaign=PROJECT / "campaigns" / "liangjiang-2022.toml") as source:
        with Pushing(source) as pushing:
            told = done("backup", file, environment=first, folder=tmp_path)
        (version,) = map(int, re.findall(r"liangjiang-2022: data version (\d+)", told))
        before = source.get(f"{AUGUST}{version}")

    acknowledged = pushing.acknowledged
    versions = [at for at, _ in acknowledged]
    assert versions[0] < version < versions[-1], "the backup was not taken during the pushes"
    last = versions.index(version)
    for environment in (second, elsewhere):
        assert "data version" in done("restore", file, environment=environment, folder=tmp_path)
        with place(environment, tmp_path, clients) as restored:
            now = restored.get(f"{AUGUST}{version}")
            replayed = restored.push(800_000 + last, f"k-{last}")
            unknown = restored.push(800_000 + last + 1, f"k-{last + 1}")

        assert (now.content, now.headers["ETag"]) == (before.content, before.headers["ETag"])
        assert (replayed.headers["Idempotency-Replayed"], replayed.content) == ("true", acknowledged[last][1])
        assert unknown.status_code == 201
        assert (counts(unknown)["updated"], unknown.json()["data_version"]) == (1, version + 1)
    refused = gigacity("restore", file, environment=second, folder=tmp_path)
    assert refused.returncode == 1
    assert "the database is not empty" in refused.stderr


def counts(answer: httpx.Response) -> dict[str, Any]:
    found: dict[str, Any] = answer.json()["report"]["counts"]
    return found
