"""The comparison of a report with the previous one, and the reasons for differences."""

from collections.abc import Iterable, Mapping, Sequence

from services.indicators.reports.files.wording import month_change
from services.indicators.reports.report_data import CountGroup, PreviousReport, ReportData, ReportJson
from shared.campaign.applied import AppliedDefinition
from shared.values.bilingual import Bilingual
from shared.values.months import month_text, month_zh
from shared.vocabulary import LedgerKind, RevisionKind, Status

_FIGURES = ("numerator", "denominator", "display", "status")


def report_differences(data: ReportData, indicators: Sequence[ReportJson]) -> ReportJson | None:
    """Return the differences from the previous report; None for the first report."""
    last = data.last
    if last is None:
        return None
    before = {indicator["code"]: indicator for indicator in last.content["indicators"]}
    revised = {group[1] for group in _revised(last)}
    return {
        **{name: last.content[name] for name in ("number", "month", "data_version", "issued_at")},
        "lines": [_difference(data, last, before.get(indicator["code"]), indicator, revised) for indicator in indicators],
        "revisions": [_revision(data.definition, last, group) for group in _revised(last)],
        "changes": [dict(row) for row in last.ledger],
    }


def _difference(
    data: ReportData, last: PreviousReport, before: ReportJson | None, after: ReportJson, revised: set[int]
) -> ReportJson:
    previous, current = before and before["line"], after["line"]
    return {
        "indicator": after["code"],
        "before": previous and {name: previous[name] for name in _FIGURES},
        "after": {name: current[name] for name in _FIGURES},
        "contributions": _contributions(before["orgs"] if before else [], after["orgs"]),
        "reasons": [reason.model_dump() for reason in _reasons(data, last, before, after, revised)],
    }


def _contributions(before: Iterable[ReportJson], after: Iterable[ReportJson]) -> list[ReportJson]:
    previous = {line["org"]: line["numerator"] for line in before}
    current = {line["org"]: line["numerator"] for line in after}
    return [{"org": org, "before": previous.get(org), "after": current.get(org)} for org in {**previous, **current}]


def _reasons(
    data: ReportData, last: PreviousReport, before: ReportJson | None, after: ReportJson, revised: set[int]
) -> Iterable[Bilingual]:
    """Yield the reasons for a difference of an indicator, the most important first."""
    if before is None:
        yield Bilingual(zh="上期无此指标", en="the last report did not include this indicator")
        return
    if (before["caliber"], before["decides"]) != (after["caliber"], after["decides"]):
        yield Bilingual(zh="指标口径有调整", en="the counting method of the indicator changed")
    yield from _completeness(before["line"]["status"], after["line"]["status"])
    changed = any(before["line"][name] != after["line"][name] for name in _FIGURES)
    if changed and last.content["month"] != month_text(data.month):
        yield month_change(last.content["month"], month_text(data.month))
    planned = next(indicator for indicator in data.plan.indicators if indicator.code == after["code"])
    if revised & planned.inputs:
        month = last.content["month"]
        yield Bilingual(zh=f"{month_zh(month)}数据有补报或更正", en=f"counts of {month} were reported later or corrected")
    if not planned.inputs and any(row["kind"] == LedgerKind.CASE for row in last.ledger):
        yield Bilingual(zh="有案例新认定或撤回", en="cases were approved or withdrawn")


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


def _revised(last: PreviousReport) -> list[CountGroup]:
    groups = {*last.previous_counts, *last.current_counts}
    return sorted(group for group in groups if last.previous_counts.get(group) != last.current_counts.get(group))


def _revision(definition: AppliedDefinition, last: PreviousReport, group: CountGroup) -> ReportJson:
    org, metric, month = group
    code = definition.metric_codes[metric]
    before, after = last.previous_counts.get(group), last.current_counts.get(group)
    return {
        "org": org,
        "metric": code,
        "title": definition.metric(code).title.model_dump(),
        "month": month_text(month),
        "kind": _kind(before, after),
        "before": None if before is None else sum(before.values()),
        "after": None if after is None else sum(after.values()),
        "reasons": last.reasons.get(group, []),
    }


def _kind(before: Mapping[int, int] | None, after: Mapping[int, int] | None) -> RevisionKind:
    """Return ADDED or RETRACTED if the other counts of the group are unchanged, otherwise CORRECTED."""
    before, after = before or {}, after or {}
    if before.items() <= after.items():
        return RevisionKind.ADDED
    return RevisionKind.RETRACTED if after.items() <= before.items() else RevisionKind.CORRECTED
