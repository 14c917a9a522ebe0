"""Words and numbers of a report."""

from decimal import Decimal
from typing import Any

import pytest

from services.indicators.reports.files.wording import (
    NO_VALUE,
    ReportText,
    changed_differences,
    contributions_zh,
    display_change_zh,
    gap_to_target,
    gap_zh,
    monthly_pace,
    pace_zh,
    reasons_zh,
    shortfall_heading_zh,
    shortfall_zh,
    unchanged_differences,
    verdict_zh,
)

MONTH_MOVED = {"zh": "数据由2022年7月更新至2022年8月", "en": "the month changed from 2022-07 to 2022-08"}
NEWLY_MET = {"zh": "由未达标转为达标", "en": "the target is now met"}


def words(**content: Any) -> ReportText:
    """The words of a report of August against one of July."""
    named = [{"code": code, "short": {"zh": zh}, "roles": []} for code, zh in (("telecom", "电信"), ("unicom", "联通"))]
    empty = {"organisations": named, "areas": [], "indicators": [], "month": "2022-08"}
    return ReportText({**empty, "differences": {"month": "2022-07", "lines": []}, **content})


@pytest.mark.parametrize(
    ("before", "after", "step"),
    [
        ("22.8", "24.9", "+2.1"),
        ("25.0", "24.7", "-0.3"),
        ("25.0", "25.0", "持平"),
        ("0", "4", "+4"),
        (None, "4", NO_VALUE),
        ("4", None, NO_VALUE),
    ],
)
def test_a_step_is_what_a_reader_gets_who_subtracts(before: str | None, after: str | None, step: str) -> None:
    assert display_change_zh(before, after) == step


@pytest.mark.parametrize(
    ("per_month", "pace", "text"),
    [
        (13551.6666, Decimal(13551), "+13,551个"),
        (-948.9999, Decimal(-948), "-948个"),
        (1.3333, Decimal("1.3"), "+1.3个"),
        (-0.05, Decimal(0), "持平"),
    ],
)
def test_a_pace_is_truncated_and_small_ones_keep_a_decimal(per_month: float, pace: Decimal, text: str) -> None:
    indicator = {"outlook": {"pace": {"per_month": per_month}}, "counted_in": {"zh": "个"}}

    assert (monthly_pace(indicator), pace_zh(indicator)) == (pace, text)
    assert pace_zh({"outlook": {"pace": {"per_month": None}}}) == NO_VALUE


def test_that_the_month_is_another_one_is_not_said_of_each_indicator() -> None:
    assert reasons_zh(words(), {"reasons": [NEWLY_MET, MONTH_MOVED]}) == "由未达标转为达标"
    assert reasons_zh(words(), {"reasons": [MONTH_MOVED]}) == "数据按月更新"
    assert reasons_zh(words(), {"reasons": []}) == NO_VALUE


def test_an_organisation_without_previous_counts_is_named_and_not_counted_from_zero() -> None:
    contributions: list[dict[str, Any]] = [
        {"org": "telecom", "before": 100, "after": 90},
        {"org": "unicom", "before": None, "after": 70},
        {"org": "mobile", "before": 8, "after": None},
    ]

    same = [{"org": org, "before": 7, "after": 7} for org in ("telecom", "unicom")]
    added, largest = ({"code": "share", "contributions_note": note} for note in (None, {"zh": "不等于合计"}))

    def told(indicator: dict[str, Any], contributions: list[dict[str, Any]]) -> str:
        return contributions_zh(words(indicators=[indicator]), {"indicator": "share", "contributions": contributions})

    assert told(added, contributions) == "电信-10\n联通上期缺报"
    assert told(largest, contributions) == "电信-10\n联通上期缺报\n（不等于合计）"
    assert told(added, same) == "各单位持平"
    assert told(added, [contributions[0], same[1]]) == "电信-10\n其余持平"
    assert told(largest, []) == NO_VALUE


def test_what_neither_report_shows_is_not_compared() -> None:
    nothing, something = {"display": None}, {"display": "9.5"}
    lines = [{"before": before, "after": after} for before in (None, nothing, something) for after in (nothing, something)]

    report = words(differences={"month": "2022-07", "lines": lines})

    assert [(line["before"], line["after"]) for line in changed_differences(report)] == [
        (None, something),
        (nothing, something),
        (something, nothing),
    ]
    assert [(line["before"], line["after"]) for line in unchanged_differences(report)] == [(something, something)]


def _indicator(**line: Any) -> dict[str, Any]:
    """An indicator of 100 of 500 where 25 % are the target, of two organisations."""
    orgs = [{"org": "telecom", "numerator": 20, "denominator": 200}, {"org": "unicom", "numerator": 80, "denominator": 300}]
    whole = {"org": None, "numerator": 100, "denominator": 500, "scale": 100, "target": 25, "comparator": ">=", "gap": 25}
    return {"counted": {"zh": "10G及以上PON端口数"}, "counted_in": {"zh": "个"}, "orgs": orgs, "line": whole | line}


def test_each_gap_has_its_unit_and_noun() -> None:
    indicator = _indicator()

    assert gap_zh(indicator, 16) == "16个10G及以上PON端口"
    assert (gap_zh(indicator, 0), gap_zh(indicator, None)) == ("无", NO_VALUE)
    assert shortfall_zh(indicator, 16) == "尚差16个10G及以上PON端口"
    assert shortfall_zh(_indicator(comparator="<="), 16) == "超出16个10G及以上PON端口"
    assert shortfall_heading_zh(indicator) == "尚差10G及以上PON端口（个）"
    assert gap_zh(indicator | {"counted": {"zh": "重点场所数"}, "counted_in": {"zh": "处·家"}}, 2) == "重点场所2处·家"


def test_an_organisation_is_measured_against_the_campaigns_target_where_it_counts_a_share_of_both_sides() -> None:
    shares, base_of_others = _indicator(), _indicator(denominator=400)

    assert [gap_to_target(shares, line) for line in shares["orgs"]] == [30, 0]
    assert [gap_to_target(base_of_others, line) for line in base_of_others["orgs"]] == [None, None]


@pytest.mark.parametrize(
    ("status", "state", "verdict"),
    [
        ("not_met", "open", "未达标"),
        ("met", "open", "达标"),
        ("met", "on_time", "按期达标"),
        ("met", "late", "逾期达标"),
        ("not_met", "missed", "逾期未达标"),
        ("incomplete", None, "数据不全"),
    ],
)
def test_a_verdict_says_whether_a_target_was_met_in_time(status: str, state: str | None, verdict: str) -> None:
    assert verdict_zh({"status": status, "deadline": {"state": state}}) == verdict
    assert verdict_zh({"status": "met", "deadline": None}) == "达标"
