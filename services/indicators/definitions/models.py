"""What is answered about versions of the definition."""

from datetime import datetime
from typing import Any

from pydantic import Field

from services.indicators.models import MonthText
from shared.http.json_response import ResponseModel
from shared.values.bilingual import Bilingual
from shared.vocabulary import ChangeKind


class DefinitionVersion(ResponseModel):
    """One version of the campaign's definition (口径)."""

    version: int = Field(description="The data version that applied it: the `definition_version` of figures.")
    until: int | None = Field(description="The data version that replaced it; null while it is in force.")
    at: datetime = Field(description="When it was applied.")
    client: str | None = Field(description="Who applied it. Null for carriers and street offices.")
    digest: str = Field(description="SHA-256 of its canonical text.")


class DefinitionDocument(DefinitionVersion):
    """One version of the definition, whole."""

    campaign: str
    definition: dict[str, Any] = Field(
        description="The campaign file as JSON: a list for each kind of block, months as `2022-08`."
    )


class ChangedKey(ResponseModel):
    """What became of one key of a changed block."""

    what: ChangeKind
    key: str = Field(examples=["caliber.zh"])
    before: str | None = Field(description="Null where the key was empty, and for a block within the block.")
    after: str | None


class DefinitionChange(ResponseModel):
    """A block of the definition that was added, changed or removed, or the order of one kind of blocks."""

    what: ChangeKind
    kind: str = Field(description="The kind of block.", examples=["indicator"])
    block: str = Field(examples=["indicator[pon_10g_share, 2022-09]"])
    title: Bilingual | None
    valid_from: MonthText | None = Field(description="The first month of the block; null: every month.")
    details: list[ChangedKey]


class DefinitionDifference(ResponseModel):
    """What changed from one version of the definition to another, in the order of the latter's file."""

    campaign: str
    version: int
    to: int
    changes: list[DefinitionChange]
