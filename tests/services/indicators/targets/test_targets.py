"""Targets, pace, forecast and ranking over HTTP."""

from datetime import date
from typing import Any

from shared.campaign.definition import Definition
from shared.vocabulary import Role
from tests.fixtures_campaign_api import CampaignApi, CreateCampaign, Line, small_definition

KANGMEI, RENHE, LIJIA = "500112022", "500112009", "500112019"
PORTS = ("olt_pon_ports_10g", "olt_pon_ports_total")


async def _target(practice: CampaignApi, indicator: str, **question: Any) -> Line:
    """The one line of an indicator."""
    answer = await practice.get_ok("/v1/targets", **{"month": practice.month, "indicator": indicator, **question})
    (line,) = answer["lines"]
    return dict(line)


def _ahead(progress: Line) -> tuple[Any, ...]:
    """Return the required progress and the forecast of a target."""
    told = progress["forecast"]
    return progress["required_per_month"], told["state"], told["numerator"], told["denominator"], told["display"], told["gap"]


async def _ports(practice: CampaignApi, month: str, fast: int, every: int, street: str = KANGMEI) -> None:
    await practice.push_ok("telecom", [(PORTS[0], street, fast), (PORTS[1], street, every)], month)


async def test_liangjiangs_august_tells_gap_pace_and_forecast_of_every_target(liangjiang: CampaignApi) -> None:
    for month in ("2022-05", "2022-06", "2022-07", "2022-08"):
        await liangjiang.samples(month)

    answer = await liangjiang.get_ok("/v1/targets", month="2022-08")
    lines = {line["indicator"]: line for line in answer["lines"]}
    summary = {line["indicator"]: line for line in await liangjiang.lines()}

    assert (answer["campaign"], answer["month"], answer["data_version"]) == ("liangjiang-2022", "2022-08", 21)
    assert lines.keys() == summary.keys()
    for code, line in lines.items():
        same = ("numerator", "denominator", "value", "display", "status", "unit", "comparator")
        assert {name: line[name] for name in same} == {name: summary[code][name] for name in same}
        decides = [(each["value"], each["due"], each["status"], each["gap"]) for each in line["targets"] if each["decides"]]
        told = summary[code]
        assert decides == ([(told["target"], told["due"], told["status"], told["gap"])] if told["target"] is not None else [])
    pon = lines["pon_10g_share"]
    assert pon["pace"] == {
        "months": ["2022-05", "2022-06", "2022-07", "2022-08"],
        "left_out": [],
        "first": "2022-05",
        "last": "2022-08",
        "added": 2_845,
        "over_months": 3,
        "per_month": 948.3333,
    }
    assert [(each["kind"], each["due"], each["task"]) for each in pon["targets"]] == [
        ("campaign", "2022-09-30", None),
        ("task", "2022-08-30", 1),
    ]
    assert [_ahead(each) for each in pon["targets"]] == [
        (16, "will_meet", 10_004, 36_285, "27.5", 0),
        (None, "due_passed", None, None, None, None),
    ]
    assert [each["months_left"] for each in pon["targets"]] == [1, 0]
    assert [(each["place"]["en"], each["value"], each["difference"]) for each in pon["benchmarks"]][:2] == [
        ("Beijing", 36, -11.042),
        ("Tianjin", 83, -58.042),
    ]
    assert [(each["place"]["en"], each["month"], each["value"]) for each in lines["bs_5g_per_10k"]["benchmarks"]][-1] == (
        "Chongqing",
        "2022-12",
        19.04,
    )
    fast = lines["fbb_500m_share"]
    assert fast["pace"]["months"] == ["2022-05", "2022-06", "2022-08"]
    assert fast["pace"]["left_out"] == [
        {"month": "2022-07", "reason": "gap", "text": {"zh": "2022年7月没有数值", "en": "no value for 2022-07"}}
    ]
    assert fast["targets"][0]["forecast"]["months"] == ["2022-05", "2022-06", "2022-08"]
    assert _ahead(fast["targets"][0]) == (0, "will_meet", 87_094, 326_100, "26.7", 0)  # of 323 950 in August
    cases = lines["application_cases"]
    assert (cases["pace"]["months"], cases["pace"]["added"]) == (["2022-05", "2022-06", "2022-07", "2022-08"], 0)
    assert _ahead(cases["targets"][0]) == (5, "will_miss", 0, 1, "0", 5)

    july = await _target(liangjiang, "fbb_500m_share", month="2022-07")
    assert (july["status"], july["pace"]["added"], july["pace"]["last"]) == ("incomplete", 5_156, "2022-06")
    assert [(_ahead(each)[:2], each["gap"]) for each in july["targets"]] == [((None, "insufficient_data"), None)] * 2
    assert july["targets"][1]["months_left"] == 0.9677
    streets = await liangjiang.get_ok("/v1/targets", month="2022-08", group_by="area", indicator="pon_10g_share")
    assert {line["area"]: line["benchmarks"] for line in streets["lines"]}[RENHE] == []


async def test_a_forecast_waits_for_three_months_and_rests_on_those_that_are_looked_back_to(
    create_campaign: CreateCampaign,
) -> None:
    town = (await create_campaign("pon_10g_share", carriers=["telecom"])).for_month("2022-08")
    states = []
    for month, fast in (("2022-04", 10), ("2022-05", 10), ("2022-06", 80), ("2022-07", 150), ("2022-08", 220)):
        await _ports(town, month, fast, 1_000)
        line = await _target(town, "pon_10g_share", month=month)
        states.append((line["targets"][0]["forecast"]["state"], line["pace"]["months"][:1], line["pace"]["per_month"] is None))

    assert states == [
        ("insufficient_data", ["2022-04"], True),
        ("insufficient_data", ["2022-04"], False),
        ("will_miss", ["2022-04"], False),
        ("will_miss", ["2022-04"], False),
        ("will_meet", ["2022-04"], False),
    ]
    whole, recent = [await _target(town, "pon_10g_share", **more) for more in ({}, {"look_back": 3})]
    assert [line["pace"]["per_month"] for line in (whole, recent)] == [52.5, 70.0]
    assert [_ahead(line["targets"][0]) for line in (whole, recent)] == [
        (30, "will_meet", 272, 1_000, "27.2", 0),
        (30, "will_meet", 290, 1_000, "29.0", 0),
    ]
    await _ports(town, "2022-08", 950, 1_000)
    assert _ahead((await _target(town, "pon_10g_share"))["targets"][0]) == (0, "will_meet", 1_000, 1_000, "100.0", 0)
    for wrong in ({"look_back": 2}, {"look_back": 37}, {"indicator": "pon_10g"}, {"group_by": "street"}):
        answer = await town.get("/v1/targets", month="2022-08", **wrong)
        assert (answer.status_code, answer.json()["code"]) == (422, "schema")


async def test_a_reference_goes_on_as_it_stands_and_a_rule_that_only_warns_bounds_nothing(
    create_campaign: CreateCampaign, definition: Definition
) -> None:
    town = (await create_campaign("bs_5g_per_10k", "pon_10g_share", carriers=["telecom"])).for_month("2022-08")
    for month, people, stations, fast in (("2022-06", 50_000, 40, 80), ("2022-07", 55_000, 50, 90), ("2022-08", 60_000, 60, 99)):
        await town.push_ok("economy", [("population_resident", KANGMEI, people)], month)
        await town.push_ok("telecom", [("bs_5g_built", KANGMEI, stations)], month)
        await _ports(town, month, fast, 100)

    stations = (await _target(town, "bs_5g_per_10k"))["targets"][0]
    ports = (await _target(town, "pon_10g_share"))["targets"][0]
    body = small_definition(definition, ["bs_5g_per_10k", "pon_10g_share"], ["telecom"], [KANGMEI]).body()
    for rule in body["rule"]:
        rule["severity"] = "warn" if rule["code"] == "pon_10g_within_total" else rule["severity"]
    await town.apply(Definition.model_validate(body))
    warned = (await _target(town, "pon_10g_share"))["targets"][0]

    assert _ahead(stations) == (12, "will_miss", 70, 60_000, "11.6", 2)  # a population is not counted on
    assert _ahead(ports) == (0, "will_meet", 100, 100, "100.0", 0)
    assert _ahead(warned) == (0, "will_meet", 108, 100, "108.5", 0)


async def test_what_a_series_would_not_subtract_is_no_basis(create_campaign: CreateCampaign, definition: Definition) -> None:
    carriers = ["telecom", "mobile"]
    town = (await create_campaign("pon_10g_share", carriers=carriers)).for_month("2022-08")
    part = small_definition(definition, ["pon_10g_share"], carriers, [KANGMEI])
    (block,) = part.indicators
    otherwise = block.caliber.model_copy(update={"zh": "另一口径"})
    blocks = (block, block.model_copy(update={"from_": date(2022, 5, 1), "caliber": otherwise}))
    leaves = [
        each.model_copy(update={"valid_to": date(2022, 7, 1)}) if each.code == "mobile" else each for each in part.organisations
    ]
    for month, fast in (("2022-04", 0), ("2022-05", 10), ("2022-06", 20), ("2022-07", 30), ("2022-08", 40)):
        await _ports(town, month, fast, 100)
        await town.push_ok("mobile", [(PORTS[0], KANGMEI, 1), (PORTS[1], KANGMEI, 10)], month)

    async def told() -> tuple[dict[str, str], list[str], Any, Any]:
        line = await _target(town, "pon_10g_share")
        left_out = {each["month"]: each["reason"] for each in line["pace"]["left_out"]}
        forecast = line["targets"][0]["forecast"]
        return left_out, line["pace"]["months"], forecast["state"], forecast["numerator"]

    assert await told() == ({}, ["2022-04", "2022-05", "2022-06", "2022-07", "2022-08"], "will_meet", 51)
    await town.apply(part.model_copy(update={"indicators": blocks}))
    assert await told() == ({"2022-04": "definition"}, ["2022-05", "2022-06", "2022-07", "2022-08"], "will_meet", 51)
    await _ports(town, "2022-06", 22, 100)  # corrected after August was reported
    corrected = {"2022-04": "definition", "2022-06": "revision"}
    assert await told() == (corrected, ["2022-05", "2022-07", "2022-08"], "will_meet", 51)
    await _ports(town, "2022-08", 43, 100)  # as August is, which so is a newer edition
    assert await told() == ({"2022-04": "definition"}, ["2022-05", "2022-06", "2022-07", "2022-08"], "will_meet", 55)
    await town.apply(part.model_copy(update={"indicators": blocks, "organisations": tuple(leaves)}))
    left = {"2022-04": "definition", **dict.fromkeys(("2022-05", "2022-06", "2022-07"), "reporters")}
    assert await told() == (left, ["2022-08"], "insufficient_data", None)


async def test_equal_shares_share_a_rank_and_who_lacks_a_count_has_none(create_campaign: CreateCampaign) -> None:
    town = await create_campaign("pon_10g_share", "fbb_1000m_share", streets=[KANGMEI, RENHE, LIJIA])
    counts = {KANGMEI: (25, 100), RENHE: (1, 4), LIJIA: (10, 20)}
    for carrier, streets in (("telecom", counts), ("mobile", counts), ("unicom", {KANGMEI: (25, 100), RENHE: (1, 4)})):
        rows = [(metric, street, value) for street, two in streets.items() for metric, value in zip(PORTS, two, strict=True)]
        await town.push_ok(carrier, rows)
    by_area = await town.get_ok("/v1/rankings", month="2022-08", by="area")
    by_org = await town.get_ok("/v1/rankings", month="2022-08", by="org")

    def places(answer: Line) -> list[tuple[Any, ...]]:
        (ranking,) = answer["rankings"]  # the informational share is left to who asks for it
        return [(each["rank"], each["tied"], each["area"] or each["org"], each["display"]) for each in ranking["entries"]]

    assert places(by_area) == [(1, True, RENHE, "25.0"), (1, True, KANGMEI, "25.0"), (None, False, LIJIA, None)]
    assert places(by_org) == [(1, True, "telecom", "29.0"), (1, True, "mobile", "29.0"), (None, False, "unicom", None)]
    assert (by_org["rankings"][0]["ranked"], by_org["by"], by_org["month"]) == (2, "org", "2022-08")
    await _ports(town, "2022-09", 1, 100)
    await _ports(town, "2022-09", 90, 100, RENHE)
    later = await town.get_ok("/v1/rankings", month="2022-09", by="area")  # without mobile and unicom
    assert [(each["rank"], each["rank_before"]) for each in later["rankings"][0]["entries"]] == [
        (None, 1),
        (None, None),  # Lijia: unranked ones stand in the order of the file
        (None, 1),
    ]
    assert [each["rank_before"] for each in by_org["rankings"][0]["entries"]] == [None, None, None]
    asked = await town.get_ok("/v1/rankings", month="2022-08", by="org", indicator="fbb_1000m_share")
    assert [each["rank"] for each in asked["rankings"][0]["entries"]] == [None, None, None]
    unknown = await town.get("/v1/rankings", month="2022-08", indicator="pon")
    assert (unknown.status_code, unknown.json()["errors"][0]["where"]) == (422, "query.indicator")


async def test_reporters_see_their_own_lines_and_no_ranking(liangjiang: CampaignApi) -> None:
    for month in ("2022-06", "2022-07", "2022-08"):
        await liangjiang.samples(month)

    for group_by, telecom, renhe in (
        (None, set(), set()),
        ("org", {(None, "telecom")}, set()),
        ("area", set(), {(RENHE, None)}),
    ):
        question = {"month": "2022-08"} | ({"group_by": group_by} if group_by else {})
        every = (await liangjiang.get_ok("/v1/targets", **question))["lines"]
        for org, seen in (("telecom", telecom), ("renhe", renhe)):
            lines = (await liangjiang.get_ok("/v1/targets", org, **question))["lines"]
            assert {(line["area"], line["org"]) for line in lines} == seen
            assert lines == [line for line in every if (line["area"], line["org"]) in seen]
    for org in ("telecom", "renhe"):
        assert (await liangjiang.get("/v1/rankings", org, month="2022-08")).status_code == 403
        assert (await liangjiang.get("/v1/targets", org, month="2022-08", as_of=3)).status_code == 403


async def test_targets_and_rankings_stay_the_same_at_a_version_and_have_tags(create_campaign: CreateCampaign) -> None:
    town = await create_campaign("pon_10g_share", carriers=["telecom"])
    for month, fast in (("2022-06", 10), ("2022-07", 20), ("2022-08", 30)):
        await _ports(town, month, fast, 100)
    paths = ("/v1/targets", "/v1/rankings")
    first = {path: await town.get(path, month="2022-08") for path in paths}
    version = first["/v1/targets"].json()["data_version"]
    await _ports(town, "2022-07", 25, 100)
    await _ports(town, "2022-08", 90, 100)

    for path in paths:
        again = await town.get(path, month="2022-08", as_of=version)
        now = await town.get(path, month="2022-08")
        headers = town.headers("economy") | {"If-None-Match": now.headers["etag"]}
        held = await town.api.get(path, params={"month": "2022-08"}, headers=headers)
        assert again.content == first[path].content
        assert (now.content != again.content, now.headers["etag"] != again.headers["etag"]) == (True, True)
        assert (held.status_code, held.content) == (304, b"")
    leader = await town.api.get("/v1/targets", params={"month": "2022-08"}, headers=town.headers("industry", Role.TASK_FORCE))
    assert leader.headers["etag"] != now.headers["etag"]
