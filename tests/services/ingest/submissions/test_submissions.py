"""The monthly sign-off: what is attested, returned and said, and that two who move at once do not both succeed."""

import asyncio
import hashlib
import json
from typing import Any

import pytest

from shared.vocabulary import Role
from tests.fixtures_campaign_api import CampaignApi, rows
from tests.services.ingest.registers.lists import building, covered, pushed, station

WHOLE = "liangjiang"
TOTAL = ("fbb_subs_total", WHOLE)
MONTH = "/v1/submissions/telecom/2022-08"


async def _attested(practice: CampaignApi, **change: Any) -> dict[str, Any]:
    """A body that submits what stands, with some fields changed."""
    read = await practice.get_ok(MONTH, "telecom")
    return {
        "move": "submit",
        "content_hash": read["content_hash"],
        "attested_by": {"name": "李四", "title": "副总经理"},
        **change,
    }


async def _tag(practice: CampaignApi, org: str = "telecom", role: Role | None = None) -> dict[str, str]:
    headers = practice.headers(org, role)
    return headers | {"If-Match": (await practice.api.get(MONTH, headers=headers)).headers["ETag"]}


async def test_a_person_attests_exactly_the_counts_that_were_read(liangjiang: CampaignApi) -> None:
    await liangjiang.push_ok("telecom", [(*TOTAL, 80), ("olt_pon_ports_total", "500112022", 3)])
    lines = "fbb_subs_total,liangjiang,80\nolt_pon_ports_total,500112022,3"

    answer = await liangjiang.move("telecom", "submit")

    document = answer.json()
    assert document["attested_hash"] == document["content_hash"] == hashlib.sha256(lines.encode()).hexdigest()
    assert document["attested_by"] == {"name": "李四", "title": "副总经理"}
    assert (document["state"], document["actions"], document["cells"]) == ("submitted", [], [])
    assert (await liangjiang.get_ok(MONTH))["actions"] == ["return", "accept"]


async def test_who_attested_stands_there_until_the_month_is_opened_again(liangjiang: CampaignApi) -> None:
    await liangjiang.push_ok("telecom", [(*TOTAL, 80)])
    signed = (await liangjiang.move("telecom", "submit")).json()

    await liangjiang.make_moves("telecom", "accept")
    accepted = await liangjiang.get_ok(MONTH)
    await liangjiang.make_moves("telecom", "reopen")
    opened = await liangjiang.get_ok(MONTH)

    assert accepted["state"] == "accepted"
    assert (accepted["attested_hash"], accepted["attested_by"]) == (signed["content_hash"], {"name": "李四", "title": "副总经理"})
    assert (opened["state"], opened["attested_hash"], opened["attested_by"]) == ("open", None, None)


def register_lines(register: str, rows: list[dict[str, Any]]) -> list[str]:
    """The lines of a register's rows, as docs/carriers.md tells them."""
    left_out = {"org", "month", "area", "data_version", "import_id", "reported_at"}
    lines = []
    for row in rows:
        told = sorted((len(name), name) for name, value in row.items() if name not in left_out and value is not None)
        body = json.dumps({name: row[name] for _, name in told}, ensure_ascii=False)
        area = f"{row['area']}," if "area" in row else ""
        lines.append(f"registers/{register},{area}{body}")
    return lines


async def test_the_rows_of_ones_registers_are_attested_with_the_counts(liangjiang: CampaignApi) -> None:
    await liangjiang.push_ok("telecom", [(*TOTAL, 80)])
    await pushed(liangjiang, "kangmei", "compounds", [building("KM-1", 132)])
    await pushed(liangjiang, "telecom", "base_stations", [station("9", "telecom", shared_with=["mobile", "unicom"])])
    counts_only = (await liangjiang.get_ok(MONTH, "telecom"))["content_hash"]
    await pushed(liangjiang, "telecom", "home_coverage", [covered("KM-1", 100, note='“引号”"\\')])
    await pushed(liangjiang, "unicom", "home_coverage", [covered("KM-1", 90)])

    read = (await liangjiang.get_ok(MONTH, "telecom"))["content_hash"]

    facts = [(each["metric"], each["area"], each["value"]) for each in await observations(liangjiang)]
    lines = [f"{metric},{area},{value}" for metric, area, value in sorted(facts)]
    for register in ("base_stations", "home_coverage"):
        lines += register_lines(register, (await liangjiang.get_ok(f"/v1/registers/{register}/rows", "telecom"))["items"])
    assert len(lines) > 3
    assert read == hashlib.sha256("\n".join(lines).encode()).hexdigest()
    assert read != counts_only
    listed = (await liangjiang.get_ok("/v1/submissions", month="2022-08"))["items"]
    assert {each["org"]: each["content_hash"] for each in listed}["telecom"] == read
    moved = await pushed(liangjiang, "telecom", "home_coverage", [covered("KM-1", 100, note="另一说明")])
    assert moved == {"received": 1, "updated": 1}
    assert (await liangjiang.get_ok(MONTH, "telecom"))["content_hash"] != read


async def observations(practice: CampaignApi) -> list[dict[str, Any]]:
    """Telecom's counts that stand."""
    items: list[dict[str, Any]] = (await practice.get_ok("/v1/observations", "telecom", month="2022-08", limit=500))["items"]
    return items


async def test_counts_that_moved_since_they_were_read_are_not_attested(liangjiang: CampaignApi) -> None:
    await liangjiang.push_ok("telecom", [(*TOTAL, 80)])
    body, headers = await _attested(liangjiang), await _tag(liangjiang)
    await liangjiang.push_ok("telecom", [(*TOTAL, 81)])

    old = await liangjiang.api.post(f"{MONTH}/moves", json=body, headers=headers)
    old_hash = await liangjiang.api.post(f"{MONTH}/moves", json=body, headers=await _tag(liangjiang))
    now = await _attested(liangjiang)
    old_tag = await liangjiang.api.post(f"{MONTH}/moves", json=now, headers=headers)

    assert (old.status_code, old_hash.status_code, old_tag.status_code) == (409, 409, 412)
    assert old.json()["content_hash"] == now["content_hash"]
    assert (await liangjiang.get_ok(MONTH))["state"] == "open"


@pytest.mark.parametrize(
    "change",
    [
        {"attested_by": None},
        {"attested_by": {"name": "李四"}},
        {"attested_by": {"name": "  ", "title": "副总经理"}},
        {"attested_by": {"name": "李\u202e四", "title": "副总经理"}},
        {"attested_by": {"name": "李" * 101, "title": "副总经理"}},
        {"content_hash": None},
        {"content_hash": "A" * 64},
        {"cells": [{"metric": "fbb_subs_total", "area": WHOLE}]},
        {"move": "return"},
        {"move": "return", "reason": " "},
        {"move": "return", "reason": "x" * 1_001},
        {"move": "return", "reason": "x", "cells": []},
        {"move": "reopen"},
        {"move": "vanish"},
        {"because": "x"},
    ],
)
async def test_a_move_that_does_not_say_what_it_must_is_refused(liangjiang: CampaignApi, change: dict[str, Any]) -> None:
    body = {key: value for key, value in (await _attested(liangjiang, **change)).items() if value is not None}

    answer = await liangjiang.api.post(f"{MONTH}/moves", json=body, headers=await _tag(liangjiang))

    assert (answer.status_code, answer.json()["code"]) == (422, "schema")
    assert (await liangjiang.get_ok(MONTH))["data_version"] is None


async def test_a_return_names_the_cells_it_means_until_the_month_is_submitted_again(liangjiang: CampaignApi) -> None:
    await liangjiang.push_ok("telecom", [(*TOTAL, 80)])
    await liangjiang.make_moves("telecom", "submit")
    cells = [{"metric": "fbb_subs_total", "area": WHOLE}, {"metric": "bs_5g_built", "area": "500112022"}]

    returned = await liangjiang.move("telecom", "return", "economy", reason="与上月差异过大", cells=cells)
    seen = await liangjiang.get_ok(MONTH, "telecom")
    await liangjiang.make_moves("telecom", "submit")

    assert returned.status_code == 200
    assert (seen["state"], seen["reason"], seen["cells"], seen["actions"]) == ("returned", "与上月差异过大", cells, ["submit"])
    assert (await liangjiang.get_ok(MONTH, "telecom"))["cells"] == []


async def test_a_return_cannot_name_cells_that_the_organisation_does_not_report(liangjiang: CampaignApi) -> None:
    await liangjiang.make_moves("telecom", "submit")
    wrong = [
        {"metric": "fbb_subs_totl", "area": WHOLE},
        {"metric": "tower_sites_total", "area": "500112022"},
        {"metric": "bs_5g_built", "area": WHOLE},
        {"metric": "bs_5g_built", "area": "500112022"},
        {"metric": "bs_5g_built", "area": "500112022"},
    ]

    refused = await liangjiang.move("telecom", "return", "economy", reason="x", cells=wrong)

    assert [(each["where"], each["code"]) for each in refused.json()["errors"]] == [
        ("/cells/0/metric", "unknown_metric"),
        ("/cells/1/metric", "unknown_metric"),
        ("/cells/2/area", "unknown_area"),
        ("/cells/4", "duplicate"),
    ]
    assert refused.json()["errors"][0]["hint"] is not None
    assert (await liangjiang.get_ok(MONTH))["state"] == "submitted"


async def test_the_tag_changes_with_whatever_the_answer_says(liangjiang: CampaignApi) -> None:
    async def read() -> tuple[str, bytes]:
        answer = await liangjiang.get(MONTH, "telecom")
        return answer.headers["ETag"], answer.content

    seen = [await read()]
    await liangjiang.push_ok("telecom", [(*TOTAL, 80)])
    seen.append(await read())
    await liangjiang.make_moves("telecom", "submit")
    seen.append(await read())
    await liangjiang.request_reopening("telecom")
    seen.append(await read())

    assert len({tag for tag, _ in seen}) == len({body for _, body in seen}) == len(seen)
    assert await read() == seen[-1]


@pytest.mark.parametrize("attempt", range(3))
async def test_of_two_who_move_a_month_at_once_one_succeeds(liangjiang: CampaignApi, attempt: int) -> None:
    await liangjiang.push_ok("telecom", [(*TOTAL, 80 + attempt)])
    await liangjiang.make_moves("telecom", "submit")
    bureau, task_force = await _tag(liangjiang, "economy"), await _tag(liangjiang, "industry", Role.TASK_FORCE)

    answers = await asyncio.gather(
        liangjiang.api.post(f"{MONTH}/moves", json={"move": "accept"}, headers=bureau),
        liangjiang.api.post(f"{MONTH}/moves", json={"move": "return", "reason": "请核对"}, headers=task_force),
    )

    assert sorted(answer.status_code for answer in answers) == [200, 412]
    won = next(answer.json() for answer in answers if answer.status_code == 200)
    assert (await liangjiang.get_ok(MONTH))["state"] == won["state"]


@pytest.mark.parametrize("attempt", range(4))
async def test_a_push_and_a_submission_at_once_leave_a_month_whose_counts_are_the_attested_ones(
    liangjiang: CampaignApi, attempt: int
) -> None:
    await liangjiang.push_ok("telecom", [(*TOTAL, 80)])
    body, headers = await _attested(liangjiang), await _tag(liangjiang)
    push = liangjiang.api.post("/v1/observations", json=rows([(*TOTAL, 90)]), headers=liangjiang.headers("telecom"))
    submit = liangjiang.api.post(f"{MONTH}/moves", json=body, headers=headers)

    first, second = await asyncio.gather(*((push, submit) if attempt % 2 else (submit, push)))
    pushed, submitted = (first, second) if attempt % 2 else (second, first)
    month = await liangjiang.get_ok(MONTH)

    assert sorted((pushed.status_code, submitted.status_code)) in ([201, 409], [200, 409])
    if submitted.status_code == 200:
        assert pushed.json()["code"] == "month_closed"
        assert (month["state"], month["attested_hash"]) == ("submitted", month["content_hash"])
    else:
        assert (month["state"], month["attested_hash"]) == ("open", None)
