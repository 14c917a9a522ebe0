"""Lists are counted from an index, as the service's own role under row-level security: in a large campaign rows are too slow."""

from collections.abc import Iterator, Mapping
from typing import Any

import psycopg
import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from cli.postgres.database_urls import DatabaseUrls
from tests.fixtures_campaign import LIANGJIANG
from tests.services.cases.items_api import TASK_FORCE, ItemsApi

Statements = list[tuple[str, Mapping[str, Any]]]
LISTS = {
    "/v1/cases": ("case_file", {"state": "approved", "domain": "vertical_industry"}),
    "/v1/difficulties": ("difficulty", {"org": "telecom", "overdue": "true"}),
    "/v1/action-items": ("action_item", {"org": "telecom", "source": "meeting"}),
    "/v1/challenges": ("challenge", {"state": "unanswered"}),
    "/v1/cases/published": ("case_file", {"domain": "vertical_industry"}),
}


@pytest.fixture
def statements() -> Iterator[Statements]:
    """The statements of SQLAlchemy sessions with their binds, as they are sent."""
    sent: Statements = []

    def record(_connection: Any, _cursor: Any, statement: str, parameters: Mapping[str, Any], *_: Any) -> None:
        sent.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", record)
    yield sent
    event.remove(Engine, "before_cursor_execute", record)


@pytest.mark.parametrize("path", LISTS)
async def test_totals_and_facets_are_counted_from_the_index_of_the_list(
    path: str, items: ItemsApi, statements: Statements, urls: DatabaseUrls
) -> None:
    table, filters = LISTS[path]
    for query in ({}, filters, {"facets": "true"}, {"facets": "true", **filters}):
        await items.ok(TASK_FORCE, path, **query)

    counting = [each for each in statements if "count(*)" in each[0]]
    plans = [_plan(urls.services["cases"], *each) for each in counting]

    assert len(plans) == 6
    for plan in plans:
        assert f"Index Only Scan using ix_{table}_listed" in plan
        assert "item_move" not in plan


async def test_a_search_reads_the_stored_texts_once(items: ItemsApi, statements: Statements) -> None:
    await items.ok(TASK_FORCE, "/v1/cases", q="智能 工厂")

    reading_texts = [statement for statement, _ in statements if "search_text" in statement]
    assert len(reading_texts) == 1
    assert reading_texts[0].count("strpos(case_file.search_text") == 2
    assert "normalize" not in reading_texts[0]


def _plan(url: str, statement: str, binds: Mapping[str, Any]) -> str:
    """Return the plan of a statement where an index is preferred, as it is among many rows."""
    with psycopg.connect(url) as connection:
        connection.execute("SELECT gigacity_begin(%s, %s, 'campaign')", [LIANGJIANG, TASK_FORCE])
        connection.execute("SET LOCAL enable_seqscan = off")
        connection.execute("SET LOCAL enable_bitmapscan = off")
        return "\n".join(line for (line,) in connection.execute(f"EXPLAIN {statement}", binds))
