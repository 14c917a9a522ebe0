"""Words and numbers of a report in Chinese, from its JSON content."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import ROUND_DOWN, Decimal
from fractions import Fraction
from typing import Any

from shared.domain.arithmetic import display_of
from shared.values.bilingual import Bilingual
from shared.values.months import day_zh, month_zh
from shared.vocabulary import Role, Status, TaskStanding

ReportPart = Mapping[str, Any]
"""The content of a report, or a JSON object in it."""
NUMERALS = "一二三四五六七八九十"
NO_VALUE = "—"
DRAFT_ZH = "送审稿，未发布"
_SMALL_PACE = 10
_MONTHS_NAMED = 3


class ReportText:
    """A report's content with the names of its organisations and areas."""

    def __init__(self, content: ReportPart) -> None:
        self.content = content
        self._orgs = {org["code"]: org for org in content["organisations"]}
        self._areas = {area["code"]: area for area in content["areas"]}
        self.indicators: Mapping[str, ReportPart] = {indicator["code"]: indicator for indicator in content["indicators"]}

    @property
    def with_target(self) -> Sequence[ReportPart]:
        """The indicators that have a target."""
        return [indicator for indicator in self.content["indicators"] if indicator["line"]["target"] is not None]

    @property
    def without_target(self) -> Sequence[ReportPart]:
        """The indicators without a target that have a value."""
        lines = ((indicator, indicator["line"]) for indicator in self.content["indicators"])
        return [indicator for indicator, line in lines if line["target"] is None and line["display"]]

    def org(self, code: str, language: str = "zh") -> str:
        """Return an organisation's short name; counts derived from several registers belong to no organisation."""
        return self._orgs[code]["short"][language] if code in self._orgs else {"zh": "登记表", "en": "registers"}[language]

    def orgs(self, codes: Sequence[str]) -> str:
        """Return the short names of organisations; all subdistrict offices together are one word."""
        streets = [code for code, org in self._orgs.items() if Role.STREET in org["roles"]]
        if len(streets) > 1 and set(streets) <= set(codes):
            return "、".join([*(self.org(code) for code in codes if code not in streets), "各街道"])
        return "、".join(self.org(code) for code in codes)

    def area(self, code: str | None) -> str:
        """Return an area's name."""
        return self._areas[code]["title"]["zh"] if code in self._areas else NO_VALUE

    def areas(self, codes: Sequence[str]) -> str:
        """Return the short names of areas."""
        return "、".join(self._areas[code]["short"]["zh"] for code in codes if code in self._areas)

    def day(self, day: date | str | None) -> str:
        """Return a date for a table: 9月30日 in the report's year, 2023年1月31日 in any other."""
        return NO_VALUE if day is None else day_zh(day).removeprefix(f"{self.content['month'][:4]}年")

    def month(self, month: str) -> str:
        """Return a month for a table: 8月 in the report's year, 2021年12月 in any other."""
        return month_zh(month).removeprefix(f"{self.content['month'][:4]}年")

    @property
    def issued_on(self) -> date:
        """The date of issue in the campaign's timezone."""
        return datetime.fromisoformat(self.content["issued_at"]).date()


def status_zh(status: str) -> str:
    """Return the title of a line's status."""
    return Status(status).title_.zh


def value_zh(display: str | None, unit: str) -> str:
    """Return a displayed value with its unit, such as 24.9%."""
    return NO_VALUE if display is None else f"{display}{unit}"


def target_zh(target: float | None) -> str:
    """Return a target for a table: 80 percent as ≥80."""
    return NO_VALUE if target is None else f"≥{target:g}"


def goal_zh(target: float, unit: str) -> str:
    """Return a target for a sentence, such as 80%."""
    return f"{target:g}{unit}"


def gap_zh(indicator: ReportPart) -> str:
    """Return the units of the numerator that are missing to the target."""
    gap = indicator["line"]["gap"]
    if gap == 0:
        return "无"
    return NO_VALUE if gap is None else f"{gap:,}{indicator['counted_in']['zh']}"


def display_change_zh(before: str | None, after: str | None) -> str:
    """Return the difference of two displayed values, which a reader can check: +2.1 from 22.8 to 24.9."""
    if before is None or after is None:
        return NO_VALUE
    change = Decimal(after) - Decimal(before)
    return f"{change:+}" if change else "0"


def monthly_pace(indicator: ReportPart) -> Decimal | None:
    """Return the average monthly addition to the numerator, truncated to whole units; small values keep one decimal."""
    pace = indicator["outlook"]["pace"]
    if pace is None:
        return None
    exact = Decimal(str(pace["per_month"]))
    return exact.quantize(Decimal(1) if abs(exact) >= _SMALL_PACE else Decimal("0.1"), ROUND_DOWN) or Decimal(0)  # never -0


def pace_zh(indicator: ReportPart) -> str:
    """Return the average monthly addition with its unit, such as +13,551个."""
    pace = monthly_pace(indicator)
    return NO_VALUE if pace is None else f"{pace:+,}{indicator['counted_in']['zh']}"


def previous_month_display(indicator: ReportPart) -> str | None:
    """Return the displayed value of the month before."""
    months = indicator["months"]
    display: str | None = months[-2]["display"] if len(months) > 1 else None
    return display


def count_change_zh(before: int | None, after: int | None) -> str:
    """Return the difference of two counts, such as +2,589."""
    return NO_VALUE if before is None or after is None else f"{after - before:+,}"


def attainment(indicator: ReportPart) -> float | None:
    """Return the value as a percentage of its target, truncated to one decimal; None without either."""
    line = indicator["line"]
    if line["target"] in (None, 0) or line["value"] is None:
        return None
    target = Fraction(str(line["target"]))
    reached = Fraction(line["numerator"]) * line["scale"] / (line["denominator"] * target)
    return float(display_of(reached.numerator, reached.denominator, 100, 1))


def other_variants_zh(indicator: ReportPart) -> str:
    """Return a sentence with the values of the variants that do not decide; empty if there are none."""
    titles = {variant["code"]: variant["title"]["zh"] for variant in indicator["variants"]}
    unit = indicator["unit"]["zh"]
    values = [
        f"{titles[variant['variant']]}为{variant['display']}{unit}"
        for variant in indicator["line"]["variants"]
        if not variant["decides"] and variant["display"] is not None
    ]
    return f"{indicator['title']['zh']}按{titles[indicator['decides']]}判定；{'，'.join(values)}。" if values else ""


def task_progress_zh(task: ReportPart) -> str:
    """Return the state of a task: whether it is past due, its own targets and the counts reported for it."""
    standing = TaskStanding(task["standing"])
    parts = [] if standing is TaskStanding.CONTINUOUS else [standing.title_.zh]  # the due date column says it
    for target in task["targets"]:
        title, unit = target["title"]["zh"], target["unit"]["zh"]
        value, goal = value_zh(target["display"], unit), goal_zh(target["target"], unit)
        parts.append(f"{title}为{value}（目标{goal}），{status_zh(target['status'])}")
    parts += [f"{count['title']['zh']}为{count['value']:,}{count['unit']['zh']}" for count in task["counts"]]
    if not (task["targets"] or task["counts"]):
        parts.append("暂无量化数据")
    return "；".join(parts)


def contributions_zh(report: ReportText, difference: ReportPart) -> str:
    """Return each organisation's contribution to the change of a numerator, one per line."""
    changes = []
    for contribution in difference["contributions"]:
        before, after = contribution["before"], contribution["after"]
        if after is not None:
            change = "上期缺报" if before is None else count_change_zh(before, after)
            changes.append(f"{report.org(contribution['org'])}{change}")
    return "\n".join(changes) or NO_VALUE


def displayed_differences(report: ReportText) -> Sequence[ReportPart]:
    """Return the indicators with a displayed value in the previous report or in this one."""
    lines = report.content["differences"]["lines"]
    return [line for line in lines if line["after"]["display"] is not None or (line["before"] or {}).get("display") is not None]


def reasons_zh(report: ReportText, difference: ReportPart) -> str:
    """Return the reasons for a difference, one per line, but for the change of month, which the text above the table names."""
    month = month_change(report.content["differences"]["month"], report.content["month"]).zh
    reasons = [reason["zh"] for reason in difference["reasons"] if reason["zh"] != month]
    if reasons:
        return "；\n".join(reasons)
    return "数据按月更新" if difference["reasons"] else "无变化"


def months_zh(months: Sequence[date]) -> str:
    """Return months in order as a sentence names them: each of up to three, otherwise the first, the last and their number."""
    if len(months) > _MONTHS_NAMED:
        return f"{month_zh(months[0])}至{month_zh(months[-1])}中{len(months)}个月的"
    return "、".join(map(month_zh, months))


def month_change(before: str, after: str) -> Bilingual:
    """Return the reason that the previous report was of another month."""
    return Bilingual(zh=f"数据由{month_zh(before)}更新至{month_zh(after)}", en=f"the month changed from {before} to {after}")
