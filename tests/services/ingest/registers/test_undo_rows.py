"""Taking an import of a register back."""

from typing import Any

import psycopg
from httpx import Response
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cli.postgres.database_urls import DatabaseUrls
from tests.fixtures_campaign_api import CampaignApi
from tests.services.ingest.pushing import counts
from tests.services.ingest.registers.lists import (
    KANGMEI,
    RENHE,
    derived,
    place,
    push,
    pushed,
    refusals,
    station,
    test_of,
)


async def undo(practice: CampaignApi, imported: Response, org: str = "telecom", **question: Any) -> Response:
    """Ask for an import to be taken back."""
    return await practice.api.post(f"/v1/imports/{imported.json()['id']}/undo", params=question, headers=practice.headers(org))


async def rows(practice: CampaignApi, register: str, org: str = "telecom") -> list[dict[str, Any]]:
    """The rows that stand, without what wrote them."""
    found = (await practice.get_ok(f"/v1/registers/{register}/rows", org, limit=500))["items"]
    written = ("data_version", "import_id", "reported_at")
    return [{name: value for name, value in row.items() if name not in written} for row in found]


async def test_undoing_restores_the_rows_and_the_counts_derived_from_them_at_one_version(liangjiang: CampaignApi) -> None:
    await pushed(liangjiang, "telecom", "base_stations", [station("1", "telecom"), station("2", "telecom", band="n41")])
    await pushed(liangjiang, "telecom", "base_stations", [station("3", "telecom", RENHE)])
    before, given_before = await rows(liangjiang, "base_stations"), derived(liangjiang)
    moved = [station("2", "telecom", RENHE), station("4", "telecom"), station("5", "unicom")]
    replaced = await push(liangjiang, "telecom", "base_stations", moved, mode="replace", month="2022-08")
    assert replaced.json()["report"]["counts"] == counts(received=3, created=2, updated=1, retracted=2)

    rehearsed = await undo(liangjiang, replaced, dry_run=True)
    assert (rehearsed.status_code, derived(liangjiang) != given_before) == (200, True)
    answer = await undo(liangjiang, replaced)

    assert (answer.status_code, answer.json()["undoes"]) == (201, replaced.json()["id"])
    assert answer.json()["dataset"] == "registers/base_stations"
    assert answer.json()["report"]["counts"] == counts(received=3, created=2, updated=1, retracted=2)
    assert answer.json()["report"] == rehearsed.json()["report"]
    assert (await rows(liangjiang, "base_stations"), derived(liangjiang)) == (before, given_before)
    versions = {row["data_version"] for row in (await liangjiang.get_ok("/v1/observations", "telecom"))["items"]}
    assert max(versions) == answer.json()["data_version"]
    again = await undo(liangjiang, answer)  # an undo is an import like any other
    assert {row["station"] for row in await rows(liangjiang, "base_stations")} == {"2", "4", "5"}
    assert again.json()["undoes"] == answer.json()["id"]


async def test_an_undone_import_of_a_register_is_not_undone_again_and_the_answer_names_the_undo(liangjiang: CampaignApi) -> None:
    imported = await push(liangjiang, "telecom", "base_stations", [station("1", "telecom")])
    first = await undo(liangjiang, imported)
    again = await undo(liangjiang, imported)
    restored = await undo(liangjiang, first)
    third = await undo(liangjiang, imported)

    assert [answer.status_code for answer in (first, again, restored, third)] == [201, 409, 201, 409]
    assert (again.json()["code"], again.json()["undone_by"]) == ("already_undone", first.json()["id"])
    assert third.json()["restored_by"] == restored.json()["id"]
    assert len(await rows(liangjiang, "base_stations")) == 1


async def test_where_something_newer_stands_nothing_is_undone_and_the_rows_are_named(liangjiang: CampaignApi) -> None:
    first = await push(liangjiang, "telecom", "base_stations", [station("1", "telecom"), station("2", "telecom")])
    await pushed(liangjiang, "telecom", "base_stations", [station("2", "telecom", band="n41")])
    await pushed(liangjiang, "telecom", "base_stations", [station("2", "telecom")])

    refused = await undo(liangjiang, first)

    assert (refused.status_code, refused.json()["code"]) == (409, "changed_since")
    assert (refused.json()["rows"], refused.json()["rows_total"]) == ([{"month": "2022-08", "key": "telecom/2"}], 1)
    assert len(await rows(liangjiang, "base_stations")) == 2


async def test_a_newer_import_of_other_rows_is_left_alone(liangjiang: CampaignApi) -> None:
    first = await push(liangjiang, "telecom", "base_stations", [station("1", "telecom")])
    await pushed(liangjiang, "telecom", "base_stations", [station("2", "telecom")])

    assert (await undo(liangjiang, first)).json()["report"]["counts"] == counts(retracted=1)

    assert [row["station"] for row in await rows(liangjiang, "base_stations")] == ["2"]
    assert derived(liangjiang)["telecom", "bs_5g_built_listed", KANGMEI] == 1


async def test_tests_of_places_that_are_gone_do_not_come_back(liangjiang: CampaignApi) -> None:
    await pushed(liangjiang, "economy", "key_places", [place("A"), place("B")])
    await pushed(liangjiang, "telecom", "place_tests", [test_of("A", reached=True), test_of("B", reached=True)])
    emptied = await push(liangjiang, "telecom", "place_tests", [test_of("A", reached=True)], mode="replace", month="2022-08")
    await pushed(liangjiang, "economy", "key_places", [place("A")], mode="replace", month="2022-08")

    assert refusals(await undo(liangjiang, emptied)) == [(1, "place", "unknown_place")]
    assert [row["place"] for row in await rows(liangjiang, "place_tests")] == ["A"]


async def test_a_list_that_was_submitted_stays_fixed(liangjiang: CampaignApi) -> None:
    added = await push(liangjiang, "economy", "key_places", [place("A")])
    await liangjiang.make_moves("economy", "submit")
    closed = await undo(liangjiang, added, "economy")
    await liangjiang.make_moves("economy", "return")

    gone = await undo(liangjiang, added, "economy", reason="误报")

    assert (closed.status_code, closed.json()["code"]) == (409, "month_closed")
    assert (gone.status_code, gone.json()["places"]) == (409, ["A"])


async def test_the_audit_names_the_operations(liangjiang: CampaignApi, urls: DatabaseUrls) -> None:
    added = await push(liangjiang, "economy", "key_places", [place("A")])
    assert (await undo(liangjiang, added, "economy")).status_code == 201

    with psycopg.connect(urls.owner) as owner:
        owner.execute("SELECT gigacity_begin(%s, '*', 'campaign')", [liangjiang.campaign])
        audited = owner.execute("SELECT operation FROM audit WHERE campaign = %s ORDER BY id", [liangjiang.campaign]).fetchall()

    assert [operation for (operation,) in audited][-2:] == ["push_key_places", "undo_import"]


some = st.lists(
    st.builds(station, st.sampled_from("123"), st.sampled_from(["telecom", "unicom"]), st.sampled_from([KANGMEI, RENHE])),
    max_size=3,
    unique_by=lambda row: (row["built_by"], row["station"]),
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(start=some, change=some, replace=st.booleans())
async def test_any_push_of_rows_can_be_undone_while_nothing_is_newer(
    liangjiang: CampaignApi, start: list[dict[str, Any]], change: list[dict[str, Any]], replace: bool
) -> None:
    ask: dict[str, Any] = {"mode": "replace", "month": "2022-08", "allow_empty": True}
    await pushed(liangjiang, "telecom", "base_stations", start, **ask)
    before, given_before = await rows(liangjiang, "base_stations"), derived(liangjiang)
    answer = await push(liangjiang, "telecom", "base_stations", change, **(ask if replace else {"allow_empty": True}))
    assert answer.status_code == 201
    if answer.json()["changed"]:
        assert (await undo(liangjiang, answer)).status_code == 201
    assert (await rows(liangjiang, "base_stations"), derived(liangjiang)) == (before, given_before)
