"""The counts that an organisation may report: in open months, its metrics, in the areas where it counts them."""

from datetime import date
from functools import cached_property
from typing import NamedTuple

from services.ingest.formats.cells.values import lost_digits_hint
from services.ingest.formats.row_errors import row_error
from services.ingest.formats.rows import PartialRow, Row, RowError
from shared.campaign.applied import AppliedDefinition, cached_on_definition
from shared.campaign.blocks import Metric
from shared.values.bilingual import Bilingual
from shared.values.months import month_of
from shared.values.spelling import normalised
from shared.values.suggestions import Guesses
from shared.vocabulary import Grain, MetricKind, RowCode

_CATALOGUE = "/v1/catalogue"


class ReportedMetric(NamedTuple):
    """The number of a metric that an organisation may report in a month, and the areas where it may, by code."""

    number: int
    areas: dict[str, int]


class OpenMonth(NamedTuple):
    """A month in which an organisation may report counts."""

    month: date
    metrics: dict[str, ReportedMetric]


@cached_on_definition(512)
def _declared(definition: AppliedDefinition, org: str, *, references: bool) -> frozenset[int]:
    return frozenset(
        definition.metric_numbers[metric.code]
        for metric in definition.metrics
        if org in metric.reporters and not metric.derived and (metric.kind is MetricKind.REFERENCE) is references
    )


@cached_on_definition(512)
def _metric_titles(definition: AppliedDefinition, org: str) -> dict[str, Bilingual]:
    return {metric.code: metric.title for metric in definition.metrics if org in metric.reporters}


class Entitlement:
    """Resolves codes to numbers for one organisation, and explains why a row is rejected."""

    def __init__(self, definition: AppliedDefinition, org: str, today: date, only: date | None) -> None:
        """`today`: the date in the campaign's timezone; `only`: the one month that may be reported, if the request names one."""
        self._definition = definition
        self._org = org
        self._today = today
        self._only = only

    @cached_property
    def _guesses(self) -> Guesses:
        return Guesses()

    @property
    def org(self) -> str:
        """The organisation that reports."""
        return self._org

    def declared(self, *, references: bool) -> frozenset[int]:
        """Return the metrics, by number, that the organisation reports itself in any month: reference metrics, or all others."""
        return _declared(self._definition, self._org, references=references)

    def month(self, text: str) -> OpenMonth | None:
        """Return the month, or None if it is not open or not the requested one."""
        month = month_of(text)
        if self._only not in (None, month) or not self._definition.calendar.is_open(month, self._today):
            return None
        return _open_month(self._definition, self._org, month)

    def rejections(self, row: Row | PartialRow) -> list[RowError]:
        """Return the errors of the codes of a row, as far as they can be read."""
        month = self.month(row.month) if row.month else None
        errors = [self._month_not_open(row.number, row.month)] if row.month and month is None else []
        is_known = row.metric is not None and row.metric in self._definition.metric_numbers
        metric = self._definition.metric(row.metric) if row.metric is not None and is_known else None
        reported = month.metrics.get(row.metric) if month and row.metric is not None else None
        if row.metric is not None and metric is None:
            errors.append(row_error(RowCode.UNKNOWN_METRIC, row.number, "metric", row.metric, self._metric_hint(row.metric)))
        elif metric is not None and month and not reported and self._too_early(metric, month.month):
            errors.append(self._month_not_open(row.number, f"{month.month:%Y-%m}"))
        elif metric is not None and (self._org not in metric.reporters or metric.derived or (month and not reported)):
            errors.append(row_error(RowCode.NOT_ENTITLED, row.number, "metric", row.metric, self._reporters_hint(metric)))
        area_error = self._area_error(row.number, row.area, metric, reported) if row.area is not None else None
        return [*errors, *([area_error] if area_error else [])]

    def _area_error(self, number: int, area: str, metric: Metric | None, reported: ReportedMetric | None) -> RowError | None:
        if area not in self._definition.area_numbers:
            return row_error(RowCode.UNKNOWN_AREA, number, "area", area, self._area_hint(area))
        if metric is None or reported is None or area in reported.areas:
            return None
        whole = area == self._definition.campaign.area
        if (metric.grain is Grain.CAMPAIGN) is not whole or (not whole and self._definition.is_inner(area)):
            return row_error(RowCode.WRONG_GRAIN, number, "area", area, self._grain_hint(metric.grain))
        own = self._definition.organisation(self._org).area
        code = RowCode.FOREIGN_AREA if own not in (None, area) else RowCode.AREA_NOT_VALID
        return row_error(code, number, "area", area)

    def _too_early(self, metric: Metric, month: date) -> bool:
        is_counted = metric.kind is MetricKind.REFERENCE or self._definition.calendar.has_begun(month)
        return not is_counted and not metric.derived and self._org in metric.reporters

    def _month_not_open(self, number: int, month: str) -> RowError:
        if self._only not in (None, month_of(month)):
            hint = Bilingual(zh=f"本次导入仅限 {self._only:%Y}年{self._only.month}月", en=f"send rows of {self._only:%Y-%m} only")
            return row_error(RowCode.MONTH_NOT_ASKED, number, "month", month, hint)
        return row_error(
            RowCode.MONTH_NOT_OPEN, number, "month", month, self._definition.calendar.hint(month_of(month), self._today)
        )

    def _metric_hint(self, word: str) -> Bilingual | None:
        titles = _metric_titles(self._definition, self._org)
        return self._definition.names.hint(word) or self._guesses.of("metric", word, titles, titles, listed_at=_CATALOGUE)

    def _area_hint(self, word: str) -> Bilingual | None:
        code = self._definition.names.areas.get(normalised(word))
        if code is not None:
            return Bilingual(zh=f"请使用代码 {code}", en=f"use the code {code}")
        return lost_digits_hint(word) or self._guesses.of(
            "area", word, self._definition.area_numbers, self._definition.area_titles, listed_at=_CATALOGUE
        )

    def _grain_hint(self, grain: Grain) -> Bilingual:
        if grain is Grain.CAMPAIGN:
            whole = self._definition.area_titles[self._definition.campaign.area]
            return Bilingual(zh=f"该指标按{grain.title_.zh}统计，区域请填“{whole.zh}”", en=f"use the area “{whole.en}”")
        return Bilingual(zh=f"该指标按{grain.title_.zh}统计，区域请填所属街道", en="use a subdistrict")

    def _reporters_hint(self, metric: Metric) -> Bilingual:
        if metric.derived or not metric.reporters:
            return Bilingual(zh="由登记表汇总得出，不单独填报", en="calculated from registers; remove the row")
        if self._org in metric.reporters:
            return Bilingual(zh="该月无须填报该指标，请删除该行", en="not reported in this month; remove the row")
        titles = [self._definition.organisation(code).title for code in metric.reporters]
        zh, en = "、".join(title.zh for title in titles), "; ".join(title.en for title in titles)
        return Bilingual(zh=f"由以下单位填报：{zh}", en=f"reported by {en}")


@cached_on_definition(256)
def _open_month(definition: AppliedDefinition, org: str, month: date) -> OpenMonth:
    return OpenMonth(month, _reported(definition, org, definition.era(month)))


@cached_on_definition(256)
def _reported(definition: AppliedDefinition, org: str, month: date) -> dict[str, ReportedMetric]:
    """Return the metrics that an organisation may report in the months of an era."""
    areas_by_grain: dict[Grain, dict[str, int]] = {}
    reported = {}
    for metric in definition.reported_in(month):
        if org not in metric.reporters or not definition.organisation(org).valid(month):
            continue
        if metric.grain not in areas_by_grain:
            areas = definition.areas_for(metric, org, month)
            areas_by_grain[metric.grain] = {area.code: definition.area_numbers[area.code] for area in areas}
        reported[metric.code] = ReportedMetric(definition.metric_numbers[metric.code], areas_by_grain[metric.grain])
    return reported
