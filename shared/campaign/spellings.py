"""The names that senders may use for metrics, areas and organisations, and hints for other words."""

from collections.abc import Mapping
from dataclasses import dataclass

from shared.campaign.blocks import Indicator
from shared.campaign.definition import Definition
from shared.values.bilingual import Bilingual
from shared.values.spelling import normalised
from shared.vocabulary import MetricKind


@dataclass(frozen=True, slots=True)
class Spellings:
    """Names by their `normalised` spelling: codes, titles in both languages, short names, aliases."""

    metrics: Mapping[str, str]  # spelling → metric code
    areas: Mapping[str, str]  # spelling → area code
    organisations: Mapping[str, str]  # spelling → organisation code
    flows: frozenset[str]  # codes of the metrics that are counted over a month, not at its end
    hints: Mapping[str, Bilingual]  # of words that are likely to be used and are no metric

    def hint(self, word: str) -> Bilingual | None:
        """Return the hint for a word that was used as a metric, if there is one."""
        return self.hints.get(normalised(word))


def spellings(definition: Definition) -> Spellings:
    """Return the accepted names of a definition's metrics and areas."""
    return Spellings(
        metrics={normalised(name): metric.code for metric in definition.metrics for name in metric.names},
        areas={normalised(name): area.code for area in definition.areas for name in area.names},
        organisations={normalised(name): org.code for org in definition.organisations for name in org.names},
        flows=frozenset(metric.code for metric in definition.metrics if metric.kind is MetricKind.FLOW),
        hints={
            **{normalised(name): _computed(i) for i in definition.indicators for name in (i.code, i.title.zh, i.title.en)},
            **{normalised(hint.word): hint.text for hint in definition.hints},
        },
    )


def _computed(indicator: Indicator) -> Bilingual:
    title = indicator.title
    zh, en = f"“{title.zh}”是评价指标，由系统计算，无须填报", f"“{title.en}” is an indicator, which is computed, not reported"
    metrics = [code for code in indicator.sides_of(indicator.deciding) if code]
    if metrics:
        return Bilingual(zh=f"{zh}；请填报{'、'.join(metrics)}。", en=f"{en}; report {' and '.join(metrics)}.")
    return Bilingual(zh=f"{zh}。", en=f"{en}.")
