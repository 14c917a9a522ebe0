"""The data that a report is made of, read in one transaction at one data version."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import orjson
from psycopg.rows import dict_row

from services.indicators.completeness.expected_counts import read_month_submissions, read_stored_counts
from services.indicators.counted_cases import read_counted_cases
from services.indicators.target_history import TargetHistory, read_target_history
from services.indicators.targets.line_history import LineHistory, read_line_history, since_first_count
from shared.campaign.applied import AppliedDefinition
from shared.database.sql import statement
from shared.domain.expected_cells import StoredCount
from shared.domain.summary import CountsRow, summarise
from shared.domain.summary_lines import SummaryLine
from shared.domain.summary_plan import MonthPlan, summary_plan
from shared.reading.reading import Reading
from shared.values.months import previous_month
from shared.vocabulary import SubmissionState

MONTHS_IN_REPORT: Final = 12
"""Number of months that a report shows, including its own."""

_LAST = statement(__package__, "last_report")
_LEDGER = statement(__package__, "ledger_since")
_REASONS = statement(__package__, "revision_reasons")
_NUMBERS = (
    "SELECT coalesce(max(number), 0) + 1, max(number) FILTER (WHERE month = %(month)s) FROM report WHERE campaign = %(campaign)s"
)
_AT = "SELECT at FROM ledger WHERE campaign = %(campaign)s AND version = %(version)s"
_WAITING = "SELECT count(*) FROM case_file WHERE campaign = %(campaign)s AND state = 'submitted'"

ReportJson = dict[str, Any]
"""The content of a report, or a JSON object in it."""
CountGroup = tuple[str, int, date]
"""Organisation, metric number and month."""


@dataclass(frozen=True, slots=True)
class PreviousReport:
    """The report issued before this one, with its month's counts at its own data version and at the current one."""

    version: int
    issued_at: datetime
    content: Mapping[str, Any]
    previous_counts: Mapping[CountGroup, Mapping[int, int]]  # by area number
    current_counts: Mapping[CountGroup, Mapping[int, int]]
    reasons: Mapping[CountGroup, list[str]]
    ledger: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class ReportData:
    """The data of one month's report."""

    definition: AppliedDefinition
    month: date
    number: int
    supersedes: int | None
    version: int
    issued_at: datetime
    issuer: str
    plans: tuple[MonthPlan, ...]  # of the shown months, the report's own last
    counts: Sequence[CountsRow]  # of the shown months
    whole: Sequence[SummaryLine]  # the lines of the whole campaign, month by month
    history: LineHistory
    past: TargetHistory
    stored_counts: Sequence[StoredCount]
    states: Mapping[str, SubmissionState]
    cases: Sequence[Mapping[str, Any]]
    waiting: int
    last: PreviousReport | None

    @property
    def plan(self) -> MonthPlan:
        """The plan of the report's own month."""
        return self.plans[-1]


async def version_timestamp(read: Reading) -> datetime:
    """Return the timestamp of the data version that is read."""
    at: datetime
    (at,) = await _first_row(read, _AT, {"campaign": read.reader.campaign, "version": read.version})
    return at


async def read_report_data(read: Reading, month: date, issued_at: datetime) -> ReportData:
    """Read the data of a month's report, at the data version that the report creates."""
    binds = {"campaign": read.reader.campaign, "version": read.version, "month": month}
    plans = tuple([summary_plan(read.definition, shown_month) for shown_month in _months(month)])
    (number, supersedes) = await _first_row(read, _NUMBERS, binds)
    (waiting,) = await _first_row(read, _WAITING, binds)
    counts = await read.read_counts(plans)
    whole = list(summarise(plans, counts, by_area=False, by_org=False))
    counted_plans, counted_rows = since_first_count(plans, counts)
    counted_lines = [line for line in whole if line.month >= counted_plans[0].month]
    return ReportData(
        definition=read.definition,
        month=month,
        number=number,
        supersedes=supersedes,
        version=read.version,
        issued_at=issued_at,
        issuer=read.reader.org,
        plans=plans,
        counts=counts,
        whole=whole,
        history=await read_line_history(read, counted_lines, counted_plans, counted_rows),
        past=await read_target_history(read, {target.indicator for target in read.definition.targets}, month),
        stored_counts=await read_stored_counts(read, month, [org.code for org in read.definition.organisations]),
        states={org: submission.state for org, submission in (await read_month_submissions(read, month)).items()},
        cases=(await read_counted_cases(read, [month]))[month],
        waiting=waiting,
        last=await _previous_report(read, binds),
    )


def _months(month: date) -> list[date]:
    months = [month]
    while len(months) < MONTHS_IN_REPORT:
        months.insert(0, previous_month(months[0]))
    return months


async def _previous_report(read: Reading, binds: Mapping[str, Any]) -> PreviousReport | None:
    cursor = read.connection.cursor(row_factory=dict_row)
    row = await (await cursor.execute(_LAST, binds)).fetchone()
    if row is None:
        return None
    plan = summary_plan(read.definition, row["month"])
    previous_counts = counts_by_group(await read.at_earlier_version(row["version"]).read_counts([plan]))
    current_counts = counts_by_group(await read.read_counts([plan]))
    groups = previous_counts | current_counts
    revised = [group for group in groups if previous_counts.get(group) != current_counts.get(group)]
    since = {**binds, "since": row["version"]}
    return PreviousReport(
        version=row["version"],
        issued_at=row["issued_at"],
        content=orjson.loads(row["content"]),
        previous_counts=previous_counts,
        current_counts=current_counts,
        reasons=await _reasons(read, since, revised),
        ledger=await (await cursor.execute(_LEDGER, since)).fetchall(),
    )


async def _reasons(read: Reading, binds: Mapping[str, Any], groups: Sequence[CountGroup]) -> dict[CountGroup, list[str]]:
    orgs, metrics, months = ([group[part] for group in groups] for part in range(3))
    rows = await read.connection.execute(_REASONS, {**binds, "orgs": orgs, "metrics": metrics, "months": months})
    reasons: dict[CountGroup, list[str]] = {}
    for org, metric, month, reason in await rows.fetchall():
        reasons.setdefault((org, metric, month), []).append(reason)
    return reasons


def counts_by_group(rows: Sequence[CountsRow]) -> dict[CountGroup, dict[int, int]]:
    """Return the counts of each group by area, without cases (metric 0)."""
    return {
        (org, metric, month): dict(zip(areas, values, strict=True)) for _, metric, org, month, _, areas, values in rows if metric
    }


async def _first_row(read: Reading, sql: str, binds: Mapping[str, Any]) -> Sequence[Any]:
    row = await (await read.connection.execute(sql, binds)).fetchone()
    return row or ()
