"""The lines of some months' summaries, from the rows of `summary.sql` and `approved_cases.sql`. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from shared.campaign.blocks import Target
from shared.domain.facts import Fact, Place
from shared.domain.lines import Line, breakdowns, line
from shared.domain.plan import Plan

CellRow = tuple[date, str, int, int, int, date, bool]
"""The month asked, organisation, metric, area, value, the count's own month, whether the organisation's month is accepted."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A line, its month and the target it was judged by."""

    month: date
    line: Line
    target: Target | None


def cells_of(plans: Sequence[Plan]) -> dict[str, list[int] | list[str]]:
    """The binds that name the cells some months read together; a plan ignores what it has no use for."""
    counted = dict.fromkeys(metric for plan in plans for metric in plan.counted)
    counting = dict.fromkeys(org for plan in plans for org in plan.counting)
    referred = dict.fromkeys(cell for plan in plans for cell in plan.referred)
    return {
        "counted": list(counted),
        "counting": list(counting),
        "ref_metrics": [metric for metric, _ in referred],
        "ref_orgs": [org for _, (org, _) in referred],
        "ref_areas": [area for _, (_, area) in referred],
    }


def summarise(
    plans: Sequence[Plan], cells: Iterable[CellRow], cases: Mapping[date, int], *, by_area: bool, by_org: bool
) -> Iterator[Judged]:
    """Every line of the breakdown asked for, month by month."""
    facts: dict[date, dict[int, dict[Place, Fact]]] = {plan.month: {} for plan in plans}
    for asked, org, metric, area, value, month, accepted in cells:
        facts[asked].setdefault(metric, {})[org, area] = Fact(value, month, accepted)
    for plan in plans:
        known = facts[plan.month]
        for indicator in plan.indicators:
            for within in breakdowns(indicator, known, by_area=by_area, by_org=by_org):
                target = plan.target(indicator, within)
                ratio = target.ratio if target else None
                yield Judged(plan.month, line(indicator, known, cases.get(plan.month, 0), plan.month, within, ratio), target)
