"""`gigacity up`, and the errors that prevent a start."""

import socket
from pathlib import Path

import httpx
import pytest

from cli.postgres.database_urls import DatabaseUrls
from cli.postgres.embedded import Embedded
from tests.cli.commands import Environment, gigacity, running

CAMPAIGN = Path(__file__).parents[2] / "campaigns" / "national-2022.toml"
LAST_LINE = "business date"


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """Settings of an embedded server that the tests of this file share."""
    return {"GIGACITY_HOME": str(tmp_path_factory.mktemp("up") / "home")}


def told(lines: list[str]) -> dict[str, str]:
    return {line[:15].strip(): line[15:] for line in lines}


def test_it_runs_on_a_folder_of_its_own_and_keeps_what_it_was_given(environment: Environment, tmp_path: Path) -> None:
    with running("up", "--port", "0", until=LAST_LINE, environment=environment, folder=tmp_path) as lines:
        facts = told(lines)
        assert facts["data"] == f"{environment['GIGACITY_HOME']} (embedded PostgreSQL)"
        assert facts["campaign"].startswith("none yet: gigacity campaign apply")
        assert facts["business date"] == "2022-09-06, fixed by GIGACITY_NOW"
        assert httpx.get(f"{facts['address']}/readyz", trust_env=False).status_code == 200
        metadata = httpx.get(f"{facts['address']}/.well-known/oauth-authorization-server", trust_env=False).json()
        assert metadata["token_endpoint"] == facts["tokens"]
        applied = gigacity("campaign", "apply", CAMPAIGN, environment=environment, folder=tmp_path)
        assert applied.returncode == 0, applied.stderr
        gigacity("client", "create", "miit", environment=environment, folder=tmp_path)
        token = gigacity("client", "token", "miit", environment=environment, folder=tmp_path).stdout.strip()
        me = httpx.get(f"{facts['address']}/v1/me", headers={"Authorization": f"Bearer {token}"}, trust_env=False)
        assert (me.status_code, me.json()["organisation"]["code"]) == (200, "miit")  # the issuer is the address, of any port
    assert not (Path(environment["GIGACITY_HOME"]) / "issuer").exists()

    with running("up", "--port", "0", until=LAST_LINE, environment=environment, folder=tmp_path) as lines:
        assert told(lines)["campaign"] == "national-2022, data version 1, definition version 1"
    log = (tmp_path / "log").read_text(encoding="utf-8")
    assert log.count(f"Creating a new database in {environment['GIGACITY_HOME']}\n") == 1


def test_a_port_that_is_taken_is_named(environment: Environment, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        refused = gigacity("up", "--port", port, environment=environment, folder=tmp_path)

    assert refused.returncode == 1
    assert f"cannot listen on 127.0.0.1:{port}" in refused.stderr
    assert "--port" in refused.stderr


def test_a_server_without_fsync_is_refused_with_what_to_do(environment: Environment, tmp_path: Path) -> None:
    local = Embedded(Path(environment["GIGACITY_HOME"])).data / "local.conf"
    local.write_text("fsync = off\n")
    local.chmod(0o644)
    try:
        refused = gigacity("up", "--port", "0", environment=environment, folder=tmp_path)
    finally:
        local.unlink()

    assert refused.returncode == 1
    assert "set fsync = on" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_configured_server_without_the_schema_is_refused_with_what_to_do(unmigrated_urls: DatabaseUrls, tmp_path: Path) -> None:
    own = {
        f"GIGACITY_{name}DATABASE_URL": unmigrated_urls.owner for name in ("", "IDENTITY_", "INGEST_", "INDICATORS_", "CASES_")
    }
    refused = gigacity("up", "--port", "0", environment=own, folder=tmp_path)

    assert refused.returncode == 1
    assert "the schema is at None" in refused.stderr
    assert "run `gigacity migrate`" in refused.stderr


def test_services_that_cannot_log_in_are_named_with_what_to_do(unmigrated_urls: DatabaseUrls, tmp_path: Path) -> None:
    own = {"GIGACITY_DATABASE_URL": unmigrated_urls.owner, "GIGACITY_ROLE_PREFIX": "never_migrated"}
    refused = gigacity("up", "--port", "0", environment=own, folder=tmp_path)

    assert refused.returncode == 1
    assert "identity cannot log in to the database" in refused.stderr
    assert "run `gigacity migrate`" in refused.stderr


def test_a_wrong_setting_is_named(tmp_path: Path) -> None:
    refused = gigacity("up", environment={"GIGACITY_TOKEN_LIFETIME_S": "9000"}, folder=tmp_path)

    assert refused.returncode == 1
    assert "GIGACITY_TOKEN_LIFETIME_S" in refused.stderr


def test_playing_with_time_is_refused_in_production(tmp_path: Path) -> None:
    refused = gigacity("up", environment={"GIGACITY_MODE": "production"}, folder=tmp_path)

    assert refused.returncode == 1
    assert "GIGACITY_NOW is allowed in the modes demo and test only" in refused.stderr
