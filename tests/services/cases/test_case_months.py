"""The months that an application case counts for: from that of its approval to the one before its end."""

from datetime import datetime

import psycopg

from shared.vocabulary import Role
from tests.filed_cases import file_case, move_case, revoke_case
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
