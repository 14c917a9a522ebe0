"""Several ways of writing a name are one spelling."""

import pytest

from shared.values.spelling import normalised


@pytest.mark.parametrize(
    "written",
    ["天宫殿街道", " 天宫殿街道\u3000", "天宫殿\u200b街道", "\ufeff天宫殿街道", "天宫殿街\u2060道"],
)
def test_space_and_invisible_characters_do_not_make_another_name(written: str) -> None:
    assert normalised(written) == "天宫殿街道"


def test_variant_forms_are_one_spelling() -> None:
    assert normalised("\ufa18嘉") == normalised("礼嘉")
    assert normalised("ＬiangＪiang") == normalised("liangjiang")
    assert normalised("e\u0301") == normalised("\u00e9")
    assert normalised("Metric  Code") == normalised("metric code")


def test_direction_marks_make_another_name() -> None:
    assert normalised("\u202e500112007") != normalised("500112007")


def test_it_changes_nothing_the_second_time() -> None:
    for text in ("\ufa18嘉 街道", "ＡＢ\u200b c", "ß", "\u3000x\u3000"):
        assert normalised(normalised(text)) == normalised(text)
