"""Registers that do not fit are named with the way to mend them."""

import pytest

from shared.campaign.checks import findings
from tests.shared.campaign.checks.spoiling import Spoilt, both, named, places, register, rule, setting, stations
from tests.shared.campaign.plans import TEXT, small, text

TERM = {"column": "category", "code": "hospital", "title": TEXT}

CASES = [
    Spoilt("register twice", both(places(), register("key_places", kept_by=["desk"])), "register[key_places]", "twice", ""),
    Spoilt(
        "count twice",
        register("key_places", *[{"count": "places_listed", "metric": "reached_any"}] * 2, kept_by=["desk"]),
        "register[key_places].count[places_listed]",
        "twice",
        "",
    ),
    Spoilt(
        "keeper",
        register("key_places", kept_by=["dask"]),
        "register[key_places].kept_by[0]",
        "unknown organisation `dask`",
        "mean desk?",
    ),
    Spoilt(
        "term of no list",
        register("key_places", kept_by=["desk"], term=[TERM | {"column": "name"}]),
        "register[key_places].term[hospital].column",
        "`name` has no list",
        "`category`",
    ),
    Spoilt(
        "term twice",
        register("key_places", kept_by=["desk"], term=[TERM, TERM]),
        "register[key_places].term[hospital]",
        "twice",
        "",
    ),
    Spoilt(
        "two terms, one name",
        register("key_places", kept_by=["desk"], term=[TERM, TERM | {"code": "clinic"}]),
        "register[key_places].category[clinic]",
        "as does `hospital`",
        "alias",
    ),
    Spoilt(
        "a term with an organisation's name",
        register("base_stations", kept_by=["red"], term=[{"column": "built_by", "code": "other", "title": text("红", "other")}]),
        "register[base_stations].built_by[other]",
        "as does `red`",
        "alias",
    ),
    Spoilt(
        "count of another register",
        register("key_places", {"count": "stations_once", "metric": "reached_any"}, kept_by=["desk"]),
        "register[key_places].count[stations_once]",
        "not derived from this register",
        "`places_listed`",
    ),
    Spoilt(
        "count's metric",
        places(metric="x"),
        "register[key_places].count[places_listed].metric",
        "unknown metric `x`",
        "[[metric]]",
    ),
    Spoilt(
        "count under a reported metric",
        places(metric="ports"),
        "register[key_places].count[places_listed].metric",
        "`ports` is not a derived metric by subdistrict",
        "derived = true",
    ),
    Spoilt(
        "own count of nobody",
        stations(),
        "register[base_stations].count[stations_built].metric",
        "each organisation's own register",
        "`reported_by`",
    ),
    Spoilt(
        "count of several as one's own",
        both(places(), setting("metric", "reached_any", reported_by=["desk"])),
        "register[key_places].count[places_listed].metric",
        "the registers of several organisations",
        "remove its `reported_by`",
    ),
    Spoilt(
        "declared", places(declared="x"), "register[key_places].count[places_listed].declared", "unknown metric `x`", "[[metric]]"
    ),
    Spoilt(
        "declared for the whole area",
        places(declared="users"),
        "register[key_places].count[places_listed].declared",
        "`users` is not reported by subdistrict",
        "name a metric",
    ),
    Spoilt(
        "declared by a street's office",
        places(declared="events"),
        "register[key_places].count[places_listed].declared",
        "reported by subdistrict offices",
        "the whole area",
    ),
    Spoilt(
        "a count of several that asks for a word",
        places(declared="people", severity="warn"),
        "register[key_places].count[places_listed].severity",
        "must not reject rows",
        'set "info"',
    ),
    Spoilt(
        "an own count that refuses",
        stations(declared="ports", severity="block"),
        "register[base_stations].count[stations_built].severity",
        "must not reject rows",
        '"warn" or "info"',
    ),
    Spoilt(
        "a rule that a register makes",
        rule(kind="declared_differs", part="ports", whole="fast_ports"),
        "rule[new].kind",
        "declared in a register",
        "[[register.count]]",
    ),
]


@pytest.mark.parametrize("spoilt", CASES, ids=named)
def test_a_register_that_does_not_fit_is_told_where_and_how_to_mend_it(spoilt: Spoilt) -> None:
    spoilt.is_told()


def test_registers_that_are_right_are_let_through() -> None:
    of_many, of_one = small(), small()
    places(declared="people")(of_many)
    setting("metric", "reached_any", reported_by=["red"])(of_one)
    stations(declared="ports", severity="warn")(of_one)

    about = [one for raw in (of_many, of_one) for one in findings(raw, "plan.toml") if one.key.startswith(("register", "rule"))]

    assert about == []
