"""Everything a report is made from, read in one transaction at one data version."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import orjson
from psycopg.rows import dict_row

from services.indicators.completeness.expected_counts import read_stored_counts, read_submissions
from services.indicators.reading import Reading
from services.indicators.targets.line_history import LineHistory, read_line_history, since_first_count
from shared.campaign.applied import AppliedDefinition
from shared.database.sql import statement
from shared.domain.expected_cells import StoredCount
from shared.domain.summary import CountsRow, Judged, summarise
from shared.domain.summary_plan import MonthPlan, summary_plan
from shared.values.months import previous_month
from shared.vocabulary import SubmissionState

MONTHS_IN_REPORT: Final = 12
"""How many months a report looks back over, its own included."""

_LAST = statement(__package__, "last_report")
_APPROVED = statement(__package__, "approved_cases")
_LEDGER = statement(__package__, "ledger_since")
_REASONS = statement(__package__, "revision_reasons")
_NUMBERS = (
    "SELECT coalesce(max(number), 0) + 1, max(number) FILTER (WHERE month = %(month)s) FROM report WHERE campaign = %(campaign)s"
)
_AT = "SELECT at FROM ledger WHERE campaign = %(campaign)s AND version = %(version)s"
_WAITING = "SELECT count(*) FROM case_file WHERE campaign = %(campaign)s AND state = 'submitted'"

CountGroup = tuple[str, int, date]
"""An organisation's counts of one metric and month."""


@dataclass(frozen=True, slots=True)
class PreviousReport:
    """The report that was issued before, and how its month's counts stood then and stand now."""

    version: int
    issued_at: datetime
    content: Mapping[str, Any]
    then: Mapping[CountGroup, Mapping[int, int]]  # by area
    now: Mapping[CountGroup, Mapping[int, int]]
    reasons: Mapping[CountGroup, list[str]]
    ledger: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class ReportData:
    """What a report of a month rests on."""

    definition: AppliedDefinition
    month: date
    number: int
    supersedes: int | None
    version: int
    issued_at: datetime
    issuer: str
    plans: tuple[MonthPlan, ...]  # of the months looked back over, the report's own last
    reports: Sequence[CountsRow]
    whole: Sequence[Judged]  # the lines of the whole campaign, month by month
    history: LineHistory
    stored_counts: Sequence[StoredCount]
    states: Mapping[str, SubmissionState]
    cases: Sequence[Mapping[str, Any]]
    waiting: int
    last: PreviousReport | None

    @property
    def plan(self) -> MonthPlan:
        """Of the report's own month."""
        return self.plans[-1]


async def version_timestamp(read: Reading) -> datetime:
    """When the version was taken that is read at."""
    at: datetime
    (at,) = await _one(read, _AT, {"campaign": read.reader.campaign, "version": read.version})
    return at


async def read_report_data(read: Reading, month: date, issued_at: datetime) -> ReportData:
    """Read what a report of a month needs. The version read at is the one that the report takes: nobody has written since."""
    binds = {"campaign": read.reader.campaign, "version": read.version, "month": month}
    plans = tuple([summary_plan(read.definition, each) for each in _months(month)])
    cursor = read.connection.cursor(row_factory=dict_row)
    (number, supersedes) = await _one(read, _NUMBERS, binds)
    (waiting,) = await _one(read, _WAITING, binds)
    reports = await read.read_counts(plans)
    whole = list(summarise(plans, reports, by_area=False, by_org=False))
    since, counted = since_first_count(plans, reports)
    known = [line for line in whole if line.month >= since[0].month]
    return ReportData(
        definition=read.definition,
        month=month,
        number=number,
        supersedes=supersedes,
        version=read.version,
        issued_at=issued_at,
        issuer=read.reader.org,
        plans=plans,
        reports=reports,
        whole=whole,
        history=await read_line_history(read, known, since, counted),
        stored_counts=await read_stored_counts(read, month, [each.code for each in read.definition.organisations]),
        states={org: submission.state for org, submission in (await read_submissions(read, month)).items()},
        cases=await (await cursor.execute(_APPROVED, binds)).fetchall(),
        waiting=waiting,
        last=await _last(read, binds),
    )


def _months(month: date) -> list[date]:
    months = [month]
    while len(months) < MONTHS_IN_REPORT:
        months.insert(0, previous_month(months[0]))
    return months


async def _last(read: Reading, binds: Mapping[str, Any]) -> PreviousReport | None:
    cursor = read.connection.cursor(row_factory=dict_row)
    row = await (await cursor.execute(_LAST, binds)).fetchone()
    if row is None:
        return None
    plan = summary_plan(read.definition, row["month"])
    then = counts_by_group(await read.at_earlier_version(row["version"]).read_counts([plan]))
    now = counts_by_group(await read.read_counts([plan]))
    revised = [group for group in (then | now) if then.get(group) != now.get(group)]
    since = {**binds, "since": row["version"]}
    return PreviousReport(
        version=row["version"],
        issued_at=row["issued_at"],
        content=orjson.loads(row["content"]),
        then=then,
        now=now,
        reasons=await _reasons(read, since, revised),
        ledger=await (await cursor.execute(_LEDGER, since)).fetchall(),
    )


async def _reasons(read: Reading, binds: Mapping[str, Any], groups: Sequence[CountGroup]) -> dict[CountGroup, list[str]]:
    orgs, metrics, months = ([group[place] for group in groups] for place in range(3))
    rows = await read.connection.execute(_REASONS, {**binds, "orgs": orgs, "metrics": metrics, "months": months})
    reasons: dict[CountGroup, list[str]] = {}
    for org, metric, month, reason in await rows.fetchall():
        reasons.setdefault((org, metric, month), []).append(reason)
    return reasons


def counts_by_group(reports: Sequence[CountsRow]) -> dict[CountGroup, dict[int, int]]:
    """The counts of each group by area; cases, which are metric 0, left out."""
    return {
        (org, metric, month): dict(zip(areas, values, strict=True))
        for _, metric, org, month, _, areas, values in reports
        if metric
    }


async def _one(read: Reading, sql: str, binds: Mapping[str, Any]) -> Sequence[Any]:
    row = await (await read.connection.execute(sql, binds)).fetchone()
    return row or ()
