"""A person who acts for an organisation."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from shared.values.fields import TextLine

PersonText = Annotated[TextLine, StringConstraints(max_length=100)]


class Person(BaseModel):
    """Person who acts for an organisation: name and position."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    name: PersonText
    title: PersonText
