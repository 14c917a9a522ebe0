"""Rules that do not fit are named with the way to mend them."""

import pytest

from shared.campaign.checks import findings
from tests.shared.campaign.checks.spoiling import Spoilt, adding, named, rule, setting, stations
from tests.shared.campaign.plans import TEXT, Raw, block, small, text

UNLIKE_HISTORY: Raw = {
    "severity": "info",
    "kind": "unlike_history",
    "deviations": "3.5",
    "percent": 5,
    "months": 12,
    "at_least": 3,
}
UNLIKE_AREAS: Raw = {
    "severity": "info",
    "kind": "unlike_areas",
    "part": "fast_ports",
    "whole": "ports",
    "deviations": "3.5",
    "percent": 20,
    "at_least": 5,
}

CASES = [
    Spoilt("rule twice", adding("rule", "fast_within_all"), "rule[fast_within_all].from", "twice", "another code"),
    Spoilt(
        "rule's metric",
        setting("rule", "fast_within_all", part="slow"),
        "rule[fast_within_all].part",
        "unknown metric `slow`",
        "[[metric]]",
    ),
    Spoilt(
        "rule over grains",
        setting("rule", "fast_within_all", whole="users"),
        "rule[fast_within_all]",
        "different area levels",
        "one area level",
    ),
    Spoilt(
        "rule over owners",
        setting("rule", "fast_within_all", whole="people"),
        "rule[fast_within_all]",
        "different reporting organisations",
        "same organisations",
    ),
    Spoilt(
        "rule over units",
        setting("metric", "ports", unit=text("台", "boxes")),
        "rule[fast_within_all]",
        "different units",
        "one unit",
    ),
    Spoilt("rule over kinds", setting("metric", "ports", kind="flow"), "rule[fast_within_all]", "compares a", "one kind"),
    Spoilt(
        "rule over derived",
        setting("rule", "fast_within_all", whole="reached_any"),
        "rule[fast_within_all]",
        "derived",
        "only reported rows",
    ),
    Spoilt(
        "part is whole", setting("rule", "fast_within_all", whole="fast_ports"), "rule[fast_within_all].whole", "twice", "remove"
    ),
    Spoilt(
        "change of a derived",
        rule(kind="change_limit", percent=20, metrics=["reached_any"]),
        "rule[new].metrics",
        "derived",
        "reported",
    ),
    Spoilt("fall of a reference", rule(kind="stock_fall", metrics=["people"]), "rule[new].metrics", "may fall", "name stocks"),
    Spoilt(
        "rule's unknown metric",
        rule(kind="stock_fall", metrics=["prots"]),
        "rule[new].metrics[0]",
        "unknown metric `prots`",
        "mean ports?",
    ),
    Spoilt(
        "a copy refuses",
        rule(kind="copied_report", severity="block"),
        "rule[new].severity",
        "no row to reject",
        'severity = "warn"',
    ),
    Spoilt(
        "near an unknown indicator",
        rule(kind="near_threshold", indicator="fast_shar", margin="0.5"),
        "rule[new].indicator",
        "unknown indicator `fast_shar`",
        "mean fast_share?",
    ),
    Spoilt(
        "near no target",
        rule(kind="near_threshold", indicator="reach", margin="0.5", scope="campaign", severity="info"),
        "rule[new].indicator",
        "no target",
        "[[target]]",
    ),
    Spoilt(
        "nobody's ratio",
        lambda raw: (
            rule(kind="near_threshold", indicator="fast_share", margin="0.5")(raw),
            block(raw, "indicator", "fast_share").update(denominator="people"),
        ),
        "rule[new].indicator",
        "no organisation reports numerator and denominator",
        'scope = "campaign"',
    ),
    Spoilt(
        "above a stock",
        rule(kind="above_reference", part="fast_ports", whole="ports"),
        "rule[new].whole",
        "not a reference",
        "name a",
    ),
    Spoilt(
        "above a carrier's reference",
        lambda raw: (
            rule(kind="above_reference", part="ports", whole="people")(raw),
            block(raw, "metric", "people").update(owed_by=["red"]),
        ),
        "rule[new].whole",
        "not a reference metric of one bureau",
        "name a",
    ),
    Spoilt(
        "across and warning",
        rule(scope="campaign", kind="part_of", part="fast_ports", whole="ports", part_by=["red"], whole_by=["blue"]),
        "rule[new].severity",
        "across organisations",
        'severity = "info"',
    ),
    Spoilt(
        "across of whom",
        rule(scope="campaign", severity="info", kind="part_of", part="fast_ports", whole="ports"),
        "rule[new].scope",
        "which organisations' counts are compared",
        "`part_by` and `whole_by`",
    ),
    Spoilt(
        "across of one who does not report",
        rule(
            scope="campaign",
            severity="info",
            kind="part_of",
            part="fast_ports",
            whole="ports",
            part_by=["red"],
            whole_by=["desk"],
        ),
        "rule[new].whole_by[0]",
        "`desk` does not report `ports`",
        "that report it",
    ),
    Spoilt(
        "a fall across",
        rule(kind="stock_fall", scope="campaign", severity="info"),
        "rule[new].scope",
        "one organisation",
        "remove",
    ),
    Spoilt(
        "what stands out as a warning",
        rule(**UNLIKE_HISTORY | {"severity": "warn"}),
        "rule[new].severity",
        "not necessarily an error",
        'severity = "info"',
    ),
    Spoilt(
        "history of a reference",
        rule(**UNLIKE_HISTORY, metrics=["people"]),
        "rule[new].metrics",
        "not reported monthly by organisations",
        "name stocks and flows",
    ),
    Spoilt(
        "a short history", rule(**UNLIKE_HISTORY | {"months": 4, "at_least": 4}), "rule[new].months", "4 changes", "further back"
    ),
    Spoilt("too few for a spread", rule(**UNLIKE_HISTORY | {"at_least": 2}), "rule[new]", "is not valid", "3 or more"),
    Spoilt(
        "areas of the whole",
        rule(**UNLIKE_AREAS | {"part": "users"}),
        "rule[new].part",
        "`users` is not counted by subdistrict",
        "name a metric that is",
    ),
    Spoilt(
        "areas by others' counts",
        rule(**UNLIKE_AREAS | {"whole": "events"}),
        "rule[new].whole",
        "neither reported by",
        "or a reference metric",
    ),
    Spoilt(
        "above a limit of one organisation",
        rule(severity="info", kind="above_limit", indicator="reach", limit=100),
        "rule[new].scope",
        "several organisations",
        'scope = "campaign"',
    ),
    Spoilt(
        "above a limit by an unknown variant",
        rule(severity="info", scope="campaign", kind="above_limit", indicator="reach", limit=100, variant="all"),
        "rule[new].variant",
        "has no variant `all`",
        "`each`, `any`",
    ),
    Spoilt(
        "above a limit of cases",
        rule(severity="info", scope="campaign", kind="above_limit", indicator="cases", limit=100),
        "rule[new].indicator",
        "not a ratio",
        "name an indicator",
    ),
    Spoilt(
        "lists of one's own rows",
        rule(severity="info", scope="campaign", kind="listed_differently", register="place_tests"),
        "rule[new].register",
        "their own rows",
        "`base_stations`",
    ),
    Spoilt(
        "lists that are not kept",
        rule(severity="info", scope="campaign", kind="listed_differently", register="compounds"),
        "rule[new].register",
        "has no register compounds",
        "[[register]]",
    ),
    Spoilt(
        "stations that are not kept",
        rule(severity="info", scope="campaign", kind="shared_unlisted"),
        "rule[new]",
        "has no register base_stations",
        "[[register]]",
    ),
    Spoilt(
        "sites of who does not count them",
        rule(severity="info", scope="campaign", kind="sites_unlisted", part="ports", part_by=["desk"]),
        "rule[new].part_by[0]",
        "`desk` does not report `ports`",
        "that report it",
    ),
    Spoilt(
        "who looks is nobody",
        rule(**UNLIKE_HISTORY, look=["dsek"]),
        "rule[new].look[0]",
        "unknown organisation `dsek`",
        "desk",
    ),
]


@pytest.mark.parametrize("spoilt", CASES, ids=named)
def test_a_rule_that_does_not_fit_is_told_where_and_how_to_mend_it(spoilt: Spoilt) -> None:
    spoilt.is_told()


def test_rules_over_stored_months_that_are_right_are_let_through() -> None:
    raw = small()
    stations(declared=None)(raw)
    setting("metric", "reached_any", reported_by=["red"])(raw)
    across: Raw = {"severity": "info", "scope": "campaign"}
    for code, values in {
        "history": UNLIKE_HISTORY,
        "areas": UNLIKE_AREAS,
        "by_people": UNLIKE_AREAS | {"whole": "people"} | across,
        "limit": {**across, "kind": "above_limit", "indicator": "reach", "limit": "100", "variant": "each", "look": ["desk"]},
        "alike": {**across, "kind": "listed_differently", "register": "base_stations"},
        "both": {**across, "kind": "shared_unlisted"},
        "sites": {**across, "kind": "sites_unlisted", "part": "ports", "part_by": ["red"]},
    }.items():
        raw["rule"].append({"code": code, "message": TEXT, **values})

    assert [one for one in findings(raw, "plan.toml") if one.key.startswith("rule")] == []
