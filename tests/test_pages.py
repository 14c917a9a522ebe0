"""The comparison of pages with the outputs that they show."""

import pytest

from tests.pages import Example


@pytest.mark.parametrize(
    ("answer", "output", "missing"),
    [
        ("a…c\nd\n", "a b c\n…d", []),
        ("a…d…c", "a b c d", ["c"]),
        ("x", "a", ["x"]),
    ],
)
def test_an_answer_that_differs_from_the_page_is_noticed(answer: str, output: str, missing: list[str]) -> None:
    assert Example("sh", "", answer).missing_from(output) == missing
