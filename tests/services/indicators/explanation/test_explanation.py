"""Every number explains itself: the line, the arithmetic behind it, and the counts with where they come from."""

from typing import Any

from shared.campaign.definition import Definition
from tests.filed_cases import file_case
from tests.fixtures_campaign_api import CampaignApi, CreateCampaign, Line
from tests.services.indicators.computing import faults
from tests.services.ingest.registers import lists as registers

KANGMEI, RENHE = "500112022", "500112009"
Explanation = dict[str, Any]


async def explained(practice: CampaignApi, indicator: str, org: str = "economy", /, **question: Any) -> Explanation:
    question.setdefault("month", practice.month)
    return await practice.get_ok(f"/v1/indicators/{indicator}/explanation", org, **question)


def of(line: Line) -> dict[str, str]:
    """The question for a line's explanation."""
    return {name: line[name] for name in ("month", "area", "org") if line[name] is not None}


def total(explanation: Explanation, side: str, variant: str) -> int:
    facts = [fact for fact in explanation["facts"] if fact["side"] == side and variant in fact["variants"]]
    return sum(fact["value"] for fact in facts)


async def test_every_line_of_a_month_is_explained_by_arithmetic_that_comes_to_it(liangjiang: CampaignApi) -> None:
    await liangjiang.samples("2022-08")

    for group_by in ({}, {"group_by": "area"}, {"group_by": "org"}, {"group_by": "area,org"}):
        for line in await liangjiang.lines(**group_by):
            if line["area"] not in {None, KANGMEI}:
                continue  # one street is as good as another
            told = await explained(liangjiang, line["indicator"], **of(line))
            assert told["line"] == line
            assert [faults(variant) for variant in told["variants"]] == [[]] * len(line["variants"])
            for figure, variant in zip(line["variants"], told["variants"], strict=True):
                results = {step["kind"]: step["result"] for step in variant["steps"]}
                assert variant["variant"] == figure["variant"]
                assert results["verdict"] == figure["status"]
                assert results.get("display") == figure["display"]
                if figure["value"] is not None:
                    assert float(results["value"]) == figure["value"]
                    assert (int(results["numerator"]), figure["gap"]) == (
                        figure["numerator"],
                        int(results["gap"]) if "gap" in results else None,
                    )
            cells = [fact for fact in told["facts"] if line_decides(told) in fact["variants"]]
            assert len(cells) == line["cells"]["reported"] + line["cells"]["zero"]


def line_decides(explanation: Explanation) -> str:
    (code,) = [variant["variant"] for variant in explanation["variants"] if variant["decides"]]
    return str(code)


async def test_the_steps_of_a_ratio_and_of_a_largest_carrier(liangjiang: CampaignApi) -> None:
    await liangjiang.samples("2022-08")

    ports = await explained(liangjiang, "pon_10g_share")
    homes = await explained(liangjiang, "home_gigabit_coverage", area=KANGMEI)

    (only,) = ports["variants"]
    steps = [(step["kind"], step["org"], step["expression"], step["result"]) for step in only["steps"][-6:]]
    assert [step["org"] for step in only["steps"] if step["kind"] == "part"] == ["telecom", "mobile", "unicom"]
    assert steps[0][0] == "numerator"
    assert steps[0][3] == "9056"
    assert (steps[1][0], steps[1][3]) == ("denominator", "36285")
    assert steps[2:] == [
        ("value", None, "9056 × 100 ÷ 36285", "24.9579"),
        ("display", None, "9056 × 100 ÷ 36285", "24.9"),
        ("verdict", None, "9056 × 100 ≥ 25 × 36285", "not_met"),
        ("gap", None, "max(0, ⌈25 × 36285 ÷ 100⌉ − 9056)", "16"),
    ]
    assert "905600" in only["steps"][-2]["text"]["zh"]
    assert (total(ports, "numerator", "sum"), total(ports, "denominator", "sum")) == (9056, 36285)
    assert ports["indicator"]["caliber"]["zh"]
    assert (ports["definition"]["version"], ports["indicator"]["valid_from"]) == (1, None)
    assert [metric["code"] for metric in ports["metrics"]] == ["olt_pon_ports_10g", "olt_pon_ports_total"]
    assert (ports["target"]["value"], ports["target"]["due"]) == (25, "2022-09-30")
    (lower,) = [variant for variant in homes["variants"] if variant["variant"] == "lower"]
    carriers = [fact["value"] for fact in homes["facts"] if fact["metric"] == "homes_gigabit_covered"]
    (households,) = [fact["value"] for fact in homes["facts"] if fact["metric"] == "households_urban"]
    assert lower["steps"][0]["expression"] == f"min(max({', '.join(map(str, carriers))}), {households})"
    assert (lower["steps"][0]["area"], lower["steps"][0]["kind"]) == (KANGMEI, "part")
    by_building = homes["variants"][-1]
    assert [step["result"] for step in by_building["steps"] if step["kind"] == "verdict"] == ["incomplete"]
    assert {cell["metric"] for cell in by_building["missing"]} == {"homes_gigabit_upper", "households_registered"}


async def test_a_count_names_its_import_its_people_and_its_sign_off_and_keeps_doing_so(create_campaign: CreateCampaign) -> None:
    town = await create_campaign("bs_5g_per_10k", carriers=["telecom"])
    await town.push_ok("economy", [("population_resident", KANGMEI, 60_456)], "2020-12")
    first = await town.push_ok("telecom", [("bs_5g_built", KANGMEI, 72)])
    await town.make_moves("telecom", "submit", "accept")
    path = "/v1/indicators/bs_5g_per_10k/explanation"
    accepted = await town.get(path, month="2022-08")
    await town.make_moves("telecom", "reopen", cells=[("bs_5g_built", KANGMEI)])
    second = await town.push_ok("telecom", [("bs_5g_built", KANGMEI, 73)], reason="漏报")

    told, now = accepted.json(), await explained(town, "bs_5g_per_10k")
    (row,) = (await town.get_ok("/v1/observations", org="telecom"))["items"]
    stations, people = told["facts"]
    assert (stations["value"], stations["org"], stations["area"], stations["month"]) == (72, "telecom", KANGMEI, "2022-08")
    assert (stations["import_id"], stations["imported_by"], stations["data_version"]) == (
        first["id"],
        "telecom",
        first["data_version"],
    )
    assert stations["client"] == f"{town.campaign}.telecom.1"
    assert stations["submission"]["state"] == "accepted"
    signed = stations["submission"]["attested"]
    assert (signed["name"], signed["title"], signed["client"]) == ("李四", "副总经理", town.campaign + ".telecom.1")
    assert signed["data_version"] == first["data_version"] + 1
    assert (people["side"], people["month"], people["submission"]["state"]) == ("denominator", "2020-12", "open")
    (base,) = [step for step in told["variants"][0]["steps"] if step["kind"] == "denominator"]
    assert "2020年12月" in base["text"]["zh"]
    assert "2020-12" in base["text"]["en"]
    assert (now["facts"][0]["value"], now["facts"][0]["import_id"]) == (73, second["id"])
    assert now["facts"][0]["at"] == row["reported_at"] > stations["at"]
    assert (now["facts"][0]["submission"]["state"], now["facts"][0]["submission"]["attested"]) == ("open", None)
    assert now["line"]["status"] == "met"
    await town.make_moves("telecom", "submit")
    submission = (await explained(town, "bs_5g_per_10k"))["facts"][0]["submission"]
    assert submission["attested"]["data_version"] == submission["data_version"] > signed["data_version"]  # who signed last
    again = await town.get(path, month="2022-08", as_of=told["data_version"])
    assert (again.content, again.headers["ETag"]) == (accepted.content, accepted.headers["ETag"])
    headers = town.headers("economy") | {"If-None-Match": accepted.headers["ETag"]}
    held = await town.api.get(path, params={"month": "2022-08", "as_of": told["data_version"]}, headers=headers)
    assert held.status_code == 304


async def test_a_missing_count_an_empty_denominator_and_no_target_are_said_in_words(create_campaign: CreateCampaign) -> None:
    town = await create_campaign("fbb_500m_share", "fbb_1000m_share", carriers=["telecom", "mobile"])
    await town.push_ok("telecom", [("fbb_subs_500m", "liangjiang", 60), ("fbb_subs_total", "liangjiang", 200)])
    absent = await explained(town, "fbb_500m_share")
    await town.push_ok("mobile", [(code, "liangjiang", 0) for code in ("fbb_subs_500m", "fbb_subs_1000m", "fbb_subs_total")])
    await town.push_ok("telecom", [("fbb_subs_1000m", "liangjiang", 20)])
    own = await explained(town, "fbb_500m_share", org="mobile")
    free = await explained(town, "fbb_1000m_share")

    (variant,) = absent["variants"]
    assert [(step["kind"], step["result"]) for step in variant["steps"]] == [
        ("numerator", "60"),
        ("denominator", "200"),
        ("verdict", "incomplete"),
    ]
    assert "缺报 2 项" in variant["steps"][-1]["text"]["zh"]
    assert "2 of 4" in variant["steps"][-1]["text"]["en"]
    assert variant["missing"] == absent["line"]["missing"]
    assert len(variant["missing"]) == 2
    assert own["variants"][0]["steps"][-1]["result"] == "not_applicable"
    assert "分母为 0" in own["variants"][0]["steps"][-1]["text"]["zh"]
    assert free["variants"][0]["steps"][-1]["result"] == "no_target"


async def test_approved_cases_are_named(liangjiang: CampaignApi) -> None:
    await file_case(liangjiang, "5G智慧工厂", "2022-08-20")

    told = await explained(liangjiang, "application_cases")
    before = await explained(liangjiang, "application_cases", month="2022-07")

    (case,) = told["cases"]
    assert (case["title"], case["org"], case["approved_on"]) == ("5G智慧工厂", "telecom", "2022-08-20")
    assert (case["data_version"], case["client"]) == (told["data_version"], "liangjiang-2022.industry.2")
    assert [(step["kind"], step["expression"], step["result"]) for step in told["variants"][0]["steps"]] == [
        ("numerator", "1", "1"),
        ("value", "1", "1.0000"),
        ("display", "1", "1"),
        ("verdict", "1 ≥ 5", "not_met"),
        ("gap", "max(0, ⌈5⌉ − 1)", "4"),
    ]
    assert (told["facts"], before["cases"]) == ([], [])


async def test_reporters_are_explained_their_own_lines_and_learn_nothing_of_others(liangjiang: CampaignApi) -> None:
    await liangjiang.samples("2022-08")
    path = "/v1/indicators/bs_5g_per_10k/explanation"

    own = await explained(liangjiang, "bs_5g_per_10k", "telecom", org="telecom")
    street = await explained(liangjiang, "bs_5g_per_10k", "kangmei", area=KANGMEI)
    every = await explained(liangjiang, "bs_5g_per_10k", "regulator", area=KANGMEI)

    assert {fact["org"] for fact in own["facts"]} == {"telecom", "economy"}
    clients = {(fact["org"], fact["client"]) for fact in own["facts"]}
    assert clients == {("telecom", "liangjiang-2022.telecom.1"), ("economy", None)}
    assert own["definition"]["client"] is None
    assert {fact["org"] for fact in street["facts"]} == {"telecom", "mobile", "unicom", "economy"}
    assert {(fact["client"], fact["note"]) for fact in street["facts"] if fact["org"] != "economy"} == {(None, None)}
    assert street["line"] == every["line"]
    assert None not in {fact["client"] for fact in every["facts"]}
    for org, question in (
        ("telecom", {}),
        ("telecom", {"org": "mobile"}),
        ("telecom", {"area": KANGMEI}),
        ("telecom", {"area": KANGMEI, "org": "mobile"}),
        ("telecom", {"org": "telecom", "as_of": 1}),
        ("kangmei", {"area": RENHE}),
        ("kangmei", {"area": KANGMEI, "org": "telecom"}),
        ("kangmei", {}),
    ):
        answer = await liangjiang.get(path, org, month="2022-08", **question)
        assert answer.status_code == 403, question
    for question in ({"org": "tower"}, {"area": KANGMEI, "org": "tower"}):
        answer = await liangjiang.get(path, month="2022-08", **question)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_what_is_asked_wrongly_is_answered_by_name(liangjiang: CampaignApi) -> None:
    for code, question, status, where in (
        ("pon_10g_share", {"area": "500112023"}, 422, "query.area"),
        ("pon_10g_share", {"org": "telekom"}, 422, "query.org"),
        ("pon_10g_share", {"as_of": "99"}, 422, None),
        ("no_such", {}, 404, None),
        ("fbb_500m_share", {"area": KANGMEI}, 404, None),
        ("ipv6_user_share", {"org": "telecom"}, 404, None),
    ):
        answer = await liangjiang.get(f"/v1/indicators/{code}/explanation", month="2022-08", **question)
        assert answer.status_code == status, question
        if where:
            assert answer.json()["errors"][0]["where"] == where
    whole = await explained(liangjiang, "pon_10g_share", area="liangjiang")
    assert whole["line"]["area"] is None


async def test_a_rivals_count_in_the_denominator_is_no_fact_of_ones_own_line(create_campaign: CreateCampaign) -> None:
    town = await create_campaign("fbb_500m_share", carriers=["telecom", "mobile"])
    newest = (await town.get_ok("/v1/definitions"))["items"][0]["version"]
    body = (await town.get_ok(f"/v1/definitions/{newest}"))["definition"]
    next(each for each in body["metric"] if each["code"] == "fbb_subs_total")["owed_by"] = ["mobile"]
    await town.apply(Definition.model_validate(body))
    await town.push_ok("mobile", [("fbb_subs_500m", "liangjiang", 10), ("fbb_subs_total", "liangjiang", 400)])
    await town.push_ok("telecom", [("fbb_subs_500m", "liangjiang", 90)])

    own = await explained(town, "fbb_500m_share", "telecom", org="telecom")
    bureau = await explained(town, "fbb_500m_share", org="telecom")

    assert [(fact["org"], fact["value"]) for fact in own["facts"]] == [("telecom", 90)]
    assert [(fact["org"], fact["value"]) for fact in bureau["facts"]] == [("telecom", 90), ("mobile", 400)]
    assert own["line"] == bureau["line"]
    hidden = {step["kind"]: step["expression"] for step in own["variants"][0]["steps"]}
    assert (hidden["numerator"], hidden["denominator"], hidden["value"]) == (None, None, "90 × 100 ÷ 400")


async def test_counts_of_registers_name_their_register_and_the_push_that_moved_them(liangjiang: CampaignApi) -> None:
    await registers.pushed(liangjiang, "economy", "key_places", [registers.place("A"), registers.place("B")])
    for carrier, reached in (("telecom", "AB"), ("mobile", "A"), ("unicom", "")):
        tests = [registers.test_of(key, reached=key in reached) for key in "AB"]
        await registers.pushed(liangjiang, carrier, "place_tests", tests)
        await liangjiang.push_ok(carrier, [("key_places_reached", KANGMEI, len(reached))])
    await liangjiang.push_ok("economy", [("key_places_listed", KANGMEI, 2)])

    told = await explained(liangjiang, "key_place_5g_reach", area=KANGMEI)
    street = await explained(liangjiang, "key_place_5g_reach", "kangmei", area=KANGMEI)

    shown = {variant["variant"]: variant["steps"][-4]["result"] for variant in told["variants"]}
    assert shown == {"each": "50.0000", "any": "100.0000", "all": "0.0000"}
    together = {fact["metric"]: fact for fact in told["facts"] if fact["org"] == "*"}
    assert {code: fact["value"] for code, fact in together.items()} == {
        "key_places_reached_any": 2,
        "key_places_reached_all": 0,
        "key_places_on_register": 2,
    }
    assert {(code, fact["imported_by"], fact["submission"]) for code, fact in together.items()} == {
        ("key_places_reached_any", "unicom", None),
        ("key_places_reached_all", "unicom", None),
        ("key_places_on_register", "economy", None),
    }
    kept = {metric["code"]: metric["counted_from"] for metric in told["metrics"]}
    assert (kept["key_places_reached"], kept["key_places_reached_any"]) == (None, "place_tests")
    assert street["variants"] == told["variants"]
    assert {fact["client"] for fact in street["facts"]} == {None}
