"""The difference between two campaign files, and the changes that a new file must not make."""

from collections.abc import Callable
from typing import Any

import pytest

from shared.campaign.difference import difference
from shared.campaign.reinterpretation import Used, doubtful, refusals
from tests.shared.campaign.plans import Raw, block, definition, shipped, small, text

EVERYTHING = Used(
    metrics={"ports", "fast_ports", "users", "people", "events", "reached_any"},
    areas={"town", "001", "002"},
    organisations={"red", "blue", "office", "desk", "reader"},
    blocks={"case_domain[industry]", "difficulty_category[power]", "task[1]"},
)


def changed(change: Callable[[Raw], Any]) -> list[str]:
    """The lines of the difference that a change of the small file makes."""
    raw = small()
    change(raw)
    return [str(line) for line in difference(definition(small()), definition(raw))]


def test_the_same_file_makes_no_difference() -> None:
    assert changed(lambda _: None) == []
    assert difference(shipped("liangjiang"), shipped("liangjiang")) == []


def test_a_first_definition_is_counted_not_listed() -> None:
    lines = [str(line) for line in difference(None, definition(small()))]

    assert "+ metric: 7 blocks" in lines
    assert len(lines) == 12


@pytest.mark.parametrize(
    ("change", "lines"),
    [
        (lambda raw: raw["calendar"].update(due_day=6), ["~ calendar: due_day 5 → 6"]),
        (lambda raw: raw.update(report={"signatory": "王某"}), ["~ report: signatory = 王某"]),
        (lambda raw: raw["target"][0].update(value=30), ["~ target[fast_share, campaign]: value 25 → 30"]),
        (lambda raw: raw["target"][0].update(due="2022-10-31"), ["~ target[fast_share, campaign]: due 2022-09-30 → 2022-10-31"]),
        (
            lambda raw: raw["target"].append({**raw["target"][0], "from": "2022-09", "value": 30}),
            ["+ target[fast_share, campaign, 2022-09]"],
        ),
        (lambda raw: raw["hint"].pop(), ["- hint[channels]"]),
        (
            lambda raw: block(raw, "metric", "ports").update(caliber=text("按端口", "ports"), owed_by=["red"]),
            ["~ metric[ports]: owed_by red, blue → red; caliber = 按端口 / ports"],
        ),
        (
            lambda raw: block(raw, "indicator", "reach")["variant"].pop(),
            ["~ indicator[reach]: variant[any] removed"],
        ),
        (
            lambda raw: raw["task"][0]["measure"][1]["evidence"].update(zh="清单"),
            ["~ task[1]: measure[1.2].evidence.zh 文 → 清单"],
        ),
        (lambda raw: raw["metric"].reverse(), ["~ metric: another order of the blocks"]),
        (lambda raw: raw["task"][0]["measure"].reverse(), ["~ task[1]: another order"]),
    ],
)
def test_each_change_is_one_readable_line(change: Callable[[Raw], Any], lines: list[str]) -> None:
    assert changed(change) == lines


def refused(change: Callable[[Raw], Any], used: Used = EVERYTHING) -> list[str]:
    """The refusals that a change of the small file meets."""
    raw = small()
    change(raw)
    return [str(refusal) for refusal in refusals(definition(small()), definition(raw), used)]


def without(kind: str, code: str) -> Callable[[Raw], Any]:
    """Removes a block."""
    return lambda raw: raw[kind].remove(block(raw, kind, code))


@pytest.mark.parametrize(
    ("change", "key", "way"),
    [
        (
            lambda raw: block(raw, "metric", "ports").update(unit=text("台", "boxes")),
            "metric[ports]: its unit changed",
            "a new code",
        ),
        (lambda raw: block(raw, "metric", "ports").update(kind="flow"), "metric[ports]: its kind changed", "a new code"),
        (lambda raw: block(raw, "metric", "ports").update(grain="campaign"), "metric[ports]: its grain changed", "a new code"),
        (without("metric", "ports"), "metric[ports]: is removed", "`valid_to"),
        (without("area", "002"), "area[002]: is removed", "`valid_to"),
        (without("organisation", "blue"), "organisation[blue]: is removed", "`valid_to"),
        (without("case_domain", "industry"), "case_domain[industry]: is removed, but items refer", "keep the block"),
        (without("difficulty_category", "power"), "difficulty_category[power]: is removed", "keep the block"),
        (lambda raw: (raw["task"].pop(), raw["target"].pop()), "task[1]: is removed", "keep the block"),
        (lambda raw: raw["campaign"].update(area="001"), "campaign.area: is no longer `town`", 'keep `area = "town"`'),
    ],
)
def test_a_change_that_reinterprets_stored_facts_is_refused_with_the_way_out(
    change: Callable[[Raw], Any], key: str, way: str
) -> None:
    (refusal,) = refused(change)

    assert refusal.startswith(key)
    assert way in refusal
    assert refused(change, Used()) == []


@pytest.mark.parametrize(
    "change",
    [
        lambda raw: block(raw, "indicator", "fast_share").update(denominator="people"),
        lambda raw: raw["indicator"].pop(),
        lambda raw: raw["difficulty_category"][0].update(title=text("供电", "Power")),
        lambda raw: raw["target"][0].update(value=30),
        lambda raw: block(raw, "metric", "ports").update(owed_by=["red"], title=text("端口", "Ports"), valid_to="2022-08"),
        lambda raw: block(raw, "area", "002").update(valid_to="2022-08"),
        lambda raw: block(raw, "organisation", "blue").update(valid_to="2022-08"),
        lambda raw: raw["metric"].append({**block(raw, "metric", "ports"), "code": "new_ports"}),
    ],
)
def test_a_change_of_definition_or_of_validity_is_not_refused(change: Callable[[Raw], Any]) -> None:
    assert refused(change) == []


def test_only_doubtful_codes_need_to_be_looked_up() -> None:
    raw = small()
    block(raw, "metric", "ports")["kind"] = "flow"
    without("area", "002")(raw)

    doubted = doubtful(definition(small()), definition(raw))

    assert doubted == Used(metrics={"ports"}, areas={"002"}, organisations=set(), blocks=set())
