"""A wrong name is answered with the one that was meant, or with those there are."""

import pytest

from shared.values import suggestions as module
from shared.values.bilingual import Bilingual
from shared.values.suggestions import LISTED, Guesses, nearest


def test_the_name_next_to_a_wrong_one_is_named() -> None:
    assert nearest("fbb_sub_total", ["fbb_subs_total", "bs_5g_total"]) == Bilingual(
        zh="是否指 fbb_subs_total？", en="did you mean fbb_subs_total?"
    )


def test_a_title_that_is_nearly_right_is_answered_with_title_and_code() -> None:
    names = {"500112010": ("天宫殿街道", "Tiangongdian Street"), "500112022": ("康美街道", "Kangmei Street")}
    titles = {code: Bilingual(zh=zh, en=en) for code, (zh, en) in names.items()}

    assert nearest("天宫", titles, titles) == Bilingual(
        zh="是否指“天宫殿街道”（500112010）？", en="did you mean “Tiangongdian Street” (500112010)?"
    )
    assert nearest("50011201", titles, titles) == Bilingual(zh="是否指 500112010？", en="did you mean 500112010?")


def test_where_none_is_near_all_are_named() -> None:
    assert nearest("天宫", ["500112008", "500112007"]) == Bilingual(
        zh="可填：500112007、500112008", en="valid: 500112007, 500112008"
    )


def test_of_very_many_names_only_some_are_named_and_how_many_there_are() -> None:
    names = [f"{number:09}" for number in range(30_000)]
    titles = {code: Bilingual(zh=f"第{code}号", en=code) for code in names} | {"000000007": Bilingual(zh="天府", en="Tianfu")}

    assert nearest("天宫", names) == Bilingual(
        zh="可填 000000000、 000000001、 000000002 等 30000 个", en="valid: 000000000, 000000001, 000000002 and 29997 more"
    )
    hint = nearest("某天然气公司", names, titles, listed_at="/v1/catalogue")
    assert hint is not None
    assert hint.zh.startswith("可填“天府”（000000007）、")
    assert (hint.zh.endswith("全部见 /v1/catalogue"), hint.en.endswith("see /v1/catalogue")) == (True, True)


def test_all_names_are_named_where_there_are_few() -> None:
    names = [f"{number:02}" for number in range(LISTED)]

    assert nearest("天宫", names) == Bilingual(zh=f"可填：{'、'.join(names)}", en=f"valid: {', '.join(names)}")


def test_where_there_is_nothing_to_name_there_is_no_hint() -> None:
    assert nearest("a", []) is None


def test_a_file_of_wrong_words_is_told_of_them_until_that_has_taken_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "COMPARED", 7)
    guesses, valid = Guesses(), ["area", "org", "both"]
    hints = [guesses.of("scope", word, valid) for word in ("aera", "arae", "orgs", "aera")]

    assert [hint and hint.en for hint in hints] == ["did you mean area?", "did you mean area?", None, "did you mean area?"]
