"""Previews of a proposed definition: they agree with the summary after applying, and nothing is stored."""

import re
from typing import Any

import psycopg
import pytest
from httpx import Response

from shared.campaign.apply import ReinterpretationError
from shared.campaign.definition import Definition
from shared.vocabulary import Role
from tests.fixtures_campaign import CAMPAIGNS
from tests.fixtures_campaign_api import CampaignApi
from tests.services.indicators.definitions.test_definitions import with_target

PON_24 = {"indicator": "pon_10g_share", "value": 24, "due": "2022-09-30", "source": {"zh": "试算", "en": "A trial"}}
YEAR: dict[str, Any] = {"from": "2021-09", "to": "2022-08"}
INVALID_PROPOSALS: list[tuple[dict[str, Any], str]] = [
    ({"blocks": {"target": [PON_24 | {"indicator": "no_such"}]}}, "no_such"),
    ({"blocks": {"targets": []}}, "targets"),
    ({"blocks": {"target": [{}, 1, None]}}, "target"),
    ({"blocks": {"target": 1}}, "target"),
    ({"blocks": {"campaign": {"code": "national-2022"}}}, "liangjiang-2022"),
    ({"definition": {}}, "organisation"),
    ({"file": "x = ["}, "TOML"),
    ({"file": "x" + ".x" * 100_000 + " = 1"}, "dotted"),
    ({"file": "x = " + "[" * 100_000}, "deep"),
    ({"file": "x = " + "1" * 100_000}, "TOML"),
    ({"file": "", "blocks": {}}, "one of"),
    ({}, "one of"),
    ({"blocks": {}, "from": "2022-08"}, "both `from` and `to`"),
    ({"blocks": {}, "indicator": "pon_10g_shar"}, "did you mean pon_10g_share"),
]


async def request_preview(
    practice: CampaignApi, org: str = "industry", role: Role | None = Role.TASK_FORCE, **body: Any
) -> Response:
    body = {"month": practice.month} | body if "from" not in body else body
    return await practice.api.post("/v1/definitions/trials", json=body, headers=practice.headers(org, role))


async def preview(practice: CampaignApi, **body: Any) -> dict[str, Any]:
    answer = await request_preview(practice, **body)
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


async def test_a_preview_agrees_with_the_applied_definition_however_it_is_sent(
    liangjiang: CampaignApi, definition: Definition
) -> None:
    await liangjiang.samples("2022-08")
    shipped = (CAMPAIGNS / "liangjiang-2022.toml").read_text(encoding="utf-8")
    text = re.sub(r"(?m)^first_month = .*$", "", shipped)  # as it is applied in tests
    same = 'indicator = "pon_10g_share"\nvalue = 25\ndue = 2022-09-30'
    assert same in text
    whole = (await liangjiang.get_ok("/v1/definitions/1"))["definition"]
    (target,) = [each for each in whole["target"] if each["indicator"] == "pon_10g_share" and each["kind"] == "campaign"]
    before = await liangjiang.get("/v1/summary", month="2022-08", group_by="area")

    blocks = await preview(liangjiang, group_by="area", blocks={"target": [{**target, "value": 24}]})
    file = await preview(liangjiang, group_by="area", file=text.replace(same, same.replace("25", "24")))
    target["value"] = "24"
    every = await preview(liangjiang, group_by="area", definition=whole)
    after = await liangjiang.get("/v1/summary", month="2022-08", group_by="area")

    assert blocks == file == every
    assert (after.content, after.headers["ETag"]) == (before.content, before.headers["ETag"])
    assert (await liangjiang.get_ok("/v1/definitions"))["total"] == 1
    assert [change["block"] for change in blocks["changes"]] == ["target[pon_10g_share, campaign]"]
    assert (blocks["refusals"], blocks["definition_version"], blocks["data_version"]) == ([], 1, before.json()["data_version"])
    applied = await liangjiang.apply(with_target(definition, "pon_10g_share", "24"))
    summary = await liangjiang.get_ok("/v1/summary", month="2022-08", group_by="area")
    assert summary["definition_version"] == applied
    assert [(line["before"], line["after"]) for line in blocks["lines"]] == [
        pair for pair in zip(before.json()["lines"], summary["lines"], strict=True) if pair[0] != pair[1]
    ]
    assert {line["indicator"] for line in blocks["lines"]} == {"pon_10g_share"}
    one = await preview(liangjiang, group_by="area", area="500112007", as_of=str(applied - 1), blocks={"target": [target]})
    assert one["lines"] == [line for line in blocks["lines"] if line["area"] == "500112007"] != []
    other = {"indicator": "fbb_500m_share", "as_of": str(applied - 1)}
    assert (await preview(liangjiang, **other, blocks={"target": [target]}))["lines"] == []
    again = await preview(liangjiang, group_by="area", as_of=str(applied - 1), blocks={"target": [target]})
    assert again["lines"] == blocks["lines"]


async def test_a_preview_shows_flipped_incomplete_and_removed_lines(liangjiang: CampaignApi) -> None:
    await liangjiang.samples("2022-07")
    await liangjiang.samples("2022-08")
    body = (await liangjiang.get_ok("/v1/definitions/1"))["definition"]
    metric = next(each for each in body["metric"] if each["code"] == "olt_pon_ports_total")
    channels = {**metric, "code": "olt_pon_channels_total", "aliases": [], "title": {"zh": "PON通道数", "en": "PON channels"}}
    share = next(each for each in body["indicator"] if each["code"] == "pon_10g_share")
    by_channel = {**share, "denominator": "olt_pon_channels_total"}

    both_months = {"from": "2022-07", "to": "2022-08"}
    later = await preview(liangjiang, **both_months, blocks={"target": [PON_24 | {"from": "2022-08"}]})
    new = await preview(
        liangjiang, blocks={"metric": [channels], "indicator": [by_channel, {**share, "code": "pon_share_again"}]}
    )
    fewer = [each for each in body["indicator"] if each["code"] != "fbb_1000m_share"]
    gone = await preview(liangjiang, definition={**body, "indicator": fewer})

    (moved,) = later["lines"]
    assert (moved["indicator"], moved["month"], moved["flipped"]) == ("pon_10g_share", "2022-08", True)
    assert (moved["before"]["status"], moved["after"]["status"]) == ("not_met", "met")
    assert [(each["what"], each["valid_from"]) for each in later["changes"]] == [("added", "2022-08")]
    lines = {line["indicator"]: line for line in new["lines"]}
    missing = lines["pon_10g_share"]["after"]["missing"]
    assert ({cell["metric"] for cell in missing}, len(missing)) == ({"olt_pon_channels_total"}, 24)
    assert (lines["pon_share_again"]["before"], lines["pon_share_again"]["after"]["display"]) == (None, "24.9")
    assert lines.keys() == {"pon_10g_share", "pon_share_again"}
    (removed,) = gone["lines"]
    assert (removed["indicator"], removed["after"]) == ("fbb_1000m_share", None)
    assert [(each["what"], each["block"]) for each in gone["changes"]] == [("removed", "indicator[fbb_1000m_share]")]


async def test_a_preview_lists_what_applying_would_refuse(liangjiang: CampaignApi, definition: Definition) -> None:
    await liangjiang.samples("2022-08", "telecom")
    body = definition.body()
    for code in ("olt_pon_ports_total", "tower_sites_total"):  # of the second nothing is stored
        next(each for each in body["metric"] if each["code"] == code)["unit"]["en"] = "pieces"
    body["rule"], body["register"] = [], []  # which compare those with others
    body["campaign"]["area"] = "whole"
    for each in body["area"]:
        each["parent"] = "whole" if each["parent"] else None
    body["area"][0]["code"] = "whole"

    proposed = Definition.model_validate(body)
    with pytest.raises(ReinterpretationError) as refused:
        await liangjiang.apply(proposed)
    told = await preview(liangjiang, definition=body)

    assert [each["key"] for each in told["refusals"]] == [each.key for each in refused.value.refusals]
    assert [each["key"] for each in told["refusals"]] == ["metric[olt_pon_ports_total]", "area[liangjiang]"]
    assert all(each["way"]["zh"] and each["problem"]["zh"] for each in told["refusals"])


async def test_a_preview_lists_blocks_that_items_refer_to(liangjiang: CampaignApi, definition: Definition) -> None:
    difficulty = {"title": "供电", "category": "power_supply", "place": "某处", "needed": "协调", "needed_by": "2022-09-20"}
    created = await liangjiang.api.post("/v1/difficulties", json=difficulty, headers=liangjiang.headers("tower"))
    comment = f"/v1/tasks/{definition.tasks[-1].number}/assignments/telecom/comments"
    written = await liangjiang.api.post(comment, json={"text": "请加快"}, headers=liangjiang.headers("economy"))
    body = definition.body()
    body["difficulty_category"] = [each for each in body["difficulty_category"] if each["code"] == "other"]
    body["task"][-1]["responsible"].remove("telecom")

    told = await preview(liangjiang, definition=body)

    assert (created.status_code, written.status_code) == (201, 201)
    assert [each["key"] for each in told["refusals"]] == ["difficulty_category[power_supply]", "task[12].responsible[telecom]"]


async def test_an_invalid_proposal_is_refused_with_all_errors(liangjiang: CampaignApi) -> None:
    for body, message in INVALID_PROPOSALS:
        answer = await request_preview(liangjiang, **body)
        assert (answer.status_code, answer.json()["code"]) == (422, "schema"), body
        assert message in str(answer.json()["errors"]), body
    unknown = (await request_preview(liangjiang, blocks={"target": [PON_24 | {"indicator": "pon_10g_shar"}]})).json()["errors"][0]
    assert unknown["message"] == {
        "zh": "target[pon_10g_shar].indicator：没有 indicator `pon_10g_shar`；"
        "在 [[indicator]] 中声明，或改正（是否指 pon_10g_share？）",
        "en": "target[pon_10g_shar].indicator: unknown indicator `pon_10g_shar`;"
        " declare it in [[indicator]] or correct it (did you mean pon_10g_share?)",
    }
    many = [
        {"code": f"a{number}", "title": text, "short": text, "parent": "liangjiang"}
        for number in range(2_000)
        for text in [{"zh": f"街{number}", "en": f"Street {number}"}]
    ]
    huge = await request_preview(liangjiang, blocks={"area": many}, month=None, **YEAR)
    assert "too large" in str(huge.json()["errors"])
    for org, role in (("telecom", None), ("kangmei", None), ("leading_group", None)):
        assert (await request_preview(liangjiang, org, role, blocks={"target": [PON_24]})).status_code == 403
    for org in ("economy", "regulator"):
        assert (await request_preview(liangjiang, org, None, blocks={"target": [PON_24]})).status_code == 200
    async with await psycopg.AsyncConnection.connect(liangjiang.owner) as owner:
        scope = "SELECT FROM gigacity_begin(%s, '*', 'campaign')"
        await owner.execute(scope, [liangjiang.campaign])
        (version,) = (
            await (await owner.execute("SELECT version FROM campaign WHERE campaign = %s", [liangjiang.campaign])).fetchone()
            or ()
        )
    assert version == 1
