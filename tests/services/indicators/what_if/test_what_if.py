"""What-if requests return the lines before and after, and write nothing."""

from typing import Any

import psycopg

from shared.vocabulary import Role
from tests.fixtures_campaign_api import CampaignApi, CreateCampaign, Line

KANGMEI, RENHE = "500112022", "500112009"
FAST, EVERY = "olt_pon_ports_10g", "olt_pon_ports_total"
HOMES, HOUSEHOLDS = "homes_gigabit_covered", "households_urban"


async def _asked(practice: CampaignApi, org: str, *counts: tuple[str, str, str, int | None], **more: Any) -> Any:
    """The answer to supposing some counts: organisation, metric, area, value."""
    named = [{"org": by, "metric": metric, "area": area, "value": value} for by, metric, area, value in counts]
    body = {"month": practice.month, "counts": named, **more}
    return await practice.api.post("/v1/what-if", json=body, headers=practice.headers(org))


async def _moved(practice: CampaignApi, org: str, *counts: tuple[str, str, str, int | None], **more: Any) -> dict[Any, Line]:
    answer = await _asked(practice, org, *counts, **more)
    assert answer.status_code == 200, answer.text
    return {(line["indicator"], line["area"], line["org"]): line for line in answer.json()["lines"]}


def _short(line: Line) -> tuple[Any, ...]:
    return tuple((side["numerator"], side["status"], side["gap"]) for side in (line["before"], line["after"])), line["flipped"]


async def _rows(owner: str) -> list[Any]:
    """Everything that a question might have written."""
    tables = ("observation", "observation_history", "ledger", "import", "audit", "idempotency", "submission")
    async with await psycopg.AsyncConnection.connect(owner) as connection:
        return [await (await connection.execute(f"SELECT * FROM {table} ORDER BY 1, 2, 3")).fetchall() for table in tables]


async def _town(create_campaign: CreateCampaign) -> CampaignApi:
    """Two carriers, two streets, each with 20 fast ports of 100."""
    town = await create_campaign("pon_10g_share", streets=[KANGMEI, RENHE], carriers=["telecom", "mobile"])
    for carrier in ("telecom", "mobile"):
        rows = [(metric, street, value) for street in (KANGMEI, RENHE) for metric, value in ((FAST, 20), (EVERY, 100))]
        await town.push_ok(carrier, rows)
    return town


async def test_a_supposed_count_moves_what_its_push_would_move_and_writes_nothing(create_campaign: CreateCampaign) -> None:
    town = await _town(create_campaign)
    before = await _rows(town.owner)

    moved = await _moved(town, "economy", ("telecom", FAST, KANGMEI, 45))
    own = await _moved(town, "telecom", ("telecom", FAST, KANGMEI, 45))
    street = await _moved(town, "kangmei", ("telecom", FAST, KANGMEI, 45))

    assert await _rows(town.owner) == before
    assert {where: _short(line) for where, line in moved.items()} == {
        ("pon_10g_share", None, None): (((80, "not_met", 20), (105, "met", 0)), True),
        ("pon_10g_share", None, "telecom"): (((40, "no_target", None), (65, "no_target", None)), False),
        ("pon_10g_share", KANGMEI, None): (((40, "not_met", 10), (65, "met", 0)), True),
        ("pon_10g_share", KANGMEI, "telecom"): (((20, "no_target", None), (45, "no_target", None)), False),
    }
    assert own == {where: line for where, line in moved.items() if where[2] == "telecom"}
    assert street == {where: line for where, line in moved.items() if where[1:] == (KANGMEI, None)}
    effects = (await town.push_ok("telecom", [(FAST, KANGMEI, 45)]))["report"]["effects"]
    for effect in effects:
        assert own.pop((effect["indicator"], effect["area"], effect["org"])) == effect
    assert (own, len(effects)) == ({}, 2)
    assert await _moved(town, "economy", ("telecom", FAST, KANGMEI, 45)) == {}  # it is so already


async def test_a_missing_count_a_newer_reference_and_cases_can_be_supposed(create_campaign: CreateCampaign) -> None:
    town = await create_campaign("home_gigabit_coverage", "application_cases", carriers=["telecom"])
    await town.push_ok("economy", [(HOUSEHOLDS, KANGMEI, 1_000)], "2022-05")
    await town.push_ok("telecom", [(HOMES, KANGMEI, 900)])
    whole = ("home_gigabit_coverage", None, None)

    newer = (await _moved(town, "economy", ("economy", HOUSEHOLDS, KANGMEI, 2_000)))[whole]
    without = (await _moved(town, "economy", ("telecom", HOMES, KANGMEI, None)))[whole]
    none_at_all = (await _moved(town, "economy", ("economy", HOUSEHOLDS, KANGMEI, None)))[whole]
    cases = await _moved(town, "industry", approved_cases=5)

    assert (newer["before"]["denominator"], newer["after"]["denominator"]) == (1_000, 2_000)
    assert _short(newer) == (((900, "met", 0), (900, "not_met", 700)), True)
    assert _short(without) == (((900, "met", 0), (None, "incomplete", None)), True)
    assert (without["before"]["missing"], without["after"]["missing"], none_at_all["after"]["missing"]) == (0, 1, 1)
    assert [_short(line) for line in cases.values()] == [(((0, "not_met", 5), (5, "met", 0)), True)]
    empty = await _moved(town.for_month("2022-06"), "economy", ("telecom", HOMES, KANGMEI, 800))
    assert _short(empty[whole]) == (((None, "incomplete", None), (800, "met", 0)), True)


def _named(month: str | None, org: str, metric: str, value: int | None) -> dict[str, Any]:
    return {"org": org, "metric": metric, "area": KANGMEI, "value": value} | ({"month": month} if month else {})


async def test_counts_of_several_months_move_the_lines_of_each(create_campaign: CreateCampaign) -> None:
    town = await create_campaign("pon_10g_share", "home_gigabit_coverage", streets=[KANGMEI], carriers=["telecom"])
    for month in ("2022-06", "2022-07", "2022-08"):
        await town.push_ok("telecom", [(FAST, KANGMEI, 20), (EVERY, KANGMEI, 100), (HOMES, KANGMEI, 700)], month)
    for month, households in (("2022-05", 1_000), ("2022-08", 800)):
        await town.push_ok("economy", [(HOUSEHOLDS, KANGMEI, households)], month)
    headers = town.headers("economy")

    async def asked(month: str, *counts: dict[str, Any]) -> dict[str, Any]:
        answer = await town.api.post("/v1/what-if", json={"month": month, "counts": counts}, headers=headers)
        assert answer.status_code == 200, answer.text
        document: dict[str, Any] = answer.json()
        return document

    many, more = _named(None, "telecom", FAST, 130), _named(None, "telecom", FAST, 30)
    together = await asked("2022-08", many | {"month": "2022-06"}, more)
    alone = [await asked("2022-06", many), await asked("2022-08", more)]
    older = await asked("2022-08", _named("2022-06", "economy", HOUSEHOLDS, 700), _named("2022-07", "telecom", HOMES, 650))

    assert together["lines"] == [line for each in alone for line in each["lines"]]
    assert {line["month"] for line in together["lines"]} == {"2022-06", "2022-08"}
    assert [(each["month"], each["rule"]) for each in together["contradictions"]] == [("2022-06", "pon_10g_within_total")]
    whole = {line["month"]: _short(line) for line in older["lines"] if (line["area"], line["org"]) == (None, None)}
    assert whole == {  # August has households of its own
        "2022-06": (((700, "not_met", 100), (700, "met", 0)), True),
        "2022-07": (((700, "not_met", 100), (650, "met", 0)), True),
    }
    twice = [_named("2022-07", "telecom", FAST, 1), _named("2022-08", "telecom", FAST, 1), _named(None, "telecom", FAST, 1)]
    years = [_named(f"{year}-{month:02}", "telecom", FAST, 1) for year in (2019, 2020, 2021) for month in range(1, 13)]
    misspelt = [_named("2022-07", "telecom", "olt_pon_port_10g", 1)]
    for counts, where in ((twice, "/counts/2"), (misspelt, "/counts/0/metric"), (years, "/counts")):
        refused = await town.api.post("/v1/what-if", json={"month": "2022-08", "counts": counts}, headers=headers)
        assert (refused.status_code, [each["where"] for each in refused.json()["errors"]]) == (422, [where])


async def test_counts_that_a_push_would_be_refused_for_are_named(create_campaign: CreateCampaign) -> None:
    town = await _town(create_campaign)

    answer = (await _asked(town, "economy", ("telecom", FAST, KANGMEI, 101), ("mobile", EVERY, RENHE, 20))).json()

    assert [(each["rule"], each["org"], each["area"]) for each in answer["contradictions"]] == [
        ("pon_10g_within_total", "telecom", KANGMEI)
    ]
    assert next(line["after"]["numerator"] for line in answer["lines"] if line["area"] == KANGMEI) == 121
    shared = (("telecom", "bs_5g_shared_in", KANGMEI, 9), ("telecom", "bs_5g_built", KANGMEI, 5))  # a rule across organisations
    assert (await _asked(town, "economy", *shared)).json() == answer | {"lines": [], "contradictions": []}


async def test_reporters_suppose_their_own_counts_only_and_nobody_what_is_no_cell(create_campaign: CreateCampaign) -> None:
    town = await _town(create_campaign)

    for org, cell, more in (
        ("telecom", ("mobile", FAST, KANGMEI, 1), {}),
        ("telecom", ("economy", EVERY, KANGMEI, 1), {}),
        ("kangmei", ("telecom", FAST, RENHE, 1), {}),
        ("telecom", ("telecom", FAST, KANGMEI, 1), {"approved_cases": 5}),
    ):
        assert (await _asked(town, org, cell, **more)).status_code == 403
    headers = town.headers("telecom")
    body = {"month": "2022-08", "counts": [{"metric": FAST, "area": KANGMEI, "value": 1}]}
    assert (await town.api.post("/v1/what-if", json=body, headers=headers)).status_code == 200  # its own, unnamed
    assert (await town.api.post("/v1/what-if?as_of=3", json=body, headers=headers)).status_code == 403
    for wrong, where in (
        (("telecom", "olt_pon_port_10g", KANGMEI, 1), "/counts/1/metric"),
        (("economy", FAST, KANGMEI, 1), "/counts/1/org"),
        (("telecom", FAST, "liangjiang", 1), "/counts/1/area"),
        (("telecom", FAST, KANGMEI, -1), "/counts/1/value"),
        (("telecom", FAST, KANGMEI, 2**53), "/counts/1/value"),
        (("mobile", FAST, RENHE, 2), "/counts/1"),
    ):
        answer = await _asked(town, "economy", ("mobile", FAST, RENHE, 1), wrong)
        assert (answer.status_code, [each["where"] for each in answer.json()["errors"]]) == (422, [where])
    assert (await _asked(town, "economy")).status_code == 422


async def test_a_question_can_be_put_to_an_earlier_version(create_campaign: CreateCampaign) -> None:
    town = await _town(create_campaign)
    version = (await town.get_ok("/v1/summary", month="2022-08"))["data_version"]
    asked = {"month": "2022-08", "counts": [{"org": "mobile", "metric": FAST, "area": RENHE, "value": 60}]}
    first = await town.api.post("/v1/what-if", json=asked, headers=town.headers("economy"))
    await town.push_ok("telecom", [(FAST, KANGMEI, 90)])

    for role in (Role.BUREAU, Role.TASK_FORCE):
        again = await town.api.post(f"/v1/what-if?as_of={version}", json=asked, headers=town.headers("industry", role))
        assert again.content == first.content
