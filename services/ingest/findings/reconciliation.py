"""Findings of rules that compare the registers of several organisations with each other, or a reported count with registers."""

from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Any, Final, NamedTuple

from psycopg import AsyncConnection

from services.ingest.findings.documents import FindingWithReason, RecordEvidence
from services.ingest.findings.reasons import CountsWithOrg, DefinitionTitles
from services.ingest.registers.derive import keepers
from shared.campaign.applied import AppliedDefinition
from shared.campaign.blocks import EVERYBODY, Rule
from shared.database.database import Scope
from shared.database.sql import statement
from shared.domain.quality import ComparedCount
from shared.reading.findings import finding_id
from shared.reading.stored_counts import StoredCounts
from shared.registers import REGISTERS
from shared.registers.columns import AREA
from shared.values.bilingual import Bilingual
from shared.vocabulary import RegisterCode, RuleKind

_DIFFERING = statement(__package__, "differing_records")
_MISSING = statement(__package__, "missing_shared_stations")
_SITES = statement(__package__, "registered_sites")
COMPARED_COLUMNS: Final[Mapping[RegisterCode, tuple[str, ...]]] = {
    RegisterCode.KEY_PLACES: ("category", "removed_because"),
    RegisterCode.COMPOUNDS: ("compound", "households"),
    RegisterCode.BASE_STATIONS: ("site", "band", "in_service_since"),
}
"""Columns that must be equal in all registers that contain a record; its area must be equal too."""


class _RegisterCheck(NamedTuple):
    """The month whose registers are compared, and the connection that reads them."""

    connection: AsyncConnection
    scope: Scope
    definition: AppliedDefinition
    month: date

    async def rows(self, sql: str, **binds: object) -> list[tuple[Any, ...]]:
        """Return the rows of a statement."""
        all_binds = {"campaign": self.scope.campaign, "month": self.month, **binds}
        return await (await self.connection.execute(sql, all_binds)).fetchall()

    def carriers(self) -> list[str]:
        """Return the organisations that register stations."""
        return keepers(self.definition, RegisterCode.BASE_STATIONS, self.month)

    def finding(
        self,
        rule: Rule,
        area: int,
        values: CountsWithOrg,
        reason: Bilingual,
        *,
        metric: int | None = None,
        records: Iterable[RecordEvidence] = (),
    ) -> FindingWithReason:
        """Return a finding whose id depends on all counts and records that were compared."""
        evidence = tuple(records)
        identity = (*((org, *count) for org, count in values), *map(tuple, evidence))
        id_ = finding_id(self.month, self.scope.campaign, EVERYBODY, rule.code, metric, area, *identity)
        return FindingWithReason(id_, EVERYBODY, self.month, rule, metric, area, [*values], reason=reason, records=evidence)

    def number_of_records(self, org: str, area: int, number: int) -> CountsWithOrg:
        """Return a number of register records as evidence."""
        return [(org, ComparedCount(self.month, None, area, number))]


async def find_register_differences(
    connection: AsyncConnection, scope: Scope, definition: AppliedDefinition, month: date
) -> list[FindingWithReason]:
    """Return the differences between registers. The connection's reach must be the campaign."""
    check = _RegisterCheck(connection, scope, definition, month)
    findings: list[FindingWithReason] = []
    for rule in definition.rules_of(month):
        if find := _FINDERS.get(rule.kind):
            findings += await find(check, rule)
    return findings


async def _find_differing_records(check: _RegisterCheck, rule: Rule) -> list[FindingWithReason]:
    """Return a finding for each area and group of organisations whose registers differ."""
    register = rule.lists or RegisterCode.BASE_STATIONS
    columns, orgs = COMPARED_COLUMNS[register], keepers(check.definition, register, check.month)
    rows = await check.rows(_DIFFERING, register=register.value, keepers=orgs, columns=list(columns))
    by_orgs_and_area: dict[tuple[tuple[str, ...], int], list[list[RecordEvidence]]] = {}
    for key, group in groupby(rows, key=lambda row: row[0]):
        entries = list(group)
        values_by_org = [(org, [check.definition.area_codes[area], *texts]) for _, org, area, texts in entries]
        record = [
            RecordEvidence(register, key, org, True, column, values[index])  # noqa: FBT003 - a row of evidence
            for index, column in enumerate((AREA.name, *columns))
            if len({values[index] for _, values in values_by_org}) > 1
            for org, values in values_by_org
        ]
        by_orgs_and_area.setdefault((tuple(org for org, _ in values_by_org), entries[0][2]), []).append(record)
    return [
        _differing_records_finding(check, rule, register, orgs, area, records)
        for (orgs, area), records in by_orgs_and_area.items()
    ]


def _differing_records_finding(
    check: _RegisterCheck,
    rule: Rule,
    register: RegisterCode,
    orgs: Sequence[str],
    area: int,
    records: Sequence[Sequence[RecordEvidence]],
) -> FindingWithReason:
    evidence = [value for record in records for value in record]
    differing = {value.column for value in evidence}
    columns = [column.title for name, column in REGISTERS[register].by_name.items() if name in differing]
    titles, kind = DefinitionTitles(check.definition), register.title_
    names, area_name = titles.orgs(orgs), titles.area(area)
    reason = Bilingual(
        zh=f"{names.zh}的“{kind.zh}”登记表中，{area_name.zh}有{len(records)}条记录编号相同而内容不一致："
        f"{'、'.join(column.zh for column in columns)}",
        en=f"records of {kind.en} in {area_name.en} that differ between the registers of {names.en}: {len(records)}"
        f" ({', '.join(column.en for column in columns)})",
    )
    return check.finding(rule, area, check.number_of_records(EVERYBODY, area, len(records)), reason, records=evidence)


async def _find_missing_shared_stations(check: _RegisterCheck, rule: Rule) -> list[FindingWithReason]:
    """Return a finding for each area and pair of carriers where one lacks stations that the other lists as shared."""
    rows = await check.rows(_MISSING, carriers=check.carriers())
    findings = []
    for (org, other, built, listed, area), group in groupby(rows, key=lambda row: row[:5]):
        stations = [(key, sharers) for *_, key, sharers in group]
        reason = _missing_stations_reason(check, org, other, len(stations), area, built=built, listed=listed)
        evidence = _missing_stations_evidence(org, other, stations, listed=listed)
        number = check.number_of_records(org, area, len(stations))
        findings.append(check.finding(rule, area, number, reason, records=evidence))
    return findings


def _missing_stations_reason(
    check: _RegisterCheck, org: str, other: str, number: int, area: int, *, built: bool, listed: bool
) -> Bilingual:
    """Say which stations are missing: `built` by the other carrier or shared with it, `listed` there without the sharing."""
    titles = DefinitionTitles(check.definition)
    own, others, area_name = titles.org(org), titles.org(other), titles.area(area)
    if built:
        relation = Bilingual(zh=f"由{others.zh}建设", en=f"built by {others.en}")
    else:
        relation = Bilingual(zh=f"与{others.zh}共享", en=f"shared with {others.en}")
    if listed:
        lack = Bilingual(zh=f"{others.zh}未登记为与其共享", en=f"{others.en} does not list as shared with it")
    else:
        lack = Bilingual(zh=f"{others.zh}的登记表中没有", en=f"{others.en} does not list")
    return Bilingual(
        zh=f"{own.zh}在{area_name.zh}登记了{relation.zh}的5G基站{number}个，{lack.zh}",
        en=f"5G stations in {area_name.en} that {own.en} lists as {relation.en} and {lack.en}: {number}",
    )


def _missing_stations_evidence(
    org: str, other: str, stations: Iterable[tuple[str, list[str] | None]], *, listed: bool
) -> Iterator[RecordEvidence]:
    """Yield each station as it is in both carriers' registers; with columns if the other one lists it without the sharing."""
    for key, sharers in stations:
        own_value = ("built_by", other) if listed else (None, None)
        yield RecordEvidence(RegisterCode.BASE_STATIONS, key, org, True, *own_value)  # noqa: FBT003 - a row of evidence
        other_value = ("shared_with", ",".join(sharers) if sharers else None) if listed else (None, None)
        yield RecordEvidence(RegisterCode.BASE_STATIONS, key, other, listed, *other_value)


async def _find_unregistered_sites(check: _RegisterCheck, rule: Rule) -> list[FindingWithReason]:
    """Return a finding for each area with more reported sites than registered ones, where every carrier lists stations."""
    metric = check.definition.metric_numbers[rule.part or ""]
    stored = StoredCounts(check.connection, check.scope, check.definition)
    columns = await stored.columns({(org, check.month): [metric] for org in rule.part_by})
    by_org = {org: column for (org, _), counts in columns.items() if (column := counts.get(metric))}
    if len(by_org) < len(rule.part_by):
        return []
    titles, findings = DefinitionTitles(check.definition), []
    for area, registered in await check.rows(_SITES, carriers=check.carriers()):
        reported = {org: column[area] for org, column in by_org.items() if area in column}
        if len(reported) < len(by_org) or sum(reported.values()) <= registered:
            continue
        values = [(org, ComparedCount(check.month, metric, area, count)) for org, count in reported.items()]
        clause = titles.counts(values)
        reason = Bilingual(
            zh=f"{clause.zh}，各企业“5G基站”登记表在该街道只有{registered}个站址",
            en=f"{clause.en}, but the carriers' registers of 5G stations have only {registered} sites there",
        )
        evidence = [*values, *check.number_of_records(EVERYBODY, area, registered)]
        findings.append(check.finding(rule, area, evidence, reason, metric=metric))
    return findings


_FINDERS: Final[Mapping[RuleKind, Callable[[_RegisterCheck, Rule], Coroutine[Any, Any, list[FindingWithReason]]]]] = {
    RuleKind.LISTED_DIFFERENTLY: _find_differing_records,
    RuleKind.SHARED_UNLISTED: _find_missing_shared_stations,
    RuleKind.SITES_UNLISTED: _find_unregistered_sites,
}
