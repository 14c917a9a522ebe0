"""Pushing counts over HTTP: what is stored, what the report says, what is refused and leaves no trace."""

import json
from typing import Any
from unittest.mock import Mock

import psycopg
import pytest

from cli.postgres.database_urls import DatabaseUrls
from shared.problems import RowsRefused
from shared.values import suggestions
from tests.fixtures_campaign_api import SAMPLES, CampaignApi
from tests.services.ingest.pushing import WHOLE, codes, counts, everything, stored


async def test_every_format_of_the_samples_is_stored_as_its_file_says(liangjiang: CampaignApi) -> None:
    await liangjiang.samples("2022-08")
    facts = await stored(liangjiang)

    telecom = json.loads((SAMPLES / "liangjiang/2022-08/telecom.json").read_text())["observations"]
    assert {fact for fact in facts if fact[0] == "telecom"} == {
        ("telecom", row["metric"], row["area"], row["value"]) for row in telecom
    }
    tower = (SAMPLES / "liangjiang/2022-08/tower.ndjson").read_text().splitlines()
    assert {fact for fact in facts if fact[0] == "tower"} == {
        ("tower", row["metric"], row["area"], row["value"]) for row in map(json.loads, tower)
    }
    assert ("mobile", "homes_gigabit_covered", "500112007", 38_131) in facts  # GB18030, a name, "38,131"
    assert ("economy", "households_urban", "500112007", 51_739) in facts  # after a byte-order mark
    sizes = {org: sum(fact[0] == org for fact in facts) for org in ("telecom", "mobile", "unicom", "tower", "economy")}
    assert sizes == {"telecom": 61, "mobile": 61, "unicom": 61, "tower": 16, "economy": 24}


async def test_the_answer_is_the_import_where_its_location_says(liangjiang: CampaignApi) -> None:
    answer = await liangjiang.push("telecom", [("fbb_subs_total", WHOLE, 80)], key="k-1")
    document = answer.json()

    again = await liangjiang.get(answer.headers["Location"], "telecom")
    above = await liangjiang.get(answer.headers["Location"], "economy")
    listed = await liangjiang.get_ok("/v1/imports", "telecom", idempotency_key="k-1")
    unlisted = await liangjiang.get_ok("/v1/imports", "telecom", idempotency_key="k-2")

    assert answer.status_code == 201
    assert answer.content == again.content == above.content
    assert (document["org"], document["campaign"], document["state"]) == ("telecom", "liangjiang-2022", "applied")
    assert (document["months"], document["changed"], document["idempotency_key"]) == (["2022-08"], True, "k-1")
    assert document["report"]["counts"] == counts(received=1, created=1)
    assert [item["id"] for item in listed["items"]] == [document["id"]]
    assert listed["items"][0]["counts"] == document["report"]["counts"]
    assert (unlisted["items"], unlisted["total"]) == ([], 0)


async def test_an_answer_names_no_request_and_no_time_of_answering(liangjiang: CampaignApi) -> None:
    answer = await liangjiang.push("telecom", [("fbb_subs_total", WHOLE, 80)])

    assert answer.headers["X-Request-Id"] not in answer.text
    assert "2022-09-06" not in answer.text


async def test_a_refused_push_leaves_no_trace_but_the_import(liangjiang: CampaignApi, urls: DatabaseUrls) -> None:
    await liangjiang.push_ok("telecom", [("fbb_subs_total", WHOLE, 80)])
    before = everything(urls, liangjiang.campaign)

    refused = await liangjiang.push(
        "telecom", [("fbb_subs_total", WHOLE, 90), ("fbb_subs_500m", WHOLE, 10), ("users", WHOLE, 5)], key="k-1"
    )
    problem = refused.json()
    document = await liangjiang.get_ok(refused.headers["Location"], "telecom")
    listed = await liangjiang.get_ok("/v1/imports", "telecom", state="refused")

    assert (refused.status_code, problem["code"]) == (422, RowsRefused.code())
    assert problem["report"]["counts"] == counts(received=3, rejected=1, withheld=2)
    assert everything(urls, liangjiang.campaign) == before
    assert document["report"] == problem["report"]
    assert (document["id"], document["state"], document["changed"]) == (problem["import_id"], "refused", False)
    assert [item["id"] for item in listed["items"]] == [problem["import_id"]]


async def test_a_refused_push_waits_for_nobody(liangjiang: CampaignApi, urls: DatabaseUrls) -> None:
    wrong, good = [("no_such_metric", WHOLE, 1)], [("fbb_subs_total", WHOLE, 1)]
    async with await psycopg.AsyncConnection.connect(urls.owner) as other:
        await other.execute("SELECT gigacity_begin(%s, '*', 'campaign')", [liangjiang.campaign])
        await other.execute("SELECT FROM campaign WHERE campaign = %s FOR UPDATE", [liangjiang.campaign])
        refused = await liangjiang.push("telecom", wrong)
        partial = await liangjiang.push("telecom", [*wrong, *good], mode="partial")
        waiting = await liangjiang.push("telecom", good)

    assert [answer.status_code for answer in (refused, partial, waiting)] == [422, 503, 503]
    assert codes((await liangjiang.get_ok(refused.headers["Location"], "telecom"))["report"]) == [(1, "metric", "unknown_metric")]


async def test_a_refused_push_does_not_use_up_its_key(liangjiang: CampaignApi) -> None:
    refused = await liangjiang.push("telecom", [("fbb_subs_total", "nowhere", 90)], key="k-1")
    mended = await liangjiang.push("telecom", [("fbb_subs_total", WHOLE, 90)], key="k-1")

    assert (refused.status_code, mended.status_code) == (422, 201)
    assert await stored(liangjiang) == {("telecom", "fbb_subs_total", WHOLE, 90)}


async def test_every_error_of_every_row_is_found_in_one_pass(liangjiang: CampaignApi) -> None:
    rows: list[Any] = [
        {"metric": "fbb_subs_totl", "area": "500112099", "month": "2022-12", "value": 1},
        {"metric": "fbb_subs_total", "area": "500112007", "month": "2022-08", "value": 1},
        {"metric": "tower_sites_total", "area": "500112007", "month": "2022-08", "value": 1},
        {"metric": "fbb_subs_total", "area": WHOLE, "month": "2022/08", "value": "5", "unit": "户"},
        {"metric": "olt_pon_ports_total", "area": WHOLE, "month": "2022-08", "value": 1},
        [],
        {"metric": "olt_pon_ports_total", "area": "500112007", "month": "2022-08", "value": 7},
    ]

    refused = await liangjiang.send("telecom", json.dumps({"observations": rows}))
    report = refused.json()["report"]

    assert sorted(codes(report), key=str) == sorted(
        [
            (1, "metric", "unknown_metric"),
            (1, "area", "unknown_area"),
            (1, "month", "month_not_open"),
            (2, "area", "wrong_grain"),
            (3, "metric", "not_entitled"),
            (4, "month", "month_malformed"),
            (4, "value", "value_is_text"),
            (4, "unit", "unknown_field"),
            (5, "area", "wrong_grain"),
            (6, None, "malformed_row"),
        ],
        key=str,
    )
    assert report["counts"] == counts(received=7, rejected=6, withheld=1)
    assert report["errors_total"] == 10
    assert report["errors_by_code"]["wrong_grain"] == 2
    assert all(error["message"]["zh"] and error["message"]["en"] for error in report["errors"])
    hints = {(error["row"], error["column"]): error["hint"] for error in report["errors"]}
    assert "fbb_subs_total" in hints[1, "metric"]["zh"]
    assert hints[3, "metric"] == {
        "zh": "由以下单位填报：铁塔两江分公司",
        "en": "reported by China Tower, Liangjiang branch",
    }


async def test_the_first_thousand_errors_stand_in_the_answer_and_all_of_them_at_the_import(liangjiang: CampaignApi) -> None:
    lines = [f'{{"metric":"nobody","area":"{WHOLE}","month":"2022-08","value":{number}}}' for number in range(1_250)]

    refused = await liangjiang.send("telecom", "\n".join(lines), ".ndjson")
    problem = refused.json()
    report = problem["report"]
    path, every = f"/v1/imports/{problem['import_id']}/errors", []
    question: dict[str, Any] = {"limit": 500}
    for _ in range(3):
        page = await liangjiang.get_ok(path, "telecom", **question)
        every += page["items"]
        question["next"] = page["next"]

    assert (len(report["errors"]), report["errors_total"], report["errors_omitted"]) == (1_000, 1_250, 250)
    assert report["errors_by_code"] == {"unknown_metric": 1_250}
    assert (question["next"], page["total"]) == (None, 1_250)
    assert every[:1_000] == report["errors"]
    assert [error["row"] for error in every] == list(range(1, 1_251))


async def test_identical_repeats_are_merged_and_contradictions_refused_on_every_row(liangjiang: CampaignApi) -> None:
    total, fast = ("fbb_subs_total", WHOLE), ("mobile_subs_total", WHOLE)

    merged = await liangjiang.push_ok("telecom", [(*total, 5), (*total, 5), (*fast, 1), (*total, 5)])
    refused = await liangjiang.push("telecom", [(*total, 6), (*fast, 2), (*total, 7), (*fast, 2), (*total, 6)])
    report = refused.json()["report"]

    assert merged["report"]["counts"] == counts(received=4, created=2, merged=2)
    assert codes(report) == [(row, "value", "duplicate_conflict") for row in (1, 3, 5)]
    assert [error["value"] for error in report["errors"]] == ["6", "7", "6"]
    assert "1, 3, 5" in report["errors"][0]["hint"]["en"]
    assert report["counts"] == counts(received=5, rejected=3, merged=1, withheld=1)


async def test_a_note_goes_with_the_value_it_explains(liangjiang: CampaignApi) -> None:
    async def push(value: int, **note: str) -> tuple[dict[str, int], str | None]:
        row = {"metric": "fbb_subs_total", "area": WHOLE, "month": "2022-08", "value": value, **note}
        answer = await liangjiang.send("telecom", json.dumps({"observations": [row]}))
        assert answer.status_code == 201, answer.text
        (standing,) = (await liangjiang.get_ok("/v1/observations"))["items"]
        return {name: count for name, count in answer.json()["report"]["counts"].items() if count}, standing["note"]

    assert await push(80, note="含政企专线") == ({"received": 1, "created": 1}, "含政企专线")
    assert await push(80) == ({"received": 1, "unchanged": 1}, "含政企专线")
    assert await push(80, note="不含专线") == ({"received": 1, "updated": 1}, "不含专线")
    assert await push(90) == ({"received": 1, "updated": 1}, None)


async def test_a_street_reports_its_own_street_only(liangjiang: CampaignApi) -> None:
    own = await liangjiang.push("renhe", [("promotion_events", "500112009", 3)])
    other = await liangjiang.push("renhe", [("promotion_events", "500112007", 3)])
    carriers = await liangjiang.push("renhe", [("olt_pon_ports_total", "500112009", 3)])
    derived = await liangjiang.push("renhe", [("key_places_on_register", "500112009", 3)])

    assert own.status_code == 201
    assert codes(other.json()["report"]) == [(1, "area", "foreign_area")]
    assert codes(carriers.json()["report"]) == codes(derived.json()["report"]) == [(1, "metric", "not_entitled")]
    hints = [answer.json()["report"]["errors"][0]["hint"]["zh"] for answer in (carriers, derived)]
    assert hints == ["由以下单位填报：电信两江新区分公司、移动重庆城二分公司、联通两江新区分公司", "由登记表汇总得出，不单独填报"]


async def test_who_may_not_push_is_not_let_in(liangjiang: CampaignApi) -> None:
    leader = await liangjiang.push("leading_group", [("fbb_subs_total", WHOLE, 3)])
    nobody = await liangjiang.api.post("/v1/observations", json={"observations": []})

    assert (leader.status_code, nobody.status_code) == (403, 401)


async def test_lists_are_filtered_and_paged_without_gap_or_repeat(liangjiang: CampaignApi) -> None:
    await liangjiang.samples("2022-08", "telecom", "tower")
    every = await stored(liangjiang)

    assert len(every) == 61 + 16
    assert await stored(liangjiang, org="tower") == {fact for fact in every if fact[0] == "tower"}
    assert await stored(liangjiang, month="2022-07") == set()
    ports = await stored(liangjiang, metric="olt_pon_ports_total", area="500112007")
    assert ports == {fact for fact in every if fact[1:3] == ("olt_pon_ports_total", "500112007")}
    first = await liangjiang.get_ok("/v1/observations", limit=7)
    second = await liangjiang.get_ok("/v1/observations", limit=7, next=first["next"])
    assert not {str(row) for row in first["items"]} & {str(row) for row in second["items"]}
    unknown = await liangjiang.get("/v1/observations", metric="fbb_subs_totl")
    assert (unknown.status_code, unknown.json()["errors"][0]["hint"]["en"]) == (422, "did you mean fbb_subs_total?")


async def test_in_a_long_file_of_wrong_words_the_nearest_codes_are_looked_up_only_so_often(
    liangjiang: CampaignApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_up = Mock(wraps=suggestions.nearest)  # which takes longer than all else
    monkeypatch.setattr(suggestions, "nearest", looked_up)
    row = '{{"metric":"fbb_subs_totl{}","area":"liangjang","month":"2022-08","value":1}}'
    lines = [row.format("") for _ in range(20_000)] + [row.format(number) for number in range(5_000)]

    refused = await liangjiang.send("telecom", "\n".join(lines), ".ndjson")
    errors = refused.json()["report"]["errors"]

    assert refused.json()["report"]["errors_total"] == 2 * len(lines)
    assert {error["hint"]["en"] for error in errors} == {"did you mean fbb_subs_total?", "did you mean liangjiang?"}
    compared = sum(len(call.args[1]) + 2 * len(call.args[2]) for call in looked_up.call_args_list)
    assert looked_up.call_count > 100  # of 50 000 wrong words, 5 002 of them different
    assert suggestions.COMPARED - 200 < compared <= suggestions.COMPARED


async def test_where_there_are_too_many_names_to_compare_with_a_wrong_word_is_refused_without_a_guess(
    liangjiang: CampaignApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = '{"metric":"fbb_subs_totl","area":"liangjiang","month":"2022-08","value":1}'
    guessed = await liangjiang.send("telecom", row, ".ndjson")
    monkeypatch.setattr(suggestions, "COMPARED", 50)
    refused = await liangjiang.send("telecom", row, ".ndjson")

    hints = [answer.json()["report"]["errors"][0]["hint"] for answer in (guessed, refused)]
    assert hints == [{"zh": "是否指 fbb_subs_total？", "en": "did you mean fbb_subs_total?"}, None]


async def test_a_row_whose_value_is_wrong_has_its_other_fields_judged_in_the_same_pass(liangjiang: CampaignApi) -> None:
    row = {"metric": "mobile_subs_5g_package", "area": "天宫殿", "month": "2022-12", "value": 0.25}

    refused = await liangjiang.api.post(
        "/v1/observations", json={"observations": [row]}, headers=liangjiang.bearer("telecom", campaign=liangjiang.campaign)
    )

    report = refused.json()["report"]
    assert report["counts"]["rejected"] == 1
    assert [(error["column"], error["code"]) for error in report["errors"]] == [
        ("value", "fraction"),
        ("month", "month_not_open"),
        ("metric", "unknown_metric"),
        ("area", "unknown_area"),
    ]
