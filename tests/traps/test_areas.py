"""The trap of overlapping areas: one tree, counted at its leaves, as it stood in the month asked for."""

from shared.campaign.definition import Definition
from tests.fixtures_campaign_api import CreateCampaign, small_definition

STREETS = ("500112007", "500112008", "500112009", "500112010", "500112014", "500112019", "500112021", "500112022")
KANGMEI = STREETS[-1]


async def test_trap_21_an_area_within_another_is_not_counted_twice_and_streets_exist_from_their_own_day(
    create_campaign: CreateCampaign, definition: Definition
) -> None:
    town = await create_campaign("bs_5g_per_10k", carriers=["telecom"], streets=STREETS)
    body = small_definition(definition, ["bs_5g_per_10k"], ["telecom"], STREETS).body()
    named = {name: {"zh": name, "en": name} for name in ("渝北", "渝北其他街道")}
    (root,) = [area for area in body["area"] if area["parent"] is None]
    district = {**root, "code": "yubei", "title": named["渝北"], "short": named["渝北"], "aliases": []}
    rest = {**district, "code": "yubei_rest", "title": named["渝北其他街道"], "short": named["渝北其他街道"], "parent": "yubei"}
    body["area"] = [district, {**root, "parent": "yubei"}, rest, *(area for area in body["area"] if area is not root)]
    body["campaign"]["area"] = "yubei"
    await town.apply(Definition.model_validate(body))

    for month, streets in (("2022-08", STREETS), ("2012-08", STREETS[:-1])):
        each, odd = divmod(1_800, len(streets))
        counts = [("bs_5g_built", street, each + (number < odd)) for number, street in enumerate(streets)]
        people = [("population_resident", street, 100_000) for street in (*streets, "yubei_rest")]
        await town.push_ok("economy", people, month)
        await town.push_ok("telecom", [*counts, ("bs_5g_built", "yubei_rest", 2_200)], month)
    refused = [
        await town.push("telecom", [("bs_5g_built", "liangjiang", 1_800)]),
        await town.push("telecom", [("bs_5g_built", KANGMEI, 10)], "2012-08"),
    ]
    now = {line["area"]: line["numerator"] for line in await town.lines(group_by="area")}
    then = {line["area"]: line["numerator"] for line in await town.lines(group_by="area", month="2012-08")}

    assert (await town.line("bs_5g_per_10k"))["numerator"] == 4_000  # not 5,800
    assert (await town.line("bs_5g_per_10k", month="2012-08"))["numerator"] == 4_000
    assert now.keys() == {*STREETS, "yubei_rest", "liangjiang"}
    assert now["liangjiang"] == then["liangjiang"] == 1_800
    assert sum(now[street] for street in STREETS) == 1_800
    assert now.keys() - then.keys() == {KANGMEI}
    assert [answer.json()["report"]["errors"][0]["code"] for answer in refused] == ["wrong_grain", "area_not_valid"]
