"""Targets that could never be judged, and ratios whose sides have other reporters, are named with the way to mend them."""

import pytest

from shared.campaign.checks import findings
from tests.shared.campaign.checks.spoiling import Spoil, Spoilt, adding, named, setting, variant
from tests.shared.campaign.plans import TEXT, Raw, small, text


def _users_per_head(raw: Raw) -> None:
    """Adds an indicator that is counted for the whole area only, with a target of a street."""
    raw["indicator"].append(
        {"code": "users_total", "title": TEXT, "numerator": "users", "unit": text("户", "users"), "caliber": TEXT, "source": TEXT}
    )
    adding("target", "fast_share", indicator="users_total", area="001")(raw)


def _after_its_end(raw: Raw) -> None:
    """A target of the western street from the month after its last one."""
    setting("area", "002", valid_to="2022-06")(raw)
    adding("target", "fast_share", area="002", from_="2022-07")(raw)


def _flow_share(period: str | None) -> Spoil:
    def spoil(raw: Raw) -> None:
        setting("metric", "ports", kind="flow")(raw)
        setting("metric", "fast_ports", kind="flow")(raw)
        adding("target", "fast_share", value=30, **({"period": period} if period else {"area": "001"}))(raw)

    return spoil


CASES = [
    Spoilt(
        "period of a stock",
        adding("target", "fast_share", period="quarter"),
        "target[fast_share, quarter].period",
        "reads no flow",
        "remove",
    ),
    Spoilt(
        "the whole area",
        adding("target", "fast_share", area="town"),
        "target[fast_share, town].area",
        "is the whole area",
        "remove",
    ),
    Spoilt("not by area", _users_per_head, "target[users_total, 001].area", "never be judged", "remove"),
    Spoilt(
        "area of cases",
        adding("target", "fast_share", indicator="cases", area="001"),
        "target[cases, 001].area",
        "never be judged",
        "remove",
    ),
    Spoilt(
        "who does not report",
        adding("target", "fast_share", org="desk"),
        "target[fast_share, desk].org",
        "does not report",
        "name an organisation",
    ),
    Spoilt("area that has ended", _after_its_end, "target[fast_share, 002].from", "after its area has ended", "correct"),
    Spoilt(
        "other reporters",
        setting("metric", "fast_ports", owed_by=["red"]),
        "indicator[fast_share].variant[sum]",
        "`blue` report only one",
        "the same organisations",
    ),
    Spoilt(
        "other voluntary reporters",
        setting("metric", "ports", owed_by=["red"], reported_by=None),
        "indicator[fast_share].variant[sum]",
        "`blue` report only one",
        "the same organisations",
    ),
    Spoilt(
        "unit of each", variant(0, unit=None), "indicator[reach].variant[each].unit", "counts a unit once", "places × carriers"
    ),
]


@pytest.mark.parametrize("spoilt", CASES, ids=named)
def test_what_could_never_be_judged_is_told_with_the_way_to_mend_it(spoilt: Spoilt) -> None:
    spoilt.is_told()


@pytest.mark.parametrize(
    "change",
    [
        adding("target", "fast_share", area="001"),
        adding("target", "fast_share", org="red"),
        _flow_share("quarter"),
        _flow_share("year"),
        _flow_share(None),
        lambda raw: (setting("metric", "ports", owed_by=["desk"])(raw), raw["rule"].clear()),  # a base that a bureau reports
        setting("indicator", "fast_share", comparator="<="),
        lambda raw: (  # voluntary, by the same organisations
            setting("metric", "ports", owed_by=["red"], reported_by=["blue"])(raw),
            setting("metric", "fast_ports", owed_by=None, reported_by=["blue", "red"])(raw),
        ),
    ],
)
def test_what_can_be_judged_is_right(change: Spoil) -> None:
    raw = small()
    change(raw)

    assert findings(raw, "plan.toml") == []
