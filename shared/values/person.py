"""A person who acts for an organisation."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from shared.values.fields import ONE_LINE

PersonText = Annotated[str, StringConstraints(min_length=1, max_length=100), ONE_LINE]


class Person(BaseModel):
    """Person who acts for an organisation: name and position."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    name: PersonText
    title: PersonText
