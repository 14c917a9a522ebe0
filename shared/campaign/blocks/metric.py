"""The metric block, and hints for words that are no metric."""

from datetime import date

from pydantic import Field, StrictBool, StrictInt

from shared.campaign.blocks.block import Block, Code, Month, within
from shared.values.bilingual import Bilingual
from shared.vocabulary import Grain, MetricKind

EVERYBODY = "*"
"""The organisation under which counts derived from several organisations' registers are stored."""


class Metric(Block):
    """A count that organisations report. One code has one counting method."""

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
        """Every organisation that may report it, those that must first."""
        return (*self.owed_by, *self.reported_by)

    @property
    def names(self) -> tuple[str, ...]:
        """Every name that senders may use for it."""
        return (self.code, self.title.zh, self.title.en, *self.aliases)

    @property
    def of_everybody(self) -> bool:
        """True if it is derived from the registers of several organisations, so that it belongs to no single one."""
        return self.derived and not self.reported_by

    def valid(self, month: date) -> bool:
        """Return whether this block covers a month (a later block of the same code may apply instead)."""
        return within(month, self.from_, self.valid_to)


class Hint(Block):
    """The hint for a word that is likely to be used as a metric and is none."""

    word: str
    text: Bilingual
