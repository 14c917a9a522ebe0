"""Each cross-check names the file, the key and the way to put it right."""

from collections.abc import Callable
from typing import Any

import pytest

from shared.campaign.checks import findings
from tests.shared.campaign.plans import TEXT, Raw, block, in_both_languages, small, text

Spoil = Callable[[Raw], Any]


def setting(kind: str, code: str | int, /, **values: object) -> Spoil:
    """Sets keys of a block; None removes one."""

    def spoil(raw: Raw) -> None:
        target = raw[kind] if kind in ("campaign", "calendar") else block(raw, kind, code)
        for key, value in values.items():
            name = "from" if key == "from_" else key
            target.pop(name, None)
            if value is not None:
                target[name] = value

    return spoil


def adding(kind: str, like: str | int, /, **values: object) -> Spoil:
    """Adds a copy of a block with other keys."""

    def spoil(raw: Raw) -> None:
        changes = {"from" if key == "from_" else key: value for key, value in values.items()}
        raw[kind].append({**block(raw, kind, like), **changes})

    return spoil


def rule(**values: object) -> Spoil:
    """Adds a rule `new`, a warning unless it says otherwise."""
    return lambda raw: raw["rule"].append({"code": "new", "severity": "warn", "message": TEXT, **values})


def variant(index: int, /, **values: object) -> Spoil:
    """Sets keys of a variant of the indicator `reach`."""
    return lambda raw: block(raw, "indicator", "reach")["variant"][index].update(values)


def measure(index: int, /, **values: object) -> Spoil:
    """Sets keys of a measure of the first task."""

    def spoil(raw: Raw) -> None:
        task_measure = raw["task"][0]["measure"][index]
        task_measure.pop("evidence", None)
        task_measure.update(values)

    return spoil


def register(code: str, *counts: Raw, kept_by: list[str], **values: object) -> Spoil:
    """Adds a register."""
    return lambda raw: raw.setdefault("register", []).append({"code": code, "kept_by": kept_by, "count": list(counts), **values})


def places(**values: object) -> Spoil:
    """Adds the register of key places, whose count is written under `reached_any`."""
    return register("key_places", {"count": "places_listed", "metric": "reached_any", **values}, kept_by=["desk"])


def stations(**values: object) -> Spoil:
    """Adds the register of stations, kept by one carrier, whose count is written under `reached_any`."""
    return register("base_stations", {"count": "stations_built", "metric": "reached_any", **values}, kept_by=["red"])


def both(*spoils: Spoil) -> Spoil:
    """One change after another."""

    def spoil(raw: Raw) -> None:
        for each in spoils:
            each(raw)

    return spoil


TERM = {"column": "category", "code": "hospital", "title": TEXT}
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

CASES: list[tuple[str, Spoil, str, str, str]] = [
    # campaign, organisations, areas
    ("root unknown", setting("campaign", "", area="twon"), "campaign.area", "there is no area `twon`", "did you mean town?"),
    ("timezone", setting("campaign", "", timezone="Asia/Chonqing"), "campaign.timezone", "unknown timezone", "Asia/Chongqing"),
    ("organisation twice", adding("organisation", "red"), "organisation[red]", "twice", "another code"),
    (
        "organisation's area",
        setting("organisation", "office", area="003"),
        "organisation[office].area",
        "no area `003`",
        "[[area]]",
    ),
    (
        "two offices, one street",
        adding("organisation", "office", code="annex"),
        "organisation[annex].area",
        "twice",
        "remove one",
    ),
    (
        "office without street",
        setting("organisation", "office", area=None),
        "organisation[office].area",
        "without a street",
        "own street",
    ),
    (
        "office of everything",
        setting("organisation", "office", area="town"),
        "organisation[office].area",
        "whole campaign",
        "a street",
    ),
    ("role twice", setting("organisation", "red", roles=["carrier", "carrier"]), "organisation[red].roles[1]", "twice", "remove"),
    (
        "organisation ends first",
        setting("organisation", "red", valid_from="2022-05", valid_to="2022-04"),
        "organisation[red].valid_to",
        "ends before",
        "not before `valid_from`",
    ),
    ("area twice", adding("area", "001"), "area[001]", "twice", "another code"),
    ("area without parent", setting("area", "001", parent=None), "area[001].parent", "without a parent", 'parent = "town"'),
    ("unknown parent", setting("area", "001", parent="towns"), "area[001].parent", "no area `towns`", "did you mean town?"),
    ("root with parent", setting("area", "town", parent="001"), "area[town].parent", "has a parent", "remove `parent`"),
    ("area within itself", setting("area", "001", parent="001"), "area[001].parent", "within itself", "lead up to"),
    (
        "area ends first",
        setting("area", "002", valid_to="2022-02"),
        "area[002].valid_to",
        "ends before",
        "not before `valid_from`",
    ),
    ("two areas, one name", setting("area", "002", aliases=["东街道"]), "area[002]", "so is `001`", "another title"),
    ("full-width name", setting("area", "002", aliases=["ＥＡＳＴ"]), "area[002]", "so is `001`", "alias"),
    # metrics
    ("metric twice", adding("metric", "ports"), "metric[ports].from", "twice", "another code, or a `from`"),
    ("unit changes", adding("metric", "ports", unit=TEXT, from_="2022-09"), "metric[ports].unit", "differs", "a new code"),
    ("kind changes", adding("metric", "ports", kind="flow", from_="2022-09"), "metric[ports].kind", "differs", "a new code"),
    (
        "grain changes",
        adding("metric", "ports", grain="campaign", from_="2022-09"),
        "metric[ports].grain",
        "differs",
        "a new code",
    ),
    (
        "metric ends first",
        setting("metric", "ports", from_="2022-05", valid_to="2022-04"),
        "metric[ports].valid_to",
        "ends before",
        "`from`",
    ),
    (
        "percentage",
        setting("metric", "events", unit=text("%", "%")),
        "metric[events].unit",
        "percentage is no count",
        "[[indicator]]",
    ),
    (
        "percentage in words",
        setting("metric", "events", unit=text("点", "percent")),
        "metric[events].unit",
        "no count",
        "numerator",
    ),
    (
        "nobody declares",
        setting("metric", "events", reported_by=None),
        "metric[events].owed_by",
        "nobody declares",
        "`reported_by`",
    ),
    (
        "unknown owner",
        setting("metric", "ports", owed_by=["red", "bleu"]),
        "metric[ports].owed_by[1]",
        "no organisation `bleu`",
        "mean blue?",
    ),
    (
        "unknown reporter",
        setting("metric", "events", reported_by=["x"]),
        "metric[events].reported_by[0]",
        "no organisation `x`",
        "correct it",
    ),
    ("reporter twice", setting("metric", "ports", reported_by=["red"]), "metric[ports].reported_by", "twice", "remove"),
    (
        "derived and owed",
        setting("metric", "reached_any", owed_by=["red"]),
        "metric[reached_any].derived",
        "somebody owes",
        "remove owed_by",
    ),
    ("reader reports", setting("metric", "users", owed_by=["reader"]), "metric[users].owed_by", "only reads", "name a carrier"),
    (
        "office and whole area",
        setting("metric", "users", reported_by=["office"]),
        "metric[users].grain",
        "own street only",
        '"street"',
    ),
    ("unknown task", setting("metric", "ports", task=13), "metric[ports].task", "no task `13`", "[[task]]"),
    (
        "two metrics, one name",
        setting("metric", "users", title=text("人口", "Users")),
        "metric[people]",
        "so is `users`",
        "another title",
    ),
    # indicators
    ("indicator twice", adding("indicator", "reach"), "indicator[reach].from", "twice", "a `from` month"),
    (
        "earlier block later",
        lambda raw: (adding("indicator", "reach", from_="2022-09")(raw), adding("indicator", "reach", from_="2022-08")(raw)),
        "indicator[reach].from",
        "twice",
        "later than 2022-09",
    ),
    (
        "numerator",
        setting("indicator", "fast_share", numerator="fast_port"),
        "indicator[fast_share].numerator",
        "no metric",
        "mean fast_ports?",
    ),
    (
        "denominator",
        setting("indicator", "fast_share", denominator="x"),
        "indicator[fast_share].denominator",
        "no metric `x`",
        "[[metric]]",
    ),
    (
        "mixed grains",
        setting("indicator", "fast_share", denominator="users"),
        "indicator[fast_share]",
        "mixed grains",
        "one grain",
    ),
    ("mixed grain of a variant", variant(1, numerator="users"), "indicator[reach]", "`users` by campaign", "one grain"),
    (
        "nothing decides",
        setting("indicator", "reach", decides="eech"),
        "indicator[reach].decides",
        "no variant `eech`",
        "did you mean each?",
    ),
    ("variant twice", variant(1, code="each"), "indicator[reach].variant[each]", "twice", "another code"),
    ("variant's numerator", variant(1, numerator="x"), "indicator[reach].variant[any].numerator", "no metric `x`", "[[metric]]"),
    (
        "any from counts",
        variant(1, numerator="fast_ports"),
        "indicator[reach].variant[any].numerator",
        "from counts",
        "a derived metric",
    ),
    (
        "nothing to count",
        setting("indicator", "fast_share", numerator=None),
        "indicator[fast_share].variant[sum]",
        "nothing to count",
        "a numerator",
    ),
    (
        "nothing to divide by",
        setting("indicator", "reach", denominator=None),
        "indicator[reach].variant[each]",
        "needs a denominator",
        "use `sum`",
    ),
    (
        "cases and metrics",
        setting("indicator", "cases", numerator="ports"),
        "indicator[cases].variant[approved]",
        "reads metrics",
        "remove",
    ),
    (
        "divides by itself",
        setting("indicator", "fast_share", denominator="fast_ports"),
        "indicator[fast_share].denominator",
        "numerator",
        "divide by",
    ),
    ("per cent of one", setting("indicator", "fast_share", scale=1), "indicator[fast_share].scale", "scale 100", "`scale = 100`"),
    # targets
    (
        "unknown indicator",
        adding("target", "fast_share", indicator="fast"),
        "target[fast].indicator",
        "no indicator `fast`",
        "fast_share",
    ),
    ("target twice", adding("target", "fast_share"), "target[fast_share]", "twice", "remove one"),
    (
        "task of target",
        adding("target", "fast_share", kind="task", task=2),
        "target[fast_share, task 2].task",
        "no task `2`",
        "[[task]]",
    ),
    (
        "task without number",
        setting("target", "fast_share", kind="task"),
        "target[fast_share].task",
        "without its task",
        "together",
    ),
    (
        "task on the campaign's",
        adding("target", "fast_share", task=1, due="2022-08-30"),
        "target[fast_share, task 1].task",
        "campaign's",
        "neither",
    ),
    (
        "other date than the task",
        setting("task", 1, due="2022-08-15"),
        "target[fast_share, task 1].due",
        "task 1 is due on 2022-08-15",
        "same date",
    ),
    ("continuous task", setting("task", 1, due=None), "target[fast_share, task 1].due", "never", "same date"),
    ("target's area", adding("target", "fast_share", area="003"), "target[fast_share, 003].area", "no area `003`", "[[area]]"),
    (
        "target's organisation",
        adding("target", "fast_share", org="rde"),
        "target[fast_share, rde].org",
        "no organisation `rde`",
        "mean red?",
    ),
    (
        "target of information",
        setting("indicator", "fast_share", informational=True),
        "target[fast_share]",
        "informational",
        "remove the target",
    ),
    (
        "due before it holds",
        setting("target", "fast_share", from_="2022-10"),
        "target[fast_share].due",
        "before it holds",
        "after `from`",
    ),
    # rules
    ("rule twice", adding("rule", "fast_within_all"), "rule[fast_within_all].from", "twice", "another code"),
    (
        "rule's metric",
        setting("rule", "fast_within_all", part="slow"),
        "rule[fast_within_all].part",
        "no metric `slow`",
        "[[metric]]",
    ),
    (
        "rule over grains",
        setting("rule", "fast_within_all", whole="users"),
        "rule[fast_within_all]",
        "different grains",
        "one grain",
    ),
    (
        "rule over owners",
        setting("rule", "fast_within_all", whole="people"),
        "rule[fast_within_all]",
        "different owners",
        "same organisations",
    ),
    (
        "rule over units",
        setting("metric", "ports", unit=text("台", "boxes")),
        "rule[fast_within_all]",
        "different units",
        "one unit",
    ),
    ("rule over kinds", setting("metric", "ports", kind="flow"), "rule[fast_within_all]", "compares a", "one kind"),
    (
        "rule over derived",
        setting("rule", "fast_within_all", whole="reached_any"),
        "rule[fast_within_all]",
        "derived",
        "own reports",
    ),
    ("part is whole", setting("rule", "fast_within_all", whole="fast_ports"), "rule[fast_within_all].whole", "twice", "remove"),
    (
        "change of a derived",
        rule(kind="change_limit", percent=20, metrics=["reached_any"]),
        "rule[new].metrics",
        "derived",
        "reported",
    ),
    ("fall of a reference", rule(kind="stock_fall", metrics=["people"]), "rule[new].metrics", "may fall", "name stocks"),
    (
        "rule's unknown metric",
        rule(kind="stock_fall", metrics=["prots"]),
        "rule[new].metrics[0]",
        "no metric `prots`",
        "mean ports?",
    ),
    (
        "a copy refuses",
        rule(kind="copied_report", severity="block"),
        "rule[new].severity",
        "no row to refuse",
        'severity = "warn"',
    ),
    (
        "near an unknown indicator",
        rule(kind="near_threshold", indicator="fast_shar", margin="0.5"),
        "rule[new].indicator",
        "no indicator `fast_shar`",
        "mean fast_share?",
    ),
    (
        "near no target",
        rule(kind="near_threshold", indicator="reach", margin="0.5", scope="campaign", severity="info"),
        "rule[new].indicator",
        "no target",
        "[[target]]",
    ),
    (
        "nobody's ratio",
        lambda raw: (
            rule(kind="near_threshold", indicator="fast_share", margin="0.5")(raw),
            block(raw, "indicator", "fast_share").update(denominator="people"),
        ),
        "rule[new].indicator",
        "no organisation reports both sides",
        'scope = "campaign"',
    ),
    (
        "above a stock",
        rule(kind="above_reference", part="fast_ports", whole="ports"),
        "rule[new].whole",
        "not a reference",
        "name a",
    ),
    (
        "above a carrier's reference",
        lambda raw: (
            rule(kind="above_reference", part="ports", whole="people")(raw),
            block(raw, "metric", "people").update(owed_by=["red"]),
        ),
        "rule[new].whole",
        "not a reference of one bureau",
        "name a",
    ),
    (
        "across and warning",
        rule(scope="campaign", kind="part_of", part="fast_ports", whole="ports", part_by=["red"], whole_by=["blue"]),
        "rule[new].severity",
        "across organisations",
        'severity = "info"',
    ),
    (
        "across of whom",
        rule(scope="campaign", severity="info", kind="part_of", part="fast_ports", whole="ports"),
        "rule[new].scope",
        "not clear",
        "`part_by` and `whole_by`",
    ),
    (
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
    (
        "a fall across",
        rule(kind="stock_fall", scope="campaign", severity="info"),
        "rule[new].scope",
        "one organisation",
        "remove",
    ),
    (
        "what stands out as a warning",
        rule(**UNLIKE_HISTORY | {"severity": "warn"}),
        "rule[new].severity",
        "no error",
        'severity = "info"',
    ),
    (
        "history of a reference",
        rule(**UNLIKE_HISTORY, metrics=["people"]),
        "rule[new].metrics",
        "nobody's monthly count",
        "name stocks and flows",
    ),
    ("a short history", rule(**UNLIKE_HISTORY | {"months": 4, "at_least": 4}), "rule[new].months", "4 changes", "further back"),
    ("too few for a spread", rule(**UNLIKE_HISTORY | {"at_least": 2}), "rule[new]", "will not do", "3 or more"),
    (
        "areas of the whole",
        rule(**UNLIKE_AREAS | {"part": "users"}),
        "rule[new].part",
        "`users` is not counted by street",
        "name a metric that is",
    ),
    (
        "areas by others' counts",
        rule(**UNLIKE_AREAS | {"whole": "events"}),
        "rule[new].whole",
        "neither by whom",
        "or a reference metric",
    ),
    (
        "above a limit of one organisation",
        rule(severity="info", kind="above_limit", indicator="reach", limit=100),
        "rule[new].scope",
        "several organisations",
        'scope = "campaign"',
    ),
    (
        "above a limit by an unknown variant",
        rule(severity="info", scope="campaign", kind="above_limit", indicator="reach", limit=100, variant="all"),
        "rule[new].variant",
        "has no variant `all`",
        "`each`, `any`",
    ),
    (
        "above a limit of cases",
        rule(severity="info", scope="campaign", kind="above_limit", indicator="cases", limit=100),
        "rule[new].indicator",
        "no ratio",
        "name an indicator",
    ),
    (
        "lists of one's own rows",
        rule(severity="info", scope="campaign", kind="listed_differently", register="place_tests"),
        "rule[new].register",
        "rows of its own",
        "`base_stations`",
    ),
    (
        "lists that are not kept",
        rule(severity="info", scope="campaign", kind="listed_differently", register="compounds"),
        "rule[new].register",
        "keeps no compounds",
        "[[register]]",
    ),
    (
        "stations that are not kept",
        rule(severity="info", scope="campaign", kind="shared_unlisted"),
        "rule[new]",
        "keeps no base_stations",
        "[[register]]",
    ),
    (
        "sites of who does not count them",
        rule(severity="info", scope="campaign", kind="sites_unlisted", part="ports", part_by=["desk"]),
        "rule[new].part_by[0]",
        "`desk` does not report `ports`",
        "that report it",
    ),
    (
        "who looks is nobody",
        rule(**UNLIKE_HISTORY, look=["dsek"]),
        "rule[new].look[0]",
        "no organisation `dsek`",
        "desk",
    ),
    # hints, domains, tasks, benchmarks
    ("hint twice", adding("hint", "channels"), "hint[channels]", "twice", "remove"),
    ("hint is a metric", setting("hint", "channels", word="端口数"), "hint[端口数].word", "is a metric", "remove the hint"),
    ("domain twice", adding("case_domain", "industry"), "case_domain[industry]", "twice", "another code"),
    ("no domain", lambda raw: raw.pop("case_domain"), "indicator[cases]", "without case domains", "[[case_domain]]"),
    ("task twice", adding("task", 1), "task[1]", "twice", "another code"),
    ("lead", setting("task", 1, lead=["dask"]), "task[1].lead[0]", "no organisation `dask`", "mean desk?"),
    ("responsible", setting("task", 1, responsible=["x"]), "task[1].responsible[0]", "no organisation `x`", "declare it"),
    ("cooperating", setting("task", 1, cooperating=["x"]), "task[1].cooperating[0]", "no organisation `x`", "declare it"),
    ("leads and cooperates", setting("task", 1, cooperating=["desk"]), "task[1].cooperating[0]", "twice", "remove"),
    ("nobody responsible", setting("task", 1, responsible=[]), "task[1].responsible", "nobody", "name the responsible"),
    ("task's indicator", setting("task", 1, indicators=["x"]), "task[1].indicators[0]", "no indicator `x`", "[[indicator]]"),
    ("measure's metric", measure(0, metrics=["x"]), "task[1].measure[1.1].metrics[0]", "no metric `x`", "[[metric]]"),
    ("measure of another task", measure(0, code="2.1"), "task[1].measure[2.1].code", "belongs to task 1", '"1.1"'),
    ("measure twice", measure(0, code="1.2"), "task[1].measure[1.2]", "twice", "another code"),
    ("nothing shows it", measure(1), "task[1].measure[1.2]", "nothing shows", "`evidence` wanted or the `metrics`"),
    (
        "benchmark",
        lambda raw: raw["benchmark"][0]["values"].update(x="1"),
        "benchmark[Elsewhere].values.x",
        "no indicator `x`",
        "[[indicator]]",
    ),
    ("benchmark twice", lambda raw: raw["benchmark"].append(raw["benchmark"][0]), "benchmark[Elsewhere]", "twice", "remove"),
    # registers
    ("register twice", both(places(), register("key_places", kept_by=["desk"])), "register[key_places]", "twice", ""),
    (
        "count twice",
        register("key_places", *[{"count": "places_listed", "metric": "reached_any"}] * 2, kept_by=["desk"]),
        "register[key_places].count[places_listed]",
        "twice",
        "",
    ),
    (
        "keeper",
        register("key_places", kept_by=["dask"]),
        "register[key_places].kept_by[0]",
        "no organisation `dask`",
        "mean desk?",
    ),
    (
        "term of no list",
        register("key_places", kept_by=["desk"], term=[TERM | {"column": "name"}]),
        "register[key_places].term[hospital].column",
        "`name` has no list",
        "`category`",
    ),
    (
        "term twice",
        register("key_places", kept_by=["desk"], term=[TERM, TERM]),
        "register[key_places].term[hospital]",
        "twice",
        "",
    ),
    (
        "count of another register",
        register("key_places", {"count": "stations_once", "metric": "reached_any"}, kept_by=["desk"]),
        "register[key_places].count[stations_once]",
        "not counted in this register",
        "`places_listed`",
    ),
    ("count's metric", places(metric="x"), "register[key_places].count[places_listed].metric", "no metric `x`", "[[metric]]"),
    (
        "count under a reported metric",
        places(metric="ports"),
        "register[key_places].count[places_listed].metric",
        "`ports` is not a derived metric by street",
        "derived = true",
    ),
    (
        "own count of nobody",
        stations(),
        "register[base_stations].count[stations_built].metric",
        "each organisation's own list",
        "`reported_by`",
    ),
    (
        "count of several as one's own",
        both(places(), setting("metric", "reached_any", reported_by=["desk"])),
        "register[key_places].count[places_listed].metric",
        "several organisations' lists together",
        "remove its `reported_by`",
    ),
    ("declared", places(declared="x"), "register[key_places].count[places_listed].declared", "no metric `x`", "[[metric]]"),
    (
        "declared for the whole area",
        places(declared="users"),
        "register[key_places].count[places_listed].declared",
        "`users` is not reported by street",
        "name a metric",
    ),
    (
        "declared by a street's office",
        places(declared="events"),
        "register[key_places].count[places_listed].declared",
        "single streets' offices",
        "the whole area",
    ),
    (
        "a count of several that asks for a word",
        places(declared="people", severity="warn"),
        "register[key_places].count[places_listed].severity",
        "refuses nobody's rows",
        'set "info"',
    ),
    (
        "an own count that refuses",
        stations(declared="ports", severity="block"),
        "register[base_stations].count[stations_built].severity",
        "refuses nobody's rows",
        '"warn" or "info"',
    ),
    (
        "a rule that a register makes",
        rule(kind="declared_differs", part="ports", whole="fast_ports"),
        "rule[new].kind",
        "made from a register",
        "[[register.count]]",
    ),
    # texts
    ("blank", setting("metric", "ports", caliber=text(" ", "x")), "metric[ports].caliber.zh", "an empty text", "fill it in"),
    ("NUL", setting("metric", "ports", caliber=text("x", "a\x00b")), "metric[ports].caliber.en", "control character", "one line"),
]


@pytest.mark.parametrize(("spoil", "key", "problem", "fix"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_spoilt_file_is_told_where_and_how_to_mend_it(spoil: Spoil, key: str, problem: str, fix: str) -> None:
    raw = small()
    spoil(raw)

    found = findings(raw, "plan.toml")

    matching = [one for one in found if one.key == key and problem in one.problem.en and fix in one.fix.en]
    assert matching, "\n".join(map(str, found)) or "nothing was found"
    assert matching[0].file == "plan.toml"
    assert all(in_both_languages(one) for one in found)


def test_the_small_file_is_right() -> None:
    assert findings(small(), "plan.toml") == []


def test_registers_that_are_right_are_let_through() -> None:
    of_many, of_one = small(), small()
    places(declared="people")(of_many)
    setting("metric", "reached_any", reported_by=["red"])(of_one)
    stations(declared="ports", severity="warn")(of_one)

    about = [one for raw in (of_many, of_one) for one in findings(raw, "plan.toml") if one.key.startswith(("register", "rule"))]

    assert about == []


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


def test_a_street_metric_needs_streets() -> None:
    raw = small()
    raw["area"] = raw["area"][:1]
    raw["organisation"] = [o for o in raw["organisation"] if o["code"] != "office"]

    assert "metric[ports].grain" in {one.key for one in findings(raw, "plan.toml")}


def test_everything_is_found_in_one_pass() -> None:
    raw = small()
    setting("area", "001", parent=None)(raw)
    setting("metric", "events", reported_by=None)(raw)
    setting("target", "fast_share", due=None)(raw)
    setting("indicator", "reach", denominator="users")(raw)
    setting("metric", "users", kidn="stock")(raw)

    keys = {one.key for one in findings(raw, "plan.toml")}

    wanted = {"area[001].parent", "metric[events].owed_by", "target[fast_share].due", "metric[users].kidn"}
    assert keys >= wanted


def test_a_broken_block_makes_nothing_else_unknown() -> None:
    raw = small()
    setting("metric", "ports", kind="stick")(raw)

    assert [one.key for one in findings(raw, "plan.toml")] == ["metric[ports].kind"]
