"""The state of an organisation's month, and the text that reminds the organisation to finish it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from services.indicators.campaign_subject import campaign_subject_zh
from services.indicators.completeness.expected_counts import MonthSubmission, read_expected_counts, read_month_submissions
from shared.campaign.definition import Definition
from shared.domain.expected_cells import ExpectedCell
from shared.domain.submission_moves import CLOSED_STATES
from shared.reading.reading import Reading
from shared.values.bilingual import Bilingual
from shared.values.months import day_zh, month_zh
from shared.vocabulary import Role, SubmissionState


@dataclass(frozen=True, slots=True)
class OrganisationMonth:
    """An organisation's month at a timestamp."""

    definition: Definition
    org: str
    month: date
    at: datetime
    cells: Sequence[ExpectedCell]  # all expected counts
    submission: MonthSubmission | None  # None: never moved

    @property
    def state(self) -> SubmissionState:
        """The state of the submission."""
        return self.submission.state if self.submission else SubmissionState.OPEN

    @property
    def finished(self) -> bool:
        """True if no expected count is missing and the month is submitted."""
        return not self.missing and self.state in CLOSED_STATES

    @property
    def missing(self) -> list[ExpectedCell]:
        """The expected counts that were not reported."""
        return [cell for cell in self.cells if cell.reported_at is None]

    @property
    def local_time(self) -> datetime:
        """The timestamp in the campaign's timezone."""
        return self.at.astimezone(ZoneInfo(self.definition.campaign.timezone))

    @property
    def today(self) -> date:
        """The date in the campaign's timezone."""
        return self.local_time.date()

    @property
    def due(self) -> date:
        """The due date of the month."""
        return self.definition.calendar.due(self.month)

    @property
    def days_past_due(self) -> int:
        """Days since the due date, including the grace period; 0 until the due date."""
        return max(0, (self.today - self.due).days)

    @property
    def late_days(self) -> int:
        """Days since the due date once the grace period is over and a count is missing, as in `/v1/completeness`; otherwise 0."""
        return self.definition.calendar.late_days(self.month, self.today) if self.missing else 0

    def reminder_text(self, signature: Bilingual) -> Bilingual:
        """Return the reminder: due date, lateness, missing counts, what to do, signature and date."""
        signed = Bilingual(zh=f"{signature.zh}\n{day_zh(self.today)}", en=f"{signature.en}, {self.today}")
        lines = [*self._opening(), *self._missing_counts(), *self._closing(), signed]
        return Bilingual(zh="\n".join(line.zh for line in lines), en="\n".join(line.en for line in lines))

    def _opening(self) -> Iterator[Bilingual]:
        to, due = self.definition.organisation(self.org).title, self._due_text()
        subject = f"{campaign_subject_zh(self.definition)}{month_zh(self.month)}数据"
        kind = "数据催报" if self.late_days else "数据报送提醒"  # only those who are late are urged
        yield Bilingual(zh=f"【{kind}】{to.zh}：", en=f"Reminder to {to.en}:")
        yield Bilingual(
            zh=f"{subject}的报送截止日期为{day_zh(self.due)}{due.zh}",
            en=f"{self.definition.campaign.title.en}: the counts of {self.month:%Y-%m} {due.en}",
        )

    def _missing_counts(self) -> Iterator[Bilingual]:
        if not self.missing:
            return
        number = len(self.missing)
        yield Bilingual(
            zh=f"截至{day_zh(self.today)}{self.local_time:%H:%M}，贵单位尚有{number}项数据缺报：",
            en=f"As of {self.local_time:%Y-%m-%d %H:%M}, {number} of your counts {'is' if number == 1 else 'are'} missing:",
        )
        for position, line in enumerate(self._missing_by_metric(), start=1):
            yield Bilingual(zh=f"{position}. {line.zh}", en=f"{position}. {line.en}")
        if self.late_days:
            request = Bilingual(zh="请尽快补报", en="Please report them as soon as possible.")
        elif self.days_past_due:
            request = Bilingual(zh="请于宽限期内填报", en="Please report them within the grace period.")
        else:
            request = Bilingual(zh="请于截止日期前填报", en="Please report them by the due date.")
        yield Bilingual(
            zh=f"{request.zh}；确实为零的请填“0”，不要留空。",
            en=f"{request.en} If a count is zero, report 0; do not leave it empty.",
        )

    def _closing(self) -> Iterator[Bilingual]:
        if self.submission and self.state is SubmissionState.RETURNED:
            yield Bilingual(
                zh=f"该月数据已被退回（{self.submission.reason}），请核对更正后重新报送。",
                en=f"The month was returned ({self.submission.reason}). Please correct the counts and submit it again.",
            )
        elif self.state in CLOSED_STATES:
            yield Bilingual(
                zh="该月数据已报送，如需补报，请先申请重新开放。",
                en="The month is submitted. Request its reopening before you report the missing counts.",
            )
        elif not self.missing:
            yield Bilingual(
                zh="该月数据已填齐，尚未正式报送，请由负责人确认后报送。",
                en="All counts are reported, but the month is not submitted. Please have it attested and submit it.",
            )

    def _due_text(self) -> Bilingual:
        """Return the end of the sentence that names the due date."""
        past, days_left = self.days_past_due, (self.due - self.today).days
        grace = self.definition.calendar.grace_until(self.month)
        if not self.missing:
            return Bilingual(zh="。", en=f"{'were' if past else 'are'} due on {self.due}.")
        if self.late_days:
            return Bilingual(zh=f"，已逾期{past}天。", en=f"were due on {self.due} and are {_days(past)} late.")
        if past:
            return Bilingual(
                zh=f"，已过{past}天，宽限期至{day_zh(grace)}。",
                en=f"were due on {self.due}, {_days(past)} ago; the grace period ends on {grace}.",
            )
        if days_left:
            return Bilingual(zh=f"，还有{days_left}天。", en=f"are due on {self.due}; {_days(days_left)} left.")
        return Bilingual(zh="，即今日。", en=f"are due today, {self.due}.")

    def _missing_by_metric(self) -> list[Bilingual]:
        """Return the missing counts, one line for each metric in the order of the campaign file."""
        codes = list(dict.fromkeys(metric.code for metric in self.definition.metrics))
        missing = {code: [cell for cell in self.missing if cell.metric == code] for code in codes}
        return [self._metric_line(code, cells) for code, cells in missing.items() if cells]

    def _metric_line(self, code: str, missing: Sequence[ExpectedCell]) -> Bilingual:
        title, expected = self.definition.metric(code).title, sum(cell.metric == code for cell in self.cells)
        areas = [self.definition.area(cell.area).short for cell in missing]
        if [cell.area for cell in missing] == [self.definition.campaign.area]:
            return title
        if len(missing) == expected:
            return Bilingual(zh=f"{title.zh}（{expected}个街道均缺报）", en=f"{title.en} (all {expected} areas)")
        return Bilingual(
            zh=f"{title.zh}（{'、'.join(area.zh for area in areas)}）", en=f"{title.en} ({', '.join(area.en for area in areas)})"
        )


async def read_organisation_months(reading: Reading, month: date, at: datetime) -> dict[str, OrganisationMonth]:
    """Return the month of each organisation with expected counts, finished or not, in the order of the campaign file."""
    definition = reading.definition
    expected = [cell for cell in await read_expected_counts(reading, month, at) if not cell.voluntary]
    submissions = await read_month_submissions(reading, month)
    return {
        org.code: OrganisationMonth(definition, org.code, month, at, cells, submissions.get(org.code))
        for org in definition.organisations
        if (cells := [cell for cell in expected if cell.org == org.code])
    }


def reminder_signature(definition: Definition, org: str, role: Role) -> Bilingual:
    """Return the sender of a reminder: the organisation, with the task force in brackets."""
    title = definition.organisation(org).title
    if role is not Role.TASK_FORCE:
        return title
    return Bilingual(zh=f"{title.zh}（{role.title_.zh}）", en=f"{title.en} ({role.title_.en})")


def _days(number: int) -> str:
    return f"{number} day{'' if number == 1 else 's'}"
