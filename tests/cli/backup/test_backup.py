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

from cli.backup.archive import BackupError, BackupReader, BackupWriter, Manifest, TableContent, new_file
from cli.backup.create import create_backup, write_backup
from cli.backup.restore import load_backup, restore_backup
from cli.backup.tables import RowDigest
from cli.postgres.database_urls import DatabaseUrls
from cli.postgres.supervisor import EmbeddedError
from migrations import run
from shared.settings import Settings
from shared.tables.schema import SCHEMA_REVISION
from tests.filed_cases import WHOLE_CASE
from tests.fixtures_campaign_api import SAMPLES, CampaignApi, CreateCampaign
from tests.fixtures_postgres import Server

CASE = WHOLE_CASE | {
    "title": "远程操控",
    "domain": "vertical_industry",
    "applicant": "长安汽车",
    "summary": "5G\t远程\\操控\n时延低于 20 毫秒",
}
TRICKY = '后半月 \\N \\. "核对" 𠮷'
FIRST = "20261122_owner_lists"  # the first schema that can be backed up


@pytest.fixture
async def filled(liangjiang: CampaignApi, national: CampaignApi, create_campaign: CreateCampaign) -> CampaignApi:
    """Three campaigns, one of them not among the shipped files, with rows in every table that the API writes."""
    await liangjiang.samples("2022-08", "telecom", "economy")
    await liangjiang.push_ok("telecom", [("fbb_subs_total", "liangjiang", 800_000)])
    noted = {"metric": "fbb_subs_total", "area": "liangjiang", "month": "2022-08", "value": 800_001, "note": TRICKY}
    body = json.dumps({"observations": [noted]})
    assert (await liangjiang.send("telecom", body, **{"Idempotency-Key": "k-1"})).status_code == 201
    assert (await liangjiang.push("telecom", [("fbb_subs_total", "nowhere", 1)])).status_code == 422
    await liangjiang.make_moves("telecom", "submit", "return")
    await liangjiang.make_moves("unicom", "submit")
    assert (await liangjiang.request_reopening("unicom")).status_code == 201
    mobile = liangjiang.headers("mobile")
    filed = await liangjiang.api.post("/v1/cases", json=CASE, headers=mobile)
    seen = mobile | {"If-Match": filed.headers["ETag"]}
    moved = await liangjiang.api.post(f"{filed.headers['Location']}/moves", json={"move": "submit"}, headers=seen)
    assert moved.status_code == 200, moved.text
    assert (await national.send("miit", (SAMPLES / "national" / "2022.csv").read_bytes(), ".csv")).status_code == 201
    await (await create_campaign("pon_10g_share")).push_ok("mobile", [("olt_pon_ports_total", "500112022", 7)])
    return liangjiang


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "backup.tar"


def taken(urls: DatabaseUrls, file: Path) -> Manifest:
    with new_file(file) as opened:
        return write_backup(urls.owner, BackupWriter(opened), None)


def loaded(file: Path, urls: DatabaseUrls, server: Server) -> None:
    with file.open("rb") as opened:
        load_backup(urls.owner, server.roles, BackupReader(opened))


def everything(server: Server, urls: DatabaseUrls) -> dict[str, list[str]]:
    """Return every row of every table, read as the superuser, who bypasses row-level security."""
    url = make_url(server.superuser).set(database=make_url(urls.owner).database)
    with psycopg.connect(url.render_as_string(hide_password=False)) as connection:
        connection.execute("SET timezone = 'UTC'")
        names = connection.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
        ).fetchall()
        return {name: [row for (row,) in connection.execute(f'SELECT t::text FROM "{name}" t ORDER BY 1')] for (name,) in names}


def tables(urls: DatabaseUrls) -> list[str]:
    with psycopg.connect(urls.owner) as connection:
        found = connection.execute("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'")
        return [name for (name,) in found]


@pytest.mark.usefixtures("filled")
async def test_every_row_comes_back(server: Server, urls: DatabaseUrls, unmigrated_urls: DatabaseUrls, file: Path) -> None:
    manifest = taken(urls, file)
    loaded(file, unmigrated_urls, server)

    before = everything(server, urls)
    assert everything(server, unmigrated_urls) == before
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
        "case_version",
        "item_move",
    }
    assert not empty & (filled | {"audit", "campaign", "client", "code_number", "definition", "ledger", "signing_key"})
    assert [one.campaign for one in manifest.campaigns] == ["liangjiang-2022", "national-2022", "small-2022"]


@pytest.mark.usefixtures("filled")
async def test_a_restored_place_is_as_safe_as_the_first(
    server: Server, urls: DatabaseUrls, unmigrated_urls: DatabaseUrls, file: Path
) -> None:
    taken(urls, file)
    loaded(file, unmigrated_urls, server)

    def safety(of: DatabaseUrls) -> list[tuple[Any, ...]]:
        with psycopg.connect(of.owner) as connection:
            return connection.execute(
                """
                SELECT relname, relrowsecurity, relforcerowsecurity, relacl::text FROM pg_class
                WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1
                """
            ).fetchall()

    assert safety(unmigrated_urls) == safety(urls)
    with psycopg.connect(unmigrated_urls.owner) as owner:
        assert owner.execute("SELECT count(*) FROM observation").fetchone() == (0,)


@pytest.mark.usefixtures("filled")
async def test_the_same_state_has_the_same_hashes_and_another_has_others(
    urls: DatabaseUrls, tmp_path: Path, filled: CampaignApi
) -> None:
    first, again = (taken(urls, tmp_path / name) for name in ("a.tar", "b.tar"))
    await filled.push_ok("telecom", [("fbb_subs_total", "liangjiang", 800_002)], reason="更正")
    after = taken(urls, tmp_path / "c.tar")

    def changed(one: Manifest, other: Manifest) -> set[str]:
        return {a.table for a, b in zip(one.tables, other.tables, strict=True) if a.sha256 != b.sha256}

    assert changed(first, again) == set()
    assert changed(first, after) == {"audit", "campaign", "import", "ledger", "observation", "observation_history"}


class InterruptedWriter(BackupWriter):
    """A writer that commits another row before each table is read."""

    def __init__(self, file: BinaryIO, superuser: str) -> None:
        """`superuser` reaches the database that is backed up."""
        super().__init__(file)
        self._superuser = superuser

    @contextmanager
    def rows(self, table: str) -> Iterator[Callable[[bytes], object]]:
        """Commit a row, then write."""
        with psycopg.connect(self._superuser) as connection:
            connection.execute(
                "INSERT INTO ledger SELECT campaign, max(version) + 1, max(at), 'case', 'x', NULL, 'test' FROM ledger GROUP BY 1"
            )
            connection.execute("UPDATE campaign SET version = version + 1")
        with super().rows(table) as sink:
            yield sink


def test_what_is_committed_while_tables_are_read_is_in_none_of_them(server: Server, urls: DatabaseUrls, tmp_path: Path) -> None:
    before = taken(urls, tmp_path / "before.tar")
    url = make_url(server.superuser).set(database=make_url(urls.owner).database).render_as_string(hide_password=False)

    with new_file(tmp_path / "during.tar") as opened:
        during = write_backup(urls.owner, InterruptedWriter(opened, url), None)

    assert (during.tables, during.campaigns) == (before.tables, before.campaigns)
    assert taken(urls, tmp_path / "after.tar").campaigns[0].data_version == 1 + len(before.tables)


def test_a_schema_holds_nothing_but_rows(bare_urls: DatabaseUrls) -> None:
    """A backup copies rows: a sequence, a partitioned table or a large object would need more."""
    with psycopg.connect(bare_urls.owner) as owner:
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
    server: Server, unmigrated_urls: DatabaseUrls, settings: Settings, file: Path
) -> None:
    with server.database() as old:
        run.upgrade(old.owner, server.roles, FIRST)
        assert taken(old, file).schema_revision == FIRST

    restore_backup(unmigrated_urls.fill(settings), file)

    with psycopg.connect(unmigrated_urls.owner) as owner:
        assert owner.execute("SELECT version_num FROM alembic_version").fetchone() == (SCHEMA_REVISION,)


@pytest.mark.usefixtures("filled")
async def test_a_restore_says_what_it_did_and_stands_in_the_audit(
    server: Server,
    urls: DatabaseUrls,
    unmigrated_urls: DatabaseUrls,
    settings: Settings,
    file: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    taken(urls, file)

    await asyncio.to_thread(restore_backup, unmigrated_urls.fill(settings), file)  # it has a loop of its own

    told = capsys.readouterr()
    assert "liangjiang-2022: data version" in told.out
    assert "All rows were read back and equal the file's" in told.err
    assert "key_encryption_key" in told.err
    assert len([row for row in everything(server, unmigrated_urls)["audit"] if ",restore," in row]) == 3


def forged(source: Path, target: Path, table: str, rows: bytes) -> None:
    """Write a file with other rows in one table, and correct hashes and seal."""
    with source.open("rb") as opened, new_file(target) as file:
        create_backup, draft, contents = BackupReader(opened), BackupWriter(file), []
        for content in create_backup.manifest.tables:
            tally = RowDigest()
            with draft.rows(content.table) as sink, create_backup.rows(content) as pieces:
                data = b"".join(pieces)
                data = rows if content.table == table else data
                sink(data)
                tally.feed(data)
            contents.append(TableContent(table=content.table, columns=content.columns, rows=tally.rows, sha256=tally.sha256))
        draft.finish(create_backup.manifest.model_copy(update={"tables": contents}))


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
    server: Server, bare_urls: DatabaseUrls, unmigrated_urls: DatabaseUrls, file: Path, rows: bytes, reason: str
) -> None:
    taken(bare_urls, file)
    wrong = file.with_name("forged.tar")
    forged(file, wrong, "observation", rows)

    with pytest.raises(BackupError, match=reason):
        loaded(wrong, unmigrated_urls, server)
    assert tables(unmigrated_urls) == []

    loaded(file, unmigrated_urls, server)
    assert "observation" in tables(unmigrated_urls)


def test_a_database_that_is_not_empty_is_refused_and_left_alone(
    server: Server, urls: DatabaseUrls, bare_urls: DatabaseUrls, settings: Settings, file: Path
) -> None:
    taken(bare_urls, file)
    before = everything(server, urls)

    with pytest.raises(BackupError, match="the database is not empty"):
        restore_backup(urls.fill(settings), file)

    assert everything(server, urls) == before


def rewritten(source: Path, target: Path, **changes: Any) -> None:
    """Write the same rows with another manifest."""
    with source.open("rb") as opened, new_file(target) as file:
        create_backup, draft = BackupReader(opened), BackupWriter(file)
        for content in create_backup.manifest.tables:
            with draft.rows(content.table) as sink, create_backup.rows(content) as pieces:
                for piece in pieces:
                    sink(piece)
        draft.finish(create_backup.manifest.model_copy(update=changes))


def test_a_schema_of_a_later_release_is_refused_before_anything_is_touched(
    bare_urls: DatabaseUrls, unmigrated_urls: DatabaseUrls, settings: Settings, file: Path
) -> None:
    taken(bare_urls, file)
    later = file.with_name("later.tar")
    rewritten(file, later, schema_revision="20290101_later", product="9.0.0")

    with pytest.raises(BackupError, match=r"made by gigacity 9\.0\.0 at schema 20290101_later"):
        restore_backup(unmigrated_urls.fill(settings), later)
    assert tables(unmigrated_urls) == []


def test_a_file_whose_tables_are_not_the_schemas_is_refused(
    server: Server, bare_urls: DatabaseUrls, unmigrated_urls: DatabaseUrls, file: Path
) -> None:
    manifest = taken(bare_urls, file)
    fewer = file.with_name("fewer.tar")
    rewritten(file, fewer, tables=manifest.tables[1:])

    with pytest.raises(BackupError, match="the file's tables are not those of schema"):
        loaded(fewer, unmigrated_urls, server)
    assert tables(unmigrated_urls) == []


def test_a_role_that_others_use_keeps_its_password(
    bare_urls: DatabaseUrls, unmigrated_urls: DatabaseUrls, settings: Settings, file: Path
) -> None:
    taken(bare_urls, file)
    other = {**unmigrated_urls.services}
    other["cases"] = make_url(other["cases"]).set(password="another").render_as_string(hide_password=False)

    with pytest.raises(BackupError, match=r"_cases already, and it has another password.*GIGACITY_CASES_DATABASE_URL"):
        restore_backup(DatabaseUrls(unmigrated_urls.owner, other).fill(settings), file)

    assert tables(unmigrated_urls) == []
    psycopg.connect(bare_urls.services["cases"]).close()


def test_an_empty_database_and_one_of_a_later_release_are_not_backed_up(
    bare_urls: DatabaseUrls, unmigrated_urls: DatabaseUrls, file: Path
) -> None:
    with pytest.raises(BackupError, match="no schema yet"):
        taken(unmigrated_urls, file)
    with psycopg.connect(bare_urls.owner) as owner:
        owner.execute("UPDATE alembic_version SET version_num = '20290101_later'")
    with pytest.raises(BackupError, match="the schema is at 20290101_later, which this release does not know"):
        taken(bare_urls, file)

    assert not file.exists()


def test_who_cannot_list_every_campaign_gets_no_backup(bare_urls: DatabaseUrls, file: Path) -> None:
    with psycopg.connect(bare_urls.owner) as owner:
        owner.execute("DROP POLICY owner_lists ON campaign")

    with pytest.raises(BackupError, match="cannot list every campaign"):
        taken(bare_urls, file)
    assert not file.exists()


def test_a_home_without_a_database_gets_none_by_being_backed_up(settings: Settings, tmp_path: Path, file: Path) -> None:
    with pytest.raises(EmbeddedError, match=r"there is no database in .*typo"):
        create_backup(settings.model_copy(update={"home": tmp_path / "typo"}), file)

    assert list(tmp_path.iterdir()) == []
