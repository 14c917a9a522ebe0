"""The data that a report is made of, read in one transaction at one data version."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from services.indicators.challenged_counts import read_challenged_counts
from services.indicators.completeness.expected_counts import read_month_submissions, read_stored_counts
from services.indicators.reports.previous_report import PreviousReport, months_of_report, read_previous_report
from services.indicators.reports.registry_data import RegistryData, read_registry_data
from shared.campaign.applied import AppliedDefinition
from shared.campaign.load import Definitions
from shared.domain.counts import CountPlace
from shared.domain.expected_cells import StoredCount
from shared.domain.summary import CountsRow, summarise
from shared.domain.summary_lines import SummaryLine
from shared.domain.summary_plan import MonthPlan, summary_plan
from shared.reading.counted_cases import CaseCount, count_cases, read_counted_cases
from shared.reading.line_history import LineHistory, read_line_history, since_first_count
from shared.reading.reading import Reading
from shared.reading.target_history import TargetHistory, read_target_history
from shared.vocabulary import SubmissionState

LISTED_MAX: Final = 500
"""The most items of a kind that a report lists; it counts all of them."""

_NUMBERS = (
    "SELECT coalesce(max(number), 0) + 1, max(number) FILTER (WHERE month = %(month)s) FROM report WHERE campaign = %(campaign)s"
)
_AT = "SELECT at FROM ledger WHERE campaign = %(campaign)s AND version = %(version)s"

ReportJson = dict[str, Any]
"""The content of a report, or a JSON object in it."""


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
    challenged: Collection[CountPlace]  # those with an open challenge; the lines of the report's own month count them
    whole: Sequence[SummaryLine]  # the lines of the whole campaign, month by month
    history: LineHistory
    past: TargetHistory
    stored_counts: Sequence[StoredCount]
    states: Mapping[str, SubmissionState]
    cases: Sequence[Mapping[str, Any]]  # the latest
    case_counts: Sequence[CaseCount]
    registry: RegistryData
    previous: PreviousReport | None

    @property
    def plan(self) -> MonthPlan:
        """The plan of the report's own month."""
        return self.plans[-1]

    @property
    def issued_on(self) -> date:
        """The date of issue in the campaign's timezone."""
        return self.issued_at.astimezone(ZoneInfo(self.definition.campaign.timezone)).date()


async def version_timestamp(reading: Reading) -> datetime:
    """Return the timestamp of the data version that is read."""
    at: datetime
    (at,) = await _first_row(reading, _AT, {"campaign": reading.reader.campaign, "version": reading.version})
    return at


async def read_report_data(reading: Reading, month: date, issued_at: datetime, definitions: Definitions) -> ReportData:
    """Read the data of a month's report, at the data version that the report creates."""
    binds = {"campaign": reading.reader.campaign, "version": reading.version, "month": month}
    plans = tuple([summary_plan(reading.definition, shown_month) for shown_month in months_of_report(month)])
    (number, supersedes) = await _first_row(reading, _NUMBERS, binds)
    previous = await read_previous_report(reading, month, definitions)
    counts, challenged = await reading.read_counts(plans), await read_challenged_counts(reading)
    earlier = summarise(plans[:-1], [row for row in counts if row[0] != month], by_area=False, by_org=False)
    own = summarise(plans[-1:], counts_of_month(counts, month), by_area=False, by_org=False, challenged=challenged)
    whole = [*earlier, *own]
    counted_plans, counted_rows = since_first_count(plans, counts)
    counted_lines = [line for line in whole if line.month >= counted_plans[0].month]
    return ReportData(
        definition=reading.definition,
        month=month,
        number=number,
        supersedes=supersedes,
        version=reading.version,
        issued_at=issued_at,
        issuer=reading.reader.org,
        plans=plans,
        counts=counts,
        challenged=challenged,
        whole=whole,
        history=await read_line_history(reading, counted_lines, counted_plans, counted_rows),
        past=await read_target_history(reading, {target.indicator for target in reading.definition.targets}, month),
        stored_counts=await read_stored_counts(reading, month, reading.definition.org_codes),
        states={org: submission.state for org, submission in (await read_month_submissions(reading, month)).items()},
        cases=await read_counted_cases(reading, month, latest=LISTED_MAX),
        case_counts=await count_cases(reading, [month]),
        registry=await read_registry_data(reading, issued_at, previous.issued_at if previous else None),
        previous=previous,
    )


def counts_of_month(counts: Sequence[CountsRow], month: date) -> list[CountsRow]:
    """Return the counts that the lines of one month are computed from."""
    return [row for row in counts if row[0] == month]


async def _first_row(reading: Reading, sql: str, binds: Mapping[str, Any]) -> Sequence[Any]:
    row = await (await reading.connection.execute(sql, binds)).fetchone()
    return row or ()
