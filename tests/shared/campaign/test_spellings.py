"""Names of metrics and areas in every accepted spelling."""

import pytest

from shared.campaign.spellings import Spellings, spellings
from shared.values.spelling import normalised
from tests.shared.campaign.plans import definition, shipped, small


@pytest.fixture
def names() -> Spellings:
    return spellings(shipped("liangjiang"))


@pytest.mark.parametrize(
    "written", ["500112010", "天宫殿", "天宫殿街道", "  天宫殿街道 ", "TIANGONGDIAN", "天宫殿街道办事处", "５００１１２０１０"]
)
def test_an_area_is_found_by_code_full_name_short_name_and_alias(names: Spellings, written: str) -> None:
    assert names.areas.get(normalised(written)) == "500112010"


@pytest.mark.parametrize("written", ["bs_5g_built", "自建5G基站数", "5g base stations built", "自建５Ｇ基站数"])
def test_a_metric_is_found_by_code_and_by_title_in_both_languages(names: Spellings, written: str) -> None:
    assert names.metrics.get(normalised(written)) == "bs_5g_built"


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("PON端口", "olt_pon_ports_total"),
        ("ＰＯＮ端口数", "olt_pon_ports_total"),
        ("10G-PON端口", "olt_pon_ports_10g"),
        ("500Mbps及以上用户数", "fbb_subs_500m"),
        ("5g用户", "mobile_subs_5g"),
    ],
)
def test_a_metric_is_found_by_what_forms_and_the_plan_call_it(names: Spellings, written: str, code: str) -> None:
    assert names.metrics.get(normalised(written)) == code


@pytest.mark.parametrize("word", ["5G基站数", "5G基站", "5G套餐用户", "PON"])
def test_a_word_that_may_mean_several_counts_names_none(names: Spellings, word: str) -> None:
    assert normalised(word) not in names.metrics


def test_the_whole_area_is_found_but_a_total_row_is_no_area(names: Spellings) -> None:
    assert names.areas.get(normalised("两江新区")) == "liangjiang"
    assert normalised("合计") not in names.areas


def test_a_compatibility_character_is_the_same_name(names: Spellings) -> None:
    assert names.areas.get(normalised("\uf90a山")) == names.areas.get(normalised("金山")) == "500112021"


@pytest.mark.parametrize(
    ("word", "instead"),
    [("mobile_subs_5g_package", "mobile_subs_5g"), ("5G套餐用户数", "mobile_subs_5g"), ("ftth_ports", "olt_pon_ports_total")],
)
def test_a_tempting_word_is_no_metric_but_has_a_hint(names: Spellings, word: str, instead: str) -> None:
    hint = names.hint(word)

    assert normalised(word) not in names.metrics
    assert hint is not None
    assert instead in hint.zh
    assert instead in hint.en


def test_an_indicator_sent_as_a_metric_is_told_which_counts_to_report(names: Spellings) -> None:
    hint = names.hint("pon_10g_share")

    assert hint is not None
    assert "olt_pon_ports_10g and olt_pon_ports_total" in hint.en
    assert names.hint("城市10G-PON端口占比") == hint


def test_a_word_nobody_foresaw_has_no_hint() -> None:
    assert spellings(definition(small())).hint("slow_ports") is None
