"""The summary as CSV and NDJSON: the lines of the JSON answer, row by row, at one data version."""

import csv
import io
import json
from typing import Any

import pytest
from httpx import Response

from services.indicators.summary.table import SUMMARY_COLUMNS
from shared.reading.reading import open_reading_at
from tests.fixtures_campaign_api import CampaignApi

RANGE = {"from": "2022-05", "to": "2022-08"}
BREAKDOWNS: tuple[dict[str, str], ...] = ({}, {"group_by": "area"}, {"group_by": "org"}, {"group_by": "area,org"})


def _rows(answer: Response) -> list[dict[str, str]]:
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


def _text(value: Any) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


async def test_a_table_holds_the_lines_of_the_answer(liangjiang: CampaignApi) -> None:
    await liangjiang.samples("2022-07")
    await liangjiang.samples("2022-08", "telecom", "mobile", "economy")

    for breakdown in BREAKDOWNS:
        question = RANGE | breakdown
        answer = await liangjiang.get_ok("/v1/summary", **question)
        lines = (await liangjiang.get("/v1/summary/summary.ndjson", **question)).text.splitlines()
        rows = _rows(await liangjiang.get("/v1/summary", format="csv", **question))

        head = {key: answer[key] for key in ("campaign", "definition_version")} | {"as_of": answer["data_version"]}
        assert [json.loads(line) for line in lines] == [head | line for line in answer["lines"]]
        for key in (
            "indicator",
            "month",
            "area",
            "org",
            "numerator",
            "denominator",
            "value",
            "display",
            "target",
            "due",
            "status",
        ):
            assert [row[key] for row in rows] == [_text(line[key]) for line in answer["lines"]]
        assert [row["cells_missing"] for row in rows] == [str(line["cells"]["missing"]) for line in answer["lines"]]
        assert {row["as_of"] for row in rows} == {str(answer["data_version"])}


async def test_a_row_says_what_it_is_in_words_who_is_missing_and_the_other_variants(liangjiang: CampaignApi) -> None:
    await liangjiang.samples("2022-08", "telecom", "mobile", "economy", "tower")

    rows = _rows(await liangjiang.get("/v1/summary", format="csv", month="2022-08", group_by="area"))
    (homes,) = (row for row in rows if (row["indicator"], row["area"]) == ("home_gigabit_coverage", "500112022"))
    whole = _rows(await liangjiang.get("/v1/summary", format="csv", month="2022-08", group_by="org"))
    (telecom,) = (row for row in whole if (row["indicator"], row["org"]) == ("pon_10g_share", "telecom"))

    assert tuple(homes) == SUMMARY_COLUMNS
    assert (homes["area_zh"], homes["org"], homes["unit_zh"], homes["variant"]) == ("康美街道", "", "%", "lower")
    assert (homes["status"], homes["status_zh"], homes["missing_from"]) == ("incomplete", "数据不全", "unicom")
    assert homes["other_variants"].startswith("upper=incomplete declared=incomplete ")
    assert (telecom["org_en"], telecom["missing_from"], telecom["provisional"]) == (
        "China Telecom, Liangjiang New Area branch",
        "",
        "true",
    )


async def test_what_is_pushed_between_two_months_is_not_in_the_table(
    liangjiang: CampaignApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    await liangjiang.samples("2022-08", "telecom")
    version = (await liangjiang.get_ok("/v1/summary"))["data_version"]
    question = RANGE | {"format": "csv", "group_by": "org"}
    before = (await liangjiang.get("/v1/summary", **question)).content
    values = iter(range(1, 100))

    def pushing(*where: Any) -> Any:
        return _Pushing(liangjiang, next(values), open_reading_at(*where))

    monkeypatch.setattr("services.indicators.summary.endpoint.open_reading_at", pushing)
    during = (await liangjiang.get("/v1/summary", **question)).content
    monkeypatch.undo()

    assert during == before
    assert (await liangjiang.get_ok("/v1/summary"))["data_version"] == version + 3
    assert (await liangjiang.get("/v1/summary", **question)).content != before
    assert (await liangjiang.get("/v1/summary", **question, as_of=version)).content == before


class _Pushing:
    """A reading before which somebody pushes."""

    def __init__(self, practice: CampaignApi, value: int, reading: Any) -> None:
        self.practice, self.value, self.reading = practice, value, reading

    async def __aenter__(self) -> Any:
        await self.practice.push_ok("mobile", [("fbb_subs_total", "liangjiang", self.value)], "2022-08")
        return await self.reading.__aenter__()

    async def __aexit__(self, *raised: object) -> None:
        await self.reading.__aexit__(*raised)


async def test_a_reporters_table_holds_its_own_lines_and_a_held_one_is_304(liangjiang: CampaignApi) -> None:
    await liangjiang.samples("2022-08")
    question = {"month": "2022-08", "group_by": "org", "format": "csv"}

    own = await liangjiang.get("/v1/summary", "telecom", **question)
    headers = liangjiang.headers("telecom") | {"If-None-Match": own.headers["ETag"]}
    held = await liangjiang.api.get("/v1/summary", params=question, headers=headers)
    other = await liangjiang.api.get("/v1/summary", params=question | {"format": "json"}, headers=headers)
    back = await liangjiang.get("/v1/summary", "telecom", **question, as_of=2)

    assert {row["org"] for row in _rows(own)} == {"telecom"}
    assert (held.status_code, other.status_code, back.status_code) == (304, 200, 403)
    assert "summary-liangjiang-2022-v" in own.headers["Content-Disposition"]
