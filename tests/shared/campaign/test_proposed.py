"""A definition that is only proposed: what replaces what, which numbers it gets, and what is no file at all."""

import pytest

from shared.campaign.findings import DefinitionError
from shared.campaign.proposed import numbered, of_file, with_blocks
from tests.shared.campaign.plans import block, definition, small, text

STANDING = definition(small())
TARGET = {"indicator": "fast_share", "value": 30, "due": "2022-12-31", "source": text("文", "text")}
SHARE = block(small(), "indicator", "fast_share")


def test_a_block_replaces_its_namesake_in_its_place_and_another_comes_last() -> None:
    proposed = with_blocks(STANDING, {"target": [TARGET], "indicator": [{**SHARE, "decimals": 2}, {**SHARE, "code": "again"}]})

    assert [(each.value, each.kind, each.task) for each in proposed.targets] == [("30", "campaign", None), ("25", "task", 1)]
    assert [each.code for each in proposed.indicators] == ["fast_share", "reach", "cases", "again"]
    assert proposed.indicators[0].decimals == 2
    assert STANDING.indicators[0].decimals == 1


def test_a_block_from_a_month_on_stands_behind_the_one_before() -> None:
    later = with_blocks(STANDING, {"indicator": [{**SHARE, "from": "2022-09"}], "calendar": {"due_day": 8}})

    assert [each.from_ is None for each in later.indicators if each.code == "fast_share"] == [True, False]
    assert (later.calendar.due_day, later.calendar.grace_days) == (8, 5)


def test_codes_that_are_new_get_numbers_under_which_nothing_can_stand() -> None:
    metric = block(small(), "metric", "ports")
    proposed = with_blocks(STANDING, {"metric": [{**metric, "code": "slow_ports", "title": text("低速端口数", "Slow ports")}]})
    numbers = {("metric", each.code): number for number, each in enumerate(STANDING.metrics, start=3)}
    numbers |= {("area", each.code): number for number, each in enumerate(STANDING.areas, start=1)}

    definition = numbered(proposed, 7, numbers | {("metric", "ended_long_ago"): 40})

    assert definition.metric_numbers["ports"] == 3
    assert definition.metric_numbers["slow_ports"] == 41
    assert (definition.version, definition.area_numbers["town"]) == (7, 1)


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("x = [", "is not TOML"),
        ("x = " + "[" * 100_000, "nested too deeply"),
        ("x" + " . x" * 100_000 + " = 1", "more than ten parts"),
        ('"x"' + '."x"' * 100_000 + " = 1", "more than ten parts"),
        ("x = " + "1" * 100_000, "digits"),
        ("", "is missing from the file"),
    ],
)
def test_what_is_no_campaign_file_is_said_to_be_none(file: str, said: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        of_file(file)

    assert said in str(refused.value)
    assert len(str(refused.value)) < 2_000
