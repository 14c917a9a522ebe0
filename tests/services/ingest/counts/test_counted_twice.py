"""A total is compared with what is stored: it must not add up a row that is dropped as the repeat of another."""

import pytest

from tests.fixtures_campaign_api import CampaignApi
from tests.services.ingest.pushing import codes, stored
from tests.services.ingest.registers.lists import sent
from tests.services.ingest.templates.filling import Table, saved

FORM: Table = [["2022年8月"], ["街道", "自建5G基站数"], ["鸳鸯街道", 3]]
ENDINGS = ("xlsx", "csv")


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize(
    "below",
    [
        [["鸳鸯街道", 3], ["合计", 6]],
        [["500112007", 3], ["合计", 6]],  # the same area by its code
        [["人和街道", 2], ["小计", 5], ["鸳鸯街道", 3], ["小计", 3], ["合计", 8]],  # each subtotal is that of what is stored
    ],
)
async def test_equal_rows_that_a_total_adds_up_are_refused(liangjiang: CampaignApi, below: Table, ending: str) -> None:
    answer = await liangjiang.send("telecom", saved([*FORM, *below], ending), f".{ending}")

    assert answer.status_code == 422, answer.text
    errors = codes(answer.json()["report"])
    last = next(number for number, row in enumerate(below) if row[1] == 3 and row[0] != "小计") + 4
    assert [error for error in errors if error[2] == "duplicate_conflict"] == [
        (3, "value", "duplicate_conflict"),
        (last, "value", "duplicate_conflict"),
    ]
    assert await stored(liangjiang) == set()


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize(
    "below",
    [
        [["小计", 3], ["鸳鸯街道", 3], ["小计", 3]],
        [["合计", 3], ["", ""], ["街道", "自建5G基站数"], ["鸳鸯街道", 3], ["合计", 3]],  # in a table of its own
    ],
)
async def test_equal_rows_of_different_totals_are_one_count(liangjiang: CampaignApi, below: Table, ending: str) -> None:
    answer = await liangjiang.send("telecom", saved([*FORM, *below], ending), f".{ending}")

    assert answer.status_code == 201, answer.text
    assert answer.json()["report"]["counts"]["merged"] == 1


@pytest.mark.parametrize("ending", ENDINGS)
async def test_equal_rows_of_a_register_that_a_total_adds_up_are_refused(liangjiang: CampaignApi, ending: str) -> None:
    row = ["KM-1", "康美佳苑", 120]
    table: Table = [["康美街道2022年8月"], ["楼栋编号", "小区名称", "家庭户数"], row, row]

    refused = await sent(liangjiang, "kangmei", "compounds", saved([*table, ["合计", "", 240]], ending), f".{ending}")
    merged = await sent(liangjiang, "kangmei", "compounds", saved(table, ending), f".{ending}")

    assert refused.status_code == 422, refused.text
    assert refused.json()["report"]["errors_by_code"] == {"duplicate_conflict": 2}
    assert merged.json()["report"]["counts"]["merged"] == 1
