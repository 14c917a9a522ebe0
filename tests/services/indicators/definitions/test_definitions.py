"""Versions of the definition, and the differences between two."""

from shared.campaign.blocks import Target
from shared.campaign.definition import Definition
from tests.fixtures_campaign_api import CampaignApi


def with_target(definition: Definition, indicator: str, value: str) -> Definition:
    """A definition with another value of an indicator's campaign target."""

    def changed(target: Target) -> Target:
        campaigns = (target.indicator, target.kind) == (indicator, "campaign")
        return target.model_copy(update={"value": value}) if campaigns else target

    return definition.model_copy(update={"targets": tuple(changed(target) for target in definition.targets)})


async def test_versions_are_listed_shown_whole_and_compared(liangjiang: CampaignApi, definition: Definition) -> None:
    stricter = with_target(definition, "pon_10g_share", "30")
    without = stricter.model_copy(update={"hints": stricter.hints[1:]})
    await liangjiang.push_ok("economy", [("households_urban", "500112022", 26_285)])
    second = await liangjiang.apply(stricter)
    third = await liangjiang.apply(without)

    listed = await liangjiang.get_ok("/v1/definitions")
    assert [(each["version"], each["until"]) for each in listed["items"]] == [(third, None), (second, third), (1, second)]
    assert (second, listed["total"], listed["next"]) == (3, 3, None)
    assert [each["digest"] for each in listed["items"]] == [each.digest() for each in (without, stricter, definition)]
    assert {each["client"] for each in listed["items"]} == {"test"}
    assert listed["items"][-1]["at"].startswith("2022-07-08T01:00:00")
    first_page = await liangjiang.get_ok("/v1/definitions", "telecom", limit=2)
    rest = await liangjiang.get_ok("/v1/definitions", "telecom", limit=2, next=first_page["next"])
    assert [each["version"] for each in first_page["items"] + rest["items"]] == [third, second, 1]
    assert ({each["client"] for each in first_page["items"]}, rest["next"]) == ({None}, None)

    whole = await liangjiang.get_ok(f"/v1/definitions/{second}")
    assert whole["definition"] == stricter.body()
    assert (whole["until"], whole["campaign"]) == (third, "liangjiang-2022")
    for wrong, status in ((2, 404), (99, 404), (0, 422), ("trials", 405)):
        assert (await liangjiang.get(f"/v1/definitions/{wrong}")).status_code == status

    path = "/v1/definitions/1/difference"
    answer = await liangjiang.get(path, "telecom", to_version=second)
    (change,) = answer.json()["changes"]
    assert (change["what"], change["kind"], change["block"]) == ("changed", "target", "target[pon_10g_share, campaign]")
    assert change["details"] == [{"what": "changed", "key": "value", "before": "25", "after": "30"}]
    latest = await liangjiang.get_ok(path)
    assert [(each["what"], each["block"]) for each in latest["changes"]] == [
        ("changed", "target[pon_10g_share, campaign]"),
        ("removed", f"hint[{definition.hints[0].word}]"),
    ]
    back = await liangjiang.get_ok(f"/v1/definitions/{third}/difference", to_version=1)
    assert [each["what"] for each in back["changes"]] == ["changed", "added"]
    headers = liangjiang.headers("telecom") | {"If-None-Match": answer.headers["ETag"]}
    assert (await liangjiang.api.get(path, params={"to_version": second}, headers=headers)).status_code == 304
