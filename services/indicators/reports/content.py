"""The content of a report: `ReportContent` as plain data, from what was gathered. Pure."""

import re
from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from services.indicators.reports.differences import differences_of
from services.indicators.reports.figures import headline_of, indicators_of
from services.indicators.reports.models import NewReport, ReportDraft
from services.indicators.reports.progress import cases_of, reporting_of, tasks_of
from services.indicators.reports.read_month import Gathered
from shared.campaign.definition import Area, Organisation
from shared.values.months import month_text
from shared.vocabulary import Role

Document = dict[str, Any]
ADDRESSED = frozenset({Role.LEADER, Role.REGULATOR})
_YEAR = re.compile(r"（[0-9]{4}年）$")


def content_of(gathered: Gathered, written: NewReport | ReportDraft) -> Document:
    """The whole report."""
    definition = gathered.definition
    head = definition.campaign
    indicators = indicators_of(gathered)
    subject = _YEAR.sub("", head.title.zh)
    return {
        "campaign": head.code,
        "title": {"zh": f"{subject}工作情况月报", "en": f"{head.title.en}: monthly report"},
        "author": {"zh": f"{subject}{Role.TASK_FORCE.title_.zh}", "en": f"Task force of the {head.title.en}"},
        "number": gathered.number,
        "month": month_text(gathered.month),
        "supersedes": gathered.supersedes,
        "data_version": gathered.version,
        "definition_version": gathered.definition.version,
        "issued_at": gathered.issued_at.astimezone(ZoneInfo(head.timezone)),
        "issued_by": _named(definition.organisation(gathered.issuer)),
        "addressed_to": [_named(each) for each in definition.organisations if ADDRESSED.intersection(each.roles)],
        "headline": headline_of(indicators),
        "indicators": indicators,
        "differences": differences_of(gathered, indicators),
        "cases": cases_of(gathered),
        "tasks": tasks_of(gathered, indicators),
        "reporting": reporting_of(gathered),
        "problems": written.problems or "",
        "next_steps": written.next_steps or "",
        "sources": {
            "plan": head.source.model_dump(),
            "references": _references(indicators),
            "metrics": _metrics(gathered),
        },
        "organisations": [_named(each) | {"roles": list(each.roles)} for each in definition.organisations],
        "areas": [_named(each) for each in definition.areas if each.valid(gathered.month)],
    }


def _named(one: Organisation | Area) -> Document:
    return one.model_dump(include={"code", "title", "short"})


def _references(indicators: Iterable[Document]) -> list[Document]:
    """Each denominator that is older than the month, once."""
    found = {(each["metric"], each["month"]): each for one in indicators for each in one["line"]["references"]}
    return list(found.values())


def _metrics(gathered: Gathered) -> list[Document]:
    blocks = gathered.definition.indicators_of(gathered.month)
    read = dict.fromkeys(code for block in blocks for code in block.metrics)
    metrics = [gathered.definition.metric(code) for code in read]
    return [metric.model_dump(include={"code", "title"}) for metric in metrics]
