"""Outliers against a cell's own history or against the other areas, with numbers that can be followed by hand."""

import statistics
from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from functools import cache
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.campaign.applied import AppliedDefinition
from shared.campaign.definition import Definition
from shared.domain.counts_by_area import CountsByArea
from shared.domain.median_deviation import deviation
from shared.domain.outliers import Outlier, RatioSide, history_checks, outliers_among_areas, outliers_in_history, rules_over_areas
from shared.values.months import previous_month
from shared.vocabulary import Compared
from tests.shared.domain.test_quality import definition

AUGUST = date(2022, 8, 1)
HISTORY = {"kind": "unlike_history", "severity": "info", "deviations": "3.5", "percent": 5, "months": 12, "at_least": 3}
AREAS = {"kind": "unlike_areas", "severity": "info", "deviations": "3.5", "percent": 20, "at_least": 5}
FRACTIONS = st.integers(-1_000, 1_000).map(lambda number: Fraction(number, 4))


def exactly(*numbers: int | str | Fraction) -> tuple[Fraction, ...]:
    return tuple(Fraction(number) for number in numbers)


def month_before(count: int) -> date:
    month = AUGUST
    for _ in range(count):
        month = previous_month(month)
    return month


@cache
def usual() -> AppliedDefinition:
    """Liangjiang under the rule as it stands."""
    return definition(HISTORY)


def judged(metric: str, *series: int | None, **changes: Any) -> list[Outlier]:
    """Return the outliers of one metric's series of counts, whose last month is August."""
    plan = definition({**HISTORY, **changes}) if changes else usual()
    number, area = plan.metric_numbers[metric], plan.area_numbers["liangjiang"]
    columns: dict[date, dict[int, CountsByArea]] = {month_before(n): {} for n in range(61)}
    for back, value in enumerate(reversed(series)):
        if value is not None:
            columns[month_before(back)][number] = CountsByArea(area + 1)
            columns[month_before(back)][number][area] = value
    return list(outliers_in_history("telecom", history_checks(plan, "telecom", AUGUST), columns))


def test_a_deviation_is_measured_by_the_median_of_the_deviations_and_by_one_unit_at_least() -> None:
    spread = deviation(Fraction(30), [Fraction(n) for n in (10, 12, 14)], Fraction(1))
    constant = deviation(Fraction(7), [Fraction(5)] * 4, Fraction(1))

    assert spread == exactly(30, 12, 2, Fraction(18) / (Fraction("1.4826") * 2))
    assert constant == exactly(7, 5, 0, 2)


@given(others=st.lists(FRACTIONS, min_size=3, max_size=9), wild=FRACTIONS.map(lambda far: far * 10**9))
def test_one_wild_value_moves_the_median_no_further_than_to_its_neighbours(others: list[Fraction], wild: Fraction) -> None:
    spoilt = deviation(Fraction(0), [wild, *others[1:]], Fraction(1))

    assert min(others[1:]) <= spoilt.median <= max(others[1:])
    assert spoilt.score == abs(spoilt.median) / max(spoilt.mad * Fraction("1.4826"), Fraction(1))


def test_a_stocks_net_addition_is_held_against_the_earlier_ones() -> None:
    (found,) = judged("bs_5g_total", 1_000, 1_010, 1_022, 1_030, 1_041, 1_141)

    assert found.compared is Compared.NET_ADDITION
    assert [one.value for one in found.sample] == [10, 12, 8, 11]
    assert found.deviation[:3] == exactly(100, "10.5", 1)  # the deviations are 0.5, 1.5, 2.5 and 0.5
    assert [one.value for _, one in found.values] == [1_000, 1_010, 1_022, 1_030, 1_041, 1_141]


@settings(deadline=None, max_examples=60)
@given(series=st.lists(st.none() | st.integers(0, 40) | st.integers(0, 4_000), max_size=9), flow=st.booleans())
def test_whatever_the_series_what_stands_out_is_what_a_plain_reading_of_the_rule_says(
    series: list[int | None], *, flow: bool
) -> None:
    *earlier, now = series or [None]
    if flow:
        others, moved = [one for one in earlier if one is not None], now
    else:
        others = [new - old for old, new in pairwise(earlier) if old is not None and new is not None]
        moved = None if now is None or not earlier or earlier[-1] is None else now - earlier[-1]
    expected = False
    if moved is not None and len(others) >= 3:
        middle = statistics.median(map(Fraction, others))
        level = middle if flow else Fraction(earlier[-1] or 0)
        spread = max(Fraction("1.4826") * statistics.median(abs(one - middle) for one in others), Fraction(1))
        expected = abs(moved - middle) > Fraction("3.5") * spread and abs(moved - middle) > level / 20

    assert bool(judged("complaints_5g_forced" if flow else "bs_5g_total", *series)) is expected


@pytest.mark.parametrize(
    ("why", "series"),
    [
        ("it grows as ever", (1_000, 1_100, 1_200, 1_300, 1_400)),
        ("too few net additions", (1_000, 1_010, 1_022, 1_122)),
        ("the last month is missing", (1_000, 1_010, 1_022, 1_030, None, 1_141)),
        ("gaps leave too few", (1_000, 1_010, None, 1_030, 1_041, 1_141)),
        ("less than five per cent", (100_000, 100_010, 100_022, 100_030, 101_000)),
        ("nobody reported", (1_000, 1_010, 1_022, 1_030, None)),
    ],
)
def test_an_ordinary_month_does_not_stand_out(why: str, series: tuple[int | None, ...]) -> None:
    assert judged("bs_5g_total", *series) == [], why


def test_a_constant_that_moves_by_a_few_units_does_not_stand_out_and_by_many_it_does() -> None:
    assert judged("bs_5g_total", 20, 20, 20, 20, 23) == []  # three units
    assert [one.deviation.score for one in judged("bs_5g_total", 20, 20, 20, 20, 24)] == [4]
    assert [one.deviation.value for one in judged("bs_5g_total", 20, 20, 20, 20, 16)] == [-4]


def test_three_and_a_half_deviations_are_not_yet_too_many() -> None:
    steps = (20, 20, 21, 21, 22)  # 0, 1, 0, 1: their median is 0.5, their spread one unit

    assert judged("bs_5g_total", *steps, 26) == []
    assert [one.deviation.score for one in judged("bs_5g_total", *steps, 27)] == [Fraction("4.5")]


def test_a_flow_is_held_against_earlier_months_counts_whatever_gaps_lie_between() -> None:
    (found,) = judged("complaints_5g_forced", 3, None, 4, 2, None, 40)

    assert found.compared is Compared.VALUE
    assert found.deviation[:3] == exactly(40, 3, 1)
    assert judged("complaints_5g_forced", 3, None, 4, 2, None, 5) == []


def test_only_metrics_that_are_named_and_months_within_the_window_count() -> None:
    series = (1_000, 1_010, 1_022, 1_030, 1_041, 1_141)

    assert judged("bs_5g_total", *series, metrics=["fbb_subs_total"]) == []
    assert [len(one.sample) for one in judged("bs_5g_total", *series, months=4)] == [3]


def test_months_in_which_the_metric_was_defined_otherwise_are_no_history() -> None:
    plan = definition(HISTORY)
    body = plan.body()
    (block,) = [metric for metric in body["metric"] if metric["code"] == "bs_5g_total"]
    body["metric"].append({**block, "from": "2022-06", "caliber": {"zh": "新口径", "en": "another caliber"}})
    later = AppliedDefinition.of(
        Definition.model_validate(body), version=2, metric_numbers=plan.metric_numbers, area_numbers=plan.area_numbers
    )

    (each,) = [one for one in history_checks(later, "telecom", AUGUST) if one.metric == plan.metric_numbers["bs_5g_total"]]

    assert each.months == (date(2022, 6, 1), date(2022, 7, 1), AUGUST)


def column(counts: Sequence[int | None]) -> CountsByArea:
    """The counts of areas 1, 2, 3."""
    present = {area: count for area, count in enumerate(counts, start=1) if count is not None}
    return CountsByArea.of(len(counts) + 1, list(present), list(present.values()))


def ratios(parts: Sequence[int | None], wholes: Sequence[int | None], **changes: Any) -> list[Outlier]:
    """Return the outliers of the streets' ratios, in the order of the streets."""
    plan = definition({**AREAS, "part": "olt_pon_ports_10g", "whole": "olt_pon_ports_total", **changes})
    (rule,) = rules_over_areas(plan, AUGUST, across=False)
    top, bottom = (
        RatioSide(plan.metric_numbers[code], AUGUST, {"telecom": column(counts)})
        for code, counts in (("olt_pon_ports_10g", parts), ("olt_pon_ports_total", wholes))
    )
    return list(outliers_among_areas(rule, top, bottom, range(1, len(parts) + 1)))


def test_a_street_whose_ratio_is_unlike_the_others_stands_out() -> None:
    (found,) = ratios([25, 26, 24, 25, 27, 60], [100] * 6)

    assert (found.area, found.deviation.value, found.deviation.median) == (6, Fraction(3, 5), Fraction(51, 200))
    assert [one.value for _, one in found.values] == [60, 100]
    assert len(found.sample) == 6


def test_streets_that_lack_a_count_or_have_nothing_to_divide_by_have_no_ratio() -> None:
    assert ratios([25, 26, 24, 60, None, 3], [100, 100, 100, 100, 100, 0]) == []  # four are too few
    assert [found.area for found in ratios([25, 26, 24, 25, 60, None, 3], [100] * 6 + [0])] == [5]


def test_a_ratio_within_the_rules_per_cent_of_the_median_does_not_stand_out() -> None:
    assert ratios([250, 251, 249, 250, 299], [1_000] * 5) == []
    assert [found.area for found in ratios([250, 251, 249, 250, 301], [1_000] * 5)] == [5]


def test_one_unit_of_a_small_street_does_not_stand_out() -> None:
    assert ratios([50, 50, 50, 50, 2], [100, 100, 100, 100, 3]) == []  # 66.6 %: half a unit from half
