"""The indicators of a report: this month whole, by street and by organisation, and the months before. Pure."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from services.indicators.rendering import line_document
from services.indicators.reports.report_data import ReportData
from services.indicators.targets.progress import target_line_document
from shared.campaign.applied import AppliedDefinition
from shared.campaign.blocks import Indicator
from shared.domain.summary import Judged, summarise
from shared.values.months import month_text
from shared.vocabulary import Status

JsonObject = dict[str, Any]


def report_indicators(data: ReportData) -> list[JsonObject]:
    """Every indicator of the month, in the order of the campaign's file."""
    definition = data.definition
    own = [row for row in data.reports if row[0] == data.month]
    areas = list(summarise([data.plan], own, by_area=True, by_org=False))
    orgs = list(summarise([data.plan], own, by_area=False, by_org=True))
    blocks = {block.code: block for block in definition.indicators_of(data.month)}
    return [
        {
            **_described(blocks[planned.code], definition),
            "line": line_document(_of(planned.code, data.whole)[-1], definition),
            "outlook": _outlook(_of(planned.code, data.whole)[-1], data),
            "areas": [
                line_document(each, definition) for each in _of(planned.code, areas) if each.line.breakdown.area is not None
            ],
            "orgs": [line_document(each, definition) for each in _of(planned.code, orgs) if each.line.breakdown.org is not None],
            "months": _months(_of(planned.code, data.whole), data.history.first_month),
        }
        for planned in data.plan.indicators
    ]


def report_headline(indicators: Iterable[JsonObject]) -> JsonObject:
    """How many of the indicators with a target stand where."""
    judged = [each["line"] for each in indicators if each["line"]["target"] is not None]
    statuses = [Status(line["status"]) for line in judged]
    return {
        "targets": len(judged),
        "met": statuses.count(Status.MET),
        "not_met": statuses.count(Status.NOT_MET),
        "incomplete": statuses.count(Status.INCOMPLETE),
        "not_applicable": statuses.count(Status.NOT_APPLICABLE),
        "provisional": any(line["provisional"] for line in judged),
    }


def public_figures(indicators: Iterable[JsonObject]) -> list[JsonObject]:
    """What every reader of the campaign may see: how it is shown and where it stands, never the counts behind it."""
    return [
        {
            "indicator": each["code"],
            "title": each["title"],
            "unit": each["unit"],
            **{name: each["line"][name] for name in ("display", "status", "target", "due")},
        }
        for each in indicators
    ]


def _described(block: Indicator, definition: AppliedDefinition) -> JsonObject:
    counted = block.numerator_of(block.deciding)
    return {
        **block.model_dump(mode="json", include={"code", "title", "unit", "caliber", "source", "informational", "decides"}),
        "counted_in": (definition.metric(counted).unit if counted else block.unit).model_dump(),
        "variants": [variant.model_dump(mode="json", include={"code", "title"}) for variant in block.variants],
    }


def _outlook(judged: Judged, data: ReportData) -> JsonObject | None:
    """As `/v1/targets` tells it, for the target that decides."""
    told = target_line_document(judged, data.history.comparable_months(judged), data.definition)
    deciding = next((target for target in told["targets"] if target["decides"]), None)
    return deciding and {"basis": told["basis"], "pace": told["pace"], "target": deciding}


def _of(code: str, lines: Iterable[Judged]) -> list[Judged]:
    return [each for each in lines if each.line.indicator.code == code]


def _months(lines: list[Judged], begun: date | None) -> list[JsonObject]:
    """From the first month of which anything is known; of what rests on no counts, from the first month with any count."""
    counted = bool(lines[-1].line.indicator.inputs)
    known = [
        place
        for place, each in enumerate(lines)
        if (each.line.reported or each.line.zero if counted else begun and each.month >= begun)
    ]
    return [
        {
            "month": month_text(each.month),
            "value": each.line.deciding.value,
            "display": each.line.deciding.display,
            "status": each.line.deciding.status,
        }
        for each in lines[known[0] if known else -1 :]
    ]
