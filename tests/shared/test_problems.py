"""The codes that clients are told of are those that they can meet."""

import re
from pathlib import Path

from shared import problems
from shared.vocabulary import RowCode

PROJECT = Path(__file__).parents[2]
SOURCES = "\n".join(
    path.read_text(encoding="utf-8")
    for folder in ("cli", "services", "shared")
    for path in (PROJECT / folder).rglob("*.py")
    if path != Path(problems.__file__)
)


KEPT_FOR_CLIENTS = {RowCode.MONTH_CLOSED}


def test_every_problem_in_the_catalogue_is_answered_somewhere() -> None:
    assert [kind.code() for kind in problems.all_problems() if not re.search(rf"\b{kind.__name__}\b", SOURCES)] == []


def test_every_error_of_a_row_in_the_catalogue_is_found_somewhere() -> None:
    assert {code for code in RowCode if f"RowCode.{code.name}" not in SOURCES} == KEPT_FOR_CLIENTS
