"""A random history of a campaign over the API, and what is stored after each data version, as the test remembers it."""

import random
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from shared.campaign.definition import Definition
from tests.filed_cases import file_case, revoke_case
from tests.fixtures_campaign_api import CampaignApi, rows
from tests.histories.random_campaign import CARRIERS, MONTHS, READER, TASK_FORCE, changed_definition
from tests.services.indicators.by_hand import Block, Town

FIRST = datetime.fromisoformat("2021-12-20T10:00+08:00")
LAST = datetime.fromisoformat("2022-08-25T10:00+08:00")
Key = tuple[str, str, str, str]
"""Organisation, metric, area and month of a count."""


@dataclass(frozen=True)
class Count:
    """A stored count, and when it was first reported."""

    value: int
    reported: datetime


@dataclass
class Case:
    """An approved case."""

    approved_on: str
    ended_on: str | None = None

    def counts_in(self, month: str) -> bool:
        """Return whether the case counts for a month."""
        return self.approved_on[:7] <= month and (self.ended_on is None or month < self.ended_on[:7])


@dataclass(frozen=True)
class State:
    """The counts and cases that are stored at a data version."""

    version: int
    at: datetime
    body: Block
    counts: dict[Key, Count]
    cases: list[Case]

    def town(self, month: str) -> Town:
        """Return a month as the independent calculation takes it: its own counts, and of references the latest ones."""
        references = {metric["code"] for metric in self.body["metric"] if metric["kind"] == "reference"}
        found = {}
        for (org, metric, area, own), count in sorted(self.counts.items(), key=lambda item: item[0][3]):
            if own == month or (metric in references and own < month):
                found[org, metric, area] = (own, count.value)
        return Town(self.body, month, found, sum(case.counts_in(month) for case in self.cases))

    @property
    def months(self) -> list[str]:
        """The months that have begun."""
        return [month for month in MONTHS if month <= f"{self.at:%Y-%m}"]


@dataclass
class History:
    """Changes a campaign at random times, one change after the other."""

    campaign: CampaignApi
    chance: random.Random
    definition: Definition
    counts: dict[Key, Count] = field(default_factory=dict)
    cases: dict[str, Case] = field(default_factory=dict)  # by path
    states: list[State] = field(default_factory=list)
    last_import: tuple[str, dict[Key, Count]] | None = None  # id, and the counts before it

    async def happen(self, versions: int) -> None:
        """Make changes until there are so many data versions after the first one."""
        changes = [self._report, self._report, self._report, self._correct, self._retract, self._undo, self._case, self._revoke]
        self._now = FIRST
        while len(self.states) < versions:
            self._now = min(
                self._now + timedelta(days=self.chance.randrange(20), minutes=7), LAST + timedelta(minutes=len(self.states))
            )
            self.campaign.clock.fixed = self._now
            change = self._redefine if len(self.states) in (versions // 3, versions // 2) else self.chance.choice(changes)
            if version := await change():
                state = State(version, self._now, self.definition.body(), dict(self.counts), deepcopy([*self.cases.values()]))
                self.states.append(state)

    async def _report(self) -> int | None:
        """Push most of a month of one organisation."""
        org = self.chance.choice([*CARRIERS, READER])
        month = self.chance.choice(self._months)
        cells = [cell for cell in self._cells(org, month) if self.chance.random() < 0.9]
        return await self._push(org, {cell: self._value() for cell in cells})

    async def _correct(self) -> int | None:
        """Push other values of a few stored counts."""
        org = self.chance.choice([*CARRIERS, READER])
        month = self.chance.choice(self._months)
        stored = [key for key in self.counts if (key[0], key[3]) == (org, month) and key in set(self._cells(org, month))]
        return await self._push(org, {key: self._value() for key in stored if self.chance.random() < 0.3})

    async def _retract(self) -> int | None:
        """Replace a month by a part of it."""
        org = self.chance.choice(CARRIERS)
        month = self.chance.choice(self._months)
        if not any((key[0], key[3]) == (org, month) for key in self.counts):
            return None
        cells = [cell for cell in self._cells(org, month) if self.chance.random() < 0.6]
        return await self._push(org, {cell: self._value() for cell in cells}, replaces=True)

    async def _push(self, org: str, values: dict[Key, int], *, replaces: bool = False) -> int | None:
        if not values:
            return None
        (month,) = {key[3] for key in values}
        before = dict(self.counts)
        body = rows(((metric, area, value) for (_, metric, area, _), value in values.items()), month)
        parameters = {"mode": "replace", "month": month} if replaces else {}
        headers = self.campaign.headers(org)
        pushed = await self.campaign.api.post("/v1/observations", json=body, params=parameters, headers=headers)
        assert pushed.status_code == 201, pushed.text
        if replaces:
            for key in [key for key in self.counts if (key[0], key[3]) == (org, month) and key not in values]:
                del self.counts[key]
        for key, value in values.items():
            reported = self.counts[key].reported if key in self.counts else self._now
            self.counts[key] = Count(value, reported)
        version: int | None = pushed.json()["data_version"]
        if version:
            self.last_import = (pushed.json()["id"], before)
        return version

    async def _undo(self) -> int | None:
        """Undo the last push, if nothing else happened to its counts."""
        if self.last_import is None:
            return None
        (id_, before), self.last_import = self.last_import, None
        org = (await self.campaign.get_ok(f"/v1/imports/{id_}"))["org"]
        path = f"/v1/imports/{id_}/undo"
        undone = await self.campaign.api.post(path, headers=self.campaign.headers(org), params={"reason": "test"})
        assert undone.status_code == 201, undone.text
        for key in self.counts.keys() - before.keys():
            del self.counts[key]
        for key, count in before.items():
            reported = self.counts[key].reported if key in self.counts else self._now  # a retracted count is reported anew
            self.counts[key] = Count(count.value, reported)
        version: int | None = undone.json()["data_version"]
        return version

    async def _case(self) -> int | None:
        """File a case and approve it as of some earlier day."""
        on = max(f"{self._now - timedelta(days=self.chance.randrange(90)):%Y-%m-%d}", f"{MONTHS[0]}-01")
        title = f"case {len(self.cases)}"
        codes: dict[str, Any] = {"domain": "factory", "technologies": ["mobile_5g"], "started_on": on}
        path = await file_case(self.campaign, title, on, "alpha", TASK_FORCE, **codes)
        self.cases[path] = Case(on)
        return await self._version()

    async def _revoke(self) -> int | None:
        """End the approval of a case, as of some day since."""
        counting = [path for path, case in self.cases.items() if case.ended_on is None]
        if not counting:
            return None
        path = self.chance.choice(counting)
        approved = date.fromisoformat(self.cases[path].approved_on)
        day = approved + timedelta(days=self.chance.randint(0, (self._now.date() - approved).days))
        await revoke_case(self.campaign, path, f"{day}", TASK_FORCE)
        self.cases[path].ended_on = f"{day}"
        return await self._version()

    async def _redefine(self) -> int:
        """Put another definition in force."""
        self.definition = changed_definition(self.chance, self.definition)
        self.last_import = None
        return await self.campaign.apply(self.definition)

    async def _version(self) -> int:
        version: int = (await self.campaign.get_ok("/v1/summary", month=MONTHS[0]))["data_version"]
        return version

    @property
    def _months(self) -> list[str]:
        return [month for month in MONTHS if month <= f"{self._now:%Y-%m}"]

    def _value(self) -> int:
        return self.chance.choice([0, 1, self.chance.randrange(100), self.chance.randrange(10**6)])

    def _cells(self, org: str, month: str) -> Iterator[Key]:
        """Yield the counts that an organisation may report for a month."""
        body = self.definition.body()
        town = Town(body, month, {})
        if org not in {each["code"] for each in body["organisation"]} or not town.alive(town.organisation(org)):
            return
        for metric in body["metric"]:
            if org in (*metric["owed_by"], *metric["reported_by"]):
                yield from (
                    (org, metric["code"], area, month) for area in (town.streets if metric["grain"] == "street" else ["R"])
                )
