"""A carrier answers a challenge by correcting one count in an accepted month."""

from tests.fixtures_campaign_api import CampaignApi
from tests.services.cases.challenges.challenging import (
    COUNT,
    ECONOMY,
    MOBILE,
    OTHER,
    TELECOM,
    WHOLE,
    accepted_month,
    correct,
    move,
    moved,
    on_day,
    open_challenge,
    opened,
    read,
)


async def test_a_carrier_corrects_one_challenged_count_in_an_accepted_month(liangjiang: CampaignApi) -> None:
    await accepted_month(liangjiang, "telecom", "mobile", "unicom")
    line = await liangjiang.line("fbb_500m_share")
    path = await opened(liangjiang)
    challenge_id = path.rpartition("/")[2]

    # Everybody who may know sees it; no value changes.
    challenge = await read(liangjiang, path, TELECOM)
    assert (challenge["state"], challenge["due"], challenge["overdue"]) == ("open", "2022-09-14", False)
    assert challenge["next_moves"] == ["concede", "rebut"]
    assert [action["move"] for action in challenge["actions"]] == ["concede", "rebut"]
    assert await liangjiang.line("fbb_500m_share") == {**line, "challenged": 1}
    explanation = await liangjiang.get_ok("/v1/indicators/fbb_500m_share/explanation", month="2022-08")
    marked = [(fact["org"], fact["metric"]) for fact in explanation["facts"] if fact["challenge"] == challenge_id]
    assert (explanation["line"]["challenged"], marked) == (1, [("telecom", COUNT)])
    lines = [await liangjiang.lines(org, group_by="org", indicator="fbb_500m_share") for org in ("telecom", "mobile")]
    assert [{line["org"]: line["challenged"] for line in own} for own in lines] == [{"telecom": 1}, {"mobile": 0}]
    series = {"from": "2022-08", "to": "2022-08"}
    points = [
        (await liangjiang.get_ok("/v1/indicators/fbb_500m_share/series", org, **series, org=org))["points"][0]["challenged"]
        for org in ("telecom", "mobile")
    ]
    assert points == [1, 0]

    version = challenge["opened_version"]
    changes = (await liangjiang.get_ok("/v1/changes", since=version - 1, as_of=version, month="2022-08"))["lines"]
    share = next(change for change in changes if change["indicator"] == "fbb_500m_share")
    assert {change["indicator"] for change in changes} == {"fbb_500m_share", "fbb_1000m_share"}  # which read the count
    assert (share["before"]["challenged"], share["after"]["challenged"], share["versions"]) == (0, 1, [version])

    # The month is closed, and stays closed until the carrier concedes.
    assert (await liangjiang.push("telecom", [(COUNT, WHOLE, 75)], reason="更正")).json()["code"] == "month_closed"
    assert (await correct(liangjiang, path)).json()["code"] == "conflict"
    conceded = await moved(liangjiang, path, TELECOM, "concede")
    assert (conceded["state"], conceded["due"], conceded["next_moves"]) == ("conceded", "2022-09-14", ["correct"])

    # Exactly this count is open, to a push that names the challenge.
    assert (await liangjiang.push("telecom", [(COUNT, WHOLE, 75)], reason="更正")).json()["code"] == "month_closed"
    assert (await correct(liangjiang, path, reason=None)).json()["code"] == "reason_required"
    both = (await correct(liangjiang, path, counts={COUNT: 75, OTHER: 19})).json()
    assert [(error["code"], error["value"]) for error in both["report"]["errors"]] == [("not_reopened", "19")]
    assert (await read(liangjiang, path))["state"] == "conceded"
    dry = await correct(liangjiang, path, dry_run=True)
    assert (dry.status_code, (await read(liangjiang, path))["state"]) == (200, "conceded")
    pushed = await correct(liangjiang, path)
    assert pushed.status_code == 201, pushed.text

    # It is corrected, the month is as it was, and the past stays.
    corrected = await read(liangjiang, path)
    assert (corrected["state"], corrected["due"], corrected["next_moves"]) == ("corrected", "2022-09-14", ["uphold", "dismiss"])
    assert corrected["corrected_by"] == pushed.json()["id"]
    assert (await correct(liangjiang, path, 74)).json()["state"] == "corrected"
    assert (await liangjiang.get_ok("/v1/submissions/telecom/2022-08", "telecom"))["state"] == "accepted"
    now, then = (
        await liangjiang.line("fbb_500m_share"),
        await liangjiang.line("fbb_500m_share", as_of=challenge["opened_version"]),
    )
    assert (now["denominator"], then["denominator"]) == (235, 240)
    dismissed = await moved(liangjiang, path, ECONOMY, "dismiss", reason="已更正")
    assert (dismissed["state"], dismissed["due"], dismissed["next_moves"]) == ("dismissed", None, [])
    assert (await liangjiang.line("fbb_500m_share"))["challenged"] == 0
    assert (await liangjiang.line("fbb_500m_share", as_of=corrected["opened_version"]))["challenged"] == 1
    history = (await liangjiang.get_ok(f"{path}/history", "telecom"))["items"]
    assert [(change["move"], change["org"], change["state"]) for change in history] == [
        ("concede", "telecom", "conceded"),
        ("correct", "telecom", "corrected"),
        ("dismiss", "economy", "dismissed"),
    ]
    assert {each["field"] for change in history for each in change["changes"]} <= challenge.keys()
    assert history[1]["details"] == {"import_id": pushed.json()["id"], "value": 75, "data_version": pushed.json()["data_version"]}


async def test_a_rival_learns_of_no_challenge(liangjiang: CampaignApi) -> None:
    await accepted_month(liangjiang, "telecom")
    path = await opened(liangjiang)
    headers = liangjiang.headers(*MOBILE)

    listed = await liangjiang.get_ok("/v1/challenges", "mobile", facets=True)

    assert (listed["items"], listed["total"], [facet["values"] for facet in listed["facets"]]) == ([], 0, [[], [], [], []])
    for hidden in (path, f"{path}/history", f"{path}/comments"):
        absent = hidden.replace(path, "/v1/challenges/00000000-0000-7000-8000-000000000000")
        answers = [await liangjiang.api.get(each, headers=headers) for each in (hidden, absent)]
        assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(404, "not_found")] * 2
    assert (await move(liangjiang, path, MOBILE, "concede")).status_code == 404
    assert (await correct(liangjiang, path, by=MOBILE)).status_code == 404


async def test_a_count_has_one_open_challenge(liangjiang: CampaignApi) -> None:
    await accepted_month(liangjiang, "telecom")
    path = await opened(liangjiang)

    second = await open_challenge(liangjiang)
    await moved(liangjiang, path, ECONOMY, "withdraw")
    third = await open_challenge(liangjiang)

    assert (second.status_code, second.json()["code"], second.json()["challenge"]) == (
        409,
        "already_challenged",
        path.rpartition("/")[2],
    )
    assert third.status_code == 201


async def test_an_upheld_challenge_is_overdue_nowhere_after_its_deadline(liangjiang: CampaignApi) -> None:
    await accepted_month(liangjiang, "telecom")
    path = await opened(liangjiang)
    await moved(liangjiang, path, TELECOM, "rebut")
    await moved(liangjiang, path, ECONOMY, "uphold")
    on_day(liangjiang, "2022-10-28")

    found = await read(liangjiang, path)
    totals = [(await liangjiang.get_ok("/v1/challenges", overdue=flag))["total"] for flag in (True, False)]
    workload = (await liangjiang.get_ok("/v1/workload", kind="challenge"))["items"]

    assert (found["state"], found["due"], found["overdue"], found["next_moves"]) == ("upheld", None, False, [])
    assert totals == [0, 1]
    assert [(line["open"], line["overdue"]) for line in workload] == [(0, 0)]
