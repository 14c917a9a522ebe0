"""Applying a definition on a real server: versions, numbers, refusals."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any

import psycopg
import pytest
import pytest_asyncio

from cli.postgres.database_urls import DatabaseUrls
from shared.campaign.apply import Applied, ReinterpretationError, apply
from shared.campaign.definition import Definition, assignment_id
from shared.campaign.load import Definitions
from shared.clock import Clock
from shared.database.database import Scope
from shared.problems import NotFound
from tests.fixtures_postgres import OpenDatabase
from tests.shared.campaign.plans import Raw, block, definition, shipped, small, text

Owner = psycopg.AsyncConnection


@pytest_asyncio.fixture
async def owner(bare_urls: DatabaseUrls) -> AsyncIterator[Owner]:
    """A connection of the database's owner, as `gigacity campaign apply` has it."""
    async with await psycopg.AsyncConnection.connect(bare_urls.owner, autocommit=True) as connection:
        yield connection


async def put(owner: Owner, raw: Raw | Definition, clock: Clock) -> Applied:
    """Apply a file."""
    return await apply(owner, raw if isinstance(raw, Definition) else definition(raw), "operator:test", clock)


async def rows(owner: Owner, query: str) -> list[tuple[Any, ...]]:
    """Return the rows of a query within the small campaign."""
    async with owner.transaction():
        await owner.execute("SELECT gigacity_begin('small', '*', 'campaign')")
        return await (await owner.execute(query)).fetchall()


async def report(owner: Owner, org: str, metric: str, area: str) -> None:
    """Store one fact, as ingest does."""
    async with owner.transaction():
        await owner.execute("SELECT gigacity_begin('small', %s, 'own')", [org])
        await owner.execute(
            """
            INSERT INTO observation (campaign, org, month, metric, area, value, version)
            SELECT 'small', %s, %s, m.number, a.number, 1, 1
            FROM code_number AS m JOIN code_number AS a ON a.campaign = m.campaign
            WHERE m.campaign = 'small' AND m.kind = 'metric' AND m.code = %s AND a.kind = 'area' AND a.code = %s
            """,
            [org, date(2022, 8, 1), metric, area],
        )


async def test_the_first_definition_takes_version_one(owner: Owner, clock: Clock) -> None:
    applied = await put(owner, small(), clock)

    assert (applied.version, applied.changed) == (1, True)
    assert await rows(owner, "SELECT campaign, version, definition_version FROM campaign") == [("small", 1, 1)]
    assert await rows(owner, "SELECT version, kind, actor, org FROM ledger") == [(1, "definition", "operator:test", None)]
    assert await rows(owner, "SELECT version, until, digest FROM definition") == [(1, None, definition(small()).digest())]
    assert await rows(owner, "SELECT operation, subject FROM audit") == [("apply_definition", "1")]


async def test_the_same_file_again_changes_nothing(owner: Owner, clock: Clock) -> None:
    await put(owner, small(), clock)

    again = await put(owner, small(), clock)

    assert again == Applied(version=1, changes=(), changed=False)
    assert await rows(owner, "SELECT count(*) FROM ledger") == [(1,)]
    assert await rows(owner, "SELECT count(*) FROM definition") == [(1,)]
    assert await rows(owner, "SELECT count(*) FROM audit") == [(1,)]


async def test_a_changed_file_takes_the_next_version_and_closes_the_one_before(owner: Owner, clock: Clock) -> None:
    await put(owner, small(), clock)
    raw = small()
    raw["target"][0]["value"] = 30
    assert clock.fixed is not None
    clock.fixed += timedelta(hours=1)

    applied = await put(owner, raw, clock)

    assert (applied.version, applied.changed) == (2, True)
    assert [str(change) for change in applied.changes] == ["~ target[fast_share, campaign]: value 25 → 30"]
    assert await rows(owner, "SELECT version, until FROM definition ORDER BY version") == [(1, 2), (2, None)]
    assert await rows(owner, "SELECT version, definition_version, at FROM campaign") == [(2, 2, clock.now())]


async def test_going_back_to_an_earlier_file_is_a_change_like_any_other(owner: Owner, clock: Clock) -> None:
    raw = small()
    raw["target"][0]["value"] = 30
    await put(owner, small(), clock)
    await put(owner, raw, clock)

    assert (await put(owner, small(), clock)).version == 3


async def test_codes_are_numbered_in_order_and_keep_their_numbers(owner: Owner, clock: Clock) -> None:
    await put(owner, small(), clock)
    raw = small()
    raw["metric"].insert(0, {**block(raw, "metric", "users"), "code": "lines", "title": text("线路", "Lines")})

    await put(owner, raw, clock)

    numbers = await rows(owner, "SELECT code, number FROM code_number WHERE kind = 'metric' ORDER BY number")
    assert numbers == [
        ("ports", 1),
        ("fast_ports", 2),
        ("users", 3),
        ("people", 4),
        ("events", 5),
        ("listed", 6),
        ("reached_any", 7),
        ("lines", 8),
    ]
    assert await rows(owner, "SELECT code, number FROM code_number WHERE kind = 'area' ORDER BY number") == [
        ("town", 1),
        ("001", 2),
        ("002", 3),
    ]


@pytest.mark.parametrize("stored", ["current", "history"])
async def test_what_reinterprets_stored_facts_is_refused_and_changes_nothing(owner: Owner, clock: Clock, stored: str) -> None:
    await put(owner, small(), clock)
    await report(owner, "red", "ports", "002")
    if stored == "history":
        async with owner.transaction():
            await owner.execute("SELECT gigacity_begin('small', 'red', 'own')")
            await owner.execute(
                """
                INSERT INTO observation_history (campaign, org, month, metric, area, version, until, value, note)
                SELECT campaign, org, month, metric, area, version, 2, value, note FROM observation
                """
            )
            await owner.execute("DELETE FROM observation")
    raw = small()
    raw["organisation"].remove(block(raw, "organisation", "red"))
    raw["area"].remove(block(raw, "area", "002"))
    block(raw, "metric", "ports")["kind"] = "flow"
    block(raw, "metric", "users")["kind"] = "flow"  # nothing is stored under it

    with pytest.raises(ReinterpretationError) as refused:
        await put(owner, raw, clock)

    assert [refusal.key for refusal in refused.value.refusals] == ["metric[ports]", "area[002]", "organisation[red]"]
    assert await rows(owner, "SELECT version, definition_version FROM campaign") == [(1, 1)]
    assert await rows(owner, "SELECT version, until FROM definition") == [(1, None)]


async def test_removing_what_an_item_refers_to_is_refused(owner: Owner, clock: Clock) -> None:
    raw = small()
    raw["difficulty_category"].append({"code": "ducts", "title": text("管道", "Ducts")})
    await put(owner, raw, clock)
    async with owner.transaction():
        await owner.execute("SELECT gigacity_begin('small', 'red', 'own')")
        await owner.execute(
            """
            INSERT INTO difficulty (campaign, org, id, state, revision, created_at, updated_at,
                                    title, category, place, area, task, needed, needed_by, responsible, due_on)
            VALUES ('small', 'red', gen_random_uuid(), 'assigned', 2, now(), now(),
                    't', 'power', 'p', '002', 1, 'n', '2022-09-20', 'office', '2022-09-20')
            """
        )
    changed = small()
    changed["target"].pop()
    for kind, code in (("difficulty_category", "power"), ("task", 1), ("area", "002"), ("organisation", "office")):
        changed[kind].remove(block(changed, kind, code))

    with pytest.raises(ReinterpretationError) as refused:
        await put(owner, changed, clock)
    kept = await put(owner, small(), clock)  # the other category is not in use

    assert [refusal.key for refusal in refused.value.refusals] == [
        *("area[002]", "organisation[office]", "difficulty_category[power]", "task[1]"),
    ]
    assert [str(change) for change in kept.changes] == ["- difficulty_category[ducts]"]


async def test_removing_what_was_reported_of_a_task_is_refused(owner: Owner, clock: Clock) -> None:
    await put(owner, small(), clock)
    async with owner.transaction():
        await owner.execute("SELECT gigacity_begin('small', 'red', 'own')")
        await owner.execute(
            """
            INSERT INTO task_assignment (campaign, org, id, state, revision, created_at, updated_at, number, measures, milestones)
            VALUES ('small', 'red', gen_random_uuid(), 'in_progress', 2, now(), now(), 1, '[{"code": "1.2"}]', '[]')
            """
        )
    without_task, without_red, without_measures, without_blue = small(), small(), small(), small()
    without_task["task"].clear()
    del without_task["target"][1], block(without_task, "metric", "ports")["task"]
    without_red["task"][0]["responsible"] = ["blue"]
    without_measures["task"][0]["measure"] = [{"code": "1.3", "text": text("新", "New"), "evidence": text("清单", "List")}]
    without_blue["task"][0]["responsible"] = ["red"]
    del without_blue["task"][0]["measure"][0]

    async def refused(raw: Raw) -> list[str]:
        with pytest.raises(ReinterpretationError) as refusal:
            await put(owner, raw, clock)
        return [each.key for each in refusal.value.refusals]

    assert await refused(without_task) == ["task[1]", "task[1].responsible[red]", "task[1].measure[1.2]"]
    assert await refused(without_red) == ["task[1].responsible[red]"]
    assert await refused(without_measures) == ["task[1].measure[1.2]"]
    assert (await put(owner, without_blue, clock)).changed


@pytest.mark.parametrize(
    "note",
    [
        """
        INSERT INTO item_comment (campaign, org, id, kind, item_id, by_org, actor, at, text, visibility)
        VALUES ('small', 'red', gen_random_uuid(), 'assignment', %s, 'office', 'a', now(), 't', 'item')
        """,
        """
        INSERT INTO item_attachment (campaign, org, id, kind, item_id, by_org, actor, at, name, media_type, size, sha256, scan)
        VALUES ('small', 'red', gen_random_uuid(), 'assignment', %s, 'office', 'a', now(), 'n', 't', 1, 's', 'clean')
        """,
    ],
    ids=["comment", "attachment"],
)
async def test_removing_a_task_that_was_only_commented_on_is_refused(owner: Owner, clock: Clock, note: str) -> None:
    await put(owner, small(), clock)
    async with owner.transaction():
        await owner.execute("SELECT gigacity_begin('small', 'red', 'own')")
        await owner.execute(note, [assignment_id(1, "red")])
    changed = small()
    changed["task"].clear()
    del changed["target"][1], block(changed, "metric", "ports")["task"]
    changed["organisation"].remove(block(changed, "organisation", "office"))

    with pytest.raises(ReinterpretationError) as refused:
        await put(owner, changed, clock)

    assert [refusal.key for refusal in refused.value.refusals] == ["organisation[office]", "task[1]", "task[1].responsible[red]"]


async def test_an_unused_metric_may_be_removed_or_changed(owner: Owner, clock: Clock) -> None:
    await put(owner, small(), clock)
    await report(owner, "red", "ports", "001")
    raw = small()
    raw["metric"].remove(block(raw, "metric", "events"))
    block(raw, "metric", "users")["kind"] = "flow"

    assert (await put(owner, raw, clock)).version == 2


async def test_applying_the_same_file_from_many_sides_at_once_takes_one_version(bare_urls: DatabaseUrls, clock: Clock) -> None:
    async def once() -> Applied:
        async with await psycopg.AsyncConnection.connect(bare_urls.owner, autocommit=True) as connection:
            return await put(connection, small(), clock)

    applied = await asyncio.gather(*(once() for _ in range(4)))

    assert sorted(one.changed for one in applied) == [False, False, False, True]
    assert {one.version for one in applied} == {1}


async def test_campaigns_do_not_see_each_other(owner: Owner, clock: Clock) -> None:
    await put(owner, shipped("liangjiang"), clock)
    await put(owner, shipped("national"), clock)
    await put(owner, small(), clock)

    assert await rows(owner, "SELECT DISTINCT campaign FROM definition") == [("small",)]
    assert await rows(owner, "SELECT DISTINCT campaign FROM code_number") == [("small",)]


@pytest.mark.parametrize("service", ["identity", "ingest", "indicators", "cases"])
async def test_every_service_reads_the_definition_with_its_numbers(
    owner: Owner, clock: Clock, open_bare_database: OpenDatabase, service: str
) -> None:
    await put(owner, small(), clock)
    database = await open_bare_database(service)

    async with database.read(Scope("small", "red")) as snapshot:
        applied = await Definitions().at(snapshot.connection, "small", snapshot.definition_version)

    assert applied.body() == definition(small()).body()
    assert (applied.version, applied.metric_numbers["fast_ports"], applied.area_codes[2]) == (1, 2, "001")
    assert applied.names.areas["东"] == "001"


async def test_an_earlier_version_reads_as_it_was_and_is_read_once(owner: Owner, clock: Clock) -> None:
    await put(owner, small(), clock)
    raw = small()
    raw["target"][0]["value"] = 30
    await put(owner, raw, clock)
    definitions = Definitions()

    async with owner.transaction():
        await owner.execute("SELECT gigacity_begin('small', 'red', 'own')")
        first = await definitions.at(owner, "small", 1)
        second = await definitions.at(owner, "small", 2)

    assert [definition.targets[0].value for definition in (first, second)] == ["25", "30"]
    assert await definitions.at(owner, "small", 1) is first  # outside of any scope: nothing was asked of the database


async def test_a_version_that_applied_no_definition_is_not_found(owner: Owner, clock: Clock) -> None:
    await put(owner, small(), clock)

    async with owner.transaction():
        await owner.execute("SELECT gigacity_begin('small', 'red', 'own')")
        with pytest.raises(NotFound):
            await Definitions().at(owner, "small", 2)
