"""Month, area and unit of a whole form, from its caption and its sender; contradictions are refused."""

from collections.abc import Collection, Sequence

from services.ingest.formats.cells.cell import NumberedRow
from services.ingest.formats.layout.caption import read_caption
from services.ingest.formats.locator import CellPosition
from services.ingest.formats.normalisations import NormalisationLog
from services.ingest.formats.rows import Names, safe_excerpt
from services.ingest.formats.sender import SenderDefaults
from shared.problems import FieldError, Schema
from shared.values.bilingual import Bilingual
from shared.values.spelling import normalised
from shared.vocabulary import NormalisationKind

_MONTH_HINT = Bilingual(
    zh="请在表上方写明一个月份（如 2022年8月），或加一列“月份”，或在导入时指定月份（month=2022-08）",
    en="name one month above the table (2022年8月), add a column of months, or push with month=2022-08",
)


class FormDefaults:
    """Month, area and unit of a form, for counts that give none of their own."""

    def __init__(
        self,
        sheet: str | None,
        rows_above: Sequence[NumberedRow],
        names: Names,
        sender: SenderDefaults,
        normalisations: NormalisationLog,
    ) -> None:
        """`rows_above`: the rows above the first header."""
        self._sheet, self._names, self._sender = sheet, names, sender
        self._normalisations = normalisations
        self._caption = read_caption(rows_above, sheet, names, sender)
        self.unit = self._caption.unit
        self.month = ""
        self.month_position: CellPosition | None = None
        self._refuse_other_organisation()

    def _refuse_other_organisation(self) -> None:
        """Raise Schema if caption or sheet name another organisation of the campaign than the sender."""
        for code, text in self._caption.organisations.items():
            if self._sender.org not in {None, code}:
                raise self._problem(
                    "other_org",
                    "表题或工作表名称为其他单位",
                    "the caption or the sheet's name names another organisation",
                    text,
                    Bilingual(zh="请只填报本单位数据", en="send your own organisation's counts only"),
                )

    def require_month(self) -> None:
        """Determine the month; raises Schema if there is none, or more than one."""
        if self.month:
            return
        caption = self._caption
        if caption.period:
            raise self._problem(
                "period", "表题为多个月份或时期，请按单月填报", "the caption names more than one month", caption.period
            )
        months: dict[str, CellPosition | None] = dict(caption.months)
        if self._sender.month:
            months.setdefault(self._sender.month, None)
        if not months:
            raise self._problem("missing_month", "表中未写明月份", "the form does not name its month")
        named = ", ".join(sorted(map(str, months)))
        if len(months) > 1:
            raise self._problem(
                "ambiguous_month",
                "表题、工作表名称与指定的月份不一致",
                "caption, sheet name and request name different months",
                named,
            )
        ((month, position),) = months.items()
        if caption.months_without_year - {int(str(month)[5:])}:
            others = ", ".join(f"{other}月" for other in sorted(caption.months_without_year))
            raise self._problem(
                "ambiguous_month",
                "表题、工作表名称与指定的月份不一致",
                "caption, sheet name and request name different months",
                f"{named}, {others}",
            )
        self.month, self.month_position = str(month), position
        self._normalisations.add(
            NormalisationKind.MONTH_OF_FORM, self.month_position.row if self.month_position else None, self._sheet, self.month
        )

    def require_months(self, months: Collection[str]) -> None:
        """Raise Schema if the caption names a month that is not among those of the header."""
        if others := sorted(self._caption.months.keys() - set(months)):
            raise self._problem(
                "ambiguous_month",
                "表题与表头的月份不一致",
                "caption and header name different months",
                ", ".join([*others, *sorted(months)]),
            )

    def area_for(self, metric: str) -> str:
        """Return the area of a count without an area; empty if it cannot be determined."""
        code = self._names.metrics.get(normalised(metric))
        return self.area_or(self._sender.default_area if code is None else self._sender.area_by_metric.get(code))

    def area_or(self, sender_area: str | None) -> str:
        """Return the area in the caption or, if there is none, the sender's; empty if both are missing."""
        areas = self._caption.areas
        if len(areas) > 1:
            raise self._problem(
                "ambiguous_area",
                "表题提到多个街道，而表中没有“街道”列",
                "the caption names several subdistricts, and the table has no column of them",
                ", ".join(sorted(areas)),
                Bilingual(zh="请加一列“街道”", en="add a column of subdistricts"),
            )
        area = next(iter(areas), None) or sender_area or ""
        if area:
            self._normalisations.add(NormalisationKind.AREA_OF_FORM, None, self._sheet, area)
        return area

    def _problem(self, code: str, zh: str, en: str, value: str | None = None, hint: Bilingual = _MONTH_HINT) -> Schema:
        where = f"/sheets/{self._sheet}" if self._sheet else "/"
        excerpt = None if value is None else safe_excerpt(value)
        error = FieldError(where=where, code=code, message=Bilingual(zh=zh, en=en), value=excerpt, hint=hint)
        return Schema(f"{zh}。{hint.zh}", f"{en.capitalize()}; {hint.en}.", errors=[error])
