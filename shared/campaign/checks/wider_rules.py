"""Rules over stored months: many months of a count, many areas of a ratio, whole lists."""

from collections.abc import Iterator

from shared.campaign.blocks import Metric
from shared.campaign.checks.draft import Draft, listed
from shared.campaign.findings import Finding
from shared.campaign.rule import Rule
from shared.vocabulary import Grain, MetricKind, RegisterCode, Role


def of_one_bureau(draft: Draft, metric: Metric) -> bool:
    """Whether a metric is one bureau's, so that every reporter may see its counts."""
    owners = [draft.organisation_by_code.get(org) for org in metric.reporters]
    return len(owners) == 1 and all(owner is None or Role.BUREAU in owner.roles for owner in owners)


def reported_by(draft: Draft, key: str, code: str | None, orgs: tuple[str, ...]) -> Iterator[Finding]:
    """The organisations that a rule names report what it compares of them."""
    metric = draft.metric_by_code.get(code or "")
    for at, org in listed(key, orgs):
        if metric is not None and org in draft.known["organisation"] and org not in metric.reporters:
            yield draft.finding(at, f"`{org}` does not report `{metric.code}`", "name organisations that report it")


def unlike_history(draft: Draft, key: str, rule: Rule) -> Iterator[Finding]:
    """Each count that is watched comes every month from an organisation, and the window holds enough of them."""
    for code in rule.named:
        metric = draft.metric_by_code.get(code)
        if metric is not None and (metric.derived or metric.kind is MetricKind.REFERENCE):
            yield draft.finding(
                f"{key}.metrics", f"`{code}` is nobody's monthly count", "name stocks and flows that are reported"
            )
    if rule.months is not None and rule.months <= rule.at_least:
        yield draft.finding(
            f"{key}.months", f"{rule.months} months never hold {rule.at_least} changes", "look further back, or lower `at_least`"
        )


def unlike_areas(draft: Draft, key: str, rule: Rule) -> Iterator[Finding]:
    """Each street has such a ratio, and whoever reports its one side may see the other."""
    part, whole = draft.metric_by_code.get(rule.part or ""), draft.metric_by_code.get(rule.whole or "")
    for side, metric in (("part", part), ("whole", whole)):
        if metric is not None and metric.grain is not Grain.STREET:
            yield draft.finding(f"{key}.{side}", f"`{metric.code}` is not counted by street", "name a metric that is")
    if part is not None and (part.derived or part.kind is MetricKind.REFERENCE):
        yield draft.finding(f"{key}.part", f"`{part.code}` is nobody's own count", "name a metric that organisations report")
    if part is None or whole is None or _of_same(part, whole):
        return
    if whole.kind is not MetricKind.REFERENCE or not of_one_bureau(draft, whole):
        yield draft.finding(
            f"{key}.whole",
            f"`{whole.code}` is reported neither by whom `{part.code}` is, nor as a reference of one bureau",
            "name a metric of the same organisations, or a reference metric",
        )


def _of_same(part: Metric, whole: Metric) -> bool:
    return set(part.reporters) == set(whole.reporters) and not whole.derived and whole.kind is part.kind


def above_limit(draft: Draft, key: str, rule: Rule) -> Iterator[Finding]:
    """The indicator is a ratio of counts, and has the variant."""
    block = next((each for each in draft.indicators if each.code == rule.indicator), None)
    if block is None:
        return
    if block.numerator is None or block.denominator is None:
        yield draft.finding(f"{key}.indicator", f"`{block.code}` is no ratio of two counts", "name an indicator that is")
    variants = [variant.code for variant in block.variants]
    if rule.variant is not None and rule.variant not in variants:
        fits = ", ".join(f"`{code}`" for code in variants)
        yield draft.finding(f"{key}.variant", f"`{block.code}` has no variant `{rule.variant}`", f"use one of {fits}")


COMPARED_LISTS = (RegisterCode.KEY_PLACES, RegisterCode.COMPOUNDS, RegisterCode.BASE_STATIONS)
"""Registers whose things may stand on several organisations' lists; of the others each has a row of its own."""


def of_a_register(draft: Draft, key: str, rule: Rule) -> Iterator[Finding]:
    """The campaign keeps the register, and its things are the same for everybody."""
    if rule.lists not in COMPARED_LISTS:
        fits = ", ".join(f"`{code}`" for code in COMPARED_LISTS)
        yield draft.finding(f"{key}.register", "each organisation has rows of its own there", f"use one of {fits}")
    elif rule.lists not in {each.code for each in draft.registers}:
        yield draft.finding(f"{key}.register", f"the campaign keeps no {rule.lists}", "declare its [[register]]")


def of_stations(draft: Draft, key: str, rule: Rule) -> Iterator[Finding]:
    """The campaign keeps carriers' stations, and the sites are counted by street."""
    if RegisterCode.BASE_STATIONS not in {each.code for each in draft.registers}:
        yield draft.finding(key, "the campaign keeps no base_stations", "declare its [[register]]")
    part = draft.metric_by_code.get(rule.part or "")
    if part is not None and (part.derived or part.grain is not Grain.STREET):
        yield draft.finding(f"{key}.part", f"`{part.code}` is not reported by street", "name a metric that is")
    yield from reported_by(draft, f"{key}.part_by", rule.part, rule.part_by)
