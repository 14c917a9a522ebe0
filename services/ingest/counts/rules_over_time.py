"""Rules that refuse rows by last month's counts or a reference, on the state a push would leave."""

from dataclasses import replace
from datetime import date

from services.ingest.counts.columns import Slot
from services.ingest.counts.intake import Intake
from services.ingest.quality.overlay import Overlay
from services.ingest.quality.standing import Standing
from services.ingest.quality.state import states
from shared.campaign.applied import AppliedDefinition
from shared.domain.quality import Evidence, RuleBreach, evidence_of, find_breaches
from shared.domain.quality_plan import QualityPlan, quality_plan
from shared.vocabulary import RuleKind

KINDS = frozenset({RuleKind.CHANGE_LIMIT, RuleKind.STOCK_FALL, RuleKind.ABOVE_REFERENCE})
Broken = list[tuple[RuleBreach, Slot, list[Evidence]]]


def refusing(definition: AppliedDefinition, org: str, month: date) -> QualityPlan | None:
    """The rules of these kinds that refuse rows of an organisation's month; nearly always none."""
    plan = quality_plan(definition, org, month)
    rules = tuple(each for each in plan.rules if each.rule.refuses and each.rule.kind in KINDS)
    return replace(plan, rules=rules) if rules else None


async def broken(standing: Standing, plan: QualityPlan, intake: Intake, overlay: Overlay) -> Broken:
    """The pushed cells that break a rule, with the counts that were judged."""
    place = (overlay.org, plan.month)
    state = (await states(standing, {place: plan}, overlay))[place]
    pushed = intake.columns.get(plan.month, {})
    return [
        (breach, Slot(plan.month, breach.metric, area), evidence_of(plan, breach, area, state))
        for breach in find_breaches(plan, state)
        if breach.metric in pushed
        for area in breach.areas
        if area is not None and area in pushed[breach.metric].counts
    ]
