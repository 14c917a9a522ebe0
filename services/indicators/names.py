"""Codes with their names, as tables have them beside each other."""

from functools import lru_cache
from typing import Final

from shared.campaign.blocks import EVERYBODY
from shared.campaign.loaded import LoadedDefinition
from shared.values.bilingual import Bilingual

_EVERYBODY: Final = Bilingual(zh="由名录汇总", en="derived from registers")


@lru_cache(maxsize=4_096)
def org_names(loaded: LoadedDefinition, code: str) -> tuple[str, str, str]:
    """An organisation's code and names."""
    title = _EVERYBODY if code == EVERYBODY else loaded.definition.organisation(code).title
    return code, title.zh, title.en


@lru_cache(maxsize=4_096)
def area_names(loaded: LoadedDefinition, code: str) -> tuple[str, str, str]:
    """An area's code and names."""
    title = loaded.definition.area(code).title
    return code, title.zh, title.en


@lru_cache(maxsize=4_096)
def metric_names(loaded: LoadedDefinition, number: int) -> tuple[str, str, str]:
    """A metric's code and names, by its number."""
    metric = loaded.definition.metric(loaded.metric_codes[number])
    return metric.code, metric.title.zh, metric.title.en


@lru_cache(maxsize=4_096)
def indicator_names(loaded: LoadedDefinition, code: str) -> tuple[str, str, str]:
    """An indicator's code and names: those it was given last."""
    title = next(each.title for each in reversed(loaded.definition.indicators) if each.code == code)
    return code, title.zh, title.en
