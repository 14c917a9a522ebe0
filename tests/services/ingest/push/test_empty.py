"""A push without rows is refused, whatever it is made of: a wrong file must not look like a success."""

from typing import Any

import pytest
from httpx import Response

from cli.postgres.database_urls import DatabaseUrls
from shared.values import media_types
from tests.fixtures_campaign_api import CampaignApi
from tests.push_paths import path_for
from tests.services.ingest.formats.sheets_of import Grid, as_text, sheets
from tests.services.ingest.pushing import WHOLE, counts, everything, stored
from tests.services.ingest.registers.lists import place, pushed

HEADER = ["指标", "区域", "月份", "数值"]
TOTALS_ONLY: Grid = [HEADER, ["宽带用户总数", "合计", "2022-08", 0]]
SIGNATURES_ONLY: Grid = [HEADER, ["填表人：张三", "", "联系电话：", ""], ["审核人：李四"]]
BLANK: Grid = [HEADER, ["fbb_subs_total", WHOLE, "2022-08", ""], ["fbb_subs_500m", WHOLE, "2022-08", ""]]
EMPTY = {
    "an empty list.json": b'{"observations": []}',
    "blank lines.ndjson": b"\n \n\n",
    "a header.csv": as_text([HEADER]),
    "a header and blank lines.csv": as_text([HEADER, [], ["", "", "", ""]]),
    "a header.xlsx": sheets(("月报", [HEADER], [])),
    "totals.csv": as_text(TOTALS_ONLY),
    "totals.xlsx": sheets(("月报", TOTALS_ONLY, [])),
    "signatures.xlsx": sheets(("月报", SIGNATURES_ONLY, [])),
    "rows without a value.csv": as_text(BLANK),
    "rows without a value.xlsx": sheets(("月报", BLANK, [])),
}


async def send(practice: CampaignApi, name: str, /, **parameters: Any) -> Response:
    """Push one of the bodies as telecom."""
    headers = practice.headers("telecom") | {"Content-Type": media_types.BY_SUFFIX[name[name.rindex(".") :]]}
    return await practice.api.post(
        path_for("/v1/observations", headers["Content-Type"]), content=EMPTY[name], params=parameters, headers=headers
    )


@pytest.mark.parametrize("name", EMPTY)
async def test_a_push_without_rows_is_refused_and_leaves_nothing(liangjiang: CampaignApi, urls: DatabaseUrls, name: str) -> None:
    await liangjiang.push_ok("telecom", [("fbb_subs_total", WHOLE, 5)])
    before = everything(urls, liangjiang.campaign)

    for parameters in ({}, {"mode": "partial"}, {"mode": "replace", "month": "2022-08"}):
        for dry_run in (False, True):
            refused = await send(liangjiang, name, dry_run=dry_run, **parameters)
            assert (refused.status_code, refused.json()["code"]) == (422, "empty"), (parameters, refused.text)
            assert "allow_empty=true" in refused.json()["detail"]
            assert ("撤回" in refused.json()["detail"]) == ("month" in parameters)

    assert everything(urls, liangjiang.campaign) == before
    assert (await liangjiang.get_ok("/v1/imports", "telecom"))["total"] == 1


async def test_the_refusal_counts_the_rows_without_a_value(liangjiang: CampaignApi) -> None:
    refused = await send(liangjiang, "rows without a value.csv")

    assert refused.json()["detail"] == "没有可导入的数据行（2 行未填数值）。如确需如此，请加 allow_empty=true。"


@pytest.mark.parametrize("mode", ["atomic", "partial"])
@pytest.mark.parametrize("name", EMPTY)
async def test_a_push_without_rows_is_recorded_where_it_is_meant(liangjiang: CampaignApi, name: str, mode: str) -> None:
    await liangjiang.push_ok("telecom", [("fbb_subs_total", WHOLE, 5)])
    meant = await send(liangjiang, name, mode=mode, allow_empty=True)

    assert (meant.status_code, meant.json()["changed"]) == (201, False), meant.text
    assert meant.json()["report"]["counts"] == counts(blank=2 if "without" in name else 0)
    assert await stored(liangjiang) == {("telecom", "fbb_subs_total", WHOLE, 5)}


async def test_a_body_of_no_bytes_is_malformed_unless_it_is_meant(liangjiang: CampaignApi) -> None:
    headers = liangjiang.headers("telecom") | {"Content-Type": "text/csv"}
    refused = await liangjiang.api.post("/v1/observations/files", content=b"", headers=headers)
    meant = await liangjiang.api.post("/v1/observations/files?allow_empty=true", content=b"", headers=headers)

    assert (refused.status_code, refused.json()["code"]) == (400, "malformed")
    assert (meant.status_code, meant.json()["report"]["counts"]) == (201, counts())


async def test_rows_that_are_all_wrong_are_no_empty_push(liangjiang: CampaignApi) -> None:
    for mode, status in (("atomic", 422), ("partial", 201)):
        answer = await liangjiang.push("telecom", [("no_such", WHOLE, 1)], mode=mode)
        assert (answer.status_code, answer.json()["report"]["counts"]["rejected"]) == (status, 1)


@pytest.mark.parametrize(
    ("media", "body"),
    [
        (".json", b'{"rows": []}'),
        (".ndjson", b"\n"),
        (".csv", as_text([["场所编号", "场所名称", "场所类别", "街道", "月份"]])),
        (".xlsx", sheets(("月报", [["场所编号", "场所名称", "场所类别", "街道", "月份"], ["合计"]], []))),
    ],
)
async def test_a_register_without_rows_is_refused(liangjiang: CampaignApi, media: str, body: bytes) -> None:
    await pushed(liangjiang, "economy", "key_places", [place("A")])
    headers = liangjiang.headers("economy") | {"Content-Type": media_types.BY_SUFFIX[media]}

    for query, status in (("", 422), ("mode=replace&month=2022-08", 422), ("allow_empty=true", 201)):
        path = path_for(f"/v1/registers/key_places/rows?{query}", headers["Content-Type"])
        answer = await liangjiang.api.post(path, content=body, headers=headers)
        assert (answer.status_code, answer.json().get("code", "empty")) == (status, "empty"), answer.text
    assert (await liangjiang.get_ok("/v1/registers/key_places/rows"))["total"] == 1


async def test_copying_a_month_needs_rows_in_it(liangjiang: CampaignApi) -> None:
    path, headers = "/v1/registers/key_places/rows?month=2022-08&copy_from=2022-07", liangjiang.headers("economy")
    nothing = await liangjiang.api.post(path, headers=headers)
    await pushed(liangjiang, "economy", "key_places", [place("A") | {"month": "2022-07"}])
    copied = await liangjiang.api.post(path, headers=headers)

    assert (nothing.status_code, nothing.json()["code"]) == (422, "empty")
    assert copied.json()["report"]["counts"] == counts(received=1, created=1)
