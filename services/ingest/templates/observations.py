"""The template of observations: a line for each cell that an organisation owes, then one for each it may report."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from psycopg import AsyncConnection

from services.ingest.submissions.reopened_parts import read_reopened_parts
from services.ingest.templates.template import REOPENED_HELP, CellFormat, Template, TemplateColumn, TemplateRow
from shared.campaign.applied import AppliedDefinition
from shared.campaign.blocks import Area, Metric
from shared.database.database import Scope
from shared.database.sql import statement
from shared.values.bilingual import Bilingual
from shared.values.months import month_text
from shared.vocabulary import LARGEST_COUNT, MetricKind

_COUNTS = statement(__package__, "template_counts")
_EVER = date(2000, 1, 1)  # no month is earlier
_HELP = (
    Bilingual(
        zh="只需填写“本月数”，必要时填写“备注”；其余单元格已锁定。",
        en="Fill in value and, where needed, note; other cells are locked.",
    ),
    Bilingual(zh="黄色为应报，绿色为自愿填报。", en="Yellow cells are owed, green ones are voluntary."),
    Bilingual(
        zh=f"请填 0 至 {LARGEST_COUNT} 的整数，不填百分比、小数和单位。",
        en=f"Write whole numbers from 0 to {LARGEST_COUNT}, no percentages, fractions or units.",
    ),
    Bilingual(
        zh="没有数据请留空，不要填“无”或“-”；确实为零请填 0。",
        en="Leave a cell empty if there is no count; write 0 if the count is zero.",
    ),
    Bilingual(
        zh="本月已报的数值已填好，改动后再次上传即为更正。",
        en="Counts reported already are filled in; change them to correct them.",
    ),
    Bilingual(
        zh="填好后原样上传本文件，留空的行不产生任何数据。", en="Push this file back as it is; rows left empty do nothing."
    ),
)


class _Cell(NamedTuple):
    metric: Metric
    area: Area
    voluntary: bool


class _Known(NamedTuple):
    month: date
    value: int
    note: str | None


async def observations_template(connection: AsyncConnection, definition: AppliedDefinition, org: str, month: date) -> Template:
    """The template of one organisation and month, with the counts that stand."""
    cells = sorted(_cells(definition, org, month), key=lambda cell: cell.voluntary)  # stable: the definition's order within each
    known = await _known(connection, definition, org, month, {cell.metric.code: cell.metric for cell in cells})
    named = await read_reopened_parts(connection, Scope(definition.campaign.code, org), month)
    may_change = named.counts(definition) if named else {_which(cell, definition) for cell in cells}
    who = definition.organisation(org).title
    return Template(
        sheet=Bilingual(zh="填报表", en="counts"),
        heading=Bilingual(zh=f"{who.zh} {month.year}年{month.month}月填报表", en=f"{who.en}: counts of {month_text(month)}"),
        columns=_columns(cells, month),
        lines=tuple(_line(cell, month, known, locked=_which(cell, definition) not in may_change) for cell in cells),
        help=(REOPENED_HELP, *_HELP) if named else _HELP,
    )


def _columns(cells: list[_Cell], month: date) -> tuple[TemplateColumn, ...]:
    metrics = tuple(dict.fromkeys(cell.metric.code for cell in cells))
    areas = tuple(dict.fromkeys(cell.area.code for cell in cells))
    return (
        TemplateColumn("指标代码 metric", choices=metrics),
        TemplateColumn("指标 title"),
        TemplateColumn("区域代码 area", choices=areas),
        TemplateColumn("区域 name"),
        TemplateColumn("月份 month", CellFormat.MONTH, choices=(month_text(month),)),
        TemplateColumn("单位 unit"),
        TemplateColumn("上月数 last_value", CellFormat.COUNT),
        TemplateColumn("本月数 value", CellFormat.COUNT, open=True),
        TemplateColumn("备注 note", CellFormat.NOTE, open=True),
    )


def _cells(definition: AppliedDefinition, org: str, month: date) -> Iterator[_Cell]:
    """Every cell an organisation may report for a month."""
    if not definition.organisation(org).valid(month):
        return
    for metric in definition.reported_in(month):
        if org in metric.reporters:
            for area in definition.areas_for(metric, org, month):
                yield _Cell(metric, area, voluntary=org not in metric.owed_by)


async def _known(
    connection: AsyncConnection, definition: AppliedDefinition, org: str, month: date, metrics: dict[str, Metric]
) -> dict[tuple[str, str, bool], _Known]:
    """The counts that stand, by metric, area and whether they are of an earlier month."""
    references = [definition.metric_numbers[code] for code, metric in metrics.items() if metric.kind is MetricKind.REFERENCE]
    last = (month - timedelta(days=1)).replace(day=1)
    binds = {
        "campaign": definition.campaign.code,
        "org": org,
        "month": month,
        "last": last,
        "first": _EVER if references else last,
        "references": references,
    }
    rows = await (await connection.execute(_COUNTS, binds)).fetchall()
    return {
        (definition.metric_codes[metric], definition.area_codes[area], earlier): _Known(of, value, note)
        for metric, area, earlier, of, value, note in rows
    }


def _which(cell: _Cell, definition: AppliedDefinition) -> tuple[int, int]:
    """Metric and area, by number."""
    return definition.metric_numbers[cell.metric.code], definition.area_numbers[cell.area.code]


def _line(cell: _Cell, month: date, known: dict[tuple[str, str, bool], _Known], *, locked: bool) -> TemplateRow:
    metric, area, voluntary = cell
    now = known.get((metric.code, area.code, False))
    before = known.get((metric.code, area.code, True))
    title = f"【自愿】{metric.title.zh}" if voluntary else metric.title.zh
    if metric.kind is MetricKind.REFERENCE and before:
        title += f"（基准数，现用 {month_text(before.month)}）"
    return TemplateRow(
        (
            metric.code,
            title,
            area.code,
            area.title.zh,
            month_text(month),
            metric.unit.zh,
            before.value if before else None,
            now.value if now else None,
            now.note if now else None,
        ),
        voluntary,
        locked,
    )
