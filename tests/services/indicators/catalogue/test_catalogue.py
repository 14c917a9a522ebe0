"""GET /v1/catalogue."""

from datetime import date

import pytest
from httpx import AsyncClient

from cli.campaign import apply_definition
from cli.postgres.database_urls import DatabaseUrls
from shared.campaign.definition import Definition
from shared.clock import Clock
from shared.values.bilingual import Bilingual
from shared.vocabulary import Role
from tests.fixtures_api import Bearer, Serve
from tests.fixtures_campaign import NATIONAL


@pytest.fixture
async def indicators(serve: Serve) -> AsyncClient:
    return await serve("indicators")


async def test_the_catalogue_holds_every_block_of_the_definition_with_its_titles(
    indicators: AsyncClient, bearer: Bearer, definition: Definition
) -> None:
    catalogue = (await indicators.get("/v1/catalogue", headers=bearer("telecom"))).json()

    assert [metric["code"] for metric in catalogue["metrics"]] == [metric.code for metric in definition.metrics]
    assert [metric["aliases"] for metric in catalogue["metrics"]] == [list(metric.aliases) for metric in definition.metrics]
    assert [one["code"] for one in catalogue["indicators"]] == [one.code for one in definition.indicators]
    assert [one["code"] for one in catalogue["areas"]] == [one.code for one in definition.areas]
    assert [one["code"] for one in catalogue["organisations"]] == list(definition.org_codes)
    assert [(one["code"], one["kind"], one["severity"]) for one in catalogue["rules"]] == [
        (rule.code, rule.kind, rule.severity) for rule in definition.all_rules
    ]
    assert sum(len(one["targets"]) for one in catalogue["indicators"]) == len(definition.targets)
    assert len(catalogue["tasks"]) == 12
    benchmark = catalogue["benchmarks"][-1]
    assert [benchmark[name] for name in ("month", "indicator", "value")] == ["2022-12", "bs_5g_per_10k", "19.04"]
    assert benchmark["place"]["en"] == "Chongqing"
    assert {one["code"] for one in catalogue["case_domains"]} >= {"information_consumption", "digital_government"}
    assert {one["code"] for one in catalogue["difficulty_categories"]} >= {"power_supply", "other"}
    assert {one["code"] for one in catalogue["case_technologies"]} >= {"mobile_5g", "mec", "network_slicing"}
    share = next(one for one in catalogue["indicators"] if one["code"] == "pon_10g_share")
    assert (share["numerator"], share["denominator"], share["scale"]) == ("olt_pon_ports_10g", "olt_pon_ports_total", 100)
    assert share["title"]["zh"]
    assert share["caliber"]["en"]
    assert [variant["code"] for variant in share["variants"] if variant["decides"]] == [
        definition.indicators_of(date(2022, 8, 1))[1].decides
    ]


async def test_registers_are_described_column_by_column(indicators: AsyncClient, bearer: Bearer, definition: Definition) -> None:
    catalogue = (await indicators.get("/v1/catalogue", headers=bearer("telecom"))).json()

    registers = {one["code"]: one for one in catalogue["registers"]}
    assert list(registers) == [one.code for one in definition.registers]
    for kept in definition.registers:
        told = registers[kept.code]
        assert (told["kept_by"], told["max_rows"]) == (list(kept.kept_by), 100_000)
        assert told["title"]["zh"]
        assert [(one["count"], one["metric"], one["declared"]) for one in told["counts"]] == [
            (one.count, one.metric, one.declared) for one in kept.counts
        ]
    stations = {column["name"]: column for column in registers["base_stations"]["columns"]}
    assert [name for name, column in stations.items() if column["key"]] == ["station", "built_by"]
    assert [name for name, column in stations.items() if not column["required"]] == ["shared_with", "note"]
    assert {term["code"] for term in stations["built_by"]["terms"]} == {"telecom", "mobile", "unicom", "cbn"}
    places = {column["name"]: column for column in registers["key_places"]["columns"]}
    assert (places["longitude"]["least"], places["longitude"]["most"], places["name"]["longest"]) == (-180, 180, 200)
    assert places["category"]["terms"][0]["code"] == "hospital"


async def test_enumerations_limits_and_problems_are_listed_in_both_languages(indicators: AsyncClient, bearer: Bearer) -> None:
    catalogue = (await indicators.get("/v1/catalogue", headers=bearer("renhe"))).json()

    names = {one["name"] for one in catalogue["enumerations"]}
    assert names >= {"role", "metric_kind", "status", "submission_state", "case_state", "case_move", "row_code", "push_mode"}
    roles = next(one for one in catalogue["enumerations"] if one["name"] == "role")
    assert roles["values"][0] == {"code": "carrier", "title": {"zh": "电信企业（含铁塔）", "en": "carrier"}}
    assert catalogue["limits"] == {
        "json_max_bytes": 8 << 20,
        "bulk_max_bytes": 1 << 30,
        "bulk_max_rows": 1_000_000,
        "xlsx_max_bytes": 10 << 20,
        "xlsx_max_inflated_bytes": 64 << 20,
        "document_max_bytes": 1 << 20,
        "document_max_keys": 20_000,
        "object_max_keys": 1_000,
        "json_max_depth": 32,
        "query_max_parameters": 100,
        "page_max_items": 500,
        "attachment_max_bytes": 50 << 20,
        "attachments_max": 20,
        "count_max": 2**53 - 1,
    }
    assert catalogue["challenges"] == {"answer_days": 5, "correction_days": 5, "decision_days": 5}
    refusals = {one["code"]: one for one in catalogue["problems"]}
    assert refusals["token_invalid"]["status"] == 401
    assert refusals["not_found"]["type"] == "/problems/not-found"
    assert all(one["title"]["zh"] and one["title"]["en"] for one in refusals.values())


async def test_it_belongs_to_the_campaign_of_the_token(indicators: AsyncClient, bearer: Bearer) -> None:
    national = (await indicators.get("/v1/catalogue", headers=bearer("miit", campaign=NATIONAL))).json()

    assert (national["campaign"]["code"], [area["code"] for area in national["areas"]]) == (NATIONAL, ["CN"])


async def test_it_is_sent_again_only_when_the_definition_changed(
    indicators: AsyncClient, bearer: Bearer, urls: DatabaseUrls, definition: Definition, clock: Clock
) -> None:
    headers = bearer("economy")
    first = await indicators.get("/v1/catalogue", headers=headers)
    held = {"if-none-match": first.headers["etag"]}
    same = await indicators.get("/v1/catalogue", headers=headers | held)
    title = Bilingual(zh="另一个名称", en="another name")
    renamed = definition.model_copy(update={"campaign": definition.campaign.model_copy(update={"title": title})})
    await apply_definition(urls.owner, renamed, clock)
    changed = await indicators.get("/v1/catalogue", headers=headers | held)

    assert (same.status_code, same.content) == (304, b"")
    assert changed.status_code == 200
    assert changed.json()["campaign"]["title"]["en"] == "another name"
    assert changed.json()["definition_version"] > first.json()["definition_version"]


@pytest.mark.parametrize("org", ["telecom", "renhe", "economy", "leading_group", "regulator"])
async def test_every_role_may_read_it(indicators: AsyncClient, bearer: Bearer, org: str) -> None:
    assert (await indicators.get("/v1/catalogue", headers=bearer(org))).status_code == 200
    assert (await indicators.get("/v1/catalogue", headers=bearer("industry", Role.TASK_FORCE))).status_code == 200
