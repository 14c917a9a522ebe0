"""Backing up and restoring a real database: everything, or nothing."""

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import psycopg
import pytest
from sqlalchemy import make_url

from cli.backup.file import Backup, BackupError, Content, Draft, Manifest, new_file
from cli.backup.restore import load, restore
from cli.backup.tables import Tally
from cli.backup.take import backup, take
from cli.postgres.addresses import Addresses
from migrations import run
from shared.settings import Settings
from shared.tables.schema import SCHEMA_REVISION
from tests.fixtures_postgres import Server
from tests.fixtures_practice import SAMPLES, Found, Practice

CASE = {
    "title": "远程操控",
    "domain": "vertical_industry",
    "applicant": "长安汽车",
    "summary": "5G\t远程\\操控\n时延低于 20 毫秒",
}
TRICKY = '后半月 \\N \\. "核对" 𠮷'
FIRST = "20261122_owner_lists"  # the first schema that can be backed up


@pytest.fixture
async def filled(liangjiang: Practice, national: Practice, found: Found) -> Practice:
    """Three campaigns, one of them not among the shipped files, with rows in every table that the API writes."""
    await liangjiang.samples("2022-08", "telecom", "economy")
    await liangjiang.pushed("telecom", [("fbb_subs_total", "liangjiang", 800_000)])
    noted = {"metric": "fbb_subs_total", "area": "liangjiang", "month": "2022-08", "value": 800_001, "note": TRICKY}
    body = json.dumps({"observations": [noted]})
    assert (await liangjiang.send("telecom", body, **{"Idempotency-Key": "k-1"})).status_code == 201
    assert (await liangjiang.push("telecom", [("fbb_subs_total", "nowhere", 1)])).status_code == 422
    await liangjiang.moved("telecom", "submit", "return")
    await liangjiang.moved("unicom", "submit")
    assert (await liangjiang.ask("unicom")).status_code == 201
    mobile = liangjiang.headers("mobile")
    filed = await liangjiang.api.post("/v1/cases", json=CASE, headers=mobile)
    seen = mobile | {"If-Match": filed.headers["ETag"]}
    moved = await liangjiang.api.post(f"{filed.headers['Location']}/moves", json={"move": "submit"}, headers=seen)
    assert moved.status_code == 200, moved.text
    assert (await national.send("miit", (SAMPLES / "national" / "2022.csv").read_bytes(), ".csv")).status_code == 201
    await (await found("pon_10g_share")).pushed("mobile", [("olt_pon_ports_total", "500112022", 7)])
    return liangjiang


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "backup.tar"


def taken(addresses: Addresses, file: Path) -> Manifest:
    with new_file(file) as opened:
        return take(addresses.owner, Draft(opened))


def loaded(file: Path, addresses: Addresses, server: Server) -> None:
    with file.open("rb") as opened:
        load(addresses.owner, server.roles, Backup(opened))


def everything(server: Server, addresses: Addresses) -> dict[str, list[str]]:
    """Every row of every table, seen by the superuser, whom row-level security hides nothing from."""
    url = make_url(server.superuser).set(database=make_url(addresses.owner).database)
    with psycopg.connect(url.render_as_string(hide_password=False)) as connection:
        connection.execute("SET timezone = 'UTC'")
        names = connection.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
        ).fetchall()
        return {name: [row for (row,) in connection.execute(f'SELECT t::text FROM "{name}" t ORDER BY 1')] for (name,) in names}


def tables(addresses: Addresses) -> list[str]:
    with psycopg.connect(addresses.owner) as connection:
        found = connection.execute("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'")
        return [name for (name,) in found]


@pytest.mark.usefixtures("filled")
async def test_every_row_comes_back(server: Server, addresses: Addresses, unmigrated_addresses: Addresses, file: Path) -> None:
    manifest = taken(addresses, file)
    loaded(file, unmigrated_addresses, server)

    before = everything(server, addresses)
    assert everything(server, unmigrated_addresses) == before
    assert {content.table: content.rows for content in manifest.tables} == {
        name: len(rows) for name, rows in before.items() if name != "alembic_version"
    }
    empty = {name for name, rows in before.items() if not rows}
    filled = {
        "observation",
        "observation_history",
        "import",
        "import_error",
        "idempotency",
        "submission",
        "case_file",
        "case_move",
    }
    assert not empty & (filled | {"audit", "campaign", "client", "code_number", "definition", "ledger", "signing_key"})
    assert [one.campaign for one in manifest.campaigns] == ["liangjiang-2022", "national-2022", "small-2022"]


@pytest.mark.usefixtures("filled")
async def test_a_restored_place_is_as_safe_as_the_first(
    server: Server, addresses: Addresses, unmigrated_addresses: Addresses, file: Path
) -> None:
    taken(addresses, file)
    loaded(file, unmigrated_addresses, server)

    def safety(of: Addresses) -> list[tuple[Any, ...]]:
        with psycopg.connect(of.owner) as connection:
            return connection.execute(
                """
                SELECT relname, relrowsecurity, relforcerowsecurity, relacl::text FROM pg_class
                WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1
                """
            ).fetchall()

    assert safety(unmigrated_addresses) == safety(addresses)
    with psycopg.connect(unmigrated_addresses.owner) as owner:
        assert owner.execute("SELECT count(*) FROM observation").fetchone() == (0,)


@pytest.mark.usefixtures("filled")
async def test_the_same_state_has_the_same_hashes_and_another_has_others(
    addresses: Addresses, tmp_path: Path, filled: Practice
) -> None:
    first, again = (taken(addresses, tmp_path / name) for name in ("a.tar", "b.tar"))
    await filled.pushed("telecom", [("fbb_subs_total", "liangjiang", 800_002)], reason="更正")
    after = taken(addresses, tmp_path / "c.tar")

    def changed(one: Manifest, other: Manifest) -> set[str]:
        return {a.table for a, b in zip(one.tables, other.tables, strict=True) if a.sha256 != b.sha256}

    assert changed(first, again) == set()
    assert changed(first, after) == {"audit", "campaign", "import", "ledger", "observation", "observation_history"}


class Meddled(Draft):
    """A draft beside which another row is committed before each table is read."""

    def __init__(self, file: BinaryIO, superuser: str) -> None:
        """`superuser` reaches the database that is backed up."""
        super().__init__(file)
        self._superuser = superuser

    @contextmanager
    def rows(self, table: str) -> Iterator[Callable[[bytes], object]]:
        """Meddle first."""
        with psycopg.connect(self._superuser) as connection:
            connection.execute(
                "INSERT INTO ledger SELECT campaign, max(version) + 1, max(at), 'case', 'x', NULL, 'test' FROM ledger GROUP BY 1"
            )
            connection.execute("UPDATE campaign SET version = version + 1")
        with super().rows(table) as sink:
            yield sink


def test_what_is_committed_while_tables_are_read_is_in_none_of_them(server: Server, addresses: Addresses, tmp_path: Path) -> None:
    before = taken(addresses, tmp_path / "before.tar")
    url = make_url(server.superuser).set(database=make_url(addresses.owner).database).render_as_string(hide_password=False)

    with new_file(tmp_path / "during.tar") as opened:
        during = take(addresses.owner, Meddled(opened, url))

    assert (during.tables, during.campaigns) == (before.tables, before.campaigns)
    assert taken(addresses, tmp_path / "after.tar").campaigns[0].data_version == 1 + len(before.tables)


def test_a_schema_holds_nothing_but_rows(bare_addresses: Addresses) -> None:
    """A backup copies rows: a sequence, a partitioned table or a large object would need more."""
    with psycopg.connect(bare_addresses.owner) as owner:
        other = owner.execute(
            """
            SELECT relname, relkind FROM pg_class
            WHERE relnamespace = 'public'::regnamespace AND relkind NOT IN ('r', 'i', 'v')
            """
        ).fetchall()
        keyless = owner.execute(
            """
            SELECT relname FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
                AND NOT EXISTS (SELECT FROM pg_index WHERE indrelid = c.oid AND indisprimary)
            """
        ).fetchall()
        large = owner.execute("SELECT count(*) FROM pg_largeobject_metadata").fetchone()

    assert (other, keyless, large) == ([], [], (0,))


def test_a_file_of_an_earlier_schema_is_brought_up_to_this_release(
    server: Server, unmigrated_addresses: Addresses, settings: Settings, file: Path
) -> None:
    with server.database() as old:
        run.upgrade(old.owner, server.roles, FIRST)
        assert taken(old, file).schema_revision == FIRST

    restore(unmigrated_addresses.into(settings), file)

    with psycopg.connect(unmigrated_addresses.owner) as owner:
        assert owner.execute("SELECT version_num FROM alembic_version").fetchone() == (SCHEMA_REVISION,)


@pytest.mark.usefixtures("filled")
async def test_a_restore_says_what_it_did_and_stands_in_the_audit(
    server: Server,
    addresses: Addresses,
    unmigrated_addresses: Addresses,
    settings: Settings,
    file: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    taken(addresses, file)

    await asyncio.to_thread(restore, unmigrated_addresses.into(settings), file)  # it has a loop of its own

    told = capsys.readouterr()
    assert "liangjiang-2022: data version" in told.out
    assert "All rows were read back and equal the file's" in told.err
    assert "key_encryption_key" in told.err
    assert len([row for row in everything(server, unmigrated_addresses)["audit"] if ",restore," in row]) == 3


def forged(source: Path, target: Path, table: str, rows: bytes) -> None:
    """A file with other rows in one table, whose hashes and seal are right."""
    with source.open("rb") as opened, new_file(target) as file:
        backup, draft, contents = Backup(opened), Draft(file), []
        for content in backup.manifest.tables:
            tally = Tally()
            with draft.rows(content.table) as sink, backup.rows(content) as pieces:
                data = b"".join(pieces)
                data = rows if content.table == table else data
                sink(data)
                tally.feed(data)
            contents.append(Content(table=content.table, columns=content.columns, rows=tally.rows, sha256=tally.sha256))
        draft.finish(backup.manifest.model_copy(update={"tables": contents}))


WRONG = {
    "a row that reads back differently": (
        b"small-2022\ttelecom\t2022-08-01\t1\t1\t007\t1\t\\N\n",
        "observation read back differs",
    ),
    "a row that breaks a constraint": (b"small-2022\ttelecom\t2022-08-01\t1\t1\t-7\t1\t\\N\n", "ck_observation_value"),
    "no row at all": (b"small-2022\n", "missing data for column"),
}


@pytest.mark.parametrize(("rows", "reason"), WRONG.values(), ids=WRONG.keys())
def test_whatever_fails_while_loading_leaves_the_database_empty(
    server: Server, bare_addresses: Addresses, unmigrated_addresses: Addresses, file: Path, rows: bytes, reason: str
) -> None:
    taken(bare_addresses, file)
    wrong = file.with_name("forged.tar")
    forged(file, wrong, "observation", rows)

    with pytest.raises(BackupError, match=reason):
        loaded(wrong, unmigrated_addresses, server)
    assert tables(unmigrated_addresses) == []

    loaded(file, unmigrated_addresses, server)
    assert "observation" in tables(unmigrated_addresses)


def test_a_database_that_is_not_empty_is_refused_and_left_alone(
    server: Server, addresses: Addresses, bare_addresses: Addresses, settings: Settings, file: Path
) -> None:
    taken(bare_addresses, file)
    before = everything(server, addresses)

    with pytest.raises(BackupError, match="the database is not empty"):
        restore(addresses.into(settings), file)

    assert everything(server, addresses) == before


def rewritten(source: Path, target: Path, **changes: Any) -> None:
    """The same rows under another manifest."""
    with source.open("rb") as opened, new_file(target) as file:
        backup, draft = Backup(opened), Draft(file)
        for content in backup.manifest.tables:
            with draft.rows(content.table) as sink, backup.rows(content) as pieces:
                for piece in pieces:
                    sink(piece)
        draft.finish(backup.manifest.model_copy(update=changes))


def test_a_schema_of_a_later_release_is_refused_before_anything_is_touched(
    bare_addresses: Addresses, unmigrated_addresses: Addresses, settings: Settings, file: Path
) -> None:
    taken(bare_addresses, file)
    later = file.with_name("later.tar")
    rewritten(file, later, schema_revision="20290101_later", product="9.0.0")

    with pytest.raises(BackupError, match=r"made by gigacity 9\.0\.0 at schema 20290101_later"):
        restore(unmigrated_addresses.into(settings), later)
    assert tables(unmigrated_addresses) == []


def test_a_file_whose_tables_are_not_the_schemas_is_refused(
    server: Server, bare_addresses: Addresses, unmigrated_addresses: Addresses, file: Path
) -> None:
    manifest = taken(bare_addresses, file)
    fewer = file.with_name("fewer.tar")
    rewritten(file, fewer, tables=manifest.tables[1:])

    with pytest.raises(BackupError, match="the file's tables are not those of schema"):
        loaded(fewer, unmigrated_addresses, server)
    assert tables(unmigrated_addresses) == []


def test_a_role_that_others_use_keeps_its_password(
    bare_addresses: Addresses, unmigrated_addresses: Addresses, settings: Settings, file: Path
) -> None:
    taken(bare_addresses, file)
    other = {**unmigrated_addresses.services}
    other["cases"] = make_url(other["cases"]).set(password="another").render_as_string(hide_password=False)

    with pytest.raises(BackupError, match=r"_cases already, and it has another password.*GIGACITY_CASES_DATABASE_URL"):
        restore(Addresses(unmigrated_addresses.owner, other).into(settings), file)

    assert tables(unmigrated_addresses) == []
    psycopg.connect(bare_addresses.services["cases"]).close()


def test_an_empty_database_and_one_of_a_later_release_are_not_backed_up(
    bare_addresses: Addresses, unmigrated_addresses: Addresses, file: Path
) -> None:
    with pytest.raises(BackupError, match="no schema yet"):
        taken(unmigrated_addresses, file)
    with psycopg.connect(bare_addresses.owner) as owner:
        owner.execute("UPDATE alembic_version SET version_num = '20290101_later'")
    with pytest.raises(BackupError, match="the schema is at 20290101_later, which this release does not know"):
        taken(bare_addresses, file)

    assert not file.exists()


def test_who_cannot_list_every_campaign_gets_no_backup(bare_addresses: Addresses, file: Path) -> None:
    with psycopg.connect(bare_addresses.owner) as owner:
        owner.execute("DROP POLICY owner_lists ON campaign")

    with pytest.raises(BackupError, match="cannot list every campaign"):
        taken(bare_addresses, file)
    assert not file.exists()


def test_a_home_without_a_database_gets_none_by_being_backed_up(settings: Settings, tmp_path: Path, file: Path) -> None:
    with pytest.raises(BackupError, match="there is no database in"):
        backup(settings.model_copy(update={"home": tmp_path / "typo"}), file)

    assert list(tmp_path.iterdir()) == []
