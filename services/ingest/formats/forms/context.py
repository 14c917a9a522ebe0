"""Objects that all tables of a push share."""

from dataclasses import dataclass, field

from services.ingest.formats.forms.columns import TitleReader
from services.ingest.formats.locator import Locator
from services.ingest.formats.normalisations import NormalisationLog
from services.ingest.formats.rows import Names
from services.ingest.formats.sender import SenderDefaults
from services.ingest.formats.tables.header import Header
from services.ingest.formats.tables.reader import TableReader

ROW_COLUMNS = ("metric", "area", "month", "value", "note", "unit")
_ROW_HEADER = Header(0, 1, 2, 3, 4, 5, width=6)


@dataclass(slots=True)
class SheetContext:
    """Names, defaults, logs and readers that all sheets of a push share."""

    names: Names
    sender: SenderDefaults
    normalisations: NormalisationLog
    locator: Locator
    row_reader: TableReader = field(init=False)  # of the counts of all forms, as rows of `ROW_COLUMNS`: it remembers names
    title_reader: TitleReader = field(init=False)

    def __post_init__(self) -> None:
        self.title_reader = TitleReader(self.names)
        self.row_reader = TableReader(_ROW_HEADER, self.names, self.sender, self.normalisations)
