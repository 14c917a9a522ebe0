"""Several processes migrate, restore or start on one database at the same time."""

import socket
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

import psycopg

from cli.backup.archive import BackupWriter, new_file
from cli.backup.create import write_backup
from cli.postgres.database_urls import DatabaseUrls
from tests.cli.commands import COMMAND, Environment, environment_of

TABLES = "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
VERSIONS = "SELECT count(*) FROM alembic_version"


def environment(urls: DatabaseUrls, folder: Path) -> Environment:
    services = {f"GIGACITY_{service.upper()}_DATABASE_URL": url for service, url in urls.services.items()}
    return {"GIGACITY_DATABASE_URL": urls.owner, "GIGACITY_HOME": str(folder / "home"), **services}


def at_once(commands: Iterable[Sequence[str | Path]], settings: Environment, folder: Path) -> list[tuple[int, str]]:
    """Start the commands together; return the status of each and what it wrote to stderr."""
    processes = [
        subprocess.Popen(
            [COMMAND, *command],
            env=environment_of(settings),
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        for command in commands
    ]
    ended = []
    for process in processes:
        _, said = process.communicate(timeout=60)
        assert "Traceback" not in said, said
        ended.append((process.returncode, said))
    return ended


def scalar(urls: DatabaseUrls, query: str) -> int:
    with psycopg.connect(urls.owner) as connection:
        row = connection.execute(query).fetchone()
    assert row is not None
    return int(row[0])


def test_migrations_of_one_database_wait_for_each_other(unmigrated_urls: DatabaseUrls, tmp_path: Path) -> None:
    ended = at_once([["migrate"]] * 2, environment(unmigrated_urls, tmp_path), tmp_path)

    assert [status for status, _ in ended] == [0, 0]
    assert [said for _, said in ended if said] != []
    assert {said for _, said in ended} <= {"", "Waiting for another process that is migrating or restoring this database\n"}
    assert scalar(unmigrated_urls, VERSIONS) == 1


def test_a_restore_and_a_migration_wait_for_each_other(
    bare_urls: DatabaseUrls, unmigrated_urls: DatabaseUrls, tmp_path: Path
) -> None:
    with new_file(tmp_path / "made.tar") as file:
        write_backup(bare_urls.owner, BackupWriter(file))

    (restored, said), (migrated, _) = at_once(
        [["restore", "made.tar"], ["migrate"]], environment(unmigrated_urls, tmp_path), tmp_path
    )

    assert migrated == 0
    assert restored == 0 or "the database is not empty" in said
    assert scalar(unmigrated_urls, VERSIONS) == 1


def test_processes_that_start_on_an_empty_database_are_refused_and_leave_it_empty(
    unmigrated_urls: DatabaseUrls, tmp_path: Path
) -> None:
    ended = at_once([["up", "--port", "0"]] * 2, environment(unmigrated_urls, tmp_path), tmp_path)

    assert [status for status, _ in ended] == [1, 1]
    assert all("run `gigacity migrate`" in said for _, said in ended)
    assert scalar(unmigrated_urls, TABLES) == 0


def test_a_process_that_starts_during_a_migration_is_told_so_or_serves(unmigrated_urls: DatabaseUrls, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        serve = ["serve", "ingest", "--port", str(taken.getsockname()[1])]  # which ends as soon as it would serve
        (migrated, _), *served = at_once([["migrate"], serve], environment(unmigrated_urls, tmp_path), tmp_path)

    assert migrated == 0
    assert all(status == 1 and ("run `gigacity migrate`" in said or "cannot listen" in said) for status, said in served)
