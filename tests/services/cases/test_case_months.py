"""The months that an application case counts for: from that of its approval to the one before its end."""

from datetime import datetime

import psycopg
import pytest

from shared.vocabulary import Role
from tests.filed_cases import file_case, move_case, revoke_case, try_move
from tests.fixtures_campaign_api import CampaignApi, CreateCampaign

NUMBER = "application_cases"


async def _numbers(campaign: CampaignApi, *months: str, **as_of: int) -> list[int]:
    return [(await campaign.line(NUMBER, month=month, **as_of))["numerator"] for month in months]


def _at(campaign: CampaignApi, time: str) -> None:
    campaign.clock.fixed = datetime.fromisoformat(f"{time}+08:00")


async def test_a_revocation_ends_with_the_month_of_its_date(create_campaign: CreateCampaign) -> None:
    town = await create_campaign(NUMBER)
    _, _, third, fourth = [await file_case(town, title, "2022-07-20") for title in ("甲", "乙", "丙", "丁")]
    _at(town, "2022-10-31T23:59")
    revoked_in_october = await revoke_case(town, fourth, "2022-10-31")
    before = revoked_in_october["ended_version"]
    _at(town, "2022-11-01T00:30")  # October still by UTC
    revoked = await revoke_case(town, third, "2022-11-01")

    assert (revoked_in_october["ended_on"], revoked["ended_on"]) == ("2022-10-31", "2022-11-01")
    assert await _numbers(town, "2022-06", "2022-07", "2022-09", "2022-10", "2022-11") == [0, 4, 4, 3, 2]
    assert await _numbers(town, "2022-09", "2022-10", as_of=before) == [4, 3]
    assert await _numbers(town, "2022-09", "2022-10", as_of=before - 1) == [4, 4]
    explained = await town.get_ok(f"/v1/indicators/{NUMBER}/explanation", month="2022-10")
    assert [(case["title"], case["ended_on"]) for case in explained["cases"]] == [
        ("甲", None),
        ("乙", None),
        ("丙", "2022-11-01"),
    ]
    changed = await town.get_ok("/v1/changes", since=before, month="2022-10")
    assert changed["lines"] == []


async def test_a_case_approved_and_revoked_in_one_month_counts_for_none(create_campaign: CreateCampaign) -> None:
    town = await create_campaign(NUMBER)
    await revoke_case(town, await file_case(town, "甲", "2022-09-02"), "2022-09-06")

    assert await _numbers(town, "2022-08", "2022-09") == [0, 0]


async def test_a_back_dated_revocation_is_a_revision_of_the_months_since(create_campaign: CreateCampaign) -> None:
    town = await create_campaign(NUMBER)
    path = await file_case(town, "甲", "2022-09-02")
    _at(town, "2022-11-06T10:00")
    before = (await town.get_ok("/v1/summary", month="2022-10"))["data_version"]
    revoked = await revoke_case(town, path, "2022-10-01")

    assert await _numbers(town, "2022-08", "2022-09", "2022-10", "2022-11") == [0, 1, 0, 0]
    assert await _numbers(town, "2022-09", "2022-10", as_of=before) == [1, 1]
    series = await town.get_ok(f"/v1/indicators/{NUMBER}/series", **{"from": "2022-09", "to": "2022-11"})
    revisions = [
        [(each["month"], each["before"], each["after"], each["data_version"]) for each in found["revisions"]]
        for point in series["points"]
        for found in point["net_addition"]["breaks"]
        if found["kind"] == "revision"
    ]
    texts = {found["text"]["en"] for point in series["points"] for found in point["net_addition"]["breaks"]}
    assert "approvals of cases began or ended after the end of 2022-10" in texts
    version = revoked["ended_version"]
    assert revisions == [[("2022-10", 1, 0, version)], [("2022-10", 1, 0, version)]]
    changed = await town.get_ok("/v1/changes", since=before)
    numbers = {line["month"]: line["after"]["numerator"] for line in changed["lines"]}
    assert numbers == {"2022-10": 0, "2022-11": 0}


async def test_an_approved_case_that_is_merged_counts_once_from_then_on(create_campaign: CreateCampaign) -> None:
    town = await create_campaign(NUMBER)
    first, second = [await file_case(town, title, "2022-08-20") for title in ("甲", "乙")]
    _at(town, "2022-10-06T10:00")
    merged = await move_case(
        town, second, "industry", Role.TASK_FORCE, move="merge", merged_into=first.rpartition("/")[2], reason="同一应用"
    )

    assert (merged["state"], merged["merged_into"], merged["ended_on"]) == ("merged", first.rpartition("/")[2], "2022-10-06")
    assert await _numbers(town, "2022-08", "2022-09", "2022-10") == [2, 2, 1]


async def test_a_back_dated_approval_is_a_revision_of_the_months_that_had_ended(create_campaign: CreateCampaign) -> None:
    town = await create_campaign(NUMBER)
    await file_case(town, "甲", "2022-09-02")
    before = (await town.get_ok("/v1/summary", month="2022-09"))["data_version"]
    _at(town, "2022-11-06T10:00")
    await file_case(town, "乙", "2022-09-30")
    version = (await town.get_ok("/v1/summary", month="2022-09"))["data_version"]

    assert await _numbers(town, "2022-09", "2022-10", "2022-11") == [2, 2, 2]
    series = await town.get_ok(f"/v1/indicators/{NUMBER}/series", **{"from": "2022-09", "to": "2022-11"})
    additions = [point["net_addition"] for point in series["points"]]
    assert [addition["numerator"] for addition in additions] == [2, 0, 0]
    revisions = [
        [each for found in addition["breaks"] if found["kind"] == "revision" for each in found["revisions"]]
        for addition in additions
    ]
    assert [[(each["month"], each["before"], each["after"]) for each in found] for found in revisions] == [
        [("2022-09", 1, 2)],
        [("2022-09", 1, 2), ("2022-10", 1, 2)],
        [("2022-10", 1, 2)],
    ]
    revised = [each for found in revisions for each in found]
    assert {each["data_version"] for each in revised} == {version}
    assert {each[name] for each in revised for name in ("org", "metric", "area")} == {None}
    changed = await town.get_ok("/v1/changes", since=before)
    numbers = {
        line["month"]: (line["before"] and line["before"]["numerator"], line["after"]["numerator"]) for line in changed["lines"]
    }
    assert numbers == {"2022-09": (1, 2), "2022-10": (None, 2), "2022-11": (None, 2)}  # October and November began
    assert all(line["versions"] == [version] for line in changed["lines"])


async def test_cases_approved_in_their_own_month_revise_nothing(create_campaign: CreateCampaign) -> None:
    town = await create_campaign(NUMBER)
    for time, day in (("2022-09-25T10:00", "2022-09-20"), ("2022-10-31T23:59", "2022-10-01")):
        _at(town, time)
        await file_case(town, f"{day}案例", day)
    _at(town, "2022-11-06T10:00")

    series = await town.get_ok(f"/v1/indicators/{NUMBER}/series", **{"from": "2022-09", "to": "2022-10"})

    assert [point["net_addition"]["breaks"] for point in series["points"]] == [[], []]
    assert [point["net_addition"]["numerator"] for point in series["points"]] == [1, 1]


async def test_an_end_from_a_release_without_days_counts_for_no_month(
    create_campaign: CreateCampaign,
) -> None:
    """As it did when it was withdrawn."""
    town = await create_campaign(NUMBER)
    await revoke_case(town, await file_case(town, "甲", "2022-07-20"), "2022-09-06")
    assert await _numbers(town, "2022-08") == [1]

    with psycopg.connect(town.owner) as connection:
        connection.execute("SELECT gigacity_begin(%s, 'telecom', 'own')", [town.campaign])
        assert connection.execute("UPDATE case_file SET ended_on = NULL").rowcount == 1

    assert await _numbers(town, "2022-08") == [0]


async def test_a_merge_may_be_dated_back_to_the_approval_and_not_before(create_campaign: CreateCampaign) -> None:
    town = await create_campaign(NUMBER)
    first, second = [await file_case(town, title, "2022-08-20") for title in ("甲", "乙")]
    _at(town, "2022-10-06T10:00")
    move = {"move": "merge", "merged_into": first.rpartition("/")[2]}
    for day in ("2022-08-19", "2022-10-07"):
        refused = await try_move(town, second, "industry", Role.TASK_FORCE, **move, on=day)
        assert (refused.status_code, refused.json()["errors"][0]["where"]) == (422, "/on")
    merged = await move_case(town, second, "industry", Role.TASK_FORCE, **move, on="2022-09-30")

    assert merged["ended_on"] == "2022-09-30"
    assert await _numbers(town, "2022-08", "2022-09", "2022-10") == [2, 1, 1]
    assert await _revisions(town) == [("2022-09", 2, 1, merged["ended_version"])]


async def test_a_merge_that_is_undone_counts_as_if_it_had_never_been(create_campaign: CreateCampaign) -> None:
    town = await create_campaign(NUMBER)
    first, second = [await file_case(town, title, "2022-08-20") for title in ("甲", "乙")]
    into = first.rpartition("/")[2]
    _at(town, "2022-10-06T10:00")
    merged = await move_case(town, second, "industry", Role.TASK_FORCE, move="merge", merged_into=into, on="2022-09-06")
    during = merged["ended_version"]
    assert await _titles(town, "2022-08") == [("甲", None), ("乙", "2022-09-06")]
    refused = await try_move(town, second, "industry", Role.TASK_FORCE, move="undo_merge")
    assert refused.status_code == 422
    undone = await move_case(town, second, "industry", Role.TASK_FORCE, move="undo_merge", reason="不是同一应用")

    assert (undone["state"], undone["merged_into"], undone["ended_on"], undone["ended_version"]) == ("approved", None, None, None)
    assert (undone["approved_on"], undone["approved_version"]) == (merged["approved_on"], merged["approved_version"])
    assert await _numbers(town, "2022-07", "2022-08", "2022-09", "2022-10") == [0, 2, 2, 2]
    assert await _numbers(town, "2022-07", "2022-08", "2022-09", "2022-10", as_of=during) == [0, 2, 1, 1]
    assert await _numbers(town, "2022-08", "2022-09", as_of=during - 1) == [2, 2]
    assert await _titles(town, "2022-09") == [("甲", None), ("乙", None)]
    assert await _titles(town, "2022-09", as_of=during) == [("甲", None)]
    assert await _titles(town, "2022-08", as_of=during) == [("甲", None), ("乙", "2022-09-06")]
    history = (await town.api.get(f"{second}/history", headers=town.headers("industry", Role.TASK_FORCE))).json()["items"]
    assert [(each["move"], each["on"], each["reason"], each["state"]) for each in history[-2:]] == [
        ("merge", "2022-09-06", None, "merged"),
        ("undo_merge", None, "不是同一应用", "approved"),
    ]


async def test_series_and_changes_follow_a_merge_and_its_undoing(create_campaign: CreateCampaign) -> None:
    """Each month is compared with its last day; of the changes between two versions only the net one is left."""
    town = await create_campaign(NUMBER)
    first, second = [await file_case(town, title, "2022-08-20") for title in ("甲", "乙")]
    before = (await town.get_ok("/v1/summary", month="2022-09"))["data_version"]
    _at(town, "2022-10-06T10:00")
    into = first.rpartition("/")[2]
    merged = await move_case(town, second, "industry", Role.TASK_FORCE, move="merge", merged_into=into, on="2022-09-06")
    _at(town, "2022-11-06T10:00")  # October ended while they were merged
    await move_case(town, second, "industry", Role.TASK_FORCE, move="undo_merge", reason="不是同一应用")
    after = (await town.get_ok("/v1/summary", month="2022-10"))["data_version"]

    assert await _revisions(town) == [("2022-10", 1, 2, after)]
    changed = await town.get_ok("/v1/changes", since=merged["ended_version"])
    numbers = {line["month"]: line["before"] and line["before"]["numerator"] for line in changed["lines"]}
    assert numbers == {"2022-09": 1, "2022-10": 1, "2022-11": None}  # which had not begun
    assert {line["after"]["numerator"] for line in changed["lines"]} == {2}
    net = await town.get_ok("/v1/changes", since=before)
    assert {line["month"] for line in net["lines"]} == {"2022-10", "2022-11"}


async def test_a_case_is_merged_undone_and_merged_again(create_campaign: CreateCampaign) -> None:
    town = await create_campaign(NUMBER)
    first, second = [await file_case(town, title, "2022-07-20") for title in ("甲", "乙")]
    into, numbers = first.rpartition("/")[2], []
    _at(town, "2022-11-06T10:00")
    for day in ("2022-09-06", "2022-10-06"):
        await move_case(town, second, "industry", Role.TASK_FORCE, move="merge", merged_into=into, on=day)
        numbers.append(await _numbers(town, "2022-08", "2022-09", "2022-10"))
        await move_case(town, second, "industry", Role.TASK_FORCE, move="undo_merge", reason="误并")
        numbers.append(await _numbers(town, "2022-08", "2022-09", "2022-10"))
    version = (await town.get_ok("/v1/summary", month="2022-10"))["data_version"]

    assert numbers == [[2, 1, 1], [2, 2, 2], [2, 2, 1], [2, 2, 2]]
    assert [await _numbers(town, "2022-08", "2022-09", "2022-10", as_of=version - back) for back in (3, 2, 1, 0)] == numbers


@pytest.mark.parametrize(
    ("moves", "state"),
    [
        ([], "submitted"),
        ([{"move": "take_up"}], "in_review"),
        ([{"move": "return", "reason": "…"}], "returned"),
        ([{"move": "take_up"}, {"move": "reject", "reason": "…"}], "rejected"),
    ],
)
async def test_undoing_a_merge_restores_the_state_before_it(
    create_campaign: CreateCampaign, moves: list[dict[str, str]], state: str
) -> None:
    town = await create_campaign(NUMBER)
    first, second = await file_case(town, "甲", "2022-08-20"), await file_case(town, "乙")
    for move in moves:
        await move_case(town, second, "industry", Role.TASK_FORCE, **move)
    before = (await town.get_ok("/v1/summary", month="2022-09"))["data_version"]
    await move_case(town, second, "industry", Role.TASK_FORCE, move="merge", merged_into=first.rpartition("/")[2])
    undone = await move_case(town, second, "industry", Role.TASK_FORCE, move="undo_merge", reason="误并")

    assert (undone["state"], undone["merged_into"]) == (state, None)
    assert (await town.get_ok("/v1/summary", month="2022-09"))["data_version"] == before  # nothing that a summary sees


async def test_a_revoked_case_that_was_merged_stays_revoked(create_campaign: CreateCampaign) -> None:
    town = await create_campaign(NUMBER)
    first, second = [await file_case(town, title, "2022-08-20") for title in ("甲", "乙")]
    revoked = await revoke_case(town, second, "2022-09-06")
    await move_case(town, second, "industry", Role.TASK_FORCE, move="merge", merged_into=first.rpartition("/")[2])
    undone = await move_case(town, second, "industry", Role.TASK_FORCE, move="undo_merge", reason="误并")

    assert {name: undone[name] for name in ("state", "ended_on", "ended_version")} == {
        name: revoked[name] for name in ("state", "ended_on", "ended_version")
    }
    assert await _numbers(town, "2022-08", "2022-09") == [2, 1]


async def test_a_merge_stays_if_the_same_application_was_approved_since(create_campaign: CreateCampaign) -> None:
    town = await create_campaign(NUMBER)
    first, second = [await file_case(town, title, "2022-08-20") for title in ("甲", "乙")]
    await move_case(town, second, "industry", Role.TASK_FORCE, move="merge", merged_into=first.rpartition("/")[2])
    again = await file_case(town, "乙", "2022-09-01", org="mobile")
    refused = await try_move(town, second, "industry", Role.TASK_FORCE, move="undo_merge", reason="误并")

    assert (refused.status_code, refused.json()["code"], refused.json()["same_as"]) == (
        409,
        "duplicate_case",
        again.rpartition("/")[2],
    )
    assert await _numbers(town, "2022-09") == [2]


async def _titles(campaign: CampaignApi, month: str, **as_of: int) -> list[tuple[str, str | None]]:
    explained = await campaign.get_ok(f"/v1/indicators/{NUMBER}/explanation", month=month, **as_of)
    return [(case["title"], case["ended_on"]) for case in explained["cases"]]


async def _revisions(campaign: CampaignApi) -> list[tuple[str, int, int, int]]:
    """Return the months since September whose number changed after they had ended: month, numbers and data version."""
    series = await campaign.get_ok(f"/v1/indicators/{NUMBER}/series", **{"from": "2022-09", "to": "2022-11"})
    revised = {
        (each["month"], each["before"], each["after"], each["data_version"])
        for point in series["points"]
        for found in point["net_addition"]["breaks"]
        if found["kind"] == "revision"
        for each in found["revisions"]
        if each["month"] >= "2022-09"
    }
    return sorted(revised)
