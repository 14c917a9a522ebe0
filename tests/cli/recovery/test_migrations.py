"""Several processes migrate, restore or start on one database at the same time."""

import socket
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

import psycopg
import pytest

from cli.backup.archive import BackupWriter, new_file
from cli.backup.create import write_backup
from cli.postgres.database_urls import DatabaseUrls
from migrations.run import exclusively
from tests.cli.commands import COMMAND, Environment, environment_of

TABLES = "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
VERSIONS = "SELECT count(*) FROM alembic_version"
WAITING = "Waiting for another process that is migrating or restoring this database\n"


def environment(urls: DatabaseUrls, folder: Path) -> Environment:
    services = {f"GIGACITY_{service.upper()}_DATABASE_URL": url for service, url in urls.services.items()}
    return {"GIGACITY_DATABASE_URL": urls.owner, "GIGACITY_HOME": str(folder / "home"), **services}


def start(commands: Iterable[Sequence[str | Path]], settings: Environment, folder: Path) -> list[subprocess.Popen[str]]:
    return [
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


def ended(processes: Iterable[subprocess.Popen[str]]) -> list[tuple[int, str]]:
    """Wait for processes; return the status of each and what it still wrote to stderr."""
    results = []
    for process in processes:
        _, said = process.communicate(timeout=60)
        assert "Traceback" not in said, said
        results.append((process.returncode, said))
    return results


def scalar(urls: DatabaseUrls, query: str) -> int:
    with psycopg.connect(urls.owner) as connection:
        row = connection.execute(query).fetchone()
    assert row is not None
    return int(row[0])


def test_migrations_of_one_database_wait_for_each_other(unmigrated_urls: DatabaseUrls, tmp_path: Path) -> None:
    with exclusively(unmigrated_urls.owner, on_wait=lambda: pytest.fail("the database is in use")):
        processes = start([["migrate"]] * 2, environment(unmigrated_urls, tmp_path), tmp_path)
        assert [process.stderr.readline() for process in processes if process.stderr] == [WAITING] * 2
        assert scalar(unmigrated_urls, TABLES) == 0

    assert ended(processes) == [(0, ""), (0, "")]
    assert scalar(unmigrated_urls, VERSIONS) == 1


def test_a_restore_and_a_migration_wait_for_each_other(
    bare_urls: DatabaseUrls, unmigrated_urls: DatabaseUrls, tmp_path: Path
) -> None:
    with new_file(tmp_path / "made.tar") as file:
        write_backup(bare_urls.owner, BackupWriter(file), None)

    both = start([["restore", "made.tar"], ["migrate"]], environment(unmigrated_urls, tmp_path), tmp_path)
    (restored, said), (migrated, _) = ended(both)

    assert migrated == 0
    assert restored == 0 or "the database is not empty" in said
    assert scalar(unmigrated_urls, VERSIONS) == 1


def test_processes_that_start_on_an_empty_database_are_refused_and_leave_it_empty(
    unmigrated_urls: DatabaseUrls, tmp_path: Path
) -> None:
    results = ended(start([["up", "--port", "0"]] * 2, environment(unmigrated_urls, tmp_path), tmp_path))

    assert [status for status, _ in results] == [1, 1]
    assert all("run `gigacity migrate`" in said for _, said in results)
    assert scalar(unmigrated_urls, TABLES) == 0


def test_a_process_that_starts_during_a_migration_is_told_so_or_serves(unmigrated_urls: DatabaseUrls, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        serve = ["serve", "ingest", "--port", str(taken.getsockname()[1])]  # which ends as soon as it would serve
        (migrated, _), *served = ended(start([["migrate"], serve], environment(unmigrated_urls, tmp_path), tmp_path))

    assert migrated == 0
    assert all(status == 1 and ("run `gigacity migrate`" in said or "cannot listen" in said) for status, said in served)
