"""An unsuitable server, database or login is refused with a sentence, before anything is changed."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url
from typer.testing import CliRunner

from cli.main import app
from cli.postgres import preconditions
from cli.postgres.database_urls import DatabaseUrls
from cli.postgres.preconditions import require_suitable_database
from cli.postgres.schema_revision import UnsuitableDatabaseError, require_current_schema
from tests.fixtures_postgres import Server

LIANGJIANG = Path(__file__).parents[3] / "campaigns" / "liangjiang-2022.toml"
NEW_ROLES = {"ingest": f"nobody_{secrets.token_hex(4)}"}


@pytest.fixture
def stranger(server: Server) -> Iterator[str]:
    """The URL of a role that may only log in to an empty database."""
    role = f"{server.prefix}_stranger"
    server.connection.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD 'secret'").format(sql.Identifier(role)))
    with server.database() as empty:
        yield make_url(empty.owner).set(username=role, password="secret").render_as_string(hide_password=False)
    server.execute("DROP ROLE {}", role)


def test_an_empty_database_of_its_owner_will_do_and_so_will_a_migrated_one(
    server: Server, unmigrated_urls: DatabaseUrls, bare_urls: DatabaseUrls
) -> None:
    require_suitable_database(unmigrated_urls.owner, NEW_ROLES)
    require_suitable_database(bare_urls.owner, server.roles)


def test_an_older_server_is_refused(unmigrated_urls: DatabaseUrls, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preconditions, "OLDEST_SERVER", 99)

    with pytest.raises(UnsuitableDatabaseError, match=r"the server is PostgreSQL \d\d: 99 or newer is required"):
        require_suitable_database(unmigrated_urls.owner, NEW_ROLES)


@pytest.mark.parametrize("encoding", ["LATIN1", "SQL_ASCII"])
def test_a_database_in_another_encoding_is_refused(server: Server, encoding: str) -> None:
    name = f"{server.prefix}_{encoding.lower()}"
    command = "CREATE DATABASE {} ENCODING {} LOCALE 'C' TEMPLATE template0"
    server.connection.execute(sql.SQL(command).format(sql.Identifier(name), encoding))
    url = make_url(server.superuser).set(database=name).render_as_string(hide_password=False)
    try:
        with pytest.raises(UnsuitableDatabaseError, match="not in UTF-8, which cannot be changed"):
            require_suitable_database(url, NEW_ROLES)
    finally:
        server.execute("DROP DATABASE {}", name)


def test_a_login_that_lacks_a_right_is_told_which(server: Server, stranger: str) -> None:
    role, database = make_url(stranger).username, make_url(stranger).database
    with pytest.raises(UnsuitableDatabaseError, match=f"ALTER DATABASE {database} OWNER TO {role}"):
        require_suitable_database(stranger, NEW_ROLES)

    with psycopg.connect(make_url(server.superuser).set(database=database).render_as_string(hide_password=False)) as superuser:
        superuser.execute(sql.SQL("GRANT CREATE ON SCHEMA public TO {}").format(sql.Identifier(str(role))))
    with pytest.raises(UnsuitableDatabaseError, match=f"ALTER ROLE {role} CREATEROLE"):
        require_suitable_database(stranger, NEW_ROLES)

    require_suitable_database(stranger, server.roles)  # they are there: nobody has to make them


def test_a_schema_of_a_later_release_is_not_touched(server: Server, bare_urls: DatabaseUrls) -> None:
    with psycopg.connect(bare_urls.owner) as owner:
        owner.execute("UPDATE alembic_version SET version_num = '29990101_later'")

    with pytest.raises(
        UnsuitableDatabaseError, match="29990101_later, which this release does not know: a later release migrated it"
    ):
        require_suitable_database(bare_urls.owner, server.roles)
    with pytest.raises(UnsuitableDatabaseError, match="29990101_later, this release needs"):
        require_current_schema(bare_urls.owner)


@pytest.mark.parametrize("command", [["migrate"], ["campaign", "apply", str(LIANGJIANG)], ["client", "list"]])
@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("postgresql://gigacity:secret@127.0.0.1:1/gigacity", "the database does not respond: "),
        ("postgresql://gigacity:sec@ret@127.0.0.1/gigacity", "GIGACITY_DATABASE_URL: Value error, must be postgresql://"),
        ("postgres://gigacity:secret@127.0.0.1/gigacity", "GIGACITY_DATABASE_URL: Value error, must be postgresql://"),
    ],
)
def test_a_wrong_address_is_told_in_a_sentence_and_never_shown(
    command: list[str], address: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIGACITY_HOME", str(tmp_path))
    monkeypatch.setenv("GIGACITY_DATABASE_URL", address)

    answer = CliRunner().invoke(app, command)

    assert answer.exit_code == 1
    assert message in answer.stderr
    assert "Traceback" not in answer.output
    assert "ret@" not in answer.output
