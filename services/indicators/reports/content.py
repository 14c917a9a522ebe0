"""The content of a report: `ReportContent` as plain data."""

from collections.abc import Iterable

from services.indicators.campaign_subject import campaign_subject_zh
from services.indicators.definitions.documents import area_document
from services.indicators.reports.differences import report_differences
from services.indicators.reports.indicators import report_headline, report_indicators
from services.indicators.reports.models import NewReport, NewReportPreview
from services.indicators.reports.registry_sections import (
    report_action_items,
    report_challenges,
    report_difficulties,
    report_task_reviews,
)
from services.indicators.reports.report_data import ReportData, ReportJson
from services.indicators.reports.sections import report_cases, report_reporting, report_tasks
from shared.campaign.blocks import Organisation
from shared.campaign.organisation_definition import organisation_definition
from shared.values.months import month_text
from shared.vocabulary import Role

_ADDRESSEE_ROLES = frozenset({Role.LEADER, Role.REGULATOR})


def report_content(data: ReportData, written: NewReport | NewReportPreview) -> ReportJson:
    """Return the content as `ReportContent` describes it."""
    definition = data.definition
    campaign = definition.campaign
    indicators = report_indicators(data)
    subject = campaign_subject_zh(definition)
    return {
        "campaign": campaign.code,
        "title": {"zh": f"{subject}工作情况月报", "en": f"{campaign.title.en}: monthly report"},
        "author": {"zh": f"{subject}{Role.TASK_FORCE.title_.zh}", "en": f"Task force of the {campaign.title.en}"},
        "number": data.number,
        "month": month_text(data.month),
        "supersedes": data.supersedes,
        "data_version": data.version,
        "definition_version": data.definition.version,
        "issued_at": data.issued_at,
        "issued_on": data.issued_on,
        "issued_by": _organisation(definition.organisation(data.issuer)),
        "letterhead": _letterhead(data),
        "addressed_to": [_organisation(org) for org in definition.organisations if _ADDRESSEE_ROLES.intersection(org.roles)],
        "headline": report_headline(indicators),
        "indicators": indicators,
        "differences": report_differences(data, indicators),
        "cases": report_cases(data),
        "tasks": report_tasks(data, indicators),
        "task_reviews": report_task_reviews(data),
        "difficulties": report_difficulties(data),
        "action_items": report_action_items(data),
        "challenges": report_challenges(data),
        "reporting": report_reporting(data),
        "problems": written.problems or "",
        "next_steps": written.next_steps or "",
        "sources": {
            "plan": campaign.source.model_dump(),
            "references": _references(indicators),
            "metrics": _metrics(data),
        },
        "organisations": [_organisation(org) for org in definition.organisations],
        "areas": [area_document(area) for area in definition.areas if area.valid(data.month)],
    }


def _letterhead(data: ReportData) -> ReportJson:
    form = data.definition.report
    return {**form.model_dump(), "document_number": form.numbered(data.issued_on.year, data.number)}


def _organisation(organisation: Organisation) -> ReportJson:
    return organisation_definition(organisation).model_dump(mode="json")


def _references(indicators: Iterable[ReportJson]) -> list[ReportJson]:
    """Return each reference count that is older than the month, once."""
    references = [reference for indicator in indicators for reference in indicator["line"]["references"]]
    return list({(reference["metric"], reference["month"]): reference for reference in references}.values())


def _metrics(data: ReportData) -> list[ReportJson]:
    blocks = data.definition.indicators_of(data.month)
    codes = dict.fromkeys(code for block in blocks for code in block.metrics)
    metrics = [data.definition.metric(code) for code in codes]
    return [metric.model_dump(include={"code", "title"}) for metric in metrics]
