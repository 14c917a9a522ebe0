"""The indicators of a report: of the whole campaign, by subdistrict, by organisation and by month."""

from collections.abc import Iterable
from datetime import date

from services.indicators.rendering import line_document
from services.indicators.reports.report_data import ReportData, ReportJson, counts_of_month
from services.indicators.targets.progress import target_line_document
from shared.campaign.applied import AppliedDefinition
from shared.campaign.blocks import Indicator
from shared.domain.reducers import UNEQUAL_PARTS
from shared.domain.summary import summarise
from shared.domain.summary_lines import SummaryLine
from shared.values.months import month_text
from shared.vocabulary import Status


def report_indicators(data: ReportData) -> list[ReportJson]:
    """Return every indicator of the month, in the order of the campaign file."""
    definition = data.definition
    rows = counts_of_month(data.counts, data.month)
    by_area = list(summarise([data.plan], rows, by_area=True, by_org=False, challenged=data.challenged))
    by_org = list(summarise([data.plan], rows, by_area=False, by_org=True, challenged=data.challenged))
    blocks = {block.code: block for block in definition.indicators_of(data.month)}
    indicators = []
    for code in [planned.code for planned in data.plan.indicators]:
        by_month = _lines_of(code, data.whole)
        areas = [
            line
            for line in _lines_of(code, by_area)
            if line.breakdown.area is not None and line.breakdown.area not in line.indicator.parts
        ]
        orgs = [line for line in _lines_of(code, by_org) if line.breakdown.org is not None]
        indicators.append(
            {
                **_described(blocks[code], definition),
                "counted_in": by_month[-1].indicator.deciding.unit,
                "line": line_document(by_month[-1], definition, data.past.deadline(by_month[-1], by_month[-1].target)),
                "outlook": _forecast(by_month[-1], data),
                "areas": [line_document(line, definition, data.past.deadline(line, line.target)) for line in areas],
                "orgs": [line_document(line, definition, data.past.deadline(line, line.target)) for line in orgs],
                "months": _months(by_month, data.history.first_month),
            }
        )
    return indicators


def report_headline(indicators: Iterable[ReportJson]) -> ReportJson:
    """Return the numbers of indicators with a target by status."""
    lines = [indicator["line"] for indicator in indicators if indicator["line"]["target"] is not None]
    statuses = [Status(line["status"]) for line in lines]
    return {
        "targets": len(lines),
        "met": statuses.count(Status.MET),
        "not_met": statuses.count(Status.NOT_MET),
        "incomplete": statuses.count(Status.INCOMPLETE),
        "not_reported": statuses.count(Status.NOT_REPORTED),
        "not_applicable": statuses.count(Status.NOT_APPLICABLE),
        "provisional": any(line["provisional"] for line in lines),
    }


def public_figures(indicators: Iterable[ReportJson]) -> list[ReportJson]:
    """Return what every role may see: displayed values, status and target, never the counts."""
    return [
        {
            "indicator": indicator["code"],
            "title": indicator["title"],
            "unit": indicator["unit"],
            **{name: indicator["line"][name] for name in ("display", "status", "target", "due")},
        }
        for indicator in indicators
    ]


def _described(block: Indicator, definition: AppliedDefinition) -> ReportJson:
    counted = block.numerator_of(block.deciding)
    return {
        **block.model_dump(mode="json", include={"code", "title", "unit", "caliber", "source", "informational", "decides"}),
        "counted": (definition.metric(counted).title if counted else block.title).model_dump(),
        "contributions_note": _note(block),
        "variants": [variant.model_dump(mode="json", include={"code", "title"}) for variant in block.variants],
    }


def _note(block: Indicator) -> ReportJson | None:
    """Return why the organisations' numerators do not add up to the whole; None if they do."""
    note = UNEQUAL_PARTS.get(block.deciding.reducer)
    return note.model_dump() if note else None


def _forecast(line: SummaryLine, data: ReportData) -> ReportJson | None:
    """Return pace and forecast as `/v1/targets` does, for the deciding target."""
    document = target_line_document(line, data.history.comparable_months(line), data.past, data.definition)
    deciding = next((target for target in document["targets"] if target["decides"]), None)
    return deciding and {"pace": document["pace"], "target": deciding}


def _subdistricts(lines: Iterable[SummaryLine]) -> list[SummaryLine]:
    return [line for line in lines if line.breakdown.area is not None and line.breakdown.area not in line.indicator.parts]


def _lines_of(code: str, lines: Iterable[SummaryLine]) -> list[SummaryLine]:
    return [line for line in lines if line.indicator.code == code]


def _months(lines: list[SummaryLine], first_month: date | None) -> list[ReportJson]:
    """Return the months from the line's first count; for an indicator without counts, from the first month with any count."""
    if lines[-1].indicator.inputs:
        known = [line for line in lines if line.reported or line.zero]
    else:
        known = [line for line in lines if first_month and line.month >= first_month]
    first = known[0].month if known else lines[-1].month
    return [
        {
            "month": month_text(line.month),
            "value": line.deciding.value,
            "display": line.deciding.display,
            "status": line.deciding.status,
        }
        for line in lines
        if line.month >= first
    ]
