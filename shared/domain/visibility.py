"""The summary lines and counts that a caller may see."""

from collections.abc import Mapping
from typing import NamedTuple

from shared.campaign.applied import AppliedDefinition
from shared.campaign.blocks import EVERYBODY
from shared.domain.counts import Breakdown
from shared.vocabulary import MetricKind, Role

CARRIERS_AND_STREETS = frozenset({Role.CARRIER, Role.STREET})


def may_see_line(role: Role, org: str, definition: AppliedDefinition, line: Breakdown) -> bool:
    """Return whether a caller may see a line.

    Carriers and subdistrict offices see their organisation's lines and those of their own subdistrict, the others all.
    """
    if role not in CARRIERS_AND_STREETS or line.org == org:
        return True
    own = definition.organisation(org).area
    return own is not None and line.org is None and line.area is not None and definition.area_codes[line.area] == own


class VisibleCounts(NamedTuple):
    """The counts that a caller may see one by one."""

    orgs: Mapping[str, bool]  # in the order of their codes; false: only counts of these metrics and areas
    metrics: list[int]
    areas: list[int]

    def includes(self, org: str, metric: int, area: int) -> bool:
        """Return whether the caller may see a count."""
        return org in self.orgs and (self.orgs[org] or metric in self.metrics or area in self.areas)


def visible_counts(role: Role, org: str, definition: AppliedDefinition) -> VisibleCounts:
    """Return the counts that a caller may see.

    Carriers see their own and the reference counts that their lines read, subdistrict offices their own and all of their own
    subdistrict, the others all. Reference counts of a carrier or subdistrict office are not shown to the others of them.
    """
    org_codes = sorted([EVERYBODY, *definition.org_codes])
    if role not in CARRIERS_AND_STREETS:
        return VisibleCounts(dict.fromkeys(org_codes, True), [], [])
    if role is Role.STREET:
        street = definition.organisation(org).area
        areas = [definition.area_numbers[street]] if street is not None else []
        return VisibleCounts({code: code == org for code in org_codes if code == org or areas}, [], areas)
    own_only = {
        organisation.code for organisation in definition.organisations if CARRIERS_AND_STREETS.intersection(organisation.roles)
    }
    references = {definition.metric_numbers[metric.code] for metric in definition.metrics if metric.kind is MetricKind.REFERENCE}
    orgs = {code: code == org for code in org_codes if code == org or code not in own_only}
    return VisibleCounts(orgs, sorted(references), [])
