"""The rules that compare reported counts with those derived from registers; made from `[[register.count]]`."""

from collections.abc import Iterable, Mapping

from shared.campaign.blocks import DerivedCount, Metric, Rule
from shared.values.bilingual import Bilingual
from shared.vocabulary import RuleKind, RuleScope


def rules_of_counts(counts: Iterable[DerivedCount], metrics: Mapping[str, Metric]) -> tuple[Rule, ...]:
    """Return a rule for each derived count that is compared with a reported one."""
    return tuple(_rule(count, metrics[count.declared], metrics[count.metric]) for count in counts if count.declared is not None)


def _rule(count: DerivedCount, declared: Metric, derived: Metric) -> Rule:
    is_sum = derived.of_everybody
    return Rule(
        code=f"declared_{count.count}",
        kind=RuleKind.DECLARED_DIFFERS,
        severity=count.severity,
        scope=RuleScope.CAMPAIGN if is_sum else RuleScope.ORG,
        part=declared.code,
        whole=derived.code,
        part_by=declared.reporters if is_sum else (),
        message=Bilingual(
            zh=f"填报的“{declared.title.zh}”与登记表汇总的“{derived.title.zh}”不一致",
            en=f"the reported “{declared.title.en}” differs from “{derived.title.en}” derived from the register",
        ),
    )
