"""Templates of registers: the list as it stands or stood last month with room for more, or a line for each thing to report on."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Final

from psycopg import AsyncConnection

from services.ingest.registers.derive import keepers, keepers_ever
from services.ingest.registers.submitted_places import REASON, read_stored_rows
from services.ingest.registers.template_columns import LAST_MONTH_TITLE, REFERENCED_REGISTERS, ReferencedRegister, template_title
from services.ingest.submissions.reopened_parts import ReopenedParts, read_reopened_parts
from services.ingest.templates.template import REOPENED_HELP, CellFormat, CellValue, Template, TemplateColumn, TemplateRow
from shared.campaign.applied import AppliedDefinition
from shared.campaign.register_terms import terms_of
from shared.database.database import Scope, campaign_reach
from shared.database.sql import statement
from shared.problems import Forbidden
from shared.registers import REGISTERS, Register
from shared.registers.columns import Column as RegisterColumn
from shared.values.bilingual import Bilingual
from shared.values.months import month_text
from shared.vocabulary import ColumnKind, RegisterCode

SPARE: Final = 100  # empty rows below a list: the sheet is protected, nobody can add one
_THINGS = statement(__package__, "template_things")
_YES_NO: Final = {True: "是", False: "否"}
_KINDS: Final = {
    ColumnKind.MONTH: CellFormat.MONTH,
    ColumnKind.INTEGER: CellFormat.COUNT,
    ColumnKind.DECIMAL: CellFormat.DECIMAL,
}
_COMMON: Final = (
    Bilingual(
        zh="填好后原样上传本文件，未填写的行不产生任何数据。", en="Push this file back as it is; rows left empty do nothing."
    ),
    Bilingual(
        zh="日期写成 2022-08-15，时间写成 2022-08-15 10:30；多个名称用顿号“、”隔开。",
        en="Write dates as 2022-08-15 and times as 2022-08-15 10:30; put 、 between several names.",
    ),
)
_OF_LISTS: Final = (
    Bilingual(
        zh="本月已登记的行已填好；本月尚未登记时，已填好上月的清单，核对修改后上传即登记为本月清单。",
        en="The month's rows are filled in. Where it has none yet, last month's are: check and push them as this month's.",
    ),
    Bilingual(zh="新增的请填在下方空行。", en="Write new ones into the empty rows below."),
)
_OF_THINGS: Final = (
    Bilingual(
        zh="每行对应一个已登记的对象，灰色单元格已锁定；“上月”列供参考，不读取。",
        en="A line for each thing on record; grey cells are locked. The column last is for reference and is not read.",
    ),
)
_NOTHING: Final = Bilingual(
    zh="本月的“{zh}”尚未登记，因此没有可填的行；登记之后请重新下载。",
    en="The month's register “{en}” holds nothing yet, so there are no lines: download this again once it does.",
)


async def register_template(
    connection: AsyncConnection, definition: AppliedDefinition, register: Register, org: str, month: date
) -> Template:
    """The template of one organisation's register and month. Raises Forbidden where the organisation does not keep it."""
    if org not in keepers_ever(definition, register.code):
        raise Forbidden("贵单位不填报该登记表", "your organisation does not keep this register")
    named = await read_reopened_parts(connection, Scope(definition.campaign.code, org), month)
    making = _Making(connection, definition, register, org, month, named)
    beside = REFERENCED_REGISTERS.get(register.code)
    return await (making.of_things(beside) if beside else making.of_a_list())


class _Making:
    """One template while it is made out."""

    def __init__(
        self,
        connection: AsyncConnection,
        definition: AppliedDefinition,
        register: Register,
        org: str,
        month: date,
        named: ReopenedParts | None,
    ) -> None:
        """`named`: what the month was opened again for."""
        self._connection = connection
        self._definition = definition
        self._register = register
        self._org = org
        self._month = month
        self._scope = Scope(definition.campaign.code, org)
        self._may_change = named.areas(register, definition) if named else None  # the areas; None: all

    async def of_a_list(self) -> Template:
        """The organisation's own list."""
        rows = await self._standing(self._month)
        if not rows:
            last = (await self._standing(self._last)).items()
            rows = {key: row for key, row in last if REASON not in row[1] and not self._locked(row[0])}
        lines = tuple(self._line(area, body) for area, body in rows.values())
        empty = tuple(month_text(self._month) if column.name == "month" else None for column in self._register.columns)
        return self._form(
            tuple(self._column(column) for column in self._register.columns),
            lines,
            (*_OF_LISTS, *_COMMON),
            spare=(TemplateRow(empty),) * (SPARE if self._may_change != set() else 0),
        )

    async def of_things(self, beside: ReferencedRegister) -> Template:
        """A line for each thing that others put on record, with what the organisation reported of it."""
        things = await self._things(beside.things)
        now, last = await self._standing(self._month), await self._standing(self._last)
        head, *rest = [column for column in self._register.columns if column.name != "month"]
        month, told = self._register.by_name["month"], REGISTERS[beside.things]
        columns = (
            self._column(month),
            self._column(head)._replace(open=False),
            *(self._column(column, told)._replace(open=False) for column in beside.columns),
            TemplateColumn(LAST_MONTH_TITLE),
            *(self._column(column) for column in rest),
        )
        value = self._register.by_name[beside.last]
        lines = tuple(
            TemplateRow(
                (
                    month_text(self._month),
                    key,
                    *(self._written(told, column, area, body) for column in beside.columns),
                    self._written(self._register, value, None, last[key][1]) if key in last else None,
                    *(self._written(self._register, column, None, now[key][1]) if key in now else None for column in rest),
                ),
                locked=self._locked(area),
            )
            for key, area, body in things
        )
        title = beside.things.title_
        nothing = Bilingual(zh=_NOTHING.zh.format(zh=title.zh), en=_NOTHING.en.format(en=title.en))
        return self._form(columns, lines, (*_OF_THINGS, *_COMMON) if lines else (nothing,))

    def _form(
        self,
        columns: tuple[TemplateColumn, ...],
        lines: tuple[TemplateRow, ...],
        help_: tuple[Bilingual, ...],
        spare: tuple[TemplateRow, ...] = (),
    ) -> Template:
        who, what, month = self._definition.organisation(self._org).title, self._register.code.title_, self._month
        return Template(
            sheet=Bilingual(zh="登记表", en="register"),
            heading=Bilingual(
                zh=f"{who.zh} {month.year}年{month.month}月{what.zh}", en=f"{who.en}: {what.en}, {month_text(month)}"
            ),
            columns=columns,
            lines=lines,
            help=help_ if self._may_change is None else (REOPENED_HELP, *help_),
            spare=spare,
        )

    def _column(self, column: RegisterColumn, register: Register | None = None) -> TemplateColumn:
        numeric = column.kind in {ColumnKind.INTEGER, ColumnKind.DECIMAL}
        kind = CellFormat.NOTE if column.name == "note" else _KINDS.get(column.kind, CellFormat.TEXT)
        choices = (
            (month_text(self._month),) if kind is CellFormat.MONTH else tuple(self._choices(register or self._register, column))
        )
        made = TemplateColumn(template_title(column), kind, open=kind is not CellFormat.MONTH, choices=choices)
        return made._replace(least=column.least, most=column.most) if numeric else made._replace(longest=column.longest)

    def _choices(self, register: Register, column: RegisterColumn) -> Iterator[str]:
        """What may stand in a column, as its names."""
        match column.kind:
            case ColumnKind.AREA:
                own = self._definition.organisation(self._org).area
                for street in self._definition.streets(self._month):
                    if own in (None, street.code) and not self._locked(self._definition.area_numbers[street.code]):
                        yield street.title.zh
            case ColumnKind.TERM:
                yield from (titles[0].zh for titles in terms_of(self._definition, register.code, column).values())
            case ColumnKind.YES_NO:
                yield from _YES_NO.values()

    def _line(self, area: int, body: Mapping[str, object]) -> TemplateRow:
        cells = tuple(self._written(self._register, column, area, body) for column in self._register.columns)
        return TemplateRow(cells, locked=self._locked(area))

    def _locked(self, area: int) -> bool:
        """Whether the rows of an area stay as they are."""
        return self._may_change is not None and area not in self._may_change

    def _written(self, register: Register, column: RegisterColumn, area: int | None, body: Mapping[str, object]) -> CellValue:
        """A value as people write it; a name only where it is understood as what it names."""
        if column.name == "month":
            return month_text(self._month)
        if column.kind is ColumnKind.AREA and area is not None:
            code = self._definition.area_codes[area]
            return next((each.title.zh for each in self._definition.areas if each.code == code), code)
        value = body.get(column.name)
        if column.kind in {ColumnKind.TERM, ColumnKind.TERMS}:
            names = {code: titles[0].zh for code, titles in terms_of(self._definition, register.code, column).items()}
            codes = [str(code) for code in (value if isinstance(value, list) else [value] if value else [])]
            return "、".join(names.get(code, code) for code in codes) or None
        if isinstance(value, bool):
            return _YES_NO[value]
        return value if isinstance(value, str | int | float) else None

    async def _standing(self, month: date) -> Mapping[str, tuple[int, Mapping[str, object]]]:
        return await read_stored_rows(self._connection, self._scope, self._register.code, month)

    async def _things(self, code: RegisterCode) -> list[tuple[str, int, Mapping[str, object]]]:
        binds = {
            "campaign": self._scope.campaign,
            "keepers": keepers(self._definition, code, self._month),
            "month": self._month,
            "register": code.value,
        }
        async with campaign_reach(self._connection, self._scope):
            rows = await (await self._connection.execute(_THINGS, binds)).fetchall()
        return sorted(
            ((key, area, body) for key, area, body in rows if REASON not in body), key=lambda thing: (thing[1], thing[0])
        )

    @property
    def _last(self) -> date:
        return (self._month - timedelta(days=1)).replace(day=1)
