"""Texts that say nothing or cannot be stored are named with the way to mend them."""

import pytest

from tests.shared.campaign.checks.spoiling import Spoilt, named, setting
from tests.shared.campaign.plans import text

CASES = [
    Spoilt(
        "blank", setting("metric", "ports", caliber=text(" ", "x")), "metric[ports].caliber.zh", "must not be empty", "fill it in"
    ),
    Spoilt(
        "NUL",
        setting("metric", "ports", caliber=text("x", "a\x00b")),
        "metric[ports].caliber.en",
        "control character",
        "one line",
    ),
]


@pytest.mark.parametrize("spoilt", CASES, ids=named)
def test_a_text_that_does_not_fit_is_told_where_and_how_to_mend_it(spoilt: Spoilt) -> None:
    spoilt.is_told()
