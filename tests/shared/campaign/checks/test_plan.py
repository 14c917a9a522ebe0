"""Hints, case domains, tasks and benchmarks that do not fit are named with the way to mend them."""

import pytest

from tests.shared.campaign.checks.spoiling import Spoilt, adding, measure, named, setting

CASES = [
    Spoilt("hint twice", adding("hint", "channels"), "hint[channels]", "twice", "remove"),
    Spoilt("hint is a metric", setting("hint", "channels", word="端口数"), "hint[端口数].word", "is a metric", "remove the hint"),
    Spoilt("domain twice", adding("case_domain", "industry"), "case_domain[industry]", "twice", "another code"),
    Spoilt("category twice", adding("difficulty_category", "power"), "difficulty_category[power]", "twice", "another code"),
    Spoilt("no domain", lambda raw: raw.pop("case_domain"), "indicator[cases]", "has no case domains", "[[case_domain]]"),
    Spoilt("technology twice", adding("case_technology", "mobile_5g"), "case_technology[mobile_5g]", "twice", "another code"),
    Spoilt(
        "no technology",
        lambda raw: raw.pop("case_technology"),
        "indicator[cases]",
        "has no technologies of cases",
        "[[case_technology]]",
    ),
    Spoilt("task twice", adding("task", 1), "task[1]", "twice", "another code"),
    Spoilt("lead", setting("task", 1, lead=["dask"]), "task[1].lead[0]", "unknown organisation `dask`", "mean desk?"),
    Spoilt(
        "responsible", setting("task", 1, responsible=["x"]), "task[1].responsible[0]", "unknown organisation `x`", "declare it"
    ),
    Spoilt(
        "cooperating", setting("task", 1, cooperating=["x"]), "task[1].cooperating[0]", "unknown organisation `x`", "declare it"
    ),
    Spoilt("leads and cooperates", setting("task", 1, cooperating=["desk"]), "task[1].cooperating[0]", "twice", "remove"),
    Spoilt(
        "nobody responsible",
        setting("task", 1, responsible=[]),
        "task[1].responsible",
        "no responsible organisation",
        "name the responsible",
    ),
    Spoilt(
        "responsible cannot report",
        setting("task", 1, responsible=["reader"]),
        "task[1].responsible[0]",
        "no role that may report progress",
        "name a carrier",
    ),
    Spoilt(
        "lead cannot accept", setting("task", 1, lead=["red"], responsible=["blue"]), "task[1].lead[0]", "may accept", "a bureau"
    ),
    Spoilt(
        "nobody accepts",
        setting("task", 1, lead=[], responsible=["desk"]),
        "task[1].responsible[0]",
        "no other organisation may accept",
        "another lead",
    ),
    Spoilt(
        "due before it starts", setting("supervision", "", starts="2022-08-31"), "task[1].due", "is before", "one of the dates"
    ),
    Spoilt("warning", setting("supervision", "", warning_days=-1), "supervision.warning_days", "not valid", "at least 0"),
    Spoilt(
        "task's indicator",
        setting("task", 1, indicators=["x"]),
        "task[1].indicators[0]",
        "unknown indicator `x`",
        "[[indicator]]",
    ),
    Spoilt("measure's metric", measure(0, metrics=["x"]), "task[1].measure[1.1].metrics[0]", "unknown metric `x`", "[[metric]]"),
    Spoilt("measure of another task", measure(0, code="2.1"), "task[1].measure[2.1].code", "belongs to task 1", '"1.1"'),
    Spoilt("measure twice", measure(0, code="1.2"), "task[1].measure[1.2]", "twice", "another code"),
    Spoilt(
        "nothing shows it",
        measure(1),
        "task[1].measure[1.2]",
        "no evidence of completion",
        "required `evidence` or the `metrics`",
    ),
    Spoilt(
        "benchmark",
        lambda raw: raw["benchmark"][0]["values"].update(x="1"),
        "benchmark[Elsewhere].values.x",
        "unknown indicator `x`",
        "[[indicator]]",
    ),
    Spoilt(
        "benchmark twice", lambda raw: raw["benchmark"].append(raw["benchmark"][0]), "benchmark[Elsewhere]", "twice", "remove"
    ),
]


@pytest.mark.parametrize("spoilt", CASES, ids=named)
def test_a_plan_that_does_not_fit_is_told_where_and_how_to_mend_it(spoilt: Spoilt) -> None:
    spoilt.is_told()
