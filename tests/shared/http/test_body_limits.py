"""A long body is cut before it is validated, and is refused for the same reasons as before."""

from typing import Annotated, Any

import pytest
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from shared.http.body_limits import UNKNOWN_MAX, JsonBodyLimits


class Part(BaseModel):
    """One of several."""

    model_config = ConfigDict(extra="forbid")

    code: Annotated[str, Field(max_length=3)]


class Body(BaseModel):
    """A body with lists."""

    model_config = ConfigDict(extra="forbid")

    parts: Annotated[list[Part], Field(max_length=5)] | None = None
    numbers: Annotated[tuple[int, ...], Field(max_length=2)] = ()
    free: Annotated[dict[str, Any], Field(max_length=9)] | None = None


LIMITS = JsonBodyLimits(TypeAdapter(Body).json_schema())
PART = {"code": "a"}


def kinds(document: Any) -> set[tuple[Any, ...]]:
    with pytest.raises(ValidationError) as wrong:
        Body.model_validate(document)
    return {(error["type"], *error["loc"]) for error in wrong.value.errors()}


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"parts": None},
        {"parts": [PART] * 5, "numbers": [1, 2]},
        {"parts": [{"code": "long"}] * 5},
        {"parts": {"code": "a"}},
        {"free": {"anything": [1] * 100, "more": {"parts": [0] * 100}}},
        [1, 2, 3],
        None,
    ],
)
def test_what_is_within_the_limits_stays_as_it_is(document: Any) -> None:
    assert LIMITS.cut(document) == document


@pytest.mark.parametrize(
    ("document", "kept", "kind"),
    [
        ({"parts": [PART] * 500_000}, {"parts": [PART] * 6}, ("too_long", "parts")),
        ({"numbers": [0] * 500_000}, {"numbers": [0] * 3}, ("too_long", "numbers")),
        ({"parts": [0] * 500_000}, {"parts": [0] * 6}, ("too_long", "parts")),
    ],
)
def test_a_list_that_is_too_long_stays_too_long(document: Any, kept: Any, kind: tuple[str, ...]) -> None:
    cut = LIMITS.cut(document)

    assert cut == kept
    assert kind in kinds(cut) or document["parts"][0] == 0


def test_only_the_first_unknown_fields_of_a_document_are_kept_wherever_they_are() -> None:
    unknown = {f"x{number}": 1 for number in range(30)}

    cut = LIMITS.cut({"parts": [PART | unknown] * 5, **unknown})

    assert [len(part) - 1 for part in cut["parts"]] == [30, 30, 30, 10, 0]
    assert cut.keys() == {"parts"}
    assert len(kinds(cut)) == UNKNOWN_MAX
