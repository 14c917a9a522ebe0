"""Entity tags and what is asked of them."""

import pytest
from starlette.requests import Request

from shared.http import etag
from shared.problem_members import Revisions
from shared.problems import PreconditionRequired, Stale


def asking(*held: str) -> Request:
    return Request({"type": "http", "headers": [(b"if-none-match", value.encode()) for value in held]})


def test_every_part_of_the_question_changes_the_tag() -> None:
    parts = ("get_summary", 7, "bureau", "economy", "month=2022-08", "application/json")
    changed = [etag.entity_tag(*parts[:i], "other", *parts[i + 1 :]) for i in range(len(parts))]

    assert len({etag.entity_tag(*parts), *changed}) == len(parts) + 1
    assert etag.entity_tag("a", "bc") != etag.entity_tag("ab", "c")


@pytest.mark.parametrize("held", [['"x"'], ['W/"x"'], ['"a", "x"'], ['"a"', '"x"'], ["*"], [' "x" '], ['"a,b","x"']])
def test_an_answer_already_held_is_not_sent_again(held: list[str]) -> None:
    answer = etag.not_modified(asking(*held), '"x"')

    assert answer is not None
    assert (answer.status_code, answer.body) == (304, b"")
    assert answer.headers["etag"] == '"x"'
    assert answer.headers["vary"] == "Authorization, Accept, Accept-Encoding"
    assert answer.headers["cache-control"] == "private, no-cache"


@pytest.mark.parametrize("held", [[], ['"y"'], ["x"], ['"xx"'], ['"a"x"'], [""], ["**"]])
def test_another_tag_gets_the_answer(held: list[str]) -> None:
    assert etag.not_modified(asking(*held), '"x"') is None


def test_an_edit_needs_the_current_revision_whoever_read_it() -> None:
    for revision in (3, "12-9f2c04b1"):
        for current in (f'"{revision}"', etag.revision_tag(revision, b"a"), f" {etag.revision_tag(revision, b'b')} "):
            etag.refuse_stale(current, revision)
        with pytest.raises(PreconditionRequired):
            etag.refuse_stale(None, revision)
        for other in ("*", f'W/"{revision}"', f"{revision}", '"4"', '"12-9f2c04b2"', '"12"', f'"{revision}.x"'):
            with pytest.raises(Stale):
                etag.refuse_stale(other, revision)


def test_a_stale_edit_is_told_both_versions() -> None:
    with pytest.raises(Stale) as raised:
        etag.refuse_stale(etag.revision_tag(2, b"{}"), 5)

    assert raised.value.members == Revisions(your_revision=2, current_revision=5)
