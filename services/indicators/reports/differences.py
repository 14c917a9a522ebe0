"""The comparison of a report with the previous one, and the reasons for differences."""

from collections.abc import Iterable, Mapping, Sequence

from services.indicators.reports.files.wording import month_change, months_zh
from services.indicators.reports.previous_report import PreviousReport, RevisedCount
from services.indicators.reports.report_data import ReportData, ReportJson
from shared.values.bilingual import Bilingual
from shared.values.months import month_text
from shared.vocabulary import LedgerKind, RevisionKind, Status

_FIGURES = ("numerator", "denominator", "display", "status")


def report_differences(data: ReportData, indicators: Sequence[ReportJson]) -> ReportJson | None:
    """Return the differences from the previous report; None for the first report."""
    previous = data.previous
    if previous is None:
        return None
    before = {indicator["code"]: indicator for indicator in previous.content["indicators"]}
    return {
        **{name: previous.content[name] for name in ("number", "month", "data_version")},
        "issued_at": previous.issued_at,
        "lines": [_difference(data, previous, before.get(indicator["code"]), indicator) for indicator in indicators],
        "restated": [restated for code, indicator in before.items() for restated in _restated(indicator, _displays(data, code))],
        "revisions": [_revision(revised) for revised in previous.revisions],
        "changes": [dict(row) for row in previous.ledger],
    }


def _difference(data: ReportData, previous: PreviousReport, before: ReportJson | None, after: ReportJson) -> ReportJson:
    earlier, current = before and before["line"], after["line"]
    return {
        "indicator": after["code"],
        "before": earlier and _state(earlier),
        "after": _state(current),
        "contributions": _contributions(before["orgs"] if before else [], after["orgs"]),
        "reasons": [reason.model_dump() for reason in _reasons(data, previous, before, after)],
    }


def _state(line: ReportJson) -> ReportJson:
    """Return a summary line as `LineState` describes it."""
    return {name: line[name] for name in (*_FIGURES, "value", "gap")} | {"missing": line["cells"]["missing"]}


def _displays(data: ReportData, code: str) -> dict[str, str | None]:
    """Return the displayed values of an indicator in the months that this report shows."""
    return {month_text(line.month): line.deciding.display for line in data.whole if line.indicator.code == code}


def _restated(indicator: ReportJson, displays: Mapping[str, str | None]) -> Iterable[ReportJson]:
    """Yield the months whose displayed value is another one in this report than in the previous one."""
    for month in indicator["months"]:
        if month["month"] in displays and month["display"] != displays[month["month"]]:
            yield {
                "indicator": indicator["code"],
                "title": indicator["title"],
                "month": month["month"],
                "before": month["display"],
                "after": displays[month["month"]],
            }


def _contributions(before: Iterable[ReportJson], after: Iterable[ReportJson]) -> list[ReportJson]:
    previous = {line["org"]: line["numerator"] for line in before}
    current = {line["org"]: line["numerator"] for line in after}
    return [{"org": org, "before": previous.get(org), "after": current.get(org)} for org in {**previous, **current}]


def _reasons(data: ReportData, previous: PreviousReport, before: ReportJson | None, after: ReportJson) -> Iterable[Bilingual]:
    """Yield the reasons for a difference of an indicator, the most important first."""
    if before is None:
        yield Bilingual(zh="上期无此指标", en="the last report did not include this indicator")
        return
    if (before["caliber"], before["decides"]) != (after["caliber"], after["decides"]):
        yield Bilingual(zh="指标口径有调整", en="the counting method of the indicator changed")
    yield from _completeness(before["line"]["status"], after["line"]["status"])
    changed = any(before["line"][name] != after["line"][name] for name in _FIGURES)
    if changed and previous.content["month"] != month_text(data.month):
        yield month_change(previous.content["month"], month_text(data.month))
    planned = next(indicator for indicator in data.plan.indicators if indicator.code == after["code"])
    inputs = {data.definition.metric_codes[number] for number in planned.inputs}
    if months := sorted({revised.month for revised in previous.revisions if revised.metric in inputs}):
        yield Bilingual(
            zh=f"{months_zh(months)}数据有补报或更正",
            en=f"counts of {', '.join(map(month_text, months))} were reported later or corrected",
        )
    if planned.counts_cases and any(row["kind"] == LedgerKind.CASE for row in previous.ledger):
        yield Bilingual(zh="有案例新认定或终止认定", en="cases were approved, or their approval ended")


def _completeness(before: Status, after: Status) -> Iterable[Bilingual]:
    if before == after:
        return
    if before == Status.INCOMPLETE:
        yield Bilingual(zh="上期数据不全，本期已齐", en="the counts of the last report were incomplete and are now complete")
    if after == Status.INCOMPLETE:
        yield Bilingual(zh="本期数据不全，不作判定", en="the counts of this month are incomplete; no verdict")
    if (before, after) == (Status.NOT_MET, Status.MET):
        yield Bilingual(zh="由未达标转为达标", en="the target is now met")
    if (before, after) == (Status.MET, Status.NOT_MET):
        yield Bilingual(zh="由达标转为未达标", en="the target is no longer met")


def _revision(revised: RevisedCount) -> ReportJson:
    return {
        **revised._asdict(),
        "title": revised.title.model_dump(),
        "month": month_text(revised.month),
        "kind": _kind(revised),
    }


def _kind(revised: RevisedCount) -> RevisionKind:
    before, after = revised.before, revised.after
    if before is None or (revised.metric is None and after is not None and after > before):
        return RevisionKind.ADDED
    if after is None or (revised.metric is None and after < before):
        return RevisionKind.RETRACTED
    return RevisionKind.CORRECTED
