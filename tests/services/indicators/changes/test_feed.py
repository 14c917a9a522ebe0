"""A client that keeps a data version and applies the changes since holds what the API returns, whatever happens in between."""

from collections.abc import Awaitable, Callable, Iterator
from datetime import date, datetime
from random import Random
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest

from shared.campaign.definition import Definition
from shared.values.months import month_of, month_range, month_text
from shared.vocabulary import Role
from tests.filed_cases import file_case, revoke_case
from tests.fixtures_campaign_api import CampaignApi, CreateCampaign, rows, small_definition
from tests.services.indicators.reports.practice import issue
from tests.services.ingest.registers.lists import push as push_register
from tests.services.ingest.registers.lists import station

INDICATORS: Final = ("pon_10g_share", "bs_5g_per_10k", "fbb_500m_share", "key_place_5g_reach", "application_cases")
STREETS: Final = ("500112022", "500112009")
CARRIERS: Final = ("telecom", "mobile")
WHOLE: Final = "liangjiang"
TIMEZONE: Final = "Asia/Shanghai"
FIRST: Final = "2021-12"  # of the campaign
METRICS: Final = {  # by the organisations that report them
    "telecom": (*((metric, area) for metric in ("olt_pon_ports_10g", "olt_pon_ports_total") for area in STREETS),),
    "mobile": (("fbb_subs_500m", WHOLE), ("fbb_subs_total", WHOLE), *(("bs_5g_built", area) for area in STREETS)),
    "economy": (("population_resident", STREETS[0]), ("population_resident", STREETS[1])),
}
STEPS: Final = 26
Lines = dict[tuple[str, str, str | None, str | None], Any]
Counts = dict[tuple[str, str, str, str], int]


class Client:
    """A program that holds lines in two breakdowns and the counts, and follows the changes."""

    def __init__(self, town: CampaignApi) -> None:
        """Hold nothing yet."""
        self.town = town
        self.version = 0
        self.lines: dict[str, Lines] = {"": {}, "area,org": {}}
        self.counts: Counts = {}

    async def read(self) -> tuple[int, dict[str, Lines], Counts]:
        """Return what the API has now."""
        lines: dict[str, Lines] = {breakdown: {} for breakdown in self.lines}
        version = 0
        for breakdown, own in lines.items():
            for first, last in _spans(self.town.clock.today(TIMEZONE)):
                question = {"from": first, "to": last, **({"group_by": breakdown} if breakdown else {})}
                document = await self.town.get_ok("/v1/summary", **question)
                version = document["data_version"]
                own |= {_key(line): line for line in document["lines"]}
        counts: Counts = {}
        page: dict[str, Any] = {"next": None}
        while not counts or page["next"]:
            page = await self.town.get_ok("/v1/observations", limit=500, **({"next": page["next"]} if page["next"] else {}))
            counts |= {(each["org"], each["month"], each["metric"], each["area"]): each["value"] for each in page["items"]}
            if not page["items"]:
                break
        return version, lines, counts

    async def follow(self) -> None:
        """Apply the changes since the version that was seen last."""
        seen = self.version
        for breakdown, own in self.lines.items():
            question: dict[str, Any] = {"since": seen, "limit": 3, **({"group_by": breakdown} if breakdown else {})}
            page = await self.town.get_ok("/v1/changes", **question)
            self.version = page["data_version"]
            for change in page["lines"]:
                assert own.get(_key(change)) == change["before"], change
                assert change["versions"], change
                _keep(own, _key(change), change["after"])
            while not breakdown:
                for count in page["facts"]["items"]:
                    key = (count["org"], count["month"], count["metric"], count["area"])
                    assert self.counts.get(key) == count["before"], count
                    _keep(self.counts, key, count["after"])
                if page["facts"]["next"] is None:
                    break
                page = await self.town.get_ok("/v1/changes", **question, next=page["facts"]["next"])


def _keep(state: dict[Any, Any], key: Any, value: Any) -> None:
    if value is None:
        del state[key]
    else:
        state[key] = value


def _key(line: dict[str, Any]) -> tuple[str, str, str | None, str | None]:
    return line["indicator"], line["month"], line["area"], line["org"]


def _spans(today: date) -> Iterator[tuple[str, str]]:
    """Yield the months from the first to the current one, in ranges that one summary may have."""
    months = [month_text(month) for month in month_range(month_of(FIRST), today.replace(day=1))]
    for start in range(0, len(months), 36):
        part = months[start : start + 36]
        yield part[0], part[-1]


class History:
    """Random events of a campaign over years."""

    def __init__(self, town: CampaignApi, definition: Definition, seed: int) -> None:
        """The seed decides everything."""
        self.town = town
        self.definition = definition
        self.random = Random(seed)  # noqa: S311 - no secret
        self.imports: list[tuple[str, str]] = []
        self.cases: list[str] = []
        self.happened: set[str] = set()

    async def step(self) -> None:
        """Let a random time pass and one event happen."""
        self._pass_time()
        events: list[Callable[[], Awaitable[bool]]] = [
            *[self.push] * 4,
            *[self.replace] * 2,
            *[self.undo] * 2,
            *[self.load_register] * 2,
            self.approve_case,
            self.revoke_case,
            self.accept,
            self.define,
            self.report,
        ]
        event = self.random.choice(events)
        if await event():
            self.happened.add(event.__name__)

    def _pass_time(self) -> None:
        months = self.random.choice([0, 0, 0, 1, 2, 9])
        now = self.town.clock.now().astimezone(ZoneInfo(TIMEZONE))
        year, month = divmod(now.year * 12 + now.month - 1 + months, 12)
        self.town.clock.fixed = datetime(year, month + 1, now.day, now.hour, now.minute, tzinfo=now.tzinfo)

    def _month(self) -> str:
        """Return a random month; the first ones are the likeliest, so that old months are corrected."""
        months = [month_text(month) for month in month_range(month_of(FIRST), self.town.clock.today(TIMEZONE).replace(day=1))]
        return self.random.choice([*months[:3], *months[-3:], self.random.choice(months)])

    def _counts(self, org: str) -> list[tuple[str, str, int]]:
        counts = [(metric, area, self.random.randint(0, 400)) for metric, area in METRICS[org]]
        whole = {area: value for metric, area, value in counts if metric in {"olt_pon_ports_total", "fbb_subs_total"}}
        counts = [
            (metric, area, min(value, whole[area]) if metric in {"olt_pon_ports_10g", "fbb_subs_500m"} else value)
            for metric, area, value in counts
        ]
        return counts if self.random.random() < 0.6 else counts[: len(counts) // 2]

    async def _send(self, org: str, **parameters: Any) -> bool:
        month = self._month()
        body = rows(self._counts(org), month)
        question = {"reason": "更正", **parameters, **({"month": month} if "mode" in parameters else {})}
        answer = await self.town.api.post("/v1/observations", json=body, params=question, headers=self.town.headers(org))
        if answer.status_code == 201:
            self.imports.append((org, answer.json()["id"]))
        return answer.status_code == 201

    async def push(self) -> bool:
        """Report or correct counts of a month."""
        return await self._send(self.random.choice(list(METRICS)))

    async def replace(self) -> bool:
        """Replace a month: counts that are not sent are retracted."""
        return await self._send(self.random.choice(list(METRICS)), mode="replace")

    async def undo(self) -> bool:
        """Undo the last import, if it can be."""
        if not self.imports:
            return False
        org, number = self.imports.pop()
        question = {"reason": "误报"}
        undone = await self.town.api.post(f"/v1/imports/{number}/undo", params=question, headers=self.town.headers(org))
        return undone.status_code in {200, 201}

    async def load_register(self) -> bool:
        """Load base stations, which counts are derived from."""
        org, month = self.random.choice(CARRIERS), self._month()
        listed = [
            station(f"{org}-{number}", org, self.random.choice(STREETS), month=month, in_service_since="2021-06-30")
            for number in range(self.random.randint(1, 4))
        ]
        answer = await push_register(self.town, org, "base_stations", listed, reason="更正")
        return answer.status_code in {200, 201}

    async def approve_case(self) -> bool:
        """Have a case approved, as of any month."""
        on = f"{self._month()}-01"
        self.cases.append(await file_case(self.town, f"案例{self.random.random()}", on, started_on=on))
        return True

    async def revoke_case(self) -> bool:
        """End the approval of a case."""
        if self.cases:
            await revoke_case(self.town, self.cases.pop(), f"{self.town.clock.now():%Y-%m-%d}")
        return bool(self.cases)

    async def accept(self) -> bool:
        """Have a month submitted and accepted."""
        town = self.town.for_month(self._month())
        org = self.random.choice(list(METRICS))
        await town.explain_findings(org)
        submitted = await town.move(org, "submit")
        by = "industry" if org == "economy" else "economy"
        return submitted.status_code == 200 and (await town.move(org, "accept", by, Role.BUREAU)).status_code == 200

    async def define(self) -> bool:
        """Apply another definition: other indicators, decimals and targets."""
        codes = sorted(self.random.sample(INDICATORS, self.random.randint(3, len(INDICATORS))))
        body = small_definition(self.definition, codes, CARRIERS, STREETS).body()
        body["calendar"]["first_month"] = FIRST
        for indicator in body["indicator"]:
            indicator["decimals"] = self.random.randint(0, 3)
        for target in body["target"]:
            target["value"] = str(self.random.randint(1, 90))
        await self.town.apply(Definition.model_validate(body))
        return True

    async def report(self) -> bool:
        """Issue a report, which takes a version and changes nothing."""
        return (await issue(self.town, self._month())).status_code == 201


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_a_client_that_applies_every_change_holds_what_the_api_returns(
    create_campaign: CreateCampaign, definition: Definition, seed: int
) -> None:
    town = await create_campaign(*INDICATORS, carriers=CARRIERS, streets=STREETS)
    history, client = History(town, definition, seed), Client(town)
    await history.define()
    client.version, client.lines, client.counts = await client.read()

    for number in range(STEPS):
        await history.step()
        if history.random.random() < 0.5 or number == STEPS - 1:
            await client.follow()
    version, lines, counts = await client.read()

    assert len(history.happened) >= 6, history.happened
    assert client.version == version
    assert client.counts == counts != {}
    assert client.lines == lines
