"""Codes with their Chinese and English names, as columns of tables."""

from typing import Final

from shared.campaign.applied import AppliedDefinition, cached_on_definition
from shared.campaign.blocks import EVERYBODY
from shared.values.bilingual import Bilingual

_DERIVED: Final = Bilingual(zh="由登记表汇总", en="derived from registers")

Names = tuple[str, str, str]
"""A code, its Chinese and its English name."""


@cached_on_definition(4_096)
def org_names(definition: AppliedDefinition, code: str) -> Names:
    """Return an organisation's code and names."""
    title = _DERIVED if code == EVERYBODY else definition.organisation(code).title
    return code, title.zh, title.en


@cached_on_definition(4_096)
def area_names(definition: AppliedDefinition, code: str) -> Names:
    """Return an area's code and names."""
    title = definition.area(code).title
    return code, title.zh, title.en


@cached_on_definition(4_096)
def metric_names(definition: AppliedDefinition, code: str) -> Names:
    """Return a metric's code and names."""
    title = definition.metric(code).title
    return code, title.zh, title.en


@cached_on_definition(4_096)
def indicator_names(definition: AppliedDefinition, code: str) -> Names:
    """Return an indicator's code and the names in its latest block."""
    title = next(block.title for block in reversed(definition.indicators) if block.code == code)
    return code, title.zh, title.en


@cached_on_definition(4_096)
def domain_names(definition: AppliedDefinition, code: str) -> Names:
    """Return a case domain's code and names; a domain that was removed has no names."""
    title = next((domain.title for domain in definition.case_domains if domain.code == code), Bilingual(zh="", en=""))
    return code, title.zh, title.en
