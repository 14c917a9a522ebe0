"""The definition of a campaign: models of the campaign file.

The blocks are in `blocks/`; reading a file is `load.py`, the cross-checks are in `checks/`. Blocks keep the order of the file.
Indicators, targets, metrics and rules may repeat with a `from` month: month M uses the last block with from ≤ M.
"""

import hashlib
import json
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cached_property
from typing import Annotated, Any, NamedTuple, Protocol, TypeVar
from uuid import NAMESPACE_URL, UUID, uuid5

from pydantic import Field

from shared.campaign.blocks import (
    Area,
    Benchmark,
    Block,
    Calendar,
    CampaignHead,
    CaseDomain,
    CaseTechnology,
    Challenges,
    DerivedCount,
    DifficultyCategory,
    Hint,
    Indicator,
    KeptRegister,
    Metric,
    Organisation,
    ReportForm,
    Rule,
    Supervision,
    Target,
    Task,
)
from shared.campaign.declared import rules_of_counts
from shared.values.months import next_month
from shared.vocabulary import Grain, MetricKind, RegisterCode, RegisterCount, Role, SeriesStep


class _Dated(Protocol):
    @property
    def from_(self) -> date | None: ...


class _Coded(_Dated, Protocol):
    @property
    def code(self) -> str: ...


DatedBlock = TypeVar("DatedBlock", bound=_Coded)


def in_force(blocks: Iterable[DatedBlock], month: date) -> list[DatedBlock]:
    """Return for each code the last block with from ≤ month, in the order in which the codes first appear."""
    by_code: dict[str, DatedBlock] = {}
    for block in blocks:
        if block.from_ is None or block.from_ <= month:
            by_code[block.code] = block
    return list(by_code.values())


class Assignment(NamedTuple):
    """A task as it is assigned to one of its responsible organisations."""

    task: Task
    org: str


def assignment_id(number: int, org: str) -> UUID:
    """Return the id, within its campaign, of the assignment of a task to an organisation, whether or not there is one."""
    return uuid5(NAMESPACE_URL, f"gigacity:/v1/tasks/{number}/assignments/{org}")


class Definition(Block):
    """A whole campaign."""

    campaign: CampaignHead
    calendar: Calendar
    report: ReportForm = ReportForm()
    challenges: Challenges = Challenges()
    supervision: Supervision = Supervision()
    organisations: Annotated[tuple[Organisation, ...], Field(alias="organisation")]
    areas: Annotated[tuple[Area, ...], Field(alias="area")]
    metrics: Annotated[tuple[Metric, ...], Field(alias="metric")]
    indicators: Annotated[tuple[Indicator, ...], Field(alias="indicator")]
    targets: Annotated[tuple[Target, ...], Field(alias="target")] = ()
    rules: Annotated[tuple[Rule, ...], Field(alias="rule")] = ()
    hints: Annotated[tuple[Hint, ...], Field(alias="hint")] = ()
    registers: Annotated[tuple[KeptRegister, ...], Field(alias="register")] = ()
    case_domains: Annotated[tuple[CaseDomain, ...], Field(alias="case_domain")] = ()
    difficulty_categories: Annotated[tuple[DifficultyCategory, ...], Field(alias="difficulty_category")] = ()
    case_technologies: Annotated[tuple[CaseTechnology, ...], Field(alias="case_technology")] = ()
    tasks: Annotated[tuple[Task, ...], Field(alias="task")] = ()
    benchmarks: Annotated[tuple[Benchmark, ...], Field(alias="benchmark")] = ()

    @cached_property
    def _metrics(self) -> dict[str, Metric]:
        return {metric.code: metric for metric in self.metrics}

    @cached_property
    def _areas(self) -> dict[str, Area]:
        return {area.code: area for area in self.areas}

    @cached_property
    def _organisations(self) -> dict[str, Organisation]:
        return {organisation.code: organisation for organisation in self.organisations}

    @cached_property
    def org_codes(self) -> tuple[str, ...]:
        """The codes of all organisations, in the order of the file."""
        return tuple(self._organisations)

    @cached_property
    def _parents(self) -> frozenset[str]:
        return frozenset(area.parent for area in self.areas if area.parent is not None)

    def metric(self, code: str) -> Metric:
        """Return the last block of a metric; raises KeyError if there is none."""
        return self._metrics[code]

    def area(self, code: str) -> Area:
        """Return an area; raises KeyError if there is none."""
        return self._areas[code]

    def organisation(self, code: str) -> Organisation:
        """Return an organisation; raises KeyError if there is none."""
        return self._organisations[code]

    def register_of(self, code: RegisterCode) -> KeptRegister | None:
        """Return the block of a register, if the campaign keeps it."""
        return next((register for register in self.registers if register.code is code), None)

    @cached_property
    def derived_counts(self) -> dict[RegisterCount, DerivedCount]:
        """The counts derived from registers."""
        return {derived.count: derived for register in self.registers for derived in register.counts}

    def indicators_of(self, month: date) -> list[Indicator]:
        """Return the indicators as defined for a month."""
        return in_force(self.indicators, month)

    def metrics_of(self, month: date) -> list[Metric]:
        """Return the metrics that are counted for a month, with the organisations that report them then."""
        return [metric for metric in in_force(self.metrics, month) if metric.valid(month)]

    def reported_in(self, month: date) -> list[Metric]:
        """Return the metrics that organisations report for a month: before the calendar's first month, references."""
        all_kinds = self.calendar.has_begun(month)
        reported = [metric for metric in self.metrics_of(month) if not metric.derived]
        return [metric for metric in reported if all_kinds or metric.kind is MetricKind.REFERENCE]

    @cached_property
    def all_rules(self) -> tuple[Rule, ...]:
        """The rules of the file, and those that compare reported counts with the registers."""
        return (*self.rules, *rules_of_counts(self.derived_counts.values(), self._metrics))

    def rules_of(self, month: date) -> list[Rule]:
        """Return the rules of a month."""
        return in_force(self.all_rules, month)

    @cached_property
    def _era_starts(self) -> list[date]:
        """The months from which other areas, organisations, metrics or indicators are in force than before, in order."""
        validity = [(area.valid_from, area.valid_to) for area in self.areas]
        validity += [(organisation.valid_from, organisation.valid_to) for organisation in self.organisations]
        first_months = [self.calendar.first_month, *(first for first, _ in validity)]
        first_months += [metric.from_ for metric in self.metrics] + [indicator.from_ for indicator in self.indicators]
        last_months = [last for _, last in validity] + [metric.valid_to for metric in self.metrics]
        return sorted({*filter(None, first_months), *(next_month(last) for last in last_months if last)})

    def era(self, month: date) -> date:
        """Return the first month of the period around a month in which none of those change; of the first period `date.min`."""
        index = bisect_right(self._era_starts, month)
        return self._era_starts[index - 1] if index else date.min

    @cached_property
    def _streets(self) -> dict[date, list[Area]]:
        return {}

    def streets(self, month: date) -> list[Area]:
        """Return the leaves of the area tree that exist in a month; never the campaign's whole area."""
        era = self.era(month)
        if era not in self._streets:
            areas = [area for area in self.areas if area.valid(month)]
            parents = {area.parent for area in areas}
            self._streets[era] = [area for area in areas if area.parent is not None and area.code not in parents]
        return self._streets[era]

    def areas_below(self, month: date) -> Mapping[str, tuple[str, ...]]:
        """Return the subdistricts below each area between them and the whole area, in a month.

        A subdistrict belongs to every area on the way up that exists in the month.
        """
        valid_areas = {area.code for area in self.areas if area.valid(month)}
        below: dict[str, list[str]] = {}
        for street in self.streets(month):
            parent = street.parent
            while parent is not None and parent != self.campaign.area:
                if parent in valid_areas:
                    below.setdefault(parent, []).append(street.code)
                parent = self.area(parent).parent
        return {code: tuple(streets) for code, streets in below.items()}

    def is_inner(self, area: str) -> bool:
        """Return whether an area contains others in any month: such areas are sums and never counted."""
        return area in self._parents

    def areas_for(self, metric: Metric, org: str, month: date) -> list[Area]:
        """Return the areas for which an organisation reports a metric: the whole area, every subdistrict, or its own."""
        if metric.grain is Grain.CAMPAIGN:
            return [self.area(self.campaign.area)]
        own = self._organisations[org].area if org in self._organisations else None
        return [street for street in self.streets(month) if own in (None, street.code)]

    def orgs_required(self, metric: Metric, month: date) -> list[str]:
        """Return the organisations that must report a metric in a month."""
        return [org for org in metric.owed_by if self.organisation(org).valid(month)]

    @cached_property
    def assignments(self) -> Mapping[UUID, Assignment]:
        """The assignments of all tasks by their ids, in the order of the file."""
        return {assignment_id(task.number, org): Assignment(task, org) for task in self.tasks for org in task.responsible}

    def other_has(self, role: Role, org: str) -> bool:
        """Return whether another organisation has a role."""
        return any(role in other.roles for other in self.organisations if other.code != org)

    def target_of(
        self,
        indicator: str,
        month: date,
        area: str | None = None,
        org: str | None = None,
        period: SeriesStep = SeriesStep.MONTH,
    ) -> Target | None:
        """Return the campaign target that a month is compared with, or a longer period that ends with it.

        An area without a target of its own is compared with the campaign's, an organisation never is.
        Of several the one of the latest `from` applies, then the next one due, then the last one that was due.
        """
        dated = [
            target
            for target in self.targets
            if target.kind == "campaign"
            and (target.indicator, target.area, target.org, target.period) == (indicator, area, org, period)
            and (target.from_ is None or target.from_ <= month)
        ]
        if not dated:
            return self.target_of(indicator, month, None, org, period) if area is not None else None
        newest = max(target.from_ or date.min for target in dated)
        applicable = sorted((t for t in dated if (t.from_ or date.min) == newest), key=lambda target: target.due)
        return next((target for target in applicable if target.due >= month), applicable[-1])

    def targets_of(self, indicator: str, month: date, area: str | None = None, org: str | None = None) -> list[Target]:
        """Return every target that a month's line is compared with, by due date: the campaign's, then those of tasks.

        As in `target_of`, an area without a target of its own is compared with the campaign's, and the latest `from` applies.
        """
        dated = [
            target
            for target in self.targets
            if (target.indicator, target.org, target.period) == (indicator, org, SeriesStep.MONTH)
            and target.area in {area, None}
            and (target.from_ is None or target.from_ <= month)
        ]
        applicable: list[Target] = []
        for kind, task in dict.fromkeys((target.kind, target.task) for target in dated):
            of_owner = [target for target in dated if (target.kind, target.task) == (kind, task)]
            of_area = [target for target in of_owner if target.area == area] or of_owner
            newest = max(target.from_ or date.min for target in of_area)
            applicable += [target for target in of_area if (target.from_ or date.min) == newest]
        return sorted(applicable, key=lambda target: (target.kind, target.due, target.task or 0))

    def body(self) -> dict[str, Any]:
        """Return the definition as plain JSON, as it is stored; `Definition.model_validate` reads it back."""
        return self.model_dump(mode="json", by_alias=True)

    def digest(self) -> str:
        """Return the SHA-256 of the canonical JSON, in hex; keys with their default value make no difference."""
        plain = self.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        text = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()
