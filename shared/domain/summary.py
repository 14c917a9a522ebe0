"""The lines of some months' summaries, from the rows of `summary.sql`. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

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


@lru_cache(maxsize=512)
def cells_of(plans: tuple[Plan, ...]) -> Mapping[str, object]:
    """The binds that name the cells some months read together, as array literals; a plan ignores what it has no use for."""
    counted = dict.fromkeys(metric for plan in plans for metric in plan.counted)
    counting = dict.fromkeys(org for plan in plans for org in plan.counting)
    referred = dict.fromkeys(cell for plan in plans for cell in plan.referred)
    return {
        "counted": _array(counted),
        "counting": _array(counting),
        "ref_metrics": _array(metric for metric, _ in referred),
        "ref_orgs": _array(org for _, (org, _) in referred),
        "ref_areas": _array(area for _, (_, area) in referred),
    }


def _array(items: Iterable[object]) -> str:
    """A Postgres array literal of numbers or codes."""
    return "{" + ",".join(f'"{item}"' for item in items) + "}"


def summarise(plans: Iterable[Plan], cells: Iterable[CellRow], *, by_area: bool, by_org: bool) -> Iterator[Judged]:
    """Every line of the breakdown asked for, month by month."""
    facts: defaultdict[date, defaultdict[int, dict[Place, Fact]]] = defaultdict(lambda: defaultdict(dict))
    for asked, org, metric, area, value, month, accepted in cells:
        facts[asked][metric][org, area] = Fact(value, month, accepted)
    for plan in plans:
        known = facts[plan.month]
        for indicator in plan.indicators:
            for within in breakdowns(indicator, known, by_area=by_area, by_org=by_org):
                target = plan.target(indicator, within)
                ratio = target.ratio if target else None
                yield Judged(plan.month, line(indicator, known, plan.month, within, ratio), target)
