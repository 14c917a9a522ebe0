"""What a form says around its table, and its sender elsewhere: settled once, refused where it contradicts itself."""

from collections.abc import Sequence

from services.ingest.formats.cells.cell import SheetCell
from services.ingest.formats.forms.caption import read_caption
from services.ingest.formats.locator import CellPosition
from services.ingest.formats.normalisations import NormalisationLog
from services.ingest.formats.rows import Names, safe_excerpt
from services.ingest.formats.sender import SenderDefaults
from shared.problems import FieldError, Schema
from shared.values.bilingual import Bilingual
from shared.values.spelling import normalised
from shared.vocabulary import NormalisationKind

_HOW = Bilingual(
    zh="请在表上方写明一个月份（如 2022年8月），或加一列“月份”，或在请求中带 month=2022-08",
    en="name one month above the table (2022年8月), or add a column of months, or push with month=2022-08",
)


class FormDefaults:
    """The month, area and unit that hold for a whole form."""

    def __init__(
        self,
        sheet: str | None,
        above: Sequence[tuple[int, Sequence[SheetCell]]],
        names: Names,
        sender: SenderDefaults,
        notes: NormalisationLog,
    ) -> None:
        """`above`: the rows above the first header."""
        self._sheet, self._names, self._sender, self._notes = sheet, names, sender, notes
        self._above = read_caption(above, sheet, names.areas, sender.campaign_area)
        self.unit = self._above.unit
        self.month = ""
        self.month_at: CellPosition | None = None

    def need_month(self) -> None:
        """Settle the month; raises Schema where there is none, or more than one."""
        if self.month:
            return
        above = self._above
        if above.period:
            raise self._refusal("period", "表题写的是一段时期，请按单月填报", "the title names more than one month", above.period)
        months: dict[str, CellPosition | None] = dict(above.months)
        if self._sender.month:
            months.setdefault(self._sender.month, None)
        if not months:
            raise self._refusal("missing_month", "表中没有写明月份", "the form does not name its month")
        named = ", ".join(sorted(map(str, months)))
        if len(months) > 1:
            raise self._refusal(
                "ambiguous_month", "表题、表名与请求中的月份不一致", "title, sheet and request name different months", named
            )
        ((month, at),) = months.items()
        if above.bare - {int(str(month)[5:])}:
            others = ", ".join(f"{each}月" for each in sorted(above.bare))
            raise self._refusal(
                "ambiguous_month",
                "表题、表名与请求中的月份不一致",
                "title, sheet and request name different months",
                f"{named}, {others}",
            )
        self.month, self.month_at = str(month), at
        self._notes.add(NormalisationKind.MONTH_OF_FORM, self.month_at.row if self.month_at else None, self._sheet, self.month)

    def area(self, metric: str) -> str:
        """The area of a count that names none; empty where nobody knows."""
        code = self._names.metrics.get(normalised(metric))
        return self.place(self._sender.default_area if code is None else self._sender.area_by_metric.get(code))

    def place(self, home: str | None) -> str:
        """The street that the form names, or where its sender is at home; empty where nobody knows."""
        streets = self._above.streets
        if len(streets) > 1:
            raise self._refusal(
                "ambiguous_area",
                "表题提到多个街道，表中又没有街道列",
                "the title names several streets, and the table has no column of them",
                ", ".join(sorted(streets)),
                Bilingual(zh="请加一列“街道”", en="add a column of streets"),
            )
        area = next(iter(streets), None) or home or ""
        if area:
            self._notes.add(NormalisationKind.AREA_OF_FORM, None, self._sheet, area)
        return area

    def _refusal(self, code: str, zh: str, en: str, value: str | None = None, how: Bilingual = _HOW) -> Schema:
        where = f"/sheets/{self._sheet}" if self._sheet else "/"
        cut = None if value is None else safe_excerpt(value)
        error = FieldError(where=where, code=code, message=Bilingual(zh=zh, en=en), value=cut, hint=how)
        return Schema(f"{zh}。{how.zh}", f"{en}; {how.en}", errors=[error])
