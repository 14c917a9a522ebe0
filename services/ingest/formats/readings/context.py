"""Objects that all tables of a push share."""

from dataclasses import dataclass, field

from services.ingest.formats.cells.cell import SheetCell
from services.ingest.formats.cells.codes import CodeReader, MonthReader, ParsedCode
from services.ingest.formats.layout.columns import TitleReader
from services.ingest.formats.layout.statements import StatementReader
from services.ingest.formats.locator import Locator
from services.ingest.formats.normalisations import NormalisationLog
from services.ingest.formats.passed_over import PassedOverLog
from services.ingest.formats.rows import Names
from services.ingest.formats.sender import SenderDefaults
from shared.vocabulary import NormalisationKind


@dataclass(slots=True)
class TableContext:
    """Names, defaults, logs and readers that all tables of a push share."""

    names: Names
    sender: SenderDefaults
    normalisations: NormalisationLog
    passed_over: PassedOverLog
    locator: Locator
    statements: StatementReader = field(init=False)
    title_reader: TitleReader = field(init=False)
    months: MonthReader = field(init=False)
    readers: dict[str, CodeReader | MonthReader] = field(init=False)  # by dimension

    def __post_init__(self) -> None:
        self.statements = StatementReader(self.names, self.sender)
        self.title_reader = TitleReader(self.names, self.statements)
        self.months = MonthReader()
        self.readers = {
            "metric": CodeReader(self.names.metrics, NormalisationKind.METRIC_NAME),
            "area": CodeReader(self.names.areas, NormalisationKind.AREA_NAME),
            "month": self.months,
        }

    def read(self, dimension: str, cell: SheetCell) -> ParsedCode:
        """Return the metric, area or month that a cell means."""
        return self.readers[dimension].read(cell)
