"""Words and numbers of a report in Chinese, from its JSON content."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import ROUND_DOWN, Decimal
from fractions import Fraction
from typing import Any, NamedTuple, cast

from shared.domain.arithmetic import Threshold, display_of
from shared.domain.counts import NO_ORG
from shared.values.bilingual import Bilingual
from shared.values.months import day_zh, month_zh
from shared.vocabulary import Comparator, DeadlineState, Role, Status

ReportPart = Mapping[str, Any]
"""The content of a report, or a JSON object in it."""
NUMERALS = (*"一二三四五六七八九十", "十一", "十二")
ROWS_MAX = 60
"""The most rows of a table in the Word document; the workbook has all."""
ROWS_ON_ONE_PAGE = 12
"""Of one line each."""
NO_VALUE = "—"
UNCHANGED = "持平"
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
        if code == NO_ORG:
            return {"zh": "登记表", "en": "registers"}[language]
        return self._orgs[code]["short"][language] if code in self._orgs else code  # it has left the campaign

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
        return date.fromisoformat(self.content["issued_on"])


def status_zh(status: str) -> str:
    """Return the title of a line's status."""
    return Status(status).title_.zh


def verdict_zh(line: ReportPart) -> str:
    """Return whether a target is met, against its due date once that has passed: 达标, 未达标, 按期达标, 逾期达标, 逾期未达标."""
    state = (line["deadline"] or {}).get("state")
    return status_zh(line["status"]) if state in (None, DeadlineState.OPEN) else DeadlineState(state).title_.zh


def value_zh(display: str | None, unit: str) -> str:
    """Return a displayed value with its unit, such as 24.9%."""
    return NO_VALUE if display is None else f"{display}{unit}"


def target_zh(line: ReportPart) -> str:
    """Return a target for a table: 80 percent as ≥80."""
    sign = "≤" if line["comparator"] == Comparator.AT_MOST else "≥"
    return NO_VALUE if line["target"] is None else f"{sign}{line['target']:g}"


def goal_zh(target: float, comparator: str, unit: str) -> str:
    """Return a target for a sentence, such as 80%, or 不高于3件 where lower is better."""
    return f"{'不高于' if comparator == Comparator.AT_MOST else ''}{target:g}{unit}"


def gap_zh(indicator: ReportPart, gap: int | None) -> str:
    """Return the units of the numerator by which a target is missed: 16个10G及以上PON端口; 超出16个… where lower is better."""
    if gap is None:
        return NO_VALUE
    if not gap:
        return "无"
    return f"超出{_amount_zh(indicator, gap)}" if lower_is_better(indicator) else _amount_zh(indicator, gap)


def _amount_zh(indicator: ReportPart, gap: int) -> str:
    """Return a number of units with their noun: 16个PON端口, but 重点场所2处·家 for a unit that is a product."""
    unit, noun = indicator["counted_in"]["zh"], _counted_noun_zh(indicator)
    return f"{noun}{gap:,}{unit}" if "·" in unit else f"{gap:,}{unit}{noun}"


def lower_is_better(indicator: ReportPart) -> bool:
    """Tell whether the target of an indicator is an upper limit."""
    return bool(indicator["line"]["comparator"] == Comparator.AT_MOST)


def _counted_noun_zh(indicator: ReportPart) -> str:
    """Return what the numerator counts: 10G及以上PON端口."""
    return str(indicator["counted"]["zh"]).removesuffix("数").removesuffix("总")


def shortfall_zh(indicator: ReportPart, gap: int | None) -> str:
    """Return a gap as a clause: 尚差16个…, or 超出16个… where lower is better."""
    return gap_zh(indicator, gap) if lower_is_better(indicator) else f"尚差{gap_zh(indicator, gap)}"


def shortfall_heading_zh(indicator: ReportPart) -> str:
    """Return the heading of a column of gaps: 尚差10G及以上PON端口（个）, or 超出… where lower is better."""
    verb = "超出" if lower_is_better(indicator) else "尚差"
    return f"{verb}{_counted_noun_zh(indicator)}（{indicator['counted_in']['zh']}）"


def gap_to_target(indicator: ReportPart, line: ReportPart) -> int | None:
    """Return the gap of an area, or of an organisation to the campaign's target, as its line has no target of its own.

    None for organisations unless each counts a share of both sides: only then their gaps and surpluses add up to the whole.
    """
    whole = indicator["line"]
    if line["org"] is None or whole["target"] is None:
        return cast("int | None", line["gap"])
    if not all(_adds_up(side, indicator) for side in ("numerator", "denominator")) or line["numerator"] is None:
        return None
    threshold = Threshold(Fraction(str(whole["target"])), Comparator(whole["comparator"]))
    return threshold.gap(line["numerator"], line["denominator"], whole["scale"])


class PartialGaps(NamedTuple):
    """The gaps of areas or organisations to the campaign's targets, of those that have any."""

    indicators: Sequence[ReportPart]
    rows: Sequence[tuple[str, Sequence[int | None]]]  # code, and the gap of each indicator


def gaps_by_part(report: ReportText, lines: str, dimension: str) -> PartialGaps:
    """Return who is how far below which target; `lines` and `dimension` are `areas` and `area`, or `orgs` and `org`."""
    gaps = {each["code"]: {line[dimension]: gap_to_target(each, line) for line in each[lines]} for each in report.with_target}
    shown = [indicator for indicator in report.with_target if any(gaps[indicator["code"]].values())]
    codes = dict.fromkeys(code for indicator in shown for code, gap in gaps[indicator["code"]].items() if gap)
    return PartialGaps(shown, [(code, [gaps[each["code"]].get(code) for each in shown]) for code in codes])


def _adds_up(side: str, indicator: ReportPart) -> bool:
    return bool(sum(line[side] or 0 for line in indicator["orgs"]) == indicator["line"][side])


def display_change(before: str | None, after: str | None) -> Decimal | None:
    """Return the difference of two displayed values, which a reader can check: 2.1 from 22.8 to 24.9."""
    return None if before is None or after is None else Decimal(after) - Decimal(before)


def display_change_zh(before: str | None, after: str | None) -> str:
    """Return the difference of two displayed values, such as +2.1, or 持平."""
    change = display_change(before, after)
    return NO_VALUE if change is None else f"{change:+}" if change else UNCHANGED


def monthly_pace(indicator: ReportPart) -> Decimal | None:
    """Return the average monthly addition to the numerator, truncated to whole units; small values keep one decimal."""
    per_month = indicator["outlook"]["pace"]["per_month"]
    if per_month is None:
        return None
    exact = Decimal(str(per_month))
    return exact.quantize(Decimal(1) if abs(exact) >= _SMALL_PACE else Decimal("0.1"), ROUND_DOWN) or Decimal(0)  # never -0


def pace_zh(indicator: ReportPart) -> str:
    """Return the average monthly addition with its unit, such as +13,551个, or 持平."""
    pace = monthly_pace(indicator)
    if pace is None:
        return NO_VALUE
    return f"{pace:+,}{indicator['counted_in']['zh']}" if pace else UNCHANGED


def previous_month_display(indicator: ReportPart) -> str | None:
    """Return the displayed value of the month before."""
    months = indicator["months"]
    display: str | None = months[-2]["display"] if len(months) > 1 else None
    return display


def count_change_zh(before: int | None, after: int | None) -> str:
    """Return the difference of two counts, such as +2,589, or 持平."""
    if before is None or after is None:
        return NO_VALUE
    return f"{after - before:+,}" if after != before else UNCHANGED


def attainment(indicator: ReportPart) -> float | None:
    """Return the value as a percentage of its target, truncated to one decimal; None without either, or if lower is better."""
    line = indicator["line"]
    if lower_is_better(indicator) or line["value"] is None or line["target"] in (None, 0):
        return None
    if None in (line["numerator"], line["denominator"]):
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
    """Return a task's own targets and the counts reported for it."""
    parts = []
    for target in task["targets"]:
        title, unit = target["title"]["zh"], target["unit"]["zh"]
        value, goal = value_zh(target["display"], unit), goal_zh(target["target"], target["comparator"], unit)
        parts.append(f"{title}为{value}（目标{goal}），{verdict_zh(target)}")
    parts += [f"{count['title']['zh']}为{count['value']:,}{count['unit']['zh']}" for count in task["counts"]]
    return "；".join(parts) or NO_VALUE


def contributions_zh(report: ReportText, difference: ReportPart) -> str:
    """Return each organisation's contribution to the change of a numerator, one per line; those without one together."""
    changes, unchanged = [], []
    for contribution in difference["contributions"]:
        before, after = contribution["before"], contribution["after"]
        if after is None:
            continue
        org = report.org(contribution["org"])
        if before == after:
            unchanged.append(org)
        else:
            changes.append(f"{org}{'上期缺报' if before is None else count_change_zh(before, after)}")
    if unchanged:
        changes.append(f"{'其余' if changes else '各单位'}{UNCHANGED}")
    note = report.indicators[difference["indicator"]]["contributions_note"]
    if note and len(changes) > 1:
        changes.append(f"（{note['zh']}）")
    return "\n".join(changes) or NO_VALUE


def changed_differences(report: ReportText) -> Sequence[ReportPart]:
    """Return the indicators that differ from the previous report, among those with a value in either."""
    return [line for line in _displayed_differences(report) if line["before"] != line["after"]]


def unchanged_differences(report: ReportText) -> Sequence[ReportPart]:
    """Return the indicators that do not differ from the previous report, among those with a value."""
    return [line for line in _displayed_differences(report) if line["before"] == line["after"]]


def _displayed_differences(report: ReportText) -> Sequence[ReportPart]:
    lines = report.content["differences"]["lines"]
    return [line for line in lines if line["after"]["display"] is not None or (line["before"] or {}).get("display") is not None]


def reasons_zh(report: ReportText, difference: ReportPart) -> str:
    """Return the reasons for a difference, one per line, but for the change of month, which the text above the table names."""
    month = month_change(report.content["differences"]["month"], report.content["month"]).zh
    reasons = [reason["zh"] for reason in difference["reasons"] if reason["zh"] != month]
    if reasons:
        return "；\n".join(reasons)
    return "数据按月更新" if difference["reasons"] else NO_VALUE


def months_zh(months: Sequence[date]) -> str:
    """Return months in order as a sentence names them: each of up to three, otherwise the first, the last and their number."""
    if len(months) > _MONTHS_NAMED:
        return f"{month_zh(months[0])}至{month_zh(months[-1])}中{len(months)}个月的"
    return "、".join(map(month_zh, months))


def month_change(before: str, after: str) -> Bilingual:
    """Return the reason that the previous report was of another month."""
    return Bilingual(zh=f"数据由{month_zh(before)}更新至{month_zh(after)}", en=f"the month changed from {before} to {after}")
