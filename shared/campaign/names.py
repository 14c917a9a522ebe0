"""Codes with their Chinese and English names, as columns of tables."""

from collections.abc import Iterable
from typing import Final

from shared.campaign.applied import AppliedDefinition, cached_on_definition
from shared.campaign.blocks import EVERYBODY, Area, CaseDomain, DifficultyCategory, Indicator, Metric, Organisation
from shared.values.bilingual import Bilingual

_DERIVED: Final = Bilingual(zh="由登记表汇总", en="derived from registers")

Names = tuple[str, str, str]
"""A code, its Chinese and its English name."""


def _named(code: str, blocks: Iterable[Organisation | Area | Metric | Indicator | CaseDomain | DifficultyCategory]) -> Names:
    """Return a code with the names of its last block; a code that was removed has none."""
    title = next((block.title for block in reversed(list(blocks)) if block.code == code), Bilingual(zh="", en=""))
    return code, title.zh, title.en


@cached_on_definition(4_096)
def org_names(definition: AppliedDefinition, code: str) -> Names:
    """Return an organisation's code and names."""
    return (code, _DERIVED.zh, _DERIVED.en) if code == EVERYBODY else _named(code, definition.organisations)


@cached_on_definition(4_096)
def area_names(definition: AppliedDefinition, code: str) -> Names:
    """Return an area's code and names."""
    return _named(code, definition.areas)


@cached_on_definition(4_096)
def metric_names(definition: AppliedDefinition, code: str) -> Names:
    """Return a metric's code and names."""
    return _named(code, definition.metrics)


@cached_on_definition(4_096)
def indicator_names(definition: AppliedDefinition, code: str) -> Names:
    """Return an indicator's code and names."""
    return _named(code, definition.indicators)


@cached_on_definition(4_096)
def domain_names(definition: AppliedDefinition, code: str) -> Names:
    """Return a case domain's code and names."""
    return _named(code, definition.case_domains)


@cached_on_definition(4_096)
def category_names(definition: AppliedDefinition, code: str) -> Names:
    """Return a difficulty category's code and names."""
    return _named(code, definition.difficulty_categories)
