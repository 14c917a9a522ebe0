"""Codes with their names, as tables have them beside each other."""

from typing import Final

from shared.campaign.applied import AppliedDefinition, cached_on_definition
from shared.campaign.blocks import EVERYBODY
from shared.values.bilingual import Bilingual

_EVERYBODY: Final = Bilingual(zh="由名录汇总", en="derived from registers")


@cached_on_definition(4_096)
def org_names(definition: AppliedDefinition, code: str) -> tuple[str, str, str]:
    """An organisation's code and names."""
    title = _EVERYBODY if code == EVERYBODY else definition.organisation(code).title
    return code, title.zh, title.en


@cached_on_definition(4_096)
def area_names(definition: AppliedDefinition, code: str) -> tuple[str, str, str]:
    """An area's code and names."""
    title = definition.area(code).title
    return code, title.zh, title.en


@cached_on_definition(4_096)
def metric_names(definition: AppliedDefinition, number: int) -> tuple[str, str, str]:
    """A metric's code and names, by its number."""
    metric = definition.metric(definition.metric_codes[number])
    return metric.code, metric.title.zh, metric.title.en


@cached_on_definition(4_096)
def indicator_names(definition: AppliedDefinition, code: str) -> tuple[str, str, str]:
    """An indicator's code and names: those it was given last."""
    title = next(each.title for each in reversed(definition.indicators) if each.code == code)
    return code, title.zh, title.en
