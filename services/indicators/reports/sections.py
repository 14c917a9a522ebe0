"""The sections of a report that do not hold indicators: cases, tasks and reporting."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date

from services.indicators.rendering import deadline_document
from services.indicators.reports.registry_sections import report_case_states
from services.indicators.reports.report_data import ReportData, ReportJson
from shared.campaign.blocks import Target, Task
from shared.domain.arithmetic import Threshold
from shared.domain.completeness import completeness_of
from shared.domain.expected_cells import ExpectedCell, expected_cells
from shared.domain.summary_lines import SummaryLine
from shared.vocabulary import CaseState, SeriesStep, Status, SubmissionState, TaskStanding

_WAITING = {CaseState.SUBMITTED, CaseState.IN_REVIEW}
_CASE = ("id", "title", "domain", "applicant", "org", "area", "approved_on")


def report_cases(data: ReportData) -> ReportJson:
    """Return the approved cases, their number by domain, and the number of cases by state."""
    domains = Counter[str]()
    for count in data.case_counts:
        domains[count.domain] += count.cases
    states = report_case_states(data)
    return {
        "total": domains.total(),
        "approved": [{name: case[name] for name in _CASE} for case in data.cases],
        "domains": [
            {"code": domain.code, "title": domain.title.model_dump(), "approved": domains[domain.code]}
            for domain in data.definition.case_domains
        ],
        "waiting": sum(state["count"] for state in states if state["state"] in _WAITING),
        "states": states,
    }


def report_tasks(data: ReportData, indicators: Sequence[ReportJson]) -> list[ReportJson]:
    """Return every task of the plan with the status of its assignments, its own targets and the counts reported for it."""
    by_code = {indicator["code"]: indicator for indicator in indicators}
    lines = {line.indicator.code: line for line in data.whole if line.month == data.month}
    today = data.issued_on
    return [_task(data, task, by_code, lines, today) for task in data.definition.tasks]


def _task(
    data: ReportData, task: Task, indicators: dict[str, ReportJson], lines: Mapping[str, SummaryLine], today: date
) -> ReportJson:
    own = [target for target in data.definition.targets if target.kind == "task" and target.task == task.number]
    targets = [target for target in own if target.indicator in lines and target.period is SeriesStep.MONTH]
    document = data.registry.tasks.task_document(task)
    del document["counts"]
    return {
        **document,
        "standing": _task_standing(task.due, today),
        "targets": [_target(data, target, indicators[target.indicator], lines[target.indicator]) for target in targets],
        "counts": _counts(data, task),
    }


def _task_standing(due: date | None, today: date) -> TaskStanding:
    if due is None:
        return TaskStanding.CONTINUOUS
    return TaskStanding.PAST_DUE if due < today else TaskStanding.RUNNING


def _target(data: ReportData, target: Target, indicator: ReportJson, line: SummaryLine) -> ReportJson:
    status, numerator, denominator = line.deciding.status, line.deciding.numerator, line.deciding.denominator
    if numerator is not None and denominator:  # its status is that of the campaign's target, not of the task's
        reached = Threshold(target.ratio, line.indicator.comparator).is_reached(numerator, denominator, line.indicator.scale)
        status = Status.MET if reached else Status.NOT_MET
    return {
        "indicator": target.indicator,
        "title": indicator["title"],
        "unit": indicator["unit"],
        "comparator": line.indicator.comparator,
        "target": target.number,
        "due": target.due,
        "display": line.deciding.display,
        "status": status,
        "deadline": deadline_document(data.past.deadline(line, target)),
    }


def _counts(data: ReportData, task: Task) -> list[ReportJson]:
    """Return the reported voluntary counts that the task's measures name."""
    definition = data.definition
    codes = dict.fromkeys(code for measure in task.measures for code in measure.metrics)
    counts = []
    for code in codes:
        metric = definition.metric(code)
        rows = [row for row in data.stored_counts if row.metric == definition.metric_numbers[code]]
        if rows and not metric.owed_by and not metric.derived:
            counts.append(
                {
                    "metric": code,
                    "title": metric.title.model_dump(),
                    "unit": metric.unit.model_dump(),
                    "value": sum(row.value for row in rows),
                    "orgs": sorted({row.org for row in rows}),
                }
            )
    return counts


def report_reporting(data: ReportData) -> ReportJson:
    """Return the expected and reported counts of every organisation with expected counts."""
    definition, month = data.definition, data.month
    orgs = definition.org_codes
    cells = expected_cells(definition, month, orgs, data.stored_counts, data.issued_at)
    by_org = {org: [cell for cell in cells if cell.org == org and not cell.voluntary] for org in orgs}
    calendar = definition.calendar
    return {
        "at": data.issued_at,
        "due": calendar.due(month),
        "grace_until": calendar.grace_until(month),
        "organisations": [_organisation_reporting(org, expected, data) for org, expected in by_org.items() if expected],
    }


def _organisation_reporting(org: str, cells: list[ExpectedCell], data: ReportData) -> ReportJson:
    totals = completeness_of(cells)
    return {
        "org": org,
        **{name: getattr(totals, name) for name in ("expected", "reported", "zero", "missing", "late_days")},
        "late": totals.late + totals.overdue,
        "state": data.states.get(org, SubmissionState.OPEN),
    }
