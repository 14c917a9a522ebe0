"""The blocks of the campaign, its organisations and its areas."""

from datetime import date
from typing import Annotated

from pydantic import Field, StrictBool

from shared.campaign.blocks.block import AreaCode, Block, Code, Month, within
from shared.values.bilingual import Bilingual
from shared.vocabulary import Role


class CampaignHead(Block):
    """Title, area and source document of the campaign."""

    code: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,62}$")]
    title: Bilingual
    area: AreaCode  # the root of the areas
    timezone: str  # an IANA name
    source: Bilingual


class Organisation(Block):
    """An organisation of the campaign. Duties are positions, never people."""

    code: Code
    title: Bilingual
    short: Bilingual
    aliases: tuple[str, ...] = ()  # what forms call it besides
    roles: Annotated[tuple[Role, ...], Field(min_length=1)]
    area: AreaCode | None = None  # a street office's own street
    duties: tuple[Bilingual, ...] = ()
    valid_from: Month | None = None
    valid_to: Month | None = None  # the last month in which it reports

    @property
    def names(self) -> tuple[str, ...]:
        """Every name that senders may use for it."""
        return (self.code, self.title.zh, self.title.en, self.short.zh, self.short.en, *self.aliases)

    def valid(self, month: date) -> bool:
        """Return whether it takes part in a month."""
        return within(month, self.valid_from, self.valid_to)


class Area(Block):
    """An area of the effective-dated tree; nothing is derived from the digits of its code."""

    code: AreaCode
    title: Bilingual
    short: Bilingual
    aliases: tuple[str, ...] = ()
    parent: AreaCode | None = None  # None: the campaign's whole area
    urban: StrictBool = True
    valid_from: Month | None = None
    valid_to: Month | None = None  # the last month in which it exists

    @property
    def names(self) -> tuple[str, ...]:
        """Every name that senders may use for it."""
        return (self.code, self.title.zh, self.title.en, self.short.zh, self.short.en, *self.aliases)

    def valid(self, month: date) -> bool:
        """Return whether it exists in a month."""
        return within(month, self.valid_from, self.valid_to)
