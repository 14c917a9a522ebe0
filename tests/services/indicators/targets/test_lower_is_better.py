"""Targets that must not be exceeded, in every figure that compares with them; and scenarios in which a line does not move."""

import io
import zipfile
from typing import Any

from tests.fixtures_campaign_api import CreateCampaign
from tests.services.indicators.computing import faults
from tests.services.indicators.reports.files.test_render import paragraphs, rows_of
from tests.services.indicators.reports.practice import issue

KANGMEI, RENHE, LIJIA = "500112022", "500112009", "500112019"
PORTS, FAST = "olt_pon_ports_total", "olt_pon_ports_10g"


def _upper_limit(body: dict[str, Any]) -> None:
    (indicator,) = body["indicator"]
    indicator["comparator"] = "<="
    body["target"] = [target | {"due": "2022-09-30"} for target in body["target"] if target["kind"] == "campaign"]


async def test_a_limit_is_met_from_above_everywhere(create_campaign: CreateCampaign) -> None:
    town = await create_campaign("pon_10g_share", carriers=["telecom"], streets=[KANGMEI, RENHE, LIJIA], edit=_upper_limit)
    for month, fast in (("2022-06", 50), ("2022-07", 40), ("2022-08", 30)):
        counts = [(FAST, KANGMEI, fast), (FAST, RENHE, 20), (FAST, LIJIA, 26)]
        await town.push_ok("telecom", [*counts, *((PORTS, area, 100) for area in (KANGMEI, RENHE, LIJIA))], month)
    supposed = {"month": "2022-08", "counts": [{"metric": FAST, "area": KANGMEI, "value": 29, "org": "telecom"}]}

    lines = {line["area"]: (line["status"], line["gap"], line["comparator"]) for line in await town.lines(group_by="area")}
    whole = await town.line("pon_10g_share")
    (targets,) = (await town.get_ok("/v1/targets", month="2022-08"))["lines"]
    (ranking,) = (await town.get_ok("/v1/rankings", month="2022-08"))["rankings"]
    what_if = (await town.api.post("/v1/what-if", json=supposed, headers=town.headers("economy"))).json()
    explained = await town.get_ok("/v1/indicators/pon_10g_share/explanation", month="2022-08")

    assert lines == {KANGMEI: ("not_met", 5, "<="), RENHE: ("met", 0, "<="), LIJIA: ("not_met", 1, "<=")}
    assert (whole["numerator"], whole["status"], whole["gap"], whole["deadline"]["state"]) == (76, "not_met", 1, "open")
    (progress,) = targets["targets"]
    assert (progress["gap"], progress["required_per_month"]) == (1, 1)
    assert (progress["forecast"]["state"], progress["forecast"]["numerator"], progress["forecast"]["gap"]) == ("will_meet", 66, 0)
    assert [(entry["rank"], entry["area"]) for entry in ranking["entries"]] == [(1, RENHE), (2, LIJIA), (3, KANGMEI)]
    (moved,) = [line for line in what_if["lines"] if (line["area"], line["org"]) == (None, None)]
    assert (moved["before"]["status"], moved["after"]["status"], moved["flipped"]) == ("not_met", "met", True)
    (variant,) = explained["variants"]
    assert faults(variant) == []
    assert [step["result"] for step in variant["steps"] if step["kind"] in {"verdict", "gap"}] == ["not_met", "1"]


async def test_the_report_says_what_exceeds_an_upper_limit(create_campaign: CreateCampaign) -> None:
    town = await create_campaign("pon_10g_share", carriers=["telecom"], streets=[KANGMEI, RENHE], edit=_upper_limit)
    for month, fast in (("2022-06", 60), ("2022-07", 50), ("2022-08", 40)):
        counts = [(FAST, KANGMEI, fast), (FAST, RENHE, 20), *((PORTS, area, 100) for area in (KANGMEI, RENHE))]
        await town.push_ok("telecom", counts, month)

    number = (await issue(town)).json()["number"]
    word, book = [(await town.get(f"/v1/reports/{number}/report.{ending}")).content for ending in ("docx", "xlsx")]

    lines = paragraphs(word)
    assert "未达标1项：城市10G-PON端口占比为30.0%（目标不高于25%，超出10个10G及以上PON端口）。" in lines
    first = lines.index("≤25")
    assert lines[first : first + 5] == ["≤25", "35.0", "30.0", "-5.0", "超出10个10G及以上PON端口"]
    assert "超出10G及以上PON端口（个）" in lines
    assert "未达到全区目标的街道：城市10G-PON端口占比1个（康美）。" in lines
    assert any(line.startswith("-") and line.endswith("个") for line in lines[lines.index("达标所需月增量") :])
    assert not [line for line in lines if "尚差" in line or "低于" in line or "≥" in line]
    row = next(row for row in rows_of(book, "指标") if row[1] == "城市10G-PON端口占比（%）")
    assert (row[2], row[6:8], row[10]) == (25.0, [10.0, "超出10G及以上PON端口（个）"], "")
    with zipfile.ZipFile(io.BytesIO(book)) as package:
        assert "&quot;≤&quot;#,##0" in package.read("xl/styles.xml").decode()


async def test_a_scenario_lists_no_line_whose_hidden_sums_alone_differ(create_campaign: CreateCampaign) -> None:
    town = await create_campaign("pon_10g_share", carriers=["telecom", "mobile"], streets=[KANGMEI])
    await town.push_ok("telecom", [(FAST, KANGMEI, 10), (PORTS, KANGMEI, 100)])  # mobile is missing

    async def moved(**count: Any) -> set[tuple[str | None, str | None]]:
        body = {"month": "2022-08", "counts": [{"metric": FAST, "area": KANGMEI, "org": "telecom", **count}]}
        answer = (await town.api.post("/v1/what-if", json=body, headers=town.headers("economy"))).json()
        assert all(line["before"] != line["after"] for line in answer["lines"])
        return {(line["area"], line["org"]) for line in answer["lines"]}

    assert await moved(value=11) == {(None, "telecom"), (KANGMEI, "telecom")}  # the incomplete lines stay as they are
    assert await moved(value=10) == set()
    assert await moved(value=None) == {(None, None), (None, "telecom"), (KANGMEI, None), (KANGMEI, "telecom")}
    assert await moved(org="mobile", value=1) == {(None, None), (None, "mobile"), (KANGMEI, None), (KANGMEI, "mobile")}
