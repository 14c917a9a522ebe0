"""The template of observations: a row for each expected count, then one for each that the organisation may report."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from psycopg import AsyncConnection

from services.ingest.submissions.reopened_parts import read_reopened_parts
from services.ingest.templates.template import REOPENED_HELP, CellFormat, Template, TemplateColumn, TemplateRow
from shared.campaign.applied import AppliedDefinition
from shared.campaign.blocks import Area, Metric
from shared.database.database import Scope
from shared.database.sql import statement
from shared.values.bilingual import Bilingual
from shared.values.months import month_text, previous_month
from shared.vocabulary import MetricKind

_COUNTS = statement(__package__, "template_counts")
_EARLIEST_MONTH = date(2000, 1, 1)
_HELP = (
    Bilingual(
        zh="只需填写“本月数”列，需要说明的填写“备注”列；其余单元格已锁定，不能修改。",
        en="Fill in the column “value” and, if an explanation is needed, the column “note”; other cells are locked.",
    ),
    Bilingual(zh="黄色单元格为应报，绿色单元格为自愿填报。", en="Yellow cells must be filled in; green cells are voluntary."),
    Bilingual(
        zh="请填不小于 0 的整数，不填百分比、小数和计量单位。",
        en="Enter whole numbers of at least 0, without percentages, fractions or units.",
    ),
    Bilingual(
        zh="没有数据请留空，不要填“无”或“-”；确实为零请填 0。",
        en="Leave a cell empty if there is no count; enter 0 if the count is zero.",
    ),
    Bilingual(
        zh="本月已报的数值已填好，修改后再次上传即为更正。",
        en="Counts that were already reported are filled in; to correct one, change it and push the file again.",
    ),
    Bilingual(
        zh="填好后直接上传本文件，不要改动表头和格式；留空的行不导入。",
        en="Push the completed file without changing its header or layout; empty rows are ignored.",
    ),
)


class _ReportableCount(NamedTuple):
    metric: Metric
    area: Area
    voluntary: bool

    def numbers(self, definition: AppliedDefinition) -> tuple[int, int]:
        """Return metric and area by number."""
        return definition.metric_numbers[self.metric.code], definition.area_numbers[self.area.code]


class _StoredCount(NamedTuple):
    month: date
    value: int
    note: str | None


_StoredCounts = dict[tuple[str, str, bool], _StoredCount]
"""Stored counts by metric, area and whether they are from an earlier month."""


async def observations_template(connection: AsyncConnection, definition: AppliedDefinition, org: str, month: date) -> Template:
    """Return the template of an organisation's month, with the stored counts filled in."""
    counts = sorted(_reportable_counts(definition, org, month), key=lambda count: count.voluntary)  # expected counts first
    stored = await _read_stored(connection, definition, org, month, {count.metric.code: count.metric for count in counts})
    reopened = await read_reopened_parts(connection, Scope(definition.campaign.code, org), month)
    editable = reopened.counts(definition) if reopened else {count.numbers(definition) for count in counts}
    title = definition.organisation(org).title
    return Template(
        sheet=Bilingual(zh="填报表", en="counts"),
        heading=Bilingual(zh=f"{title.zh} {month.year}年{month.month}月填报表", en=f"{title.en}: counts of {month_text(month)}"),
        columns=_columns(counts, month),
        rows=tuple(_row(count, month, stored, locked=count.numbers(definition) not in editable) for count in counts),
        help=(REOPENED_HELP, *_HELP) if reopened else _HELP,
    )


def _columns(counts: list[_ReportableCount], month: date) -> tuple[TemplateColumn, ...]:
    metrics = tuple(dict.fromkeys(count.metric.code for count in counts))
    areas = tuple(dict.fromkeys(count.area.code for count in counts))
    return (
        TemplateColumn("指标代码 metric", choices=metrics),
        TemplateColumn("指标 title"),
        TemplateColumn("区域代码 area", choices=areas),
        TemplateColumn("区域 name"),
        TemplateColumn("月份 month", CellFormat.MONTH, choices=(month_text(month),)),
        TemplateColumn("计量单位 unit"),
        TemplateColumn("上月数 last_value", CellFormat.COUNT),
        TemplateColumn("本月数 value", CellFormat.COUNT, editable=True),
        TemplateColumn("备注 note", CellFormat.NOTE, editable=True),
    )


def _reportable_counts(definition: AppliedDefinition, org: str, month: date) -> Iterator[_ReportableCount]:
    """Yield every count that an organisation may report for a month, in the definition's order."""
    if not definition.organisation(org).valid(month):
        return
    for metric in definition.reported_in(month):
        if org in metric.reporters:
            for area in definition.areas_for(metric, org, month):
                yield _ReportableCount(metric, area, voluntary=org not in metric.owed_by)


async def _read_stored(
    connection: AsyncConnection, definition: AppliedDefinition, org: str, month: date, metrics: dict[str, Metric]
) -> _StoredCounts:
    """Return the counts of the month and of the month before; of reference metrics the latest earlier ones."""
    references = [definition.metric_numbers[code] for code, metric in metrics.items() if metric.kind is MetricKind.REFERENCE]
    last_month = previous_month(month)
    binds = {
        "campaign": definition.campaign.code,
        "org": org,
        "month": month,
        "last": last_month,
        "first": _EARLIEST_MONTH if references else last_month,
        "references": references,
    }
    rows = await (await connection.execute(_COUNTS, binds)).fetchall()
    return {
        (definition.metric_codes[metric], definition.area_codes[area], earlier): _StoredCount(of_month, value, note)
        for metric, area, earlier, of_month, value, note in rows
    }


def _row(count: _ReportableCount, month: date, stored: _StoredCounts, *, locked: bool) -> TemplateRow:
    metric, area, voluntary = count
    current = stored.get((metric.code, area.code, False))
    earlier = stored.get((metric.code, area.code, True))
    title = f"【自愿】{metric.title.zh}" if voluntary else metric.title.zh
    if metric.kind is MetricKind.REFERENCE and earlier:
        title += f"（基准数，现行数据为{earlier.month.year}年{earlier.month.month}月）"
    return TemplateRow(
        (
            metric.code,
            title,
            area.code,
            area.title.zh,
            month_text(month),
            metric.unit.zh,
            earlier.value if earlier else None,
            current.value if current else None,
            current.note if current else None,
        ),
        voluntary,
        locked,
    )
