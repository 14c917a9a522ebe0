"""The findings in a push's report are those of the stored counts afterwards, and those of a plain reading of the rules."""

from collections.abc import Iterator
from itertools import count
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fixtures_campaign_api import CampaignApi, rows
from tests.services.ingest.pushing import WHOLE, as_pushed, stored

STREETS = ("500112007", "500112008")
CELLS = [("mobile_subs_total", WHOLE), ("mobile_subs_5g", WHOLE), *(("homes_gigabit_covered", street) for street in STREETS)]
HOUSEHOLDS = {STREETS[0]: 100}
VALUES = st.sampled_from([0, 24, 25, 79, 80, 100, 101, 120, 121, 400])
PUSHES = st.lists(
    st.tuples(
        st.sampled_from([(0,), (1,), (1,), (0, 1)]),  # which of two months
        st.sampled_from(["atomic", "partial", "replace"]),
        st.dictionaries(st.sampled_from(CELLS), st.tuples(VALUES, st.booleans()), min_size=1, max_size=4),
    ),
    min_size=1,
    max_size=4,
)
YEARS: Iterator[int] = count(2001)
Cell = tuple[str, str]


def plainly(now: dict[Cell, int], before: dict[Cell, int]) -> set[tuple[str, str | None, str | None]]:
    """Rule, metric and area of all that the shipped rules find, told cell by cell."""
    found: set[tuple[str, str | None, str | None]] = set()
    for (metric, area), value in now.items():
        was = before.get((metric, area))
        if was is not None and (value * 5 > was * 6 or value * 5 < was * 4):
            found.add(("change_beyond_20_percent", metric, area))
        if was is not None and value < was:
            found.add(("stock_has_fallen", metric, area))
        if metric == "homes_gigabit_covered" and value > HOUSEHOLDS.get(area, value):
            found.add(("homes_above_households", metric, area))
    if len(now) > 1 and now == before:
        found.add(("copy_of_last_month", None, None))
    fast, users = (now.get((metric, WHOLE)) for metric in ("mobile_subs_5g", "mobile_subs_total"))
    if fast is not None and users and 2_450 * users <= fast * 10_000 <= 2_550 * users:
        found.add(("mobile_5g_near_target", "mobile_subs_5g", WHOLE))
    return found


async def _standing(practice: CampaignApi, month: str) -> dict[Cell, int]:
    return {(metric, area): value for org, metric, area, value in await stored(practice, month=month) if org == "telecom"}


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pushes=PUSHES)
async def test_a_pushs_findings_are_those_of_the_stored_month_and_of_a_plain_reading(
    liangjiang: CampaignApi, pushes: list[tuple[tuple[int, ...], str, dict[Cell, tuple[int, bool]]]]
) -> None:
    year = next(YEARS)  # each example has two empty months of its own; Kangmei and its like are older
    months = (f"{year}-06", f"{year}-07")
    await liangjiang.push_ok("economy", [("households_urban", street, n) for street, n in HOUSEHOLDS.items()], months[0])

    for which, mode, said in pushes:
        touched = [months[index] for index in (which[:1] if mode == "replace" else which)]
        said_rows = [(metric, area, value) for (metric, area), (value, _) in said.items()]
        body = {"observations": [row for month in touched for row in rows(said_rows, month)["observations"]]}
        for row, (_, noted) in zip(body["observations"], [*said.values()] * len(touched), strict=True):
            row.update({"note": "有说明"} if noted else {})
        question = {"mode": mode, "allow_empty": "true"} | ({"month": touched[0]} if mode == "replace" else {})
        headers = liangjiang.headers("telecom")
        tried = await liangjiang.api.post("/v1/observations", params=question | {"dry_run": "true"}, json=body, headers=headers)
        answer = await liangjiang.api.post("/v1/observations", params=question, json=body, headers=headers)
        report: dict[str, Any] = answer.json()["report"]
        if answer.status_code == 422 or report["same_as"]:
            assert report["findings"] == []
            continue
        assert tried.json()["report"]["findings"] == report["findings"]
        counts = {month: await _standing(liangjiang, month) for month in months}
        listed = [await liangjiang.get_ok("/v1/findings", "telecom", month=month, limit=500) for month in touched]

        assert report["findings"] == [finding for page in listed for finding in as_pushed(page["items"])]
        assert report["findings_total"] == sum(page["total"] for page in listed)
        for month in touched:
            found = {(one["rule"], one["metric"], one["area"]) for one in report["findings"] if one["month"] == month}
            assert found == plainly(counts[month], counts[months[0]] if month == months[1] else {})
