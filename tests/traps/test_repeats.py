"""The trap of repeats: 80, then 90, then 80."""

import psycopg

from cli.postgres.database_urls import DatabaseUrls
from tests.fixtures_campaign_api import CampaignApi

CELL = ("fbb_subs_total", "liangjiang")


async def _value(liangjiang: CampaignApi) -> int:
    (row,) = (await liangjiang.get_ok("/v1/observations"))["items"]
    return int(row["value"])


async def test_trap_22_without_a_key_80_90_80_ends_at_80_and_all_three_stay_in_the_history(
    liangjiang: CampaignApi, urls: DatabaseUrls
) -> None:
    imports = [await liangjiang.push_ok("telecom", [(*CELL, value)]) for value in (80, 90, 80)]

    with psycopg.connect(urls.owner) as owner:
        owner.execute("SELECT gigacity_begin(%s, 'telecom', 'own')", [liangjiang.campaign])
        history = owner.execute("SELECT value, version, until FROM observation_history ORDER BY version").fetchall()

    first, second, third = (document["data_version"] for document in imports)
    assert await _value(liangjiang) == 80
    assert [document["report"]["counts"]["updated"] for document in imports] == [0, 1, 1]
    assert history == [(80, first, second), (90, second, third)]
    for version, value in ((first, 80), (second, 90), (third, 80)):
        line = await liangjiang.line("fbb_500m_share", as_of=version)
        assert line["partial"] == {"numerator": None, "denominator": value}


async def test_trap_22_one_key_is_one_record_and_one_answer(liangjiang: CampaignApi) -> None:
    first = await liangjiang.push("telecom", [(*CELL, 80)], key="k-1")
    await liangjiang.push_ok("telecom", [(*CELL, 90)])
    again = await liangjiang.push("telecom", [(*CELL, 80)], key="k-1")

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert first.headers["Location"] == again.headers["Location"]
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert await _value(liangjiang) == 90
    assert (await liangjiang.get_ok("/v1/imports"))["total"] == 2


async def test_trap_22_one_key_with_another_body_is_refused_and_changes_nothing(liangjiang: CampaignApi) -> None:
    await liangjiang.push("telecom", [(*CELL, 80)], key="k-1")
    other = await liangjiang.push("telecom", [(*CELL, 90)], key="k-1")

    assert (other.status_code, other.json()["code"]) == (422, "idempotency_mismatch")
    assert await _value(liangjiang) == 80
    assert (await liangjiang.get_ok("/v1/imports"))["total"] == 1


async def test_trap_22_a_key_belongs_to_its_organisation(liangjiang: CampaignApi) -> None:
    telecom = await liangjiang.push("telecom", [(*CELL, 80)], key="k-1")
    mobile = await liangjiang.push("mobile", [(*CELL, 90)], key="k-1")

    assert (telecom.status_code, mobile.status_code) == (201, 201)
    assert "Idempotency-Replayed" not in mobile.headers
    assert telecom.json()["id"] != mobile.json()["id"]
