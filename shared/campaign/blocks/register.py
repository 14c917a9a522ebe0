"""Monthly lists of things, and what is counted in them."""

from typing import Annotated

from pydantic import Field

from shared.campaign.blocks.block import Block, Code
from shared.values.bilingual import Bilingual
from shared.vocabulary import RegisterCode, RegisterCount, Severity


class RegisterTerm(Block):
    """A value that a column of a register may have."""

    column: Code
    code: Code
    title: Bilingual
    aliases: tuple[str, ...] = ()  # what forms call it besides

    @property
    def names(self) -> tuple[str, ...]:
        """Every name that senders may use for it."""
        return (self.code, self.title.zh, self.title.en, *self.aliases)


class DerivedCount(Block):
    """Something that is counted in the registers, and the metric it is written under."""

    count: RegisterCount
    metric: Code  # a derived one
    declared: Code | None = None  # the reported metric it is held against
    severity: Severity = Severity.INFO  # of the finding that the two differ


class KeptRegister(Block):
    """A monthly list of things: who keeps it, and what is counted when its rows change."""

    code: RegisterCode
    kept_by: tuple[Code, ...]
    terms: Annotated[tuple[RegisterTerm, ...], Field(alias="term")] = ()
    counts: Annotated[tuple[DerivedCount, ...], Field(alias="count")] = ()
