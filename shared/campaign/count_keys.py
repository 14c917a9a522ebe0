"""Counts in responses, identified by codes."""

from datetime import date

from shared.campaign.applied import AppliedDefinition
from shared.values.count_key import CountKey
from shared.values.months import month_text


def count_key(definition: AppliedDefinition, org: str, month: date, metric: int, area: int) -> CountKey:
    """Return the key of a count whose metric and area are given by number."""
    return CountKey(org=org, month=month_text(month), metric=definition.metric_codes[metric], area=definition.area_codes[area])
