"""A definition as the database knows it: with its version and the numbers of its codes."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import cached_property, lru_cache, partial, wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from pydantic import ConfigDict, Field

from shared.campaign.definition import Definition
from shared.campaign.spellings import Spellings, spellings
from shared.values.bilingual import Bilingual
from shared.values.months import month_text

_P = ParamSpec("_P")
_R = TypeVar("_R")


class AppliedDefinition(Definition):
    """One version of a campaign's definition, with the numbers that stand for its codes in the tables of counts."""

    model_config = ConfigDict(ignored_types=(cached_property,))

    version: int = Field(exclude=True)  # the data version that applied it
    metric_numbers: Mapping[str, int] = Field(exclude=True)
    area_numbers: Mapping[str, int] = Field(exclude=True)

    __hash__ = object.__hash__  # each version is read once, so two objects are two versions

    def __eq__(self, other: object) -> bool:
        return self is other

    @classmethod
    def of(
        cls, definition: Definition, *, version: int, metric_numbers: Mapping[str, int], area_numbers: Mapping[str, int]
    ) -> "AppliedDefinition":
        """Add version and numbers to a definition that has been validated."""
        return cls.model_construct(**dict(definition), version=version, metric_numbers=metric_numbers, area_numbers=area_numbers)

    @cached_property
    def metric_codes(self) -> Mapping[int, str]:
        """Metric codes by number."""
        return {number: code for code, number in self.metric_numbers.items()}

    @cached_property
    def area_codes(self) -> Mapping[int, str]:
        """Area codes by number."""
        return {number: code for code, number in self.area_numbers.items()}

    @cached_property
    def area_numbers_end(self) -> int:
        """The largest area number + 1: a column of counts has room for so many areas."""
        return max(self.area_numbers.values()) + 1

    @cached_property
    def metric_titles(self) -> Mapping[str, Bilingual]:
        """Metric titles by code."""
        return {metric.code: metric.title for metric in self.metrics}

    @cached_property
    def area_titles(self) -> Mapping[str, Bilingual]:
        """Area titles by code."""
        return {area.code: area.title for area in self.areas}

    def metric_label(self, code: str) -> Bilingual:
        """Return a metric's title and code, or its code alone if the definition no longer has it."""
        return _label(code, self.metric_titles)

    def area_label(self, code: str) -> Bilingual:
        """Return an area's title and code, or its code alone if the definition no longer has it."""
        return _label(code, self.area_titles)

    def count_label(self, month: date, metric: str | None, area: str | None) -> Bilingual:
        """Return month, metric and area of a count; None for counts of several. A code without a title stands for itself."""
        titles = [
            known.get(code, Bilingual(zh=code, en=code))
            for code, known in ((metric, self.metric_titles), (area, self.area_titles))
            if code is not None
        ]
        return Bilingual(
            zh=" ".join([month_text(month), *(title.zh for title in titles)]),
            en=" ".join([month_text(month), *(title.en for title in titles)]),
        )

    @cached_property
    def names(self) -> Spellings:
        """The names that senders may use for metrics and areas."""
        return spellings(self)

    @cached_property
    def caches(self) -> dict[Callable[..., Any], Callable[..., Any]]:
        """The results of functions that are marked with `cached_on_definition`."""
        return {}


def cached_on_definition(
    maxsize: int,
) -> Callable[[Callable[Concatenate[AppliedDefinition, _P], _R]], Callable[Concatenate[AppliedDefinition, _P], _R]]:
    """Cache a function's latest results on the definition that is its first argument, so that they live as long as it does.

    The other arguments are hashable.
    """

    def decorate(function: Callable[Concatenate[AppliedDefinition, _P], _R]) -> Callable[Concatenate[AppliedDefinition, _P], _R]:
        @wraps(function)
        def cached(definition: AppliedDefinition, /, *args: _P.args, **named: _P.kwargs) -> _R:
            results = definition.caches.get(function)
            if results is None:
                results = definition.caches.setdefault(function, lru_cache(maxsize)(partial(function, definition)))
            result: _R = results(*args, **named)
            return result

        return cached

    return decorate


def _label(code: str, titles: Mapping[str, Bilingual]) -> Bilingual:
    return titles[code].with_code(code) if code in titles else Bilingual(zh=code, en=code)
