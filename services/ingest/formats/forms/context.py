"""What all tables of a push share."""

from dataclasses import dataclass, field

from services.ingest.formats.forms.columns import TitleReader
from services.ingest.formats.locator import Locator
from services.ingest.formats.normalisations import NormalisationLog
from services.ingest.formats.rows import Names
from services.ingest.formats.sender import SenderDefaults
from services.ingest.formats.tables.header import Header
from services.ingest.formats.tables.reader import TableReader

ROW_COLUMNS = ("metric", "area", "month", "value", "note", "unit")
_UNFOLDED = Header(0, 1, 2, 3, 4, 5, width=6)


@dataclass(slots=True)
class SheetContext:
    """What all sheets of a push share."""

    names: Names
    sender: SenderDefaults
    notes: NormalisationLog
    locator: Locator
    unfolded: TableReader = field(init=False)
    kinds: TitleReader = field(init=False)

    def __post_init__(self) -> None:
        """One reader for the rows of all forms: it remembers names."""
        self.kinds = TitleReader(self.names)
        self.unfolded = TableReader(_UNFOLDED, self.names, self.sender, self.notes)
