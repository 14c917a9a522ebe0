"""Month, area and unit of a whole form, from its caption and its sender; contradictions are refused."""

from collections.abc import Collection, Sequence

from services.ingest.formats.cells.cell import NumberedRow
from services.ingest.formats.cells.units import is_multiple
from services.ingest.formats.layout.caption import Caption, read_caption
from services.ingest.formats.locator import CellPosition
from services.ingest.formats.normalisations import NormalisationLog
from services.ingest.formats.rows import Names, safe_excerpt
from services.ingest.formats.sender import SenderDefaults
from shared.problems import FieldError, Schema
from shared.values.bilingual import Bilingual
from shared.values.spelling import normalised
from shared.vocabulary import FieldCode, NormalisationKind

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
        earlier: "FormDefaults | None" = None,
    ) -> None:
        """`rows_above`: the rows above a header, below the table before; `earlier`: the defaults of that table."""
        self._sheet, self._names, self._sender = sheet, names, sender
        self._normalisations = normalisations
        caption = read_caption(rows_above, sheet, names, sender)
        self.form_caption: Caption = earlier.form_caption if earlier else caption
        self.caption: Caption = caption.completed_by(earlier.caption, self.form_caption) if earlier else caption
        self.unit, self.kind = self.caption.unit, self.caption.kind
        self.month = ""
        self.month_position: CellPosition | None = None

    def refuse_other_counts(self) -> None:
        """Raise Schema if caption or sheet name say that the counts are another organisation's, or not the month's."""
        self.refuse_other_organisation()
        self._refuse_other_figures()

    def refuse_other_organisation(self) -> None:
        """Raise Schema if caption or sheet name another organisation of the campaign than the sender."""
        for code, text in self.caption.organisations.items():
            if self._sender.is_other(code):
                raise self._problem(
                    FieldCode.OTHER_ORG,
                    "表题或工作表名称为其他单位",
                    "the caption or the sheet's name names another organisation",
                    text,
                    Bilingual(zh="请只填报本单位数据", en="send your own organisation's counts only"),
                )

    def _refuse_other_figures(self) -> None:
        """Raise Schema if the caption or the sheet's name says that the figures are not the month's counts."""
        if text := self.caption.other_figures:
            raise self._problem(
                FieldCode.VALUE_KIND_DIFFERS,
                "表题或工作表名称为上期数、计划数等，不是当月数",
                "the caption or the sheet's name says that the figures are last month's, planned or the like",
                text,
                Bilingual(zh="请只填报当月数，删去该表", en="send the month's counts only, and remove this table"),
            )

    def refuse_below(self, row: NumberedRow) -> None:
        """Raise Schema if a signature or note below the table names another organisation, or a multiple of a unit."""
        footer = FormDefaults(self._sheet, [row], self._names, self._sender, self._normalisations)
        footer.refuse_other_counts()
        if footer.unit and is_multiple(footer.unit[0]):
            raise self._problem(
                FieldCode.UNIT_DIFFERS,
                "表下注明的计量单位与规定的不一致",
                "a note below the table names another unit",
                footer.unit[0],
                Bilingual(zh="请按规定的计量单位填写整数，不要折算", en="enter whole numbers in the metric's unit"),
            )

    def require_month(self) -> None:
        """Determine the month; raises Schema if there is none, or more than one."""
        if self.month:
            return
        caption = self.caption
        if caption.period:
            raise self._problem(
                FieldCode.SEVERAL_MONTHS,
                "表题为多个月份或时期，请按单月填报",
                "the caption names more than one month",
                caption.period,
            )
        months: dict[str, CellPosition | None] = dict(caption.months)
        if self._sender.month:
            months.setdefault(self._sender.month, None)
        if not months:
            raise self._problem(FieldCode.MISSING_MONTH, "表中未写明月份", "the form does not name its month")
        named = ", ".join(sorted(map(str, months)))
        if len(months) > 1:
            raise self._problem(
                FieldCode.AMBIGUOUS_MONTH,
                "表题、工作表名称与指定的月份不一致",
                "caption, sheet name and request name different months",
                named,
            )
        ((month, position),) = months.items()
        if caption.months_without_year - {int(str(month)[5:])}:
            others = ", ".join(f"{other}月" for other in sorted(caption.months_without_year))
            raise self._problem(
                FieldCode.AMBIGUOUS_MONTH,
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
        if others := sorted(self.caption.months.keys() - set(months)):
            raise self._problem(
                FieldCode.AMBIGUOUS_MONTH,
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
        areas = self.caption.areas
        if len(areas) > 1:
            raise self._problem(
                FieldCode.AMBIGUOUS_AREA,
                "表题提到多个街道，而表中没有“街道”列",
                "the caption names several subdistricts, and the table has no column of them",
                ", ".join(sorted(areas)),
                Bilingual(zh="请加一列“街道”", en="add a column of subdistricts"),
            )
        area = next(iter(areas), None) or sender_area or ""
        if area:
            self._normalisations.add(NormalisationKind.AREA_OF_FORM, None, self._sheet, area)
        return area

    def _problem(self, code: FieldCode, zh: str, en: str, value: str | None = None, hint: Bilingual = _MONTH_HINT) -> Schema:
        where = f"/sheets/{self._sheet}" if self._sheet else "/"
        excerpt = None if value is None else safe_excerpt(value)
        error = FieldError(where=where, code=code, message=Bilingual(zh=zh, en=en), value=excerpt, hint=hint)
        return Schema(f"{zh}。{hint.zh}", f"{en.capitalize()}; {hint.en}.", errors=[error])
