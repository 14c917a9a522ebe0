"""Texts in CSV files never start a formula, and can be read back."""

import re
import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.values.formula_safe import as_written, formula_safe

FORMULA = "=+-@＝＋－＠"
HOSTILE = st.text(st.sampled_from([*FORMULA, *" \t\r\n,;'\"\u200b\ufeff", "a", "1", "税"]), max_size=12) | st.text(max_size=20)


def starts_formula(cell: str) -> bool:
    return re.match(r"[\s\u200b\ufeff\"]*[=+@＝＋－＠-]", cell) is not None and re.fullmatch(r"-[0-9]+(\.[0-9]+)?", cell) is None


@pytest.mark.parametrize(
    "first", ["=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", " =", "\n=", "\ufeff=", "\u200b@", "−"]
)
def test_a_text_that_could_start_a_formula_gets_an_apostrophe(first: str) -> None:
    safe = formula_safe(f"{first}cmd|' /C calc'!A0")

    assert safe.startswith("'" + first[0])
    assert safe.replace("'", "") == f"{first}cmd| /C calc!A0"


@pytest.mark.parametrize("harmless", ["", "含政企专线", "a=b", "3-5", "-5", "-12.50", "1,234", "2022-08", "'quoted'"])
def test_other_texts_and_negative_numbers_stay_as_they_are(harmless: str) -> None:
    assert formula_safe(harmless) == harmless


@given(HOSTILE)
def test_no_program_that_splits_cells_at_commas_semicolons_or_tabs_finds_a_formula(text: str) -> None:
    safe = formula_safe(text)

    assert not starts_formula(safe)
    for delimiter in ",;\t":
        assert not any(map(starts_formula, re.split(rf"[{delimiter}\r\n]", safe)))


@pytest.mark.parametrize("unit", ["\t'", "\t", "'", " ", "\t=", ",=", ",'", "=", "\u3000", '\r\n"', "-1"])
@pytest.mark.parametrize("function", [formula_safe, as_written])
def test_the_time_is_proportional_to_the_length(function: Callable[[str], str], unit: str) -> None:
    def seconds(length: int) -> float:
        text = (unit * length)[:length]
        started = time.thread_time()
        function(text)
        return time.thread_time() - started

    short, long = (min(seconds(length) for _ in range(3)) for length in (8 << 10, 64 << 10))

    assert long <= 20 * max(short, 0.0005)  # eight times as much; with the square it would be 64


@given(HOSTILE)
def test_what_was_made_safe_can_be_read_back(text: str) -> None:
    assert as_written(formula_safe(text)) == text
