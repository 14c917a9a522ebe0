"""Metrics: what is counted, and by whom."""

from collections.abc import Iterator

from shared.campaign.blocks import Metric
from shared.campaign.checks.draft import Draft, listed
from shared.campaign.checks.places import check_spellings
from shared.campaign.checks.repeats import check_repeats, check_unique
from shared.campaign.findings import Finding
from shared.vocabulary import Grain, Role

REPORTING = {Role.CARRIER, Role.STREET, Role.BUREAU, Role.TASK_FORCE}
RATIO_UNITS = ("%", "％", "‰", "百分", "percent", "per cent", "ratio")


def check_metrics(draft: Draft) -> Iterator[Finding]:
    """Each metric is a count that somebody reports, and keeps its meaning under one code."""
    yield from check_repeats(draft, "metric", draft.metrics)
    yield from _one_meaning(draft)
    for metric in draft.metrics:
        yield from _is_count(draft, metric)
        yield from _has_reporters(draft, metric)
        key = f"metric[{metric.code}]"
        yield from draft.unknown("task", [(f"{key}.task", metric.task)])
        if metric.from_ is not None and metric.valid_to is not None and metric.valid_to < metric.from_:
            yield draft.finding(f"{key}.valid_to", "ends before it begins", "set `valid_to` to the last month, not before `from`")
        if metric.grain is Grain.STREET and len(draft.known["area"]) < 2:
            yield draft.finding(
                f"{key}.grain",
                "counted by street in a campaign without streets",
                'use `grain = "campaign"` or declare the streets',
            )
    yield from check_spellings(draft, "metric", ((m.code, (m.code, m.title.zh, m.title.en)) for m in draft.metrics))


def _one_meaning(draft: Draft) -> Iterator[Finding]:
    first: dict[str, Metric] = {}
    for metric in draft.metrics:
        before = first.setdefault(metric.code, metric)
        for key in ("unit", "kind", "grain", "derived"):
            if getattr(metric, key) != getattr(before, key):
                yield draft.finding(
                    f"metric[{metric.code}].{key}",
                    f"`{key}` differs between blocks of one code",
                    "one code is one caliber: use a new code",
                )


def _is_count(draft: Draft, metric: Metric) -> Iterator[Finding]:
    if any(sign in f"{metric.unit.zh} {metric.unit.en}".lower() for sign in RATIO_UNITS):
        yield draft.finding(
            f"metric[{metric.code}].unit",
            "a percentage is no count",
            "let numerator and denominator be reported as metrics of their own and declare the ratio as an [[indicator]]",
        )


def _has_reporters(draft: Draft, metric: Metric) -> Iterator[Finding]:
    key = f"metric[{metric.code}]"
    yield from draft.unknown(
        "organisation", [*listed(f"{key}.owed_by", metric.owed_by), *listed(f"{key}.reported_by", metric.reported_by)]
    )
    yield from check_unique(
        draft,
        ((f"{key}.{'owed_by' if i < len(metric.owed_by) else 'reported_by'}", org) for i, org in enumerate(metric.reporters)),
    )
    if metric.derived and metric.owed_by:
        yield draft.finding(
            f"{key}.derived",
            "a derived metric that somebody owes",
            "remove owed_by, or `derived`; whose registers it counts stands in reported_by",
        )
    if not metric.derived and not metric.reporters:
        yield draft.finding(
            f"{key}.owed_by",
            "nobody declares this metric",
            "name who owes it in `owed_by`, or who may report it in `reported_by`",
        )
    for org in metric.reporters:
        organisation = draft.organisation_by_code.get(org)
        if organisation is not None and not REPORTING.intersection(organisation.roles):
            yield draft.finding(
                f"{key}.owed_by", f"`{org}` cannot report: it only reads", "name a carrier, a street office or a bureau"
            )
        if organisation is not None and organisation.area is not None and metric.grain is Grain.CAMPAIGN:
            yield draft.finding(
                f"{key}.grain",
                f"`{org}` counts its own street only, this metric is of the whole area",
                'use `grain = "street"` or other reporters',
            )
