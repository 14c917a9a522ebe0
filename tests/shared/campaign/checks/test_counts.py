"""Metrics that do not fit are named with the way to mend them."""

import pytest

from shared.campaign.checks import findings
from tests.shared.campaign.checks.spoiling import Spoilt, adding, named, setting
from tests.shared.campaign.plans import TEXT, small, text

CASES = [
    Spoilt(
        "alias of another metric",
        setting("metric", "events", aliases=["ＰＯＲＴＳ"]),
        "metric[events]",
        "as does `ports`",
        "alias",
    ),
    Spoilt(
        "alias of an area",
        setting("metric", "events", aliases=["活动", "东街道"]),
        "metric[events].aliases[1]",
        "is a name of `area[001]`",
        "remove the alias",
    ),
    Spoilt(
        "alias nobody sees",
        setting("metric", "events", aliases=["\u200b"]),
        "metric[events].aliases[0]",
        "must not be empty",
        "fill",
    ),
    Spoilt("metric twice", adding("metric", "ports"), "metric[ports].from", "twice", "another code, or a `from`"),
    Spoilt("unit changes", adding("metric", "ports", unit=TEXT, from_="2022-09"), "metric[ports].unit", "differs", "a new code"),
    Spoilt(
        "kind changes", adding("metric", "ports", kind="flow", from_="2022-09"), "metric[ports].kind", "differs", "a new code"
    ),
    Spoilt(
        "grain changes",
        adding("metric", "ports", grain="campaign", from_="2022-09"),
        "metric[ports].grain",
        "differs",
        "a new code",
    ),
    Spoilt(
        "metric ends first",
        setting("metric", "ports", from_="2022-05", valid_to="2022-04"),
        "metric[ports].valid_to",
        "ends before",
        "`from`",
    ),
    Spoilt(
        "percentage",
        setting("metric", "events", unit=text("%", "%")),
        "metric[events].unit",
        "not a percentage",
        "[[indicator]]",
    ),
    Spoilt(
        "percentage in words",
        setting("metric", "events", unit=text("点", "percent")),
        "metric[events].unit",
        "not a percentage",
        "numerator",
    ),
    Spoilt(
        "no reporting organisation",
        setting("metric", "events", reported_by=None),
        "metric[events].owed_by",
        "no reporting organisation",
        "`reported_by`",
    ),
    Spoilt(
        "unknown owner",
        setting("metric", "ports", owed_by=["red", "bleu"]),
        "metric[ports].owed_by[1]",
        "unknown organisation `bleu`",
        "mean blue?",
    ),
    Spoilt(
        "unknown reporter",
        setting("metric", "events", reported_by=["x"]),
        "metric[events].reported_by[0]",
        "unknown organisation `x`",
        "correct it",
    ),
    Spoilt("reporter twice", setting("metric", "ports", reported_by=["red"]), "metric[ports].reported_by", "twice", "remove"),
    Spoilt(
        "derived and owed",
        setting("metric", "reached_any", owed_by=["red"]),
        "metric[reached_any].derived",
        "must not have organisations in owed_by",
        "remove owed_by",
    ),
    Spoilt(
        "reader reports",
        setting("metric", "users", owed_by=["reader"]),
        "metric[users].owed_by",
        "role that does not report",
        "name a carrier",
    ),
    Spoilt(
        "office and whole area",
        setting("metric", "users", reported_by=["office"]),
        "metric[users].grain",
        "own subdistrict only",
        '"street"',
    ),
    Spoilt("unknown task", setting("metric", "ports", task=13), "metric[ports].task", "unknown task `13`", "[[task]]"),
    Spoilt(
        "two metrics, one name",
        setting("metric", "users", title=text("人口", "Users")),
        "metric[people]",
        "as does `users`",
        "another title",
    ),
]


@pytest.mark.parametrize("spoilt", CASES, ids=named)
def test_a_metric_that_does_not_fit_is_told_where_and_how_to_mend_it(spoilt: Spoilt) -> None:
    spoilt.is_told()


def test_a_street_metric_needs_streets() -> None:
    raw = small()
    raw["area"] = raw["area"][:1]
    raw["organisation"] = [o for o in raw["organisation"] if o["code"] != "office"]

    assert "metric[ports].grain" in {one.key for one in findings(raw, "plan.toml")}
