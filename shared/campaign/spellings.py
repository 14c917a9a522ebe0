"""The names that senders may use for metrics and areas, and hints for other words."""

from collections.abc import Mapping
from dataclasses import dataclass

from shared.campaign.definition import Definition, Indicator
from shared.values.bilingual import Bilingual
from shared.values.spelling import normalised


@dataclass(frozen=True, slots=True)
class Spellings:
    """Names by their `normalised` spelling: codes, titles in both languages, short names, aliases."""

    metrics: Mapping[str, str]  # spelling → metric code
    areas: Mapping[str, str]  # spelling → area code
    hints: Mapping[str, Bilingual]  # words that are tempting, and no metric

    def hint(self, word: str) -> Bilingual | None:
        """What to tell somebody who used a word as a metric, if it is one that was foreseen."""
        return self.hints.get(normalised(word))


def spellings(definition: Definition) -> Spellings:
    """Every accepted name of a definition's metrics and areas."""
    return Spellings(
        metrics={normalised(name): metric.code for metric in definition.metrics for name in metric.names},
        areas={normalised(name): area.code for area in definition.areas for name in area.names},
        hints={
            **{normalised(name): _computed(i) for i in definition.indicators for name in (i.code, i.title.zh, i.title.en)},
            **{normalised(hint.word): hint.text for hint in definition.hints},
        },
    )


def _computed(indicator: Indicator) -> Bilingual:
    zh, en = f"{indicator.code} 是指标，由系统计算，不能填报", f"{indicator.code} is an indicator: computed, never reported"
    wanted = "、".join(code for code in indicator.sides_of(indicator.deciding) if code)
    if wanted:
        return Bilingual(zh=f"{zh}；请填报数量 {wanted}。", en=f"{en}; report the counts {wanted.replace('、', ' and ')}.")
    return Bilingual(zh=f"{zh}。", en=f"{en}.")
