"""Challenges in the inbox: of the organisation whose count it is, and of those who decide."""

from tests.fixtures_campaign_api import CampaignApi
from tests.services.cases.challenges.challenging import (
    COUNT,
    ECONOMY,
    MOBILE,
    REGULATOR,
    TASK_FORCE,
    TELECOM,
    Caller,
    accepted_month,
    correct,
    moved,
    on_day,
    opened,
)

EVERYBODY = (TELECOM, MOBILE, ECONOMY, TASK_FORCE, REGULATOR, Caller("leading_group"))
Entry = tuple[str, str, int, bool]
"""Action, due date, days left, and whether it is overdue."""


async def waiting(campaign: CampaignApi, **query: str) -> dict[str, Entry]:
    """Return who has the only challenge in its inbox, and what is expected of it."""
    found = {}
    for caller in EVERYBODY:
        params = {"kind": "challenge", **query}
        page = (await campaign.api.get("/v1/inbox", params=params, headers=campaign.headers(*caller))).json()
        for entry in page["items"]:
            found[caller.org] = (entry["action"], entry["due_on"], entry["days_left"], entry["overdue"])
    return found


async def test_a_challenge_waits_for_its_answer_its_correction_and_its_decision(liangjiang: CampaignApi) -> None:
    await accepted_month(liangjiang, "telecom")
    path = await opened(liangjiang, REGULATOR)
    days = {"2022-09-06": await waiting(liangjiang)}
    on_day(liangjiang, "2022-09-09")
    await moved(liangjiang, path, TELECOM, "concede")
    days["2022-09-09"] = await waiting(liangjiang)
    on_day(liangjiang, "2022-09-19")  # the 12th was a holiday
    days["2022-09-19"] = await waiting(liangjiang)
    on_day(liangjiang, "2022-09-28")
    days["2022-09-28"] = await waiting(liangjiang)
    await moved(liangjiang, path, ECONOMY, "uphold")
    on_day(liangjiang, "2022-09-29")
    days["2022-09-29"] = await waiting(liangjiang)
    on_day(liangjiang, "2022-09-30")
    assert (await correct(liangjiang, path)).status_code == 201
    days["2022-09-30"] = await waiting(liangjiang)

    def decide(due: str, days_left: int) -> dict[str, Entry]:
        entry = ("decide_challenge", due, days_left, days_left < 0)
        return {"economy": entry, "industry": entry, "regulator": entry}

    assert days == {
        "2022-09-06": {"telecom": ("answer", "2022-09-14", 8, False)},
        "2022-09-09": {"telecom": ("correct", "2022-09-19", 10, False)},
        "2022-09-19": {"telecom": ("correct", "2022-09-19", 0, False)},
        "2022-09-28": decide("2022-09-26", -2),
        "2022-09-29": {"telecom": ("correct", "2022-10-10", 11, False)},
        "2022-09-30": {},
    }
    for day in ("2022-09-06", "2022-09-09", "2022-09-19", "2022-09-29"):
        assert await waiting(liangjiang, as_of=day) == days[day], day


async def test_a_challenge_has_the_count_in_words_and_a_choice_of_moves(liangjiang: CampaignApi) -> None:
    await accepted_month(liangjiang, "telecom")
    path = await opened(liangjiang)
    (entry,) = (await liangjiang.get_ok("/v1/inbox", "telecom", kind="challenge"))["items"]

    assert (entry["path"], entry["id"], entry["org"]) == (path, path.rpartition("/")[2], "telecom")
    assert entry["title"].startswith("2022-08 固定宽带用户数 ")
    assert entry["label"] == {"zh": "答复质疑：承认有误或答辩", "en": "concede or rebut the challenge"}
    assert COUNT not in entry["title"]


async def test_a_correction_that_was_missed_waits_for_nobody(liangjiang: CampaignApi) -> None:
    await accepted_month(liangjiang, "telecom")
    path = await opened(liangjiang)
    await moved(liangjiang, path, TELECOM, "rebut")
    await moved(liangjiang, path, ECONOMY, "uphold")
    on_day(liangjiang, "2022-09-14")
    in_time = await waiting(liangjiang)
    on_day(liangjiang, "2022-09-15")

    assert in_time == {"telecom": ("correct", "2022-09-14", 0, False)}
    assert await waiting(liangjiang) == {}
