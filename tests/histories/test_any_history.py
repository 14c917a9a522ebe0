"""Whatever happens to a campaign, every figure at every data version is what an independent calculation makes of its counts."""

import random
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import pytest

from shared.clock import Clock
from tests.fixtures_campaign_api import CampaignApi, CreateCampaign
from tests.histories.history import FIRST, History
from tests.histories.random_campaign import random_definition
from tests.histories.recomputed import BREAKDOWNS, Recomputed
from tests.services.indicators.any_town import plainly

VERSIONS = 20


@pytest.mark.parametrize("seed", range(3))
async def test_every_figure_of_every_version_is_that_of_its_counts(
    create_campaign: CreateCampaign, clock: Clock, seed: int
) -> None:
    clock.fixed = FIRST
    chance = random.Random(seed)  # noqa: S311 - no secret
    definition = random_definition(chance, f"history-{seed}")
    campaign = await create_campaign.from_definition(definition, "delta")
    history = History(campaign, chance, definition)
    await history.happen(VERSIONS)

    versions = [Recomputed(state) for state in history.states]
    assert len(versions) == VERSIONS
    for version in versions:
        for month in chance.sample(version.state.months, min(2, len(version.state.months))):
            await summary_agrees(campaign, version, month)
            await targets_agree(campaign, version, month)
            await completeness_agrees(campaign, version, month)
        await series_agrees(campaign, version)
    for earlier, later in pairwise(versions):
        await changes_agree(campaign, earlier, later)


async def summary_agrees(campaign: CampaignApi, version: Recomputed, month: str) -> None:
    for group_by in BREAKDOWNS:
        asked = {"month": month, "as_of": version.state.version, **({"group_by": group_by} if group_by else {})}
        assert [with_deadline(line) for line in await campaign.lines(**asked)] == version.lines(month, group_by)


async def targets_agree(campaign: CampaignApi, version: Recomputed, month: str) -> None:
    """Compare the states of all targets of the whole campaign's lines."""
    answered = await campaign.get_ok("/v1/targets", month=month, as_of=version.state.version)
    lines = {line["indicator"]: line for line in version.lines(month)}
    blocks = version.state.body["target"]
    for line in answered["lines"]:
        for target in line["targets"]:
            (block, *_) = [
                block
                for block in blocks
                if (block["indicator"], float(block["value"]), str(block["due"]), block["area"])
                == (line["indicator"], target["value"], target["due"], None)
            ]
            assert target["deadline"] == version.deadline(lines[line["indicator"]], block)
        assert [target["deadline"] for target in line["targets"] if target["decides"]] == [lines[line["indicator"]]["deadline"]]


async def completeness_agrees(campaign: CampaignApi, version: Recomputed, month: str) -> None:
    cells = version.expected_counts(month)
    for place, group_by in enumerate(("org", "metric", "area")):
        asked = {"month": month, "group_by": group_by, "as_of": version.state.version}
        answered = await campaign.get_ok("/v1/completeness", **asked)
        assert {item[group_by] for item in answered["items"]} == {cell[place] for cell in cells}
        for item in answered["items"]:
            of_group = {cell: counts for cell, counts in cells.items() if cell[place] == item[group_by]}
            assert version.completeness(month, of_group).items() <= item.items()
        assert version.completeness(month, cells).items() <= answered["whole"].items()


async def series_agrees(campaign: CampaignApi, version: Recomputed) -> None:
    """Compare the series of each indicator over all months that have begun."""
    months = version.state.months
    for code in version.state.town(months[-1]).blocks("indicator"):
        asked = {"from": months[0], "to": months[-1], "as_of": version.state.version}
        series = await campaign.get_ok(f"/v1/indicators/{code}/series", **asked)
        points = [with_deadline(without(point, "period", "net_addition", "since_year_end")) for point in series["points"]]
        assert points == [line for month in months for line in version.lines(month) if line["indicator"] == code]


async def changes_agree(campaign: CampaignApi, earlier: Recomputed, later: Recomputed) -> None:
    """Compare the changed counts and lines of two versions."""
    asked = {"since": earlier.state.version, "as_of": later.state.version}
    changed = await campaign.get_ok("/v1/changes", **asked, limit=500)
    before, after = ({key: count.value for key, count in each.state.counts.items()} for each in (earlier, later))
    assert {
        (count["org"], count["metric"], count["area"], count["month"]): (count["before"], count["after"])
        for count in changed["facts"]["items"]
    } == {key: (before.get(key), after.get(key)) for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
    answered = {
        (line["month"], line["indicator"]): tuple(line[side] and with_deadline(line[side]) for side in ("before", "after"))
        for line in changed["lines"]
    }
    old, new = (
        {(month, line["indicator"]): line for month in later.state.months for line in version.lines(month)}
        for version in (earlier, later)
    )
    recomputed = {key: (old.get(key), new.get(key)) for key in old.keys() | new.keys()}
    different = {key for key, sides in recomputed.items() if sides[0] != sides[1]}
    assert answered == {key: recomputed[key] for key in different | answered.keys()}
    if earlier.state.body == later.state.body:
        assert answered.keys() == different  # a definition may change the target without the rest


def with_deadline(line: Mapping[str, Any]) -> dict[str, Any]:
    """Return a line of the answer as the recalculation has it; no count is challenged in these histories."""
    assert line.get("challenged", 0) == 0
    return plainly(line) | {"deadline": line["deadline"]}


def without(document: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name not in names}
