"""Templates of registers: the current or last month's rows with room for more, or a row for each place or building."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final

from psycopg import AsyncConnection

from services.ingest.registers.derive import keepers, keepers_ever
from services.ingest.registers.submitted_places import REASON, StoredEntries, read_stored_rows
from services.ingest.registers.template_columns import LAST_MONTH_TITLE, REFERENCED_REGISTERS, ReferencedRegister, template_title
from services.ingest.submissions.reopened_parts import ReopenedParts, read_reopened_parts
from services.ingest.templates.template import REOPENED_HELP, CellFormat, Template, TemplateColumn, TemplateRow, TemplateValue
from shared.campaign.applied import AppliedDefinition
from shared.campaign.register_terms import terms_of
from shared.database.database import Scope, campaign_reach
from shared.database.sql import statement
from shared.problems import Forbidden
from shared.registers import REGISTERS, Register
from shared.registers.columns import Column as RegisterColumn
from shared.values.bilingual import Bilingual
from shared.values.months import month_text, previous_month
from shared.vocabulary import ColumnKind, RegisterCode

EMPTY_ROWS: Final = 100
_REFERENCED_ROWS = statement(__package__, "referenced_rows")
_YES_NO: Final = {True: "是", False: "否"}
_FORMATS: Final = {
    ColumnKind.MONTH: CellFormat.MONTH,
    ColumnKind.INTEGER: CellFormat.COUNT,
    ColumnKind.DECIMAL: CellFormat.DECIMAL,
}
_HELP: Final = (
    Bilingual(
        zh="填好后直接上传本文件，不要改动表头和格式；未填写的行不导入。",
        en="Push the completed file without changing its header or layout; rows that are not filled in are ignored.",
    ),
    Bilingual(
        zh="日期应写成 2022-08-15，时间应写成 2022-08-15 10:30；多个名称用顿号“、”隔开。",
        en="Write dates as 2022-08-15 and times as 2022-08-15 10:30; separate several names with 、.",
    ),
)
_HELP_FOR_OWN_ROWS: Final = (
    Bilingual(
        zh="本月已登记的行已填好。本月尚未登记的，已填入上月的登记表，核对修改后上传即为本月的登记表。",
        en="The month's rows are filled in. If it has none yet, last month's are: check, correct and push them for this month.",
    ),
    Bilingual(zh="新增的请填在下方空行。", en="Enter new records in the empty rows below."),
)
_HELP_FOR_REFERENCED_ROWS: Final = (
    Bilingual(
        zh="每行对应一个已登记的场所或楼栋；灰色单元格已锁定，不能修改；“上月”列仅供参考，不导入。",
        en="Each row is a registered place or building; grey cells are locked. The column “last” is only for reference.",
    ),
)
_HELP_WITHOUT_ROWS: Final = Bilingual(
    zh="本月的“{zh}”登记表尚无数据，因此没有可填写的行；请待其登记后重新下载。",
    en="The register of {en} has no rows for this month yet; download this template again when it has.",
)


async def register_template(
    connection: AsyncConnection, definition: AppliedDefinition, org: str, month: date, *, register: Register
) -> Template:
    """Return the template of a register for an organisation's month. Raises Forbidden if it does not keep the register."""
    if org not in keepers_ever(definition, register.code):
        raise Forbidden("该登记表不由贵单位填报。", "Your organisation does not keep this register.")
    reopened = await read_reopened_parts(connection, Scope(definition.campaign.code, org), month)
    builder = _RegisterTemplate(connection, definition, register, org, month, reopened)
    referenced = REFERENCED_REGISTERS.get(register.code)
    return await (builder.with_referenced_rows(referenced) if referenced else builder.with_own_rows())


class _RegisterTemplate:
    """Builder of one template."""

    def __init__(
        self,
        connection: AsyncConnection,
        definition: AppliedDefinition,
        register: Register,
        org: str,
        month: date,
        reopened: ReopenedParts | None,
    ) -> None:
        self._connection = connection
        self._definition = definition
        self._register = register
        self._org = org
        self._month = month
        self._scope = Scope(definition.campaign.code, org)
        self._editable_areas = reopened.areas(register, definition) if reopened else None  # None: all

    async def with_own_rows(self) -> Template:
        """Build the template of a register whose keys the organisation assigns itself."""
        stored = await self._read_stored(self._month)
        if not stored:
            earlier = (await self._read_stored(previous_month(self._month))).items()
            stored = {key: row for key, row in earlier if REASON not in row[1] and not self._locked(row[0])}
        columns = self._register.columns
        empty = TemplateRow(tuple(month_text(self._month) if column.name == "month" else None for column in columns))
        return self._template(
            tuple(self._column(column) for column in columns),
            tuple(self._row(area, body) for area, body in stored.values()),
            (*_HELP_FOR_OWN_ROWS, *_HELP),
            empty_rows=(empty,) * (EMPTY_ROWS if self._editable_areas != set() else 0),
        )

    async def with_referenced_rows(self, referenced: ReferencedRegister) -> Template:
        """Build the template with a row for each record of another register, and what the organisation reported about it."""
        records = await self._read_referenced(referenced.code)
        current, earlier = await self._read_stored(self._month), await self._read_stored(previous_month(self._month))
        month_column = self._register.by_name["month"]
        key_column, *other_columns = [column for column in self._register.columns if column.name != "month"]
        other_register = REGISTERS[referenced.code]
        columns = (
            self._column(month_column),
            self._column(key_column)._replace(editable=False),
            *(self._column(column, other_register)._replace(editable=False) for column in referenced.columns),
            TemplateColumn(LAST_MONTH_TITLE),
            *(self._column(column) for column in other_columns),
        )
        last_month_column = self._register.by_name[referenced.last_month_column]
        rows = tuple(
            TemplateRow(
                (
                    month_text(self._month),
                    key,
                    *(self._value(other_register, column, area, body) for column in referenced.columns),
                    self._value(self._register, last_month_column, None, earlier[key][1]) if key in earlier else None,
                    *(
                        self._value(self._register, column, None, current[key][1]) if key in current else None
                        for column in other_columns
                    ),
                ),
                locked=self._locked(area),
            )
            for key, area, body in records
        )
        title = referenced.code.title_
        no_rows = Bilingual(zh=_HELP_WITHOUT_ROWS.zh.format(zh=title.zh), en=_HELP_WITHOUT_ROWS.en.format(en=title.en))
        return self._template(columns, rows, (*_HELP_FOR_REFERENCED_ROWS, *_HELP) if rows else (no_rows,))

    def _template(
        self,
        columns: tuple[TemplateColumn, ...],
        rows: tuple[TemplateRow, ...],
        help_: tuple[Bilingual, ...],
        empty_rows: tuple[TemplateRow, ...] = (),
    ) -> Template:
        org, register, month = self._definition.organisation(self._org).title, self._register.code.title_, self._month
        return Template(
            sheet=Bilingual(zh="登记表", en="register"),
            heading=Bilingual(
                zh=f"{org.zh} {month.year}年{month.month}月{register.zh}", en=f"{org.en}: {register.en}, {month_text(month)}"
            ),
            columns=columns,
            rows=rows,
            help=help_ if self._editable_areas is None else (REOPENED_HELP, *help_),
            empty_rows=empty_rows,
        )

    def _column(self, column: RegisterColumn, register: Register | None = None) -> TemplateColumn:
        format_ = CellFormat.NOTE if column.name == "note" else _FORMATS.get(column.kind, CellFormat.TEXT)
        if format_ is CellFormat.MONTH:
            return TemplateColumn(template_title(column), format_, choices=(month_text(self._month),), max_length=column.longest)
        choices = tuple(self._choices(register or self._register, column))
        template_column = TemplateColumn(template_title(column), format_, editable=True, choices=choices)
        if column.kind in {ColumnKind.INTEGER, ColumnKind.DECIMAL}:
            return template_column._replace(minimum=column.least, maximum=column.most)
        return template_column._replace(max_length=column.longest)

    def _choices(self, register: Register, column: RegisterColumn) -> Iterator[str]:
        """Yield the names that a column accepts; nothing if it accepts any text."""
        match column.kind:
            case ColumnKind.AREA:
                own = self._definition.organisation(self._org).area
                for street in self._definition.streets(self._month):
                    if own in (None, street.code) and not self._locked(self._definition.area_numbers[street.code]):
                        yield street.title.zh
            case ColumnKind.TERM:
                yield from (term.short.zh for term in terms_of(self._definition, register.code, column).values())
            case ColumnKind.YES_NO:
                yield from _YES_NO.values()

    def _row(self, area: int, body: Mapping[str, object]) -> TemplateRow:
        values = tuple(self._value(self._register, column, area, body) for column in self._register.columns)
        return TemplateRow(values, locked=self._locked(area))

    def _locked(self, area: int) -> bool:
        """Return true if the rows of an area may not change."""
        return self._editable_areas is not None and area not in self._editable_areas

    def _value(self, register: Register, column: RegisterColumn, area: int | None, body: Mapping[str, object]) -> TemplateValue:
        """Return a value with names instead of codes, as far as a push with the name would be understood."""
        if column.name == "month":
            return month_text(self._month)
        if column.kind is ColumnKind.AREA and area is not None:
            code = self._definition.area_codes[area]
            titles = self._definition.area_titles
            return titles[code].zh if code in titles else code
        value = body.get(column.name)
        if column.kind in {ColumnKind.TERM, ColumnKind.TERMS}:
            names = {code: term.short.zh for code, term in terms_of(self._definition, register.code, column).items()}
            codes = [str(code) for code in (value if isinstance(value, list) else [value] if value else [])]
            return "、".join(names.get(code, code) for code in codes) or None
        if isinstance(value, bool):
            return _YES_NO[value]
        return value if isinstance(value, str | int | float) else None

    async def _read_stored(self, month: date) -> StoredEntries:
        return await read_stored_rows(self._connection, self._scope, self._register.code, month)

    async def _read_referenced(self, code: RegisterCode) -> list[tuple[str, int, Mapping[str, object]]]:
        """Return key, area and body of the records that the rows may refer to, by area."""
        binds = {
            "campaign": self._scope.campaign,
            "keepers": keepers(self._definition, code, self._month),
            "month": self._month,
            "register": code.value,
        }
        async with campaign_reach(self._connection, self._scope):
            rows = await (await self._connection.execute(_REFERENCED_ROWS, binds)).fetchall()
        records = [(key, area, body) for key, area, body in rows if REASON not in body]
        return sorted(records, key=lambda record: (record[1], record[0]))
