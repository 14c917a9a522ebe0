"""A definition as the database knows it: with its version and the numbers of its codes. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from shared.campaign.definition import Definition
from shared.campaign.spellings import Spellings, spellings
from shared.values.bilingual import Bilingual


@dataclass(frozen=True, eq=False)  # a version is one object
class LoadedDefinition:
    """One version of a campaign's definition with the numbers its codes have in the fact tables."""

    definition: Definition
    version: int  # the ledger version that applied it
    metric_numbers: Mapping[str, int]
    area_numbers: Mapping[str, int]

    @cached_property
    def metric_codes(self) -> Mapping[int, str]:
        """Number → metric code."""
        return {number: code for code, number in self.metric_numbers.items()}

    @cached_property
    def area_codes(self) -> Mapping[int, str]:
        """Number → area code."""
        return {number: code for code, number in self.area_numbers.items()}

    @cached_property
    def metric_titles(self) -> Mapping[str, Bilingual]:
        """Metric code → title."""
        return {metric.code: metric.title for metric in self.definition.metrics}

    @cached_property
    def area_titles(self) -> Mapping[str, Bilingual]:
        """Area code → title."""
        return {area.code: area.title for area in self.definition.areas}

    def metric_named(self, code: str) -> Bilingual:
        """A metric by title and code; one that the plan knows no more by its code."""
        return _named(code, self.metric_titles)

    def area_named(self, code: str) -> Bilingual:
        """An area by title and code; one that the plan knows no more by its code."""
        return _named(code, self.area_titles)

    @cached_property
    def names(self) -> Spellings:
        """What senders may call metrics and areas."""
        return spellings(self.definition)


def _named(code: str, titles: Mapping[str, Bilingual]) -> Bilingual:
    return titles[code].with_code(code) if code in titles else Bilingual(zh=code, en=code)
