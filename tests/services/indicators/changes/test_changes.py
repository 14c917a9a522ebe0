"""The differences between two data versions, and their authors."""

from typing import Any, NamedTuple

import pytest

from shared.campaign.definition import Definition
from shared.reading import reading
from tests.filed_cases import file_case
from tests.fixtures_campaign_api import CampaignApi, CreateCampaign, Line, rows
from tests.services.indicators.reports.practice import issue

YUANYANG, CUIYUN = "500112007", "500112008"
WHOLE = "liangjiang"
BREAKDOWNS: tuple[dict[str, str], ...] = ({}, {"group_by": "area"}, {"group_by": "org"}, {"group_by": "area,org"})
CARRIERS = ("telecom", "mobile", "unicom")
Where = tuple[str, str, str | None, str | None]


class Story(NamedTuple):
    """The versions of what happened."""

    start: int  # the samples of June and August stand
    first: int  # telecom corrects two counts
    again: int  # and one of them once more
    back: int  # unicom changes a count, and takes that back
    undone: int
    people: int  # economy corrects a population of June
    approved: int  # a case, in August
    accepted: dict[str, int]  # the months of the carriers
    defined: int  # a lower target for fast lines


async def told(practice: CampaignApi, definition: Definition) -> Story:
    """A month of a campaign in which everything happens that moves lines."""
    for month in ("2022-06", "2022-08"):
        await practice.samples(month)
    start = await newest(practice)
    first = await practice.push_ok("telecom", [("olt_pon_ports_10g", YUANYANG, 900), ("mobile_subs_5g", WHOLE, 90_000)])
    again = await practice.push_ok("telecom", [("olt_pon_ports_10g", YUANYANG, 930)])
    back = await practice.push_ok("unicom", [("fbb_subs_500m", WHOLE, 20_000)])
    await practice.api.post(f"/v1/imports/{back['id']}/undo", headers=practice.headers("unicom"))
    undone = await newest(practice)
    people = await practice.push_ok("economy", [("population_resident", CUIYUN, 59_000)], "2022-06")
    await file_case(practice, on="2022-08-20")
    approved = await newest(practice)
    accepted = {}
    for org in CARRIERS:
        await practice.make_moves(org, "submit", "accept")
        accepted[org] = await newest(practice)
    easier = [
        each.model_copy(update={"value": "20"}) if each.indicator == "fbb_500m_share" else each for each in definition.targets
    ]
    defined = await practice.apply(definition.model_copy(update={"targets": tuple(easier)}))
    pushed = [int(each["data_version"]) for each in (first, again, back, people)]
    return Story(start, pushed[0], pushed[1], pushed[2], undone, pushed[3], approved, accepted, defined)


async def newest(practice: CampaignApi) -> int:
    """The data version."""
    return int((await practice.get_ok("/v1/summary", month="2022-08"))["data_version"])


async def summary(practice: CampaignApi, version: int, **breakdown: str) -> dict[Where, Line]:
    """The lines from June to September at a version."""
    lines = await practice.lines(**{"from": "2022-06", "to": "2022-09", "as_of": version}, **breakdown)
    return {(line["indicator"], line["month"], line["area"], line["org"]): line for line in lines}


async def changes(
    practice: CampaignApi, start: int | str, end: int | str | None = None, org: str = "economy", **more: Any
) -> Any:
    """Return the changes between two data versions."""
    return await practice.get_ok("/v1/changes", org, **{"since": start, **({"as_of": end} if end else {})}, **more)


def lines_of(changed: dict[str, Any]) -> dict[Where, dict[str, Any]]:
    """The lines that moved, by what they are about."""
    return {(each["indicator"], each["month"], each["area"], each["org"]): each for each in changed["lines"]}


def facts_of(changed: dict[str, Any]) -> list[tuple[Any, ...]]:
    """The counts that moved."""
    names = ("org", "month", "metric", "area", "before", "after", "versions")
    return [tuple(each[name] for name in names) for each in changed["facts"]["items"]]


async def test_what_moved_is_what_the_summary_shows_otherwise_with_the_versions_that_moved_it(
    liangjiang: CampaignApi, definition: Definition
) -> None:
    story = await told(liangjiang, definition)

    for breakdown in BREAKDOWNS:
        before, after = [await summary(liangjiang, version, **breakdown) for version in (story.start, story.defined)]
        moved = lines_of(await changes(liangjiang, story.start, **breakdown))
        assert moved.keys() == {where for where in before.keys() | after.keys() if before.get(where) != after.get(where)}
        for where, each in moved.items():
            assert (each["before"], each["after"]) == (before.get(where), after.get(where))
            assert each["versions"], where
    changed = await changes(liangjiang, story.start)
    versions = {where[:2]: each["versions"] for where, each in lines_of(changed).items()}
    all_accepted = sorted(story.accepted.values())
    assert versions["pon_10g_share", "2022-08"] == [story.first, story.again, *all_accepted]
    assert versions["mobile_5g_share", "2022-08"] == [story.first, *all_accepted]
    assert versions["bs_5g_per_10k", "2022-06"] == versions["bs_5g_per_10k", "2022-07"] == [story.people]
    assert ("bs_5g_per_10k", "2022-08") not in versions  # August has a newer population, and not everybody is accepted
    assert versions["application_cases", "2022-08"] == [story.approved]
    assert versions["fbb_500m_share", "2022-06"] == [story.defined]
    assert versions["fbb_500m_share", "2022-08"] == [*all_accepted, story.defined]  # what unicom took back moved nothing
    flipped = [(each["indicator"], each["month"]) for each in changed["lines"] if each["flipped"]]
    assert flipped == [("fbb_500m_share", "2022-06"), ("pon_10g_share", "2022-08")]
    own = lines_of(await changes(liangjiang, story.start, group_by="area,org"))
    telecom = story.accepted["telecom"]
    assert own["pon_10g_share", "2022-08", YUANYANG, "telecom"]["versions"] == [story.first, story.again, telecom]
    assert own["pon_10g_share", "2022-08", CUIYUN, "telecom"]["versions"] == [telecom]
    assert facts_of(changed) == [
        ("economy", "2022-06", "population_resident", CUIYUN, 60_000, 59_000, [story.people]),
        ("telecom", "2022-08", "olt_pon_ports_10g", YUANYANG, 625, 930, [story.first, story.again]),
        ("telecom", "2022-08", "mobile_subs_5g", WHOLE, 79_357, 90_000, [story.first]),
    ]
    ledger = {each["version"]: (each["kind"], each["org"], each["actor"].split(".")[-2:-1]) for each in changed["ledger"]}
    assert ledger == {
        story.first: ("import", "telecom", ["telecom"]),
        story.again: ("import", "telecom", ["telecom"]),
        story.people: ("import", "economy", ["economy"]),
        story.approved: ("case", None, ["industry"]),
        **{version: ("submission", org, ["industry"]) for org, version in story.accepted.items()},
        story.defined: ("definition", None, []),
    }


async def test_a_line_names_the_pushes_and_cases_of_its_own_month_alone(create_campaign: CreateCampaign) -> None:
    town = await create_campaign("pon_10g_share", "application_cases", streets=[YUANYANG], carriers=["telecom"])
    for month in ("2022-07", "2022-08"):
        await town.push_ok("telecom", [("olt_pon_ports_10g", YUANYANG, 20), ("olt_pon_ports_total", YUANYANG, 100)], month)
    start = await newest(town)
    pushed = [await town.push_ok("telecom", [("olt_pon_ports_10g", YUANYANG, 30)], month) for month in ("2022-07", "2022-08")]
    approved = []
    for title, on in (("智能工厂", "2022-07-20"), ("智能仓库", "2022-08-20")):
        await file_case(town, title, on)
        approved.append(await newest(town))

    versions = {where[:2]: each["versions"] for where, each in lines_of(await changes(town, start)).items()}

    first, second = (int(each["data_version"]) for each in pushed)
    assert (
        versions
        == {
            ("pon_10g_share", "2022-07"): [first],
            ("pon_10g_share", "2022-08"): [first, second],  # July is the first month in which the target is met
            ("pon_10g_share", "2022-09"): [first, second],
            ("application_cases", "2022-07"): approved[:1],
            ("application_cases", "2022-08"): approved,
            ("application_cases", "2022-09"): approved,
        }
    )


async def test_the_question_is_about_months_and_versions_and_is_answered_once(
    liangjiang: CampaignApi, definition: Definition, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = await told(liangjiang, definition)
    whole = await changes(liangjiang, story.start, story.defined)

    assert (whole["since_version"], whole["data_version"]) == (story.start, story.defined)
    assert (whole["since_definition_version"], whole["definition_version"]) == (1, story.defined)
    assert whole["months"] == ["2022-06", "2022-07", "2022-08", "2022-09"]
    july = await changes(liangjiang, story.start, month="2022-07")
    assert july["months"] == ["2022-07"]
    assert july["lines"] == [each for each in whole["lines"] if each["month"] == "2022-07"] != []
    assert facts_of(july) == facts_of(whole)[:1]  # July reads June's population
    assert (await changes(liangjiang, story.back, story.undone))["facts"]["total"] == 1
    nothing = await changes(liangjiang, story.first, story.first)
    assert (nothing["lines"], nothing["facts"]["items"], nothing["ledger"]) == ([], [], [])

    paged, page = [], await changes(liangjiang, story.start, limit=1)
    body, how = rows([("tower_sites_total", YUANYANG, 1_000)]), {"mode": "replace", "month": "2022-08"}
    await liangjiang.api.post("/v1/observations", json=body, params=how, headers=liangjiang.headers("tower"))
    while True:
        paged += page["facts"]["items"]
        assert (page["facts"]["total"], page["data_version"]) == (3, story.defined)  # as the first page was
        if page["facts"]["next"] is None:
            break
        page = await changes(liangjiang, story.start, limit=1, next=page["facts"]["next"])
        assert page["lines"] == []
    assert paged == whole["facts"]["items"]

    question = {"since": story.start, "as_of": story.defined}
    tag = (await liangjiang.get("/v1/changes", **question)).headers["ETag"]
    headers = liangjiang.headers("economy") | {"If-None-Match": tag}
    assert (await liangjiang.api.get("/v1/changes", params=question, headers=headers)).status_code == 304
    for wrong, status, code in (
        ({"since": story.defined, "as_of": story.start}, 422, "schema"),
        ({"since": 10_000}, 422, "future_version"),
        ({"since": "yesterday"}, 422, "schema"),
        ({"as_of": story.start}, 422, "schema"),
    ):
        refused = await liangjiang.get("/v1/changes", **wrong)
        assert (wrong, refused.status_code, refused.json()["code"]) == (wrong, status, code)
    await _each_sees_its_own(liangjiang, story, whole, monkeypatch)


async def _each_sees_its_own(practice: CampaignApi, story: Story, whole: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reporters ask from versions of issued reports only, and see their own lines and facts, and references."""
    for org in ("telecom", "cuiyun"):
        assert (await practice.get("/v1/changes", org, since=story.start)).status_code == 403
    issued = (await issue(practice)).json()["data_version"]
    await practice.push_ok("telecom", [("fbb_subs_total", WHOLE, 7), ("fbb_subs_500m", WHOLE, 5)], "2022-09")
    page = await changes(practice, issued, org="telecom", limit=1)
    rest = await changes(practice, issued, org="telecom", limit=1, next=page["facts"]["next"])
    assert [each["after"] for each in page["facts"]["items"] + rest["facts"]["items"]] == [7, 5]

    async def refuse_nothing(_connection: Any, _campaign: str, _as_of: str) -> None:
        """As if a report of each version were issued."""

    monkeypatch.setattr(reading, "refuse_version_without_report", refuse_nothing)
    every = await changes(practice, story.start, story.defined, group_by="org")

    assert await changes(practice, story.start, story.defined, "leading_group") == whole
    sites, unseen = [
        (await changes(practice, story.defined, story.defined + 1, org=org))["facts"] for org in ("economy", "leading_group")
    ]
    assert (sites["total"], unseen["total"]) == (16, 0)  # no line reads the tower's sites
    assert [each["after"] for each in sites["items"]] == [1_000, *[None] * 15]
    assert {each["before"] for each in (await changes(practice, 1, story.start, limit=500))["facts"]["items"]} == {None}
    mobile = await changes(practice, story.start, story.defined, "mobile", group_by="org")
    assert mobile["lines"] == [each for each in every["lines"] if each["org"] == "mobile"] != []
    assert facts_of(mobile) == facts_of(whole)[:1]
    assert {each["version"] for each in mobile["ledger"]} == {story.people, story.accepted["mobile"]}
    assert (await changes(practice, story.start, story.defined, "mobile"))["lines"] == []
    street = await changes(practice, story.start, story.defined, "yuanyang", group_by="area")
    assert {(each["area"], each["org"]) for each in street["lines"]} == {(YUANYANG, None)}
    assert facts_of(street) == facts_of(whole)[1:2]
