"""How a report puts figures into report. Pure: from the content of its JSON file."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import ROUND_DOWN, Decimal
from fractions import Fraction
from typing import Any

from shared.domain.arithmetic import display_of
from shared.values.bilingual import Bilingual
from shared.vocabulary import Role, Status, TaskStanding

ReportPart = Mapping[str, Any]
NUMERALS = "一二三四五六七八九十"
NO_VALUE = "—"
"""Where there is no figure."""
DRAFT_ZH = "送审稿，未发布"
"""What stands on a report that is not issued."""
_SMALL = 10


class ReportText:
    """The words of one report."""

    def __init__(self, content: ReportPart) -> None:
        """The names of its organisations, areas and indicators."""
        self.content = content
        self._orgs = {each["code"]: each for each in content["organisations"]}
        self._areas = {each["code"]: each for each in content["areas"]}
        self.indicators: Mapping[str, ReportPart] = {each["code"]: each for each in content["indicators"]}

    @property
    def judged(self) -> Sequence[ReportPart]:
        """The indicators that have a target."""
        return [each for each in self.content["indicators"] if each["line"]["target"] is not None]

    @property
    def informational(self) -> Sequence[ReportPart]:
        """The others, where anything is known of them."""
        return [each for each in self.content["indicators"] if each["line"]["target"] is None and each["line"]["display"]]

    def org(self, code: str, language: str = "zh") -> str:
        """An organisation's short name; what is derived from several lists is nobody's."""
        return self._orgs[code]["short"][language] if code in self._orgs else {"zh": "登记表", "en": "registers"}[language]

    def orgs(self, codes: Sequence[str]) -> str:
        """Several of them; all the streets in one word."""
        streets = [code for code, each in self._orgs.items() if Role.STREET in each["roles"]]
        if len(streets) > 1 and set(streets) <= set(codes):
            return "、".join([*(self.org(code) for code in codes if code not in streets), "各街道"])
        return "、".join(self.org(code) for code in codes)

    def area(self, code: str | None) -> str:
        """An area's name."""
        return self._areas[code]["title"]["zh"] if code in self._areas else NO_VALUE

    def areas(self, codes: Sequence[str]) -> str:
        """Several areas by their short names."""
        return "、".join(self._areas[code]["short"]["zh"] for code in codes if code in self._areas)

    def day(self, day: date | str | None) -> str:
        """2022-09-30 as 9月30日 in a table of a report of that year, with its year in any other."""
        return day_zh(day).removeprefix(f"{self.content['month'][:4]}年")

    def month(self, month: str) -> str:
        """2022-08 as 8月 in a table of a report of that year."""
        return month_zh(month).removeprefix(f"{self.content['month'][:4]}年")

    @property
    def issued_on(self) -> date:
        """The day of its issue, in the campaign's timezone."""
        return datetime.fromisoformat(self.content["issued_at"]).date()


def month_zh(month: str) -> str:
    """2022-08 as 2022年8月."""
    year, number = month.split("-")
    return f"{year}年{int(number)}月"


def day_zh(day: date | str | None) -> str:
    """2022-09-06 as 2022年9月6日."""
    if day is None:
        return NO_VALUE
    read = date.fromisoformat(day) if isinstance(day, str) else day
    return f"{read.year}年{read.month}月{read.day}日"


def status_zh(status: str) -> str:
    """Where a figure stands."""
    return Status(status).title_.zh


def figure_zh(display: str | None, unit: str) -> str:
    """24.9%, 11.9个/万人."""
    return NO_VALUE if display is None else f"{display}{unit}"


def target_zh(target: float | None) -> str:
    """A target of 80 per cent as ≥80."""
    return NO_VALUE if target is None else f"≥{target:g}"


def goal_zh(target: float, unit: str) -> str:
    """The same in a sentence: 80%."""
    return f"{target:g}{unit}"


def gap_zh(indicator: ReportPart) -> str:
    """How many units of the numerator are missing to the target."""
    gap = indicator["line"]["gap"]
    if gap == 0:
        return "无"
    return NO_VALUE if gap is None else f"{gap:,}{indicator['counted_in']['zh']}"


def display_change_zh(before: str | None, after: str | None) -> str:
    """From 22.8 to 24.9 as +2.1: of the figures as they are shown, so that a reader can check it."""
    if before is None or after is None:
        return NO_VALUE
    step = Decimal(after) - Decimal(before)
    return f"{step:+}" if step else "0"


def monthly_pace(indicator: ReportPart) -> Decimal | None:
    """Units of the numerator that a month added on average, cut; small ones with a decimal."""
    pace = indicator["outlook"]["pace"]
    if pace is None:
        return None
    exact = Decimal(str(pace["per_month"]))
    return exact.quantize(Decimal(1) if abs(exact) >= _SMALL else Decimal("0.1"), ROUND_DOWN) or Decimal(0)  # never -0


def pace_zh(indicator: ReportPart) -> str:
    """The same in report."""
    pace = monthly_pace(indicator)
    return NO_VALUE if pace is None else f"{pace:+,}{indicator['counted_in']['zh']}"


def previous_month_display(indicator: ReportPart) -> str | None:
    """What was shown of the month before."""
    months = indicator["months"]
    display: str | None = months[-2]["display"] if len(months) > 1 else None
    return display


def count_change_zh(before: int | None, after: int | None) -> str:
    """The step from one count to another."""
    return NO_VALUE if before is None or after is None else f"{after - before:+,}"


def attainment(indicator: ReportPart) -> float | None:
    """The value in per cent of its target, cut at one decimal; None without either."""
    line = indicator["line"]
    if line["target"] in (None, 0) or line["value"] is None:
        return None
    target = Fraction(str(line["target"]))
    reached = Fraction(line["numerator"]) * line["scale"] / (line["denominator"] * target)
    return float(display_of(reached.numerator, reached.denominator, 100, 1))


def other_variants_zh(indicator: ReportPart) -> str:
    """What the variants that do not decide say, where there are any."""
    titles = {each["code"]: each["title"]["zh"] for each in indicator["variants"]}
    unit = indicator["unit"]["zh"]
    others = [each for each in indicator["line"]["variants"] if not each["decides"] and each["display"] is not None]
    if not others:
        return ""
    told = "，".join(f"{titles[each['variant']]}为{each['display']}{unit}" for each in others)
    return f"{indicator['title']['zh']}按{titles[indicator['decides']]}判定；{told}。"


def task_zh(task: ReportPart) -> str:
    """Where a task stands: its date, its own targets, what was counted for it."""
    standing = TaskStanding(task["standing"])
    parts = [] if standing is TaskStanding.CONTINUOUS else [standing.title_.zh]  # its date says so
    for target in task["targets"]:
        unit = target["unit"]["zh"]
        figure = figure_zh(target["display"], unit)
        parts.append(f"{target['title']['zh']}{figure}（目标{goal_zh(target['target'], unit)}），{status_zh(target['status'])}")
    parts += [f"{each['title']['zh']}{each['value']:,}{each['unit']['zh']}" for each in task["counts"]]
    if not (task["targets"] or task["counts"]):
        parts.append("暂无量化数据")
    return "；".join(parts)


def contributions_zh(report: ReportText, difference: ReportPart) -> str:
    """What each organisation's counts did, a line each."""
    steps = [
        f"{report.org(each['org'])}{count_change_zh(each['before'], each['after']) if each['before'] is not None else '上期未报'}"
        for each in difference["contributions"]
        if each["after"] is not None
    ]
    return "\n".join(steps) or NO_VALUE


def displayed_differences(report: ReportText) -> Sequence[ReportPart]:
    """The indicators that the last report or this one shows."""
    lines = report.content["differences"]["lines"]
    return [each for each in lines if each["after"]["display"] is not None or (each["before"] or {}).get("display") is not None]


def reasons_zh(report: ReportText, difference: ReportPart) -> str:
    """Why an indicator reads otherwise, a line each; that the month is another one is said once, above."""
    last = report.content["differences"]["month"]
    told = [each["zh"] for each in difference["reasons"] if each["zh"] != month_change(last, report.content["month"]).zh]
    if told:
        return "；\n".join(told)
    return "当月变化" if difference["reasons"] else "无变化"


def month_change(before: str, after: str) -> Bilingual:
    """That the last report was of another month."""
    return Bilingual(zh=f"数据由{month_zh(before)}更新至{month_zh(after)}", en=f"the month moved from {before} to {after}")
