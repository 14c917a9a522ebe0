"""Messages about an invalid request, which a person can act on, in both languages."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal, Self, get_args
from uuid import UUID

import pytest
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core.core_schema import ErrorType

from shared.http.validation import validation_problem
from shared.problems import FieldError
from shared.values.bilingual import Bilingual
from shared.values.field_error import FieldValueError
from shared.values.months import MONTH_PATTERN
from shared.vocabulary import FieldCode

SERVICES = Path(__file__).parents[3] / "services"


class Question(BaseModel):
    """Some parameters."""

    month: Annotated[str, Field(pattern=MONTH_PATTERN)] = "2022-08"
    code: Annotated[str, Field(pattern="^[a-z]+$")] = "a"
    by: Literal["area", "org", "area,org"] = "area"


def said(question: dict[str, str]) -> Bilingual:
    with pytest.raises(ValidationError) as wrong:
        Question.model_validate(question)
    errors = [{**error, "loc": ("query", *error["loc"])} for error in wrong.value.errors()]
    (error,) = validation_problem(errors, None).errors
    return error.message


@pytest.mark.parametrize("month", ["2022-8", "2022/08", "2022-13", "", "August"])
def test_a_month_that_is_none_is_told_how_to_write_one(month: str) -> None:
    assert said({"month": month}) == Bilingual(zh="月份应写成 2022-08", en="must be a month, such as 2022-08")


def test_another_pattern_is_shown_as_it_is() -> None:
    assert said({"code": "A"}).en == "must match ^[a-z]+$"


def test_what_may_be_chosen_is_listed_in_the_language_of_the_sentence() -> None:
    assert said({"by": "street"}) == Bilingual(
        zh="应为 'area', 'org' 或 'area,org' 之一", en="must be one of 'area', 'org' or 'area,org'"
    )


class Range(BaseModel):
    """Two parameters that belong together."""

    from_: Annotated[int, Field(alias="from")] = 0
    to: int = 1

    @model_validator(mode="after")
    def _check_order(self) -> Self:
        if self.from_ > self.to:
            raise FieldValueError("from 不得晚于 to", "`from` must not be after `to`", "from", "to")
        return self


def field_errors(model: type[BaseModel], values: object, part: str = "query") -> list[FieldError]:
    with pytest.raises(ValidationError) as wrong:
        model.model_validate(values)
    return validation_problem([{**error, "loc": (part, *error["loc"])} for error in wrong.value.errors()], None).errors


@pytest.mark.parametrize(("part", "where"), [("query", ["query.from", "query.to"]), ("body", ["/from", "/to"])])
def test_a_rule_between_fields_names_them(part: str, where: list[str]) -> None:
    errors = field_errors(Range, {"from": 2, "to": 1}, part)

    assert [error.where for error in errors] == where
    assert {error.code for error in errors} == {FieldCode.INVALID_COMBINATION}
    assert {error.message.en for error in errors} == {"`from` must not be after `to`"}


def test_every_rule_between_fields_of_a_request_names_fields() -> None:
    rules = [rule for path in SERVICES.rglob("*.py") for rule in rules_between_fields(path)]

    assert len(rules) > 10
    assert [ast.unparse(rule) for rule in rules if len(rule.args) < 3] == []


def rules_between_fields(path: Path) -> Iterator[ast.Call]:
    """Yield what the model validators of a file raise."""
    for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(function, ast.FunctionDef) and any("model_validator" in ast.unparse(d) for d in function.decorator_list):
            raised = (node.exc for node in ast.walk(function) if isinstance(node, ast.Raise))
            yield from (error for error in raised if isinstance(error, ast.Call))


@pytest.mark.parametrize("kind", get_args(ErrorType))
def test_no_word_of_the_framework_is_a_code(kind: str) -> None:
    error = {"type": kind, "loc": ("body", "field"), "msg": "Input should be something", "input": 1, "ctx": CONTEXT}
    found = next(iter(validation_problem([error], None).errors), None)

    assert found is None or (found.code.value != kind and "Input should" not in found.message.en)


CONTEXT = dict.fromkeys(("min_length", "max_length", "pattern", "gt", "ge", "lt", "le", "expected"), "1")
"""Members of the context that pydantic adds to an error, for any kind of error."""


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ({}, "missing_field"),
        ({"from": "x", "number": 1}, "not_an_integer"),
        ({"number": 1.5}, "not_an_integer"),
        ({"number": 9}, "too_large"),
        ({"number": 1, "more": 1}, "unknown_field"),
        ({"number": 1, "text": "abc"}, "text_too_long"),
        ({"number": 1, "text": 1}, "not_text"),
        ({"number": 1, "month": "2022-13"}, "month_malformed"),
        ({"number": 1, "choice": "c"}, "unknown_value"),
        ({"number": 1, "rows": [1, 2, 3]}, "too_many"),
        ({"number": 1, "rows": {}}, "not_a_list"),
        ({"number": 1, "id": "x"}, "not_a_uuid"),
        ({"number": 1, "at": "x"}, "not_a_timestamp"),
    ],
)
def test_what_is_wrong_with_a_field_has_a_code_of_the_api(value: dict[str, object], code: str) -> None:
    assert code in {error.code.value for error in field_errors(Form, value, "body")}


class Form(BaseModel):
    """Fields of many types."""

    model_config = ConfigDict(extra="forbid")

    number: Annotated[int, Field(le=5)]
    from_: Annotated[int, Field(alias="from")] = 0
    text: Annotated[str, Field(max_length=2)] = ""
    month: Annotated[str, Field(pattern=MONTH_PATTERN)] = "2022-08"
    choice: Literal["a", "b"] = "a"
    rows: Annotated[list[int], Field(max_length=2)] = []
    id: UUID | None = None
    at: AwareDatetime | None = None
