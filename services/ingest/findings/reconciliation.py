"""Holds organisations' lists of a month against each other, and what the tower company counts against them."""

from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Any, Final, NamedTuple

from psycopg import AsyncConnection

from services.ingest.findings.documents import FindingWithReason, RecordEvidence
from services.ingest.findings.reasons import DefinitionTitles
from services.ingest.quality.found import finding_id
from services.ingest.quality.standing import Standing
from services.ingest.registers.derive import keepers
from shared.campaign.applied import AppliedDefinition
from shared.campaign.blocks import EVERYBODY, Rule
from shared.database.database import Scope
from shared.database.sql import statement
from shared.domain.quality import Evidence
from shared.registers import REGISTERS
from shared.registers.columns import AREA
from shared.values.bilingual import Bilingual
from shared.vocabulary import RegisterCode, RuleKind

_DIFFERENTLY = statement(__package__, "listed_differently")
_UNLISTED = statement(__package__, "shared_unlisted")
_SITES = statement(__package__, "listed_sites")
COMPARED_COLUMNS: Final[Mapping[RegisterCode, tuple[str, ...]]] = {
    RegisterCode.KEY_PLACES: ("category", "removed_because"),
    RegisterCode.COMPOUNDS: ("compound", "households"),
    RegisterCode.BASE_STATIONS: ("site", "band", "in_service_since"),
}
"""The columns that say the same of a thing, whoever lists it; and so does its area."""


class _Asked(NamedTuple):
    """Where the lists are read."""

    connection: AsyncConnection
    scope: Scope
    definition: AppliedDefinition
    month: date

    async def rows(self, sql: str, **binds: object) -> list[tuple[Any, ...]]:
        """The rows of a statement."""
        named = {"campaign": self.scope.campaign, "month": self.month, **binds}
        return await (await self.connection.execute(sql, named)).fetchall()

    def carriers(self) -> list[str]:
        """Who lists stations."""
        return keepers(self.definition, RegisterCode.BASE_STATIONS, self.month)

    def finding(
        self,
        rule: Rule,
        area: int,
        values: list[tuple[str, Evidence]],
        reason: Bilingual,
        *,
        metric: int | None = None,
        things: Iterable[RecordEvidence] = (),
    ) -> FindingWithReason:
        """What was found, named by all that was judged."""
        listed = tuple(things)
        judged = (*((org, *one) for org, one in values), *listed)
        identity = finding_id(self.month, self.scope.campaign, EVERYBODY, rule.code, metric, area, *judged)
        return FindingWithReason(identity, EVERYBODY, self.month, rule, metric, area, values, reason=reason, things=listed)

    def number(self, org: str, area: int, count: int) -> list[tuple[str, Evidence]]:
        """How many rows of lists were found, as evidence."""
        return [(org, Evidence(self.month, None, area, count))]


async def find_register_differences(
    connection: AsyncConnection, scope: Scope, definition: AppliedDefinition, month: date
) -> list[FindingWithReason]:
    """What does not fit together between lists. The connection's reach must be the campaign."""
    asked = _Asked(connection, scope, definition, month)
    found: list[FindingWithReason] = []
    for rule in definition.rules_of(month):
        if look := _OF_KIND.get(rule.kind):
            found += await look(asked, rule)
    return found


async def _listed_differently(asked: _Asked, rule: Rule) -> list[FindingWithReason]:
    register = rule.lists or RegisterCode.BASE_STATIONS
    columns, who = COMPARED_COLUMNS[register], keepers(asked.definition, register, asked.month)
    rows = await asked.rows(_DIFFERENTLY, register=register.value, keepers=who, columns=list(columns))
    differing: dict[tuple[tuple[str, ...], int], list[list[RecordEvidence]]] = {}
    for key, group in groupby(rows, key=lambda row: row[0]):
        lists = list(group)
        said = [(org, [asked.definition.area_codes[area], *texts]) for _, org, area, texts in lists]
        things = [
            RecordEvidence(register, key, org, True, column, texts[place])  # noqa: FBT003 - a row of evidence
            for place, column in enumerate((AREA.name, *columns))
            if len({texts[place] for _, texts in said}) > 1
            for org, texts in said
        ]
        differing.setdefault((tuple(org for org, _ in said), lists[0][2]), []).append(things)
    return [_differs(asked, rule, register, orgs, area, things) for (orgs, area), things in differing.items()]


def _differs(
    asked: _Asked, rule: Rule, register: RegisterCode, orgs: Sequence[str], area: int, things: Sequence[Sequence[RecordEvidence]]
) -> FindingWithReason:
    words = DefinitionTitles(asked.definition)
    names, place = words.orgs(orgs), words.area(area)
    differing = [name for name in REGISTERS[register].by_name if any(one.column == name for thing in things for one in thing)]
    titles = [REGISTERS[register].by_name[name].title for name in differing]
    reason = Bilingual(
        zh=f"{names.zh}的“{register.title_.zh}”登记表中，{place.zh}有{len(things)}条编号相同而登记不一致："
        f"{'、'.join(title.zh for title in titles)}",
        en=f"{len(things)} of the {register.title_.en} in {place.en} stand differently on the lists of {names.en}:"
        f" {', '.join(title.en for title in titles)}",
    )
    values = asked.number(EVERYBODY, area, len(things))
    return asked.finding(rule, area, values, reason, things=(one for thing in things for one in thing))


async def _shared_unlisted(asked: _Asked, rule: Rule) -> list[FindingWithReason]:
    rows = await asked.rows(_UNLISTED, carriers=asked.carriers())
    found = []
    for (org, other, built, stands, area), group in groupby(rows, key=lambda row: row[:5]):
        lists = [(key, with_whom) for *_, key, with_whom in group]
        reason = _unlisted(DefinitionTitles(asked.definition), org, other, len(lists), area, built=built, stands=stands)
        values = asked.number(org, area, len(lists))
        found.append(asked.finding(rule, area, values, reason, things=_lacking(org, other, lists, stands=stands)))
    return found


def _unlisted(words: DefinitionTitles, org: str, other: str, count: int, area: int, *, built: bool, stands: bool) -> Bilingual:
    one, another, place = words.org(org), words.org(other), words.area(area)
    theirs = Bilingual(zh=f"由{another.zh}建设", en=f"built by {another.en}")
    own = Bilingual(zh=f"与{another.zh}共享", en=f"shared with {another.en}")
    how = theirs if built else own
    lacks = (
        Bilingual(zh=f"{another.zh}未登记为与其共享", en=f"{another.en} does not list as shared with it")
        if stands
        else Bilingual(zh=f"{another.zh}的登记表中没有", en=f"{another.en} does not list")
    )
    return Bilingual(
        zh=f"{one.zh}在{place.zh}登记了{how.zh}的5G基站{count}个，{lacks.zh}",
        en=f"{one.en} lists {count} 5G stations in {place.en} as {how.en}, which {lacks.en}",
    )


def _lacking(org: str, other: str, lists: Iterable[tuple[str, list[str] | None]], *, stands: bool) -> Iterator[RecordEvidence]:
    """Both carriers' lists of each station: it is missing on the other's, or stands there as shared with others alone."""
    for key, with_whom in lists:
        said = ("built_by", other) if stands else (None, None)
        yield RecordEvidence(RegisterCode.BASE_STATIONS, key, org, True, *said)  # noqa: FBT003 - a row of evidence
        lacks = ("shared_with", ",".join(with_whom) if with_whom else None) if stands else (None, None)
        yield RecordEvidence(RegisterCode.BASE_STATIONS, key, other, stands, *lacks)


async def _sites_unlisted(asked: _Asked, rule: Rule) -> list[FindingWithReason]:
    """More sites than the lists name: a list that lacks a station hides its site; a site without a station hosts nothing."""
    metric = asked.definition.metric_numbers[rule.part or ""]
    standing = Standing(asked.connection, asked.scope, asked.definition)
    columns = await standing.columns({(org, asked.month): [metric] for org in rule.part_by})
    counted = {org: column for (org, _), found in columns.items() if (column := found.get(metric))}
    if len(counted) < len(rule.part_by):
        return []
    words, found = DefinitionTitles(asked.definition), []
    for area, listed in await asked.rows(_SITES, carriers=asked.carriers()):
        counts = {org: column[area] for org, column in counted.items() if area in column}
        if len(counts) < len(counted) or sum(counts.values()) <= listed:
            continue
        values = [(org, Evidence(asked.month, metric, area, count)) for org, count in counts.items()]
        told = words.counts(values)
        reason = Bilingual(
            zh=f"{told.zh}，各企业“5G基站”登记表在该街道只有{listed}个站址",
            en=f"{told.en}, yet the carriers' lists of stations name {listed} sites there",
        )
        found.append(asked.finding(rule, area, [*values, *asked.number(EVERYBODY, area, listed)], reason, metric=metric))
    return found


_OF_KIND: Final[Mapping[RuleKind, Callable[[_Asked, Rule], Coroutine[Any, Any, list[FindingWithReason]]]]] = {
    RuleKind.LISTED_DIFFERENTLY: _listed_differently,
    RuleKind.SHARED_UNLISTED: _shared_unlisted,
    RuleKind.SITES_UNLISTED: _sites_unlisted,
}
