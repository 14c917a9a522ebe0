"""Month, area and unit of a whole form, from its caption and its sender; contradictions are refused."""

from calendar import monthrange
from collections.abc import Collection, Sequence
from datetime import date

from services.ingest.formats.cells.cell import NumberedRow
from services.ingest.formats.cells.units import is_multiple
from services.ingest.formats.layout.caption import Caption, read_caption
from services.ingest.formats.layout.statements import StatementReader
from services.ingest.formats.layout.value_kinds import ValueKind
from services.ingest.formats.locator import CellPosition
from services.ingest.formats.normalisations import NormalisationLog
from services.ingest.formats.rows import safe_excerpt
from shared.problems import FieldError, Schema
from shared.values.bilingual import Bilingual
from shared.values.spelling import normalised
from shared.vocabulary import FieldCode, NormalisationKind

_MONTH_HINT = Bilingual(
    zh="请在表上方写明一个月份（如 2022年8月），或加一列“月份”，或在导入时指定月份（month=2022-08）",
    en="name one month above the table (2022年8月), add a column of months, or push with month=2022-08",
)
_PARTS = ("社区", "村")  # of subdistricts
_OTHER_TIME = ("表题、表下文字、工作表名称与指定的月份不一致", "caption, notes, sheet name and request name different months")


class FormDefaults:
    """Month, area and unit of a form, for counts that give none of their own."""

    def __init__(
        self,
        sheet: str | None,
        rows_above: Sequence[NumberedRow],
        reader: StatementReader,
        normalisations: NormalisationLog,
        earlier: "FormDefaults | None" = None,
    ) -> None:
        """`rows_above`: the rows above a header, below the table before; `earlier`: the defaults of that table."""
        self._sheet, self._reader = sheet, reader
        self._names, self._sender = reader.names, reader.sender
        self._normalisations = normalisations
        caption = read_caption(rows_above, sheet, reader)
        self.form_caption: Caption = earlier.form_caption if earlier else caption
        self.caption: Caption = caption.completed_by(earlier.caption, self.form_caption) if earlier else caption
        self.unit, self.kind = self.caption.unit, self.caption.kind
        self.month = ""
        self.month_position: CellPosition | None = None
        self._area = ""  # of counts that name none
        self._lists_parts = False

    def refuse_other_counts(self) -> None:
        """Raise Schema if caption or sheet name say that the counts are another organisation's, or not the month's."""
        self._refuse_other_organisation(self.caption)
        self._refuse_other_figures(self.caption)

    def refuse_other_organisation(self) -> None:
        """Raise Schema if caption or sheet name another organisation of the campaign than the sender."""
        self._refuse_other_organisation(self.caption)

    def _refuse_other_organisation(self, caption: Caption) -> None:
        for code, text in caption.organisations.items():
            if self._sender.is_other(code):
                raise self._problem(
                    FieldCode.OTHER_ORG,
                    "表题、表下文字或工作表名称为其他单位",
                    "the caption, a note or the sheet's name names another organisation",
                    text,
                    Bilingual(zh="请只填报本单位数据", en="send your own organisation's counts only"),
                    caption,
                )

    def _refuse_other_figures(self, caption: Caption) -> None:
        """Raise Schema if a text says that the figures are not the month's counts."""
        if text := caption.other_figures:
            raise self._problem(
                FieldCode.VALUE_KIND_DIFFERS,
                "表题、表下文字或工作表名称为上期数、计划数、比率等，不是当月数",
                "the caption, a note or the sheet's name says that the figures are last month's, planned, ratios or the like",
                text,
                Bilingual(zh="请只填报当月数，删去该表", en="send the month's counts only, and remove this table"),
                caption,
            )

    def refuse_header(self, rows: Sequence[NumberedRow]) -> None:
        """Raise Schema if a title or a group of titles names another organisation."""
        self._refuse_other_organisation(read_caption(rows, None, self._reader))

    def refuse_below(self, row: NumberedRow, metrics: Collection[str] = ()) -> None:
        """Raise Schema if a text below a table with counts of these metrics says that they are others than they are read as."""
        footer = read_caption([row], None, self._reader)
        self._refuse_other_organisation(footer)
        self._refuse_other_figures(footer)
        if footer.unit and is_multiple(footer.unit[0]):
            raise self._problem(
                FieldCode.UNIT_DIFFERS,
                "表下注明的计量单位与规定的不一致",
                "a note below the table names another unit",
                footer.unit[0],
                Bilingual(zh="请按规定的计量单位填写整数，不要折算", en="enter whole numbers in the metric's unit"),
                footer,
            )
        text, kind = footer.sentence_of_kind or ("", ValueKind.COUNT)
        if not all(kind.fits(flow=metric in self._names.flows) for metric in metrics):
            raise self._problem(
                FieldCode.VALUE_KIND_DIFFERS,
                "表下注明为新增数或累计数，与指标的口径不符",
                "a note below the table says that the counts are increases or cumulative, which does not fit their metrics",
                text,
                Bilingual(
                    zh="时点数请填期末到达数，时期数请填当月数，并更正该说明",
                    en="send the state at the month's end of a stock and the month's count of a flow, and correct the note",
                ),
                footer,
            )
        if self.month and (other := self._other_time(footer, self.month, is_below=True)):
            raise self._problem(FieldCode.AMBIGUOUS_MONTH, *_OTHER_TIME, other, caption=footer)
        if self._area and (others := (footer.areas | self._unknown_areas(footer)) - {self._area}):
            raise self._ambiguous_area(others | {self._area}, footer)

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
            if not caption.months_without_year:
                raise self._problem(FieldCode.MISSING_MONTH, "表中未写明月份", "the form does not name its month")
            named = ", ".join(f"{number}月" for number in sorted(caption.months_without_year))
            raise self._problem(FieldCode.MISSING_MONTH, "表中的月份没有年份", "the form names its month without a year", named)
        if len(months) > 1:
            named = ", ".join(sorted(map(str, months)))
            raise self._problem(FieldCode.AMBIGUOUS_MONTH, *_OTHER_TIME, named)
        ((month, position),) = months.items()
        if other := self._other_time(caption, str(month)):
            raise self._problem(FieldCode.AMBIGUOUS_MONTH, *_OTHER_TIME, f"{month}, {other}")
        self.month, self.month_position = str(month), position
        self._normalisations.add(
            NormalisationKind.MONTH_OF_FORM, self.month_position.row if self.month_position else None, self._sheet, self.month
        )

    def _other_time(self, caption: Caption, month: str, *, is_below: bool = False) -> str:
        """Return what a caption names that is not the month; a day behind the month's end can only be that of filing."""
        year, number = int(month[:4]), int(month[5:])
        last = date(year, number, monthrange(year, number)[1])
        if months := sorted(caption.months.keys() - {month}):
            return ", ".join(months)
        if months_of_year := sorted(caption.months_without_year - {number}):
            return ", ".join(f"{other}月" for other in months_of_year)
        if caption.years and year not in caption.years:
            return ", ".join(f"{other}年" for other in sorted(caption.years))
        bare_days = {} if is_below else {day: text for day, text in caption.bare_days.items() if day < last}
        days = {day: text for day, text in caption.days.items() if day != last}
        return next(iter([*days.values(), *bare_days.values()]), "") or caption.part_of_month or (caption.period or "")

    @property
    def year(self) -> int | None:
        """The only year that caption, sheet name and request name; None if there is none, or more than one."""
        months = [*self.caption.months, *((self._sender.month,) if self._sender.month else ())]
        years = self.caption.years | {int(month[:4]) for month in months}
        return next(iter(years)) if len(years) == 1 else None

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

    def area_or(self, sender_area: str | None, *, lists_parts: bool = False) -> str:
        """Return the area in the caption or, if there is none, the sender's; empty if both are missing.

        `lists_parts`: the form is a list, which may be that of a part of the area: 第一社区.
        """
        caption = self.caption
        self._lists_parts = lists_parts
        unknown = self._unknown_areas(caption)
        areas = caption.areas | unknown
        if caption.regions and not areas and not caption.names_campaign:
            areas = {*caption.regions, *({sender_area} if sender_area else ())}
        if len(areas) > 1 or unknown:
            raise self._ambiguous_area(areas, caption)
        area = next(iter(areas), None) or sender_area or ""
        if area:
            self._area = area
            self._normalisations.add(NormalisationKind.AREA_OF_FORM, None, self._sheet, area)
        return area

    def _unknown_areas(self, caption: Caption) -> set[str]:
        return {name for name in caption.unknown_areas if not (self._lists_parts and name.endswith(_PARTS))}

    def _ambiguous_area(self, areas: Collection[str], caption: Caption) -> Schema:
        return self._problem(
            FieldCode.AMBIGUOUS_AREA,
            "表中提到多个街道，或不在填报范围内的区域，而没有“街道”列",
            "the form names several subdistricts, or an unknown area, and the table has no column of them",
            ", ".join(sorted(areas)),
            Bilingual(zh="请加一列“街道”", en="add a column of subdistricts"),
            caption,
        )

    def _problem(
        self,
        code: FieldCode,
        zh: str,
        en: str,
        value: str | None = None,
        hint: Bilingual = _MONTH_HINT,
        caption: Caption | None = None,
    ) -> Schema:
        """Return the problem of the form; it names the cell of the text if a single one is at fault."""
        where = f"/sheets/{self._sheet}" if self._sheet else "/"
        positions = (caption or self.caption).positions
        named = [text for text in (*(value or "").split(", "), value) if text in positions]
        if position := positions[named[-1]] if named else None:
            where = position.pointer(self._sheet)
        excerpt = None if value is None else safe_excerpt(value)
        error = FieldError(where=where, code=code, message=Bilingual(zh=zh, en=en), value=excerpt, hint=hint)
        return Schema(f"{zh}。{hint.zh}", f"{en.capitalize()}; {hint.en}.", errors=[error])
