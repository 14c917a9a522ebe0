"""The campaign, organisations and areas that do not fit are named with the way to mend them."""

import pytest

from tests.shared.campaign.checks.spoiling import Spoilt, adding, named, setting

CASES = [
    Spoilt("root unknown", setting("campaign", "", area="twon"), "campaign.area", "unknown area `twon`", "did you mean town?"),
    Spoilt(
        "timezone", setting("campaign", "", timezone="Asia/Chonqing"), "campaign.timezone", "unknown timezone", "Asia/Chongqing"
    ),
    Spoilt("organisation twice", adding("organisation", "red"), "organisation[red]", "twice", "another code"),
    Spoilt(
        "organisation's area",
        setting("organisation", "office", area="003"),
        "organisation[office].area",
        "unknown area `003`",
        "[[area]]",
    ),
    Spoilt(
        "two offices, one street",
        adding("organisation", "office", code="annex"),
        "organisation[annex].area",
        "twice",
        "remove one",
    ),
    Spoilt(
        "office without street",
        setting("organisation", "office", area=None),
        "organisation[office].area",
        "without a subdistrict",
        "own subdistrict",
    ),
    Spoilt(
        "office of everything",
        setting("organisation", "office", area="town"),
        "organisation[office].area",
        "whole campaign",
        "a subdistrict",
    ),
    Spoilt(
        "role twice",
        setting("organisation", "red", roles=["carrier", "carrier"]),
        "organisation[red].roles[1]",
        "twice",
        "remove",
    ),
    Spoilt(
        "organisation ends first",
        setting("organisation", "red", valid_from="2022-05", valid_to="2022-04"),
        "organisation[red].valid_to",
        "ends before",
        "not before `valid_from`",
    ),
    Spoilt(
        "two organisations, one name",
        setting("organisation", "blue", aliases=["红色公司"]),
        "organisation[blue]",
        "as does `red`",
        "alias",
    ),
    Spoilt("area twice", adding("area", "001"), "area[001]", "twice", "another code"),
    Spoilt("area without parent", setting("area", "001", parent=None), "area[001].parent", "has no parent", 'parent = "town"'),
    Spoilt(
        "unknown parent", setting("area", "001", parent="towns"), "area[001].parent", "unknown area `towns`", "did you mean town?"
    ),
    Spoilt(
        "root with parent",
        setting("area", "town", parent="001"),
        "area[town].parent",
        "must not have a parent",
        "remove `parent`",
    ),
    Spoilt("area within itself", setting("area", "001", parent="001"), "area[001].parent", "its own ancestor", "lead up to"),
    Spoilt(
        "area ends first",
        setting("area", "002", valid_to="2022-02"),
        "area[002].valid_to",
        "ends before",
        "not before `valid_from`",
    ),
    Spoilt("two areas, one name", setting("area", "002", aliases=["东街道"]), "area[002]", "as does `001`", "another title"),
    Spoilt("full-width name", setting("area", "002", aliases=["ＥＡＳＴ"]), "area[002]", "as does `001`", "alias"),
]


@pytest.mark.parametrize("spoilt", CASES, ids=named)
def test_a_campaign_that_does_not_fit_is_told_where_and_how_to_mend_it(spoilt: Spoilt) -> None:
    spoilt.is_told()
