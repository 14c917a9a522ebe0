"""Response models of definition versions."""

from typing import Any

from pydantic import Field

from services.indicators.models import MonthText
from shared.http.json_response import ResponseModel
from shared.values.bilingual import Bilingual
from shared.values.timestamps import Timestamp
from shared.vocabulary import ChangeKind


class DefinitionVersion(ResponseModel):
    """A version of the campaign's definition."""

    version: int = Field(description="Definition version: the data version that applied it.")
    until: int | None = Field(description="Data version that replaced it; null while it is in force.")
    at: Timestamp = Field(description="Timestamp at which it was applied.")
    client: str | None = Field(description="Client that applied it; null for carriers and subdistrict offices.")
    digest: str = Field(description="SHA-256 of the definition's canonical text.")


class DefinitionDocument(DefinitionVersion):
    """A version of the campaign's definition with its content."""

    campaign: str
    definition: dict[str, Any] = Field(
        description="The campaign file as JSON: a list for each kind of block; months are written `2022-08`."
    )


class ChangedKey(ResponseModel):
    """A difference in one key of a changed block."""

    what: ChangeKind
    key: str = Field(examples=["caliber.zh"])
    before: str | None = Field(description="Previous value; null if the key was empty, and for a nested block.")
    after: str | None


class DefinitionChange(ResponseModel):
    """A block of the definition that was added, changed or removed, or the order of one kind of blocks."""

    what: ChangeKind
    kind: str = Field(description="Kind of block.", examples=["indicator"])
    block: str = Field(examples=["indicator[pon_10g_share, 2022-09]"])
    title: Bilingual | None
    valid_from: MonthText | None = Field(description="First month of the block; null if it applies to every month.")
    details: list[ChangedKey]


class DefinitionDifference(ResponseModel):
    """The differences between two versions of the definition, in the order of the second version's campaign file."""

    campaign: str
    version: int
    to_version: int
    changes: list[DefinitionChange]
