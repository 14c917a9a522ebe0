"""Which lines and counts somebody may read in full. Pure."""

from collections.abc import Mapping
from typing import NamedTuple

from shared.campaign.applied import AppliedDefinition
from shared.campaign.blocks import EVERYBODY
from shared.domain.counts import Breakdown
from shared.vocabulary import MetricKind, Role

CARRIERS_AND_STREETS = frozenset({Role.CARRIER, Role.STREET})


def may_see_line(role: Role, org: str, definition: AppliedDefinition, line: Breakdown) -> bool:
    """Carriers and streets: their own organisation's lines, and the whole of their own street. The others: everything."""
    if role not in CARRIERS_AND_STREETS or line.org == org:
        return True
    own = definition.organisation(org).area
    return own is not None and line.org is None and line.area is not None and definition.area_codes[line.area] == own


class VisibleCounts(NamedTuple):
    """Whose counts somebody may read one by one."""

    orgs: Mapping[str, bool]  # in the order of their codes: whether every count of theirs is seen, or only the following
    metrics: list[int]
    areas: list[int]

    def has(self, org: str, metric: int, area: int) -> bool:
        """Whether one count is among them."""
        return org in self.orgs and (self.orgs[org] or metric in self.metrics or area in self.areas)


def visible_counts(role: Role, org: str, definition: AppliedDefinition) -> VisibleCounts:
    """Carriers: their own counts, and the references that their lines rest on. Streets: their own, and all of their own street.

    The others: everything. A reference that reporters count is not shown to their rivals.
    """
    known = sorted([EVERYBODY, *(each.code for each in definition.organisations)])
    if role not in CARRIERS_AND_STREETS:
        return VisibleCounts(dict.fromkeys(known, True), [], [])
    if role is Role.STREET:
        street = definition.organisation(org).area
        areas = [definition.area_numbers[street]] if street is not None else []
        return VisibleCounts({each: each == org for each in known if each == org or areas}, [], areas)
    reporters = {each.code for each in definition.organisations if CARRIERS_AND_STREETS.intersection(each.roles)}
    references = {definition.metric_numbers[each.code] for each in definition.metrics if each.kind is MetricKind.REFERENCE}
    return VisibleCounts({each: each == org for each in known if each == org or each not in reporters}, sorted(references), [])
