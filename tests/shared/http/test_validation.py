"""Messages about an invalid request, which a person can act on, in both languages."""

from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, Field, ValidationError

from shared.http.validation import validation_problem
from shared.values.bilingual import Bilingual
from shared.values.months import MONTH_PATTERN


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


def test_what_is_wrong_with_a_question_as_a_whole_stands_under_no_name() -> None:
    error = {"type": "value_error", "loc": ("query",), "msg": "Value error, give month, or both", "input": {}}

    assert [found.where for found in validation_problem([error], None).errors] == ["query"]
