"""The codes that clients are told of are those that they can meet."""

import ast
import re
from pathlib import Path

import pytest

from shared import problems
from shared.problem_members import Revisions
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


def test_a_problem_is_raised_with_its_own_members_and_with_no_others() -> None:
    with pytest.raises(TypeError):
        problems.Stale()
    with pytest.raises(TypeError):
        problems.NotFound(members=Revisions(your_revision=1, current_revision=2))


def test_no_code_raises_a_problem_without_its_members() -> None:
    typed = {kind.__name__ for kind in problems.all_problems() if kind.own_members}
    nodes = list(ast.walk(ast.parse(SOURCES)))
    calls = [node for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in typed]
    raised = {node.exc.id for node in nodes if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Name)}

    assert len(calls) > len(typed) // 2
    assert [ast.unparse(call) for call in calls if not any(keyword.arg == "members" for keyword in call.keywords)] == []
    assert raised & typed == set()


def test_every_error_of_a_row_in_the_catalogue_is_found_somewhere() -> None:
    assert {code for code in RowCode if f"RowCode.{code.name}" not in SOURCES} == KEPT_FOR_CLIENTS
