"""Templates carry their organisation, month and version; a file that names another organisation is refused."""

import io
import re
from collections.abc import Mapping
from typing import Any

import pytest
import xlsxwriter  # type: ignore[import-untyped]
from httpx import Response

from shared.campaign.definition import Definition
from shared.values import media_types
from tests.fixtures_campaign_api import CampaignApi
from tests.push_paths import path_for
from tests.services.ingest.pushing import WHOLE, stored
from tests.services.ingest.registers.lists import place, pushed
from tests.services.ingest.templates.filling import Table, parts, table_of

TABLE: Table = [["指标", "区域", "月份", "数值"], ["fbb_subs_total", WHOLE, "2022-08", 5]]


def book(custom: Mapping[str, str], table: Table = TABLE, properties: Mapping[str, str] | None = None) -> bytes:
    """Return a workbook with custom properties and those that every workbook has."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as written:
        written.set_properties(properties or {})
        for name, text in custom.items():
            written.set_custom_property(name, text, "text")
        for row, cells in enumerate(table):
            if row == 0:
                sheet = written.add_worksheet("填报表 counts")
            sheet.write_row(row, 0, cells)
    return out.getvalue()


async def template(practice: CampaignApi, org: str, dataset: str = "observations") -> tuple[Table, dict[str, str]]:
    """Return the cells of a template and its custom properties."""
    answer = await practice.get(f"/v1/templates/{dataset}.xlsx", org, month="2022-08")
    assert answer.status_code == 200, answer.text
    custom = parts(answer.content, "docProps/custom.xml")
    return table_of(answer.content, "xlsx"), dict(re.findall(r'name="(\w+)"><vt:lpwstr>([^<]*)<', custom))


async def push(practice: CampaignApi, content: bytes, org: str = "telecom", path: str = "observations", **query: Any) -> Response:
    """Push a workbook."""
    headers = practice.headers(org) | {"Content-Type": media_types.XLSX}
    return await practice.api.post(path_for(f"/v1/{path}", media_types.XLSX), content=content, params=query, headers=headers)


def refusal(answer: Response) -> tuple[int, str, str]:
    """Return status, and code and value of the only error."""
    (error,) = answer.json()["errors"]
    return answer.status_code, error["code"], error["value"]


async def test_a_template_names_its_campaign_organisation_month_and_version(liangjiang: CampaignApi) -> None:
    version = (await liangjiang.get_ok("/v1/summary", month="2022-08"))["definition_version"]
    expected = {"gigacity_campaign": "liangjiang-2022", "gigacity_month": "2022-08", "gigacity_version": str(version)}

    assert (await template(liangjiang, "telecom"))[1] == expected | {"gigacity_org": "telecom"}
    assert (await template(liangjiang, "kangmei", dataset="registers/compounds"))[1] == expected | {"gigacity_org": "kangmei"}


async def test_a_template_of_another_organisation_month_or_campaign_is_refused(liangjiang: CampaignApi) -> None:
    _, custom = await template(liangjiang, "mobile")

    assert refusal(await push(liangjiang, book(custom))) == (422, "other_org", "mobile")
    own = custom | {"gigacity_org": "telecom"}
    national = book(own | {"gigacity_campaign": "national-2022"})
    assert refusal(await push(liangjiang, national)) == (422, "other_campaign", "national-2022")
    july = book(own | {"gigacity_month": "2022-07"})
    assert refusal(await push(liangjiang, july, month="2022-08")) == (422, "ambiguous_month", "2022-07")
    assert await stored(liangjiang) == set()
    assert (await push(liangjiang, book(own), month="2022-08")).status_code == 201


async def test_a_registers_template_of_another_organisation_is_refused(liangjiang: CampaignApi) -> None:
    await pushed(liangjiang, "economy", "key_places", [place("A")])
    table, custom = await template(liangjiang, "mobile", dataset="registers/place_tests")
    titles = [title.rpartition(" ")[2] for title in table[0]]
    table[1][titles.index("reached")], table[1][titles.index("tested_at")] = "是", "2022-08-15 10:30"
    file = book(custom, table)

    refused = await push(liangjiang, file, "telecom", "registers/place_tests/rows")
    own = await push(liangjiang, file, "mobile", "registers/place_tests/rows")

    assert refusal(refused) == (422, "other_org", "mobile")
    assert own.status_code == 201, own.text


async def test_a_template_of_an_earlier_definition_is_read_and_named(liangjiang: CampaignApi, definition: Definition) -> None:
    _, custom = await template(liangjiang, "telecom")
    await liangjiang.apply(definition.model_copy(update={"targets": definition.targets[1:]}))

    answer = await push(liangjiang, book(custom))

    assert answer.status_code == 201, answer.text
    notes = {note["kind"]: note for note in answer.json()["report"]["normalisations"]}
    assert notes["earlier_template"]["before"] == custom["gigacity_version"]


@pytest.mark.parametrize(
    ("properties", "refused"),
    [
        ({"company": "中国移动"}, True),
        ({"company": "移动重庆城二分公司"}, True),
        ({"author": "China Mobile"}, True),
        ({"company": "中国移动", "author": "电信两江新区分公司"}, False),  # one of them is the sender
        ({"company": "中国电信"}, False),
        ({"company": "移动"}, False),  # short names are words too
        ({"author": "mobile"}, False),
        ({"company": "中国移动通信集团重庆有限公司"}, False),  # not exactly a name of the campaign
        ({"company": "经济运行局"}, False),  # a bureau sends round forms to fill in
        ({"company": "Microsoft", "author": "李四"}, False),
        ({}, False),
    ],
)
async def test_a_file_made_by_another_carrier_is_refused_beyond_doubt_only(
    liangjiang: CampaignApi, properties: dict[str, str], refused: bool
) -> None:
    answer = await push(liangjiang, book({}, properties=properties))

    if refused:
        assert refusal(answer) == (422, "other_org", next(iter(properties.values())))
    else:
        assert answer.status_code == 201, answer.text


async def test_properties_that_are_none_change_nothing(liangjiang: CampaignApi) -> None:
    for custom in ({"gigacity_org": "x" * 250}, {"gigacity_": "x"}, {"org": "mobile"}, {f"gigacity_{n}": "x" for n in range(50)}):
        assert (await push(liangjiang, book(custom))).status_code == 201


async def test_the_file_with_its_errors_marked_is_still_that_template(liangjiang: CampaignApi) -> None:
    _, custom = await template(liangjiang, "telecom")
    refused = await push(liangjiang, book(custom, [TABLE[0], ["fbb_subs_total", WHOLE, "2022-08", "25%"]]))

    marked = await liangjiang.get(f"/v1/imports/{refused.json()['import_id']}/errors.xlsx", "telecom")

    assert dict(re.findall(r'name="(\w+)"><vt:lpwstr>([^<]*)<', parts(marked.content, "docProps/custom.xml"))) == custom
