"""Data of another organisation do not exist for a carrier."""

import json

from tests.fixtures_campaign import NATIONAL
from tests.fixtures_campaign_api import CampaignApi

AREA = "500112007"
NOBODY = "00000000-0000-7000-8000-000000000000"
CASE = {"title": "智能工厂", "domain": "vertical_industry", "applicant": "某厂", "summary": "柔性产线"}


def _same_but_for_the_request(one: bytes, other: bytes) -> bool:
    first, second = json.loads(one), json.loads(other)
    return (first.pop("instance"), first) != (second.pop("instance"), second) and first == second


async def test_what_is_anothers_cannot_be_told_from_what_is_not_there(rivals: CampaignApi) -> None:
    imports = (await rivals.get_ok("/v1/imports", "mobile"))["items"]
    headers = rivals.headers("mobile")
    case = (await rivals.api.post("/v1/cases", json=CASE, headers=headers)).json()["id"]
    refused = next(one["id"] for one in imports if one["state"] == "refused")
    foreign_and_absent = [
        (f"/v1/imports/{refused}", f"/v1/imports/{NOBODY}"),
        (f"/v1/imports/{refused}/errors", f"/v1/imports/{NOBODY}/errors"),
        ("/v1/submissions/mobile/2022-08", "/v1/submissions/nobody/2022-08"),
        ("/v1/submissions/mobile/2022-08/reopenings", "/v1/submissions/nobody/2022-08/reopenings"),
        (f"/v1/cases/{case}", f"/v1/cases/{NOBODY}"),
    ]

    for foreign, absent in foreign_and_absent:
        theirs = await rivals.get(foreign, "mobile")
        ours, nothing = await rivals.get(foreign, "telecom"), await rivals.get(absent, "telecom")

        assert theirs.status_code == 200
        assert (foreign, ours.status_code) == (foreign, 404)
        assert _same_but_for_the_request(ours.content, nothing.content)


async def test_what_is_anothers_cannot_be_moved(rivals: CampaignApi) -> None:
    theirs = rivals.headers("mobile")
    case = (await rivals.api.post("/v1/cases", json=CASE, headers=theirs)).json()["id"]
    month, ours = "/v1/submissions/{}/2022-08/moves", rivals.headers("telecom")
    tag = (await rivals.get("/v1/submissions/mobile/2022-08", "mobile")).headers["ETag"]
    before = await rivals.get_ok("/v1/submissions/mobile/2022-08", "mobile")

    for foreign, absent, move in (
        (month.format("mobile"), month.format("nobody"), {"move": "accept"}),
        (month.format("mobile"), month.format("nobody"), {"move": "return", "reason": "x"}),
        (f"/v1/cases/{case}/moves", f"/v1/cases/{NOBODY}/moves", {"move": "submit"}),
        (f"/v1/cases/{case}/moves", f"/v1/cases/{NOBODY}/moves", {"move": "withdraw"}),
    ):
        refused = await rivals.api.post(foreign, json=move, headers=ours | {"If-Match": tag})
        nothing = await rivals.api.post(absent, json=move, headers=ours | {"If-Match": tag})

        assert (foreign, refused.status_code) == (foreign, 404)
        assert _same_but_for_the_request(refused.content, nothing.content)

    assert await rivals.get_ok("/v1/submissions/mobile/2022-08", "mobile") == before
    assert (await rivals.get_ok(f"/v1/cases/{case}", "mobile"))["state"] == "draft"


async def test_lists_hold_ones_own_and_do_not_answer_for_others(rivals: CampaignApi) -> None:
    for path in ("/v1/observations", "/v1/imports", "/v1/submissions"):
        page = await rivals.get_ok(path, "telecom", **({"month": "2022-08"} if path == "/v1/submissions" else {}))

        assert page["total"] == len(page["items"]) > 0
        assert {item["org"] for item in page["items"]} == {"telecom"}

    for path in ("/v1/observations", "/v1/imports", "/v1/completeness"):
        assert (await rivals.get(path, "telecom", org="mobile")).status_code == 403
        assert (await rivals.get(path, "telecom", org="telecom")).status_code == 200
    by_key = await rivals.get_ok("/v1/imports", "telecom", idempotency_key="k-1")
    assert [item["org"] for item in by_key["items"]] == ["telecom"]


async def test_a_cursor_made_for_another_organisation_shows_ones_own_only(rivals: CampaignApi) -> None:
    await rivals.push_ok("telecom", [("olt_pon_ports_total", AREA, 1), ("olt_pon_ports_10g", AREA, 1)], "2022-07")
    theirs = await rivals.get_ok("/v1/observations", "economy", limit=1)

    page = await rivals.get_ok("/v1/observations", "telecom", next=theirs["next"])

    assert {item["org"] for item in page["items"]} == {"telecom"}


async def test_a_token_of_one_campaign_sees_nothing_of_another(rivals: CampaignApi) -> None:
    (first, *_) = (await rivals.get_ok("/v1/imports"))["items"]
    nation = rivals.bearer("economy", campaign=NATIONAL)

    for path in ("/v1/observations", "/v1/imports"):
        page = (await rivals.api.get(path, headers=nation)).json()
        assert (page["items"], page["total"]) == ([], 0)
    assert (await rivals.api.get(f"/v1/imports/{first['id']}", headers=nation)).status_code == 404
    summary = (await rivals.api.get("/v1/summary?month=2022-08", headers=nation)).json()
    assert summary["campaign"] == NATIONAL
    assert {line["cells"]["reported"] for line in summary["lines"]} == {0}
