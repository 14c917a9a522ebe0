"""What an organisation is told of a month that it has not finished: a text that is ready to be pasted. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from services.indicators.completeness.sign_off import SignOff
from shared.campaign.definition import Definition
from shared.domain import lifecycle
from shared.domain.expected_cells import ExpectedCell
from shared.values.bilingual import Bilingual
from shared.vocabulary import Role, SubmissionState


@dataclass(frozen=True, slots=True)
class Unfinished:
    """What is open of an organisation's month, at an instant."""

    definition: Definition
    org: str
    month: date
    at: datetime
    cells: Sequence[ExpectedCell]  # all that it owes
    signed: SignOff | None  # None: nobody moved it

    @property
    def state(self) -> SubmissionState:
        """Where the month stands."""
        return self.signed.state if self.signed else SubmissionState.OPEN

    @property
    def finished(self) -> bool:
        """Whether there is nothing to remind of: every cell is there, and the month is submitted."""
        return not self.missing and self.state in lifecycle.CLOSED_STATES

    @property
    def missing(self) -> list[ExpectedCell]:
        """The cells that are open."""
        return [cell for cell in self.cells if cell.reported_at is None]

    @property
    def today(self) -> date:
        """The business date."""
        return self.local.date()

    @property
    def local(self) -> datetime:
        """The instant on the campaign's clocks."""
        return self.at.astimezone(ZoneInfo(self.definition.campaign.timezone))

    @property
    def due(self) -> date:
        """The last day on which a count is in time."""
        return self.definition.calendar.due(self.month)

    @property
    def days_past_due(self) -> int:
        """Days since the due day, the grace's among them; 0 up to it."""
        return max(0, (self.today - self.due).days)

    @property
    def late_days(self) -> int:
        """The same once the grace is over, where a cell is missing: what `/v1/obligations` says of each."""
        return self.definition.calendar.late_days(self.month, self.today) if self.missing else 0

    def text(self, sender: Bilingual) -> Bilingual:
        """Addressed to the organisation: what, until when, how late, which counts, what to do, and who says so on which day."""
        signed = Bilingual(zh=f"{sender.zh}\n{_day_zh(self.today)}", en=f"{sender.en}, {self.today}")
        said = [*self._opening(), *self._counts(), *self._closing(), signed]
        return Bilingual(zh="\n".join(each.zh for each in said), en="\n".join(each.en for each in said))

    def _opening(self) -> Iterator[Bilingual]:
        to, head, when = self.definition.organisation(self.org).title, self.definition.campaign.title, self._when()
        month = f"{self.month.year}年{self.month.month}月"
        kind = "数据催报" if self.missing and self.days_past_due else "数据报送提醒"  # who is not late is not urged
        yield Bilingual(zh=f"【{kind}】{to.zh}：", en=f"Reminder to {to.en}:")
        yield Bilingual(
            zh=f"{head.zh}{month}数据的报送截止日为{_day_zh(self.due)}{when.zh}",
            en=f"{head.en}: the counts of {self.month:%Y-%m} are due on {self.due}{when.en}",
        )

    def _counts(self) -> Iterator[Bilingual]:
        if not self.missing:
            return
        yield Bilingual(
            zh=f"截至{_day_zh(self.today)}{self.local:%H:%M}，贵单位尚有{len(self.missing)}项数据未报：",
            en=f"At {self.local:%Y-%m-%d %H:%M} {len(self.missing)} of your counts are missing:",
        )
        for number, line in enumerate(self._lines(), start=1):
            yield Bilingual(zh=f"{number}. {line.zh}", en=f"{number}. {line.en}")
        yield Bilingual(
            zh="请尽快补报；确实为零的请填“0”，不要留空。",
            en="Please report them soon; what really is nought is reported as 0, not left out.",
        )

    def _closing(self) -> Iterator[Bilingual]:
        if self.signed and self.state is SubmissionState.RETURNED:
            yield Bilingual(
                zh=f"该月数据已被退回（{self.signed.reason}），请核对更正后重新报送。",
                en=f"The month was returned ({self.signed.reason}): please correct it and submit it again.",
            )
        elif self.state in lifecycle.CLOSED_STATES:
            yield Bilingual(
                zh="该月已报送，补报前请先申请重新打开。",
                en="The month is submitted: ask to have it opened again before you report.",
            )
        elif not self.missing:
            yield Bilingual(
                zh="该月数据已填齐，尚未正式报送，请由负责人确认后报送。",
                en="All counts are there, but the month is not submitted: please have it attested and submit it.",
            )

    def _when(self) -> Bilingual:
        if not self.missing:
            return Bilingual(zh="。", en=".")
        grace, past, left = self.definition.calendar.grace_until(self.month), self.days_past_due, (self.due - self.today).days
        if self.today > grace:
            return Bilingual(zh=f"，已逾期{past}天。", en=f"; they are {_days(past)} late.")
        if past:
            return Bilingual(
                zh=f"，已过{past}天，宽限至{_day_zh(grace)}。", en=f"; that was {_days(past)} ago, the grace ends on {grace}."
            )
        if left:
            return Bilingual(zh=f"，还有{left}天。", en=f"; {_days(left)} left.")
        return Bilingual(zh="，即今日。", en="; that is today.")

    def _lines(self) -> list[Bilingual]:
        """The missing counts, a line a metric in the order of the campaign's file."""
        order = list(dict.fromkeys(metric.code for metric in self.definition.metrics))
        by_metric = {code: [cell for cell in self.missing if cell.metric == code] for code in order}
        return [self._line(code, cells) for code, cells in by_metric.items() if cells]

    def _line(self, code: str, missing: Sequence[ExpectedCell]) -> Bilingual:
        title, owed = self.definition.metric(code).title, sum(cell.metric == code for cell in self.cells)
        areas = [self.definition.area(cell.area).short for cell in missing]
        if [cell.area for cell in missing] == [self.definition.campaign.area]:
            return title
        if len(missing) == owed:
            return Bilingual(zh=f"{title.zh}（{owed}个区域均未报）", en=f"{title.en} (all {owed} areas)")
        return Bilingual(
            zh=f"{title.zh}（{'、'.join(area.zh for area in areas)}）", en=f"{title.en} ({', '.join(area.en for area in areas)})"
        )


def sender_of(definition: Definition, org: str, role: Role) -> Bilingual:
    """Who signs a reminder."""
    title = definition.organisation(org).title
    if role is not Role.TASK_FORCE:
        return title
    return Bilingual(zh=f"{title.zh}（{role.title_.zh}）", en=f"{title.en} ({role.title_.en})")


def _days(number: int) -> str:
    return f"{number} day{'' if number == 1 else 's'}"


def _day_zh(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
