"""The lines that a push moves, as its sender may read them."""

from typing import Any

from httpx import Response

from tests.fixtures_campaign_api import CampaignApi, Counts, rows
from tests.services.ingest.pushing import WHOLE

TOTAL, FAST = "fbb_subs_total", "fbb_subs_500m"
STREETS = ("500112007", "500112008")


def effects(answer: Response) -> dict[tuple[str, str, str | None, str | None], dict[str, Any]]:
    """Effects by indicator, month, area and organisation."""
    listed = answer.json()["report"]["effects"]
    found = {(each["indicator"], each["month"], each["area"], each["org"]): each for each in listed}
    assert len(found) == len(listed)
    return found


async def rehearse(practice: CampaignApi, org: str, counts: Counts) -> Response:
    """A dry run."""
    answer = await practice.api.post("/v1/observations?dry_run=true", json=rows(counts), headers=practice.headers(org))
    assert answer.status_code == 200, answer.text
    return answer


async def test_a_push_lists_each_line_it_moved_with_its_figures_before_and_after(liangjiang: CampaignApi) -> None:
    await liangjiang.push_ok("telecom", [(TOTAL, WHOLE, 100), (FAST, WHOLE, 20)])

    moved = effects(await liangjiang.push("telecom", [(FAST, WHOLE, 30), ("mobile_subs_total", WHOLE, 5)]))

    (line,) = [each for (indicator, *_), each in moved.items() if indicator == "fbb_500m_share"]
    assert (line["org"], line["before"]["numerator"], line["after"]["numerator"]) == ("telecom", 20, 30)
    assert (line["before"]["display"], line["after"]["display"]) == ("20.0", "30.0")
    assert effects(await liangjiang.push("telecom", [(FAST, WHOLE, 30)], key="again")) == {}


async def test_a_dry_run_lists_what_the_push_will_and_the_summary_then_says_the_same(liangjiang: CampaignApi) -> None:
    await liangjiang.samples("2022-08")
    change = [("fbb_subs_500m", WHOLE, 12_000), ("olt_pon_ports_10g", STREETS[0], 0)]

    rehearsed = effects(await rehearse(liangjiang, "mobile", change))
    pushed = effects(await liangjiang.push("mobile", change))

    assert pushed == rehearsed != {}
    lines = await liangjiang.lines("mobile", group_by="org") + await liangjiang.lines("mobile", group_by="area,org")
    for (indicator, month, area, org), effect in pushed.items():
        line = next(
            each
            for each in lines
            if (each["indicator"], each["month"], each["area"], each["org"]) == (indicator, month, area, org)
        )
        assert {**line, "missing": len(line["missing"])}.items() >= effect["after"].items()
        assert {name: line[name] for name in ("unit", "target", "due")}.items() <= effect.items()
    assert {org for _, _, _, org in pushed} == {"mobile"}


async def test_a_reference_moves_every_month_that_reads_it_and_shows_targets_that_flip(liangjiang: CampaignApi) -> None:
    await liangjiang.samples("2022-06")
    for month in ("2022-07", "2022-08"):
        await liangjiang.samples(month, "telecom", "mobile", "unicom")
    body = rows([("population_resident", STREETS[0], 1)], "2022-06")
    answer = await liangjiang.api.post("/v1/observations?dry_run=true", json=body, headers=liangjiang.headers("economy"))
    moved = effects(answer)

    whole = moved["bs_5g_per_10k", "2022-08", None, None]
    assert (whole["before"]["status"], whole["after"]["status"], whole["flipped"]) == ("not_met", "met", True)
    assert {month for _, month, _, _ in moved} == {"2022-06", "2022-07", "2022-08"}


async def test_dry_runs_that_differ_only_in_a_rivals_facts_have_equal_answers(liangjiang: CampaignApi) -> None:
    await liangjiang.samples("2022-08", "economy", "mobile", "unicom")
    change = [("homes_gigabit_covered", STREETS[0], 5_000), (TOTAL, WHOLE, 100), (FAST, WHOLE, 30)]
    before = await rehearse(liangjiang, "telecom", change)

    for value in (1, 900, 29_000):
        await liangjiang.push_ok("mobile", [("homes_gigabit_covered", STREETS[0], value), (FAST, WHOLE, 20_000 + value)])
        assert (await rehearse(liangjiang, "telecom", change)).content == before.content


async def test_the_effects_are_exactly_the_lines_that_the_summary_shows_moved(liangjiang: CampaignApi) -> None:
    for month in ("2022-07", "2022-08"):
        await liangjiang.samples(month)

    async def lines(org: str) -> dict[tuple[Any, ...], dict[str, Any]]:
        """Every line that an organisation may read of the months a push can move."""
        found = {}
        for breakdown in ({}, {"group_by": "area"}, {"group_by": "org"}, {"group_by": "area,org"}):
            for line in await liangjiang.lines(org, **{"from": "2022-07", "to": "2022-09"}, **breakdown):
                shown = {name: line[name] for name in ("numerator", "denominator", "value", "display", "status", "gap")}
                found[line["indicator"], line["month"], line["area"], line["org"]] = shown | {"missing": len(line["missing"])}
        return found

    def value(line: dict[str, Any] | None) -> dict[str, Any] | None:
        """A line whose missing counts alone are others has not moved."""
        return line and {name: shown for name, shown in line.items() if name != "missing"}

    pushes = (
        ("economy", "atomic", [("households_urban", STREETS[0], 31_000), ("population_resident", STREETS[1], 90_000)]),
        ("unicom", "atomic", [("homes_gigabit_covered", STREETS[1], 17), ("fbb_subs_total", WHOLE, 90_000)]),
        ("unicom", "replace", [("olt_pon_ports_10g", STREETS[0], 1)]),
    )
    for org, mode, change in pushes:
        before = await lines(org)
        question = {"mode": mode, "month": "2022-08"}
        answer = await liangjiang.api.post(
            "/v1/observations", json=rows(change), params=question, headers=liangjiang.headers(org)
        )
        moved = effects(answer)
        after = await lines(org)
        assert {where for where in after if value(before.get(where)) != value(after[where])} == moved.keys()
        assert moved
        for where, effect in moved.items():
            assert (effect["before"], effect["after"]) == (before[where], after[where])

    for org in ("unicom", "economy"):  # of both months at once, then taken back
        metric = "homes_gigabit_covered" if org == "unicom" else "households_urban"
        both = [row for month in ("2022-07", "2022-08") for row in rows([(metric, STREETS[1], 19)], month)["observations"]]
        first = await lines(org)
        pushed = await liangjiang.api.post("/v1/observations", json={"observations": both}, headers=liangjiang.headers(org))
        second = await lines(org)
        undone = await liangjiang.api.post(f"/v1/imports/{pushed.json()['id']}/undo", headers=liangjiang.headers(org))
        there, back = effects(pushed), effects(undone)
        assert {month for _, month, *_ in there} >= {"2022-07", "2022-08"}
        assert await lines(org) == first
        assert {where for where in second if value(first.get(where)) != value(second[where])} == there.keys() == back.keys()
        for where, effect in there.items():
            assert (effect["before"], effect["after"]) == (first[where], second[where])
            assert (back[where]["before"], back[where]["after"]) == (second[where], first[where])
