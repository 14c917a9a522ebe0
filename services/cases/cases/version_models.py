"""Requests and responses about versions of application cases."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from services.cases.cases.models import CaseContent
from services.cases.items.models import FieldChange
from shared.http.paging import PageQuery
from shared.values.timestamps import Timestamp


class CaseVersionQuery(PageQuery):
    """A page of the versions of a case."""


class ListedCaseVersion(BaseModel):
    """A version of a case: its content when it was submitted."""

    number: int = Field(description="Number of the version, from 1.")
    at: Timestamp = Field(description="Timestamp of the submission.")


class CaseVersion(ListedCaseVersion):
    """A version of a case with its content."""

    content: CaseContent = Field(description="Content of the case when it was submitted.")


class CaseDifferenceQuery(BaseModel):
    """The version that another one is compared with."""

    model_config = ConfigDict(extra="forbid")

    base: Annotated[int, Field(ge=0, le=1_000_000)] | None = Field(
        default=None, description="Number of the version to compare with; defaults to the one before."
    )


class CaseDifference(BaseModel):
    """The fields in which two versions of a case differ."""

    base: int = Field(description="Number of the version that is compared with; 0 for the first version, which has none before.")
    number: int = Field(description="Number of the version.")
    changes: list[FieldChange] = Field(description="Fields that differ.")
