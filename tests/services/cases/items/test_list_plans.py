"""Lists are counted from an index, as the service's own role under row-level security: in a large campaign rows are too slow."""

import re
import time
from datetime import date
from typing import Any

import psycopg
import pytest
from sqlalchemy import Select
from sqlmodel import select

from cli.postgres.database_urls import DatabaseUrls
from services.cases.app import KINDS
from services.cases.items.kind import Kind
from services.cases.tasks.kind import ASSIGNMENTS
from shared.database.compiled import compiled
from shared.database.sql import BoundStatement
from tests.fixtures_campaign import LIANGJIANG
from tests.services.cases.items_api import TASK_FORCE, ItemsApi

FILL = """
INSERT INTO {table} (campaign, org, id, revision, created_at, updated_at, state, {columns})
SELECT %s, 'telecom', gen_random_uuid(), 1, now(), now(), {values}
FROM generate_series(1, 3000) n
"""
VACUUMS_MAX = 50
TEXT = "repeat('智能工厂 smart factory ', 20)"
MANY = {
    "case_file": ("title, domain, applicant, summary", f"'approved', '智能工厂', 'vertical_industry', '某厂' || n, {TEXT}"),
    "difficulty": ("title, category, place, needed, needed_by", f"'resolved', '机房', 'site_access', '某地', {TEXT}, now()"),
    "action_item": (
        "issue_id, issued_by, title, text, source, issued_on, due_on",
        f"'accepted', gen_random_uuid(), 'industry', '改造', {TEXT}, 'meeting', now(), now()",
    ),
    "challenge": (
        "metric, area, month, value, data_version, challenger, reason, opened_version, ended_version",
        f"'dismissed', 'bs_5g_total', '500112007', '2022-08-01', n, 1, 'economy', {TEXT}, 1, 1",
    ),
}
LISTS = {
    "/v1/cases": {"state": "approved", "domain": "vertical_industry"},
    "/v1/difficulties": {"org": "telecom", "responsible": "mobile"},
    "/v1/action-items": {"org": "telecom", "source": "meeting"},
    "/v1/challenges": {"state": "unanswered"},
    "/v1/cases/published": {"domain": "vertical_industry"},
}


@pytest.fixture
def many_items(urls: DatabaseUrls) -> None:
    """Store 3 000 items of each kind, for which the planner prefers what is fast among many."""
    with psycopg.connect(urls.owner, autocommit=True) as owner:
        for table, (columns, values) in MANY.items():
            with owner.transaction():
                owner.execute("SELECT gigacity_begin(%s, 'telecom', 'campaign')", [LIANGJIANG])
                owner.execute(FILL.format(table=table, columns=columns, values=values), [LIANGJIANG])
            _vacuum(owner, table)


def _vacuum(owner: psycopg.Connection, table: str) -> None:
    """Mark all rows of a table as visible to everybody, on which the planner relies; an open snapshot may delay it."""
    for _ in range(VACUUMS_MAX):
        owner.execute(f"VACUUM ANALYZE {table}")
        pages = owner.execute("SELECT relpages, relallvisible FROM pg_class WHERE oid = %s::regclass", [table]).fetchone()
        if pages and pages[0] == pages[1]:
            return
        time.sleep(0.1)
    pytest.fail(f"{pages} pages of {table} are visible to everybody")


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[BoundStatement]:
    """The statements of lists with their binds, as they are sent."""
    sent: list[BoundStatement] = []

    def record(query: Select[Any]) -> BoundStatement:
        sent.append(compiled(query))
        return sent[-1]

    monkeypatch.setattr("services.cases.items.call.compiled", record)
    return sent


@pytest.mark.usefixtures("many_items")
@pytest.mark.parametrize("path", LISTS)
async def test_totals_and_facets_are_counted_from_the_index_of_the_list(
    path: str, items: ItemsApi, statements: list[BoundStatement], urls: DatabaseUrls
) -> None:
    for query in ({}, LISTS[path], {"facets": "true"}, {"facets": "true", **LISTS[path]}):
        await items.ok(TASK_FORCE, path, **query)

    counting = [each for each in statements if "count(*)" in each.sql]
    plans = [_plan(urls.services["cases"], each) for each in counting]

    assert len(plans) == 4
    for plan in plans:
        assert "Index Only Scan" in plan
        assert not re.search("Seq Scan|Heap Scan|Index Scan|item_move", plan)


@pytest.mark.usefixtures("many_items")
@pytest.mark.parametrize(("path", "table"), [("/v1/difficulties", "difficulty"), ("/v1/action-items", "action_item")])
async def test_overdue_items_are_found_by_the_index_of_unfinished_items(
    path: str, table: str, items: ItemsApi, statements: list[BoundStatement], urls: DatabaseUrls
) -> None:
    await items.ok(TASK_FORCE, path, overdue="true")

    (counting,) = [each for each in statements if "count(*)" in each.sql]
    assert set(re.findall(r"using (\w+)", _plan(urls.services["cases"], counting))) == {f"ix_{table}_unfinished"}


@pytest.mark.usefixtures("many_items")
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind is not ASSIGNMENTS], ids=lambda kind: kind.code)
def test_what_may_wait_is_found_by_the_index_of_unfinished_items(kind: Kind[Any], urls: DatabaseUrls) -> None:
    may_wait = kind.may_wait(date(2022, 9, 6))
    query = select(kind.column("id"), kind.column("state")).where(kind.column("campaign") == LIANGJIANG, may_wait)

    assert f"using ix_{kind.row.__tablename__}_unfinished" in _plan(urls.services["cases"], compiled(query))


async def test_a_search_reads_the_stored_texts_once(items: ItemsApi, statements: list[BoundStatement]) -> None:
    await items.ok(TASK_FORCE, "/v1/cases", q="智能 工厂")

    reading_texts = [each.sql for each in statements if "search_text" in each.sql]
    assert len(reading_texts) == 1
    assert reading_texts[0].count("strpos(case_file.search_text") == 2
    assert "normalize" not in reading_texts[0]


def _plan(url: str, statement: BoundStatement) -> str:
    """Return the plan of a statement in the service's role."""
    with psycopg.connect(url) as connection:
        connection.execute("SELECT gigacity_begin(%s, %s, 'campaign')", [LIANGJIANG, TASK_FORCE])
        return "\n".join(line for (line,) in connection.execute(f"EXPLAIN {statement.sql}", statement.binds))
