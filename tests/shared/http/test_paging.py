"""Cursors of lists."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.http.paging import decode_cursor, encode_cursor
from shared.problems import Schema

QUESTION = "list_things liangjiang-2022 draft"


@given(st.lists(st.one_of(st.text(), st.integers(-(2**53), 2**53)), max_size=4))
def test_a_cursor_gives_back_the_position_it_was_made_for(where: list[str | int]) -> None:
    assert decode_cursor(QUESTION, encode_cursor(QUESTION, where), [type(part) for part in where]) == where


def test_a_cursor_of_another_question_is_refused() -> None:
    with pytest.raises(Schema):
        decode_cursor(QUESTION, encode_cursor("list_things liangjiang-2022 approved", ["a"]), [str])


@pytest.mark.parametrize("index", range(8))
def test_a_cursor_that_was_tampered_with_is_refused(index: int) -> None:
    good = encode_cursor(QUESTION, ["0198c0de", 5])
    for replacement in "AZaz09-_":
        bad = good[:index] + replacement + good[index + 1 :]
        if bad != good:
            with pytest.raises(Schema):
                decode_cursor(QUESTION, bad, [str, int])


@pytest.mark.parametrize("text", ["", "=", "!!!!", "é", "AAAA", "A" * 999, base64.urlsafe_b64encode(b"[]" * 10).decode()])
def test_what_is_no_cursor_is_refused(text: str) -> None:
    with pytest.raises(Schema) as raised:
        decode_cursor(QUESTION, text, [str])

    assert raised.value.errors[0].where == "query.next"


def test_a_position_of_another_kind_is_refused() -> None:
    with pytest.raises(Schema):
        decode_cursor(QUESTION, encode_cursor(QUESTION, [5]), [str])
