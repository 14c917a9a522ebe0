"""Statements that differ in their values only are compiled once."""

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import Select
from sqlmodel import col, select

from shared.database import compiled as module
from shared.database.compiled import compiled
from shared.tables.case_file import CaseFile


def cases(campaign: str, states: Sequence[str]) -> Select[Any]:
    return select(CaseFile.id).where(col(CaseFile.campaign) == campaign, col(CaseFile.state).in_(states))


def test_a_statement_has_its_own_values_and_as_many_binds_as_its_lists_are_long() -> None:
    first = compiled(cases("a", ["approved", "published"]))
    second = compiled(cases("b", ["draft"]))
    third = compiled(cases("c", ["approved", "draft"]))

    assert list(first.binds.values()) == ["a", "approved", "published"]
    assert list(second.binds.values()) == ["b", "draft"]
    assert list(third.binds.values()) == ["c", "approved", "draft"]
    assert third.sql == first.sql
    assert second.sql.count("%(") == 2


def test_only_a_statement_of_another_shape_is_compiled_again(monkeypatch: pytest.MonkeyPatch) -> None:
    shapes = [cases("a", ["draft"]), cases("b", ["approved", "draft"]), cases("a", ["draft"]).limit(1)]
    kept: dict[Any, Any] = {}
    monkeypatch.setattr(module, "_COMPILED", kept)

    for shape in shapes:
        compiled(shape)

    assert len(kept) == 2
