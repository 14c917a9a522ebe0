"""What is counted."""

from datetime import date

from pydantic import Field, StrictBool, StrictInt

from shared.campaign.blocks.block import Block, Code, Month, within
from shared.values.bilingual import Bilingual
from shared.vocabulary import Grain, MetricKind

EVERYBODY = "*"
"""The organisation under which counts derived from several organisations' lists are stored."""


class Metric(Block):
    """Something that is counted. One code is one caliber."""

    code: Code
    title: Bilingual
    aliases: tuple[str, ...] = ()  # what forms call it besides
    unit: Bilingual
    kind: MetricKind
    grain: Grain
    owed_by: tuple[Code, ...] = ()
    reported_by: tuple[Code, ...] = ()  # voluntary: may report, owes nothing; of a derived metric: whose registers it counts
    derived: StrictBool = False  # written from registers, under `EVERYBODY` unless `reported_by` names whose; nobody pushes it
    task: StrictInt | None = None
    caliber: Bilingual | None = None
    from_: Month | None = Field(default=None, alias="from")
    valid_to: Month | None = None  # the last month it is counted for

    @property
    def reporters(self) -> tuple[str, ...]:
        """Every organisation that may report it, those that owe it first."""
        return (*self.owed_by, *self.reported_by)

    @property
    def names(self) -> tuple[str, ...]:
        """All that it may be called by who reports it."""
        return (self.code, self.title.zh, self.title.en, *self.aliases)

    @property
    def of_everybody(self) -> bool:
        """Whether it is derived from the lists of several organisations at once, and is no organisation's own."""
        return self.derived and not self.reported_by

    def valid(self, month: date) -> bool:
        """Whether this block covers a month (a later block of the same code may hold instead)."""
        return within(month, self.from_, self.valid_to)


class Hint(Block):
    """What to tell a sender who uses a tempting but wrong word as a metric code."""

    word: str
    text: Bilingual
