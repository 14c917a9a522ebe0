"""A campaign over HTTP for tests: pushes, reads and moves in a line each."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from httpx import AsyncClient, Response

from cli.postgres.database_urls import DatabaseUrls
from services.identity.clients import IssuedClient
from shared.campaign.apply import apply
from shared.campaign.definition import Definition
from shared.clock import Clock
from shared.settings import Settings
from shared.tables.client import Client
from shared.values import media_types
from shared.vocabulary import Role
from tests.fixtures_api import Bearer, bearer_for
from tests.fixtures_campaign import LIANGJIANG, NATIONAL, Campaigns
from tests.fixtures_postgres import OpenDatabase
from tests.push_paths import path_for

SAMPLES = Path(__file__).parent.parent / "samples"
MOVERS = {
    "accept": ("industry", Role.BUREAU),
    "return": ("industry", Role.BUREAU),
    "reopen": ("industry", Role.TASK_FORCE),
}
Counts = Iterable[tuple[str, str, int]]
"""Metric, area and value of each row."""
Line = dict[str, Any]


def rows(counts: Counts, month: str = "2022-08") -> dict[str, Any]:
    """Return a JSON body with counts of one month."""
    return {"observations": [{"metric": metric, "area": area, "month": month, "value": value} for metric, area, value in counts]}


@dataclass(frozen=True)
class CampaignApi:
    """One campaign over HTTP. Methods that return a body check that the request succeeded."""

    api: AsyncClient
    bearer: Bearer
    campaign: str
    owner: str  # the database owner's address
    clock: Clock
    month: str = "2022-08"

    def headers(self, org: str, role: Role | None = None) -> dict[str, str]:
        """Return headers with an organisation's token."""
        return self.bearer(org, role, self.campaign)

    def for_month(self, month: str) -> "CampaignApi":
        """Return the same campaign with another default month."""
        return replace(self, month=month)

    async def push(
        self, org: str, counts: Counts, month: str | None = None, key: str | None = None, **parameters: Any
    ) -> Response:
        """Push counts as JSON."""
        headers = self.headers(org) | ({"Idempotency-Key": key} if key else {})
        body = rows(counts, month or self.month)
        return await self.api.post("/v1/observations", json=body, params=parameters, headers=headers)

    async def send(self, org: str, body: bytes | str, media: str = ".json", **headers: str) -> Response:
        """Push a body; `media` is a media type or a file suffix."""
        content = body.encode() if isinstance(body, str) else body
        more = {"Content-Type": media_types.BY_SUFFIX.get(media, media), **headers}
        path = path_for("/v1/observations", more["Content-Type"])
        return await self.api.post(path, content=content, headers=self.headers(org) | more)

    async def push_ok(self, org: str, counts: Counts, month: str | None = None, **parameters: Any) -> dict[str, Any]:
        """Push counts successfully and return the import."""
        answer = await self.push(org, counts, month, **parameters)
        assert answer.status_code == 201, answer.text
        document: dict[str, Any] = answer.json()
        return document

    async def get(self, path: str, org: str = "economy", /, **parameters: Any) -> Response:
        """Get a resource."""
        return await self.api.get(path, params=parameters, headers=self.headers(org))

    async def get_ok(self, path: str, org: str = "economy", /, **parameters: Any) -> dict[str, Any]:
        """Get a resource successfully and return its body."""
        answer = await self.get(path, org, **parameters)
        assert answer.status_code == 200, answer.text
        document: dict[str, Any] = answer.json()
        return document

    async def lines(self, org: str = "economy", /, **parameters: Any) -> list[Line]:
        """Return the lines of the summary."""
        if not parameters.keys() & {"month", "from"}:
            parameters["month"] = self.month
        lines: list[Line] = (await self.get_ok("/v1/summary", org, **parameters))["lines"]
        return lines

    async def line(self, indicator: str, **parameters: Any) -> Line:
        """Return the only summary line of an indicator."""
        (line,) = [line for line in await self.lines(**parameters) if line["indicator"] == indicator]
        return line

    async def samples(self, month: str, *orgs: str) -> None:
        """Push the sample files of a month, all or those of `orgs`."""
        for file in sorted((SAMPLES / "liangjiang" / month).iterdir()):
            if not orgs or file.stem in orgs:
                answer = await self.send(file.stem, file.read_bytes(), file.suffix)
                assert answer.status_code == 201, answer.text

    async def move(self, org: str, move: str, by: str | None = None, role: Role | None = None, **more: Any) -> Response:
        """Move a submission, as the organisation itself or as `by`; `submit` attests the current content."""
        path, headers = f"/v1/submissions/{org}/{self.month}", self.headers(by or org, role)
        read = await self.api.get(path, headers=headers)
        body: dict[str, Any] = {"move": move, **more}
        if move == "submit":
            body |= {"content_hash": read.json()["content_hash"], "attested_by": {"name": "李四", "title": "副总经理"}}
        return await self.api.post(f"{path}/moves", json=body, headers=headers | {"If-Match": read.headers["ETag"]})

    async def request_reopening(
        self, org: str, *cells: tuple[str, str], registers: Iterable[tuple[str, str]] = (), key: str | None = None
    ) -> Response:
        """Request the reopening of a month for counts by metric and area, or for registers by area."""
        parts = [{"register": register, "area": area} for register, area in registers]
        named = [
            {"metric": metric, "area": area} for metric, area in cells or ([] if parts else [("fbb_subs_total", "liangjiang")])
        ]
        headers = self.headers(org) | ({"Idempotency-Key": key} if key else {})
        path = f"/v1/submissions/{org}/{self.month}/reopenings"
        return await self.api.post(path, json={"cells": named, "registers": parts, "reason": "漏报一个分局"}, headers=headers)

    async def reopen(self, org: str, *cells: tuple[str, str], registers: Iterable[tuple[str, str]] = ()) -> None:
        """Submit, accept and reopen an organisation's month for the given counts and registers."""
        await self.make_moves(org, "submit", "accept", "reopen", cells=cells, registers=registers)

    async def make_moves(
        self, org: str, *moves: str, cells: Sequence[tuple[str, str]] = (), registers: Iterable[tuple[str, str]] = ()
    ) -> None:
        """Make moves of a submission, each as an organisation that may; request the reopening before `reopen`."""
        for move in moves:
            if move == "reopen":
                assert (asked := await self.request_reopening(org, *cells, registers=registers)).status_code == 201, asked.text
            if move == "submit":
                await self.explain_findings(org)
            by, role = MOVERS.get(move, (org, None))
            if by == org and move in MOVERS:  # nobody decides about a month of their own
                by, role = "economy", Role.BUREAU
            reason = {"reason": "请核对"} if move in {"return", "reopen"} else {}
            answer = await self.move(org, move, by, role, **reason)
            assert answer.status_code == 200, answer.text

    async def explain_findings(self, org: str) -> None:
        """Explain the findings that prevent the submission of an organisation's month."""
        for finding in (await self.get_ok("/v1/findings", org, month=self.month, limit=500))["items"]:
            if finding["severity"] == "warn" and finding["explained"] is None:
                path, headers = f"/v1/findings/{finding['id']}/explanation", self.headers(org)
                answer = await self.api.put(path, json={"text": "已核对"}, headers=headers)
                assert answer.status_code in (200, 201), answer.text

    async def apply(self, definition: Definition) -> int:
        """Put a definition in force and return its data version."""
        async with await psycopg.AsyncConnection.connect(self.owner, autocommit=True) as owner:
            return (await apply(owner, definition, "test", self.clock)).version


class CreateCampaign:
    """Creates small campaigns: some indicators of Liangjiang, with some carriers and streets."""

    def __init__(self, liangjiang: CampaignApi, campaigns: Campaigns, settings: Settings, open_database: OpenDatabase) -> None:
        """`liangjiang` is the campaign to take parts of."""
        self._liangjiang = liangjiang
        self._campaigns = campaigns
        self._settings = settings
        self._door = open_database

    async def __call__(
        self,
        *indicators: str,
        carriers: Sequence[str] = ("telecom", "mobile", "unicom"),
        streets: Sequence[str] = ("500112022",),
        edit: Callable[[dict[str, Any]], None] = lambda _body: None,
    ) -> CampaignApi:
        """Create a campaign of some indicators, carriers and streets; `edit` changes its definition before it is applied."""
        body = small_definition(self._campaigns.definitions[LIANGJIANG], indicators, carriers, streets).body()
        edit(body)
        return await self.from_definition(Definition.model_validate(body))

    async def from_definition(self, definition: Definition, *later: str, later_role: Role = Role.CARRIER) -> CampaignApi:
        """Create a campaign with tokens for all its organisations, and in a role for those that a later definition will have."""
        code = definition.campaign.code
        await self._liangjiang.apply(definition)
        identity = await self._door("identity")
        roles = {each.code: each.roles for each in definition.organisations} | dict.fromkeys(later, (later_role,))
        issued = []
        async with identity.session(None) as session:
            for org, roles_of_org in roles.items():
                for number, role in enumerate(roles_of_org, start=1):
                    client_id = f"{code}.{org}.{number}"
                    session.add(_client(client_id, code, org, number, role))
                    issued.append((org, IssuedClient(client_id, role, "")))
        known = replace(self._campaigns, clients={(code, org, client.role): client for org, client in issued})
        return replace(self._liangjiang, campaign=code, bearer=bearer_for(known, self._settings))


def small_definition(
    definition: Definition, indicators: Sequence[str], carriers: Sequence[str], streets: Sequence[str]
) -> Definition:
    """Return a part of a definition under another code."""
    body = definition.body()
    present = {*carriers, "economy", "industry", *(each.code for each in definition.organisations if each.area in streets)}
    body["campaign"]["code"] = "small-2022"
    body["organisation"] = [each for each in body["organisation"] if each["code"] in present]
    body["area"] = [each for each in body["area"] if each["code"] in {*streets, definition.campaign.area}]
    body["indicator"] = [each for each in body["indicator"] if each["code"] in indicators]
    body["target"] = [each for each in body["target"] if each["indicator"] in indicators]
    body["task"] = []
    for register in body["register"]:
        register["kept_by"] = [org for org in register["kept_by"] if org in present]
    for metric in body["metric"]:
        for side in ("owed_by", "reported_by"):
            metric[side] = [org for org in metric[side] if org in present]
        metric["task"] = None
    for register in body["register"]:
        register["kept_by"] = [org for org in register["kept_by"] if org in present]
    return Definition.model_validate(body)


def _client(client_id: str, campaign: str, org: str, number: int, role: Role) -> Client:
    return Client(
        client_id=client_id,
        campaign=campaign,
        org=org,
        number=number,
        role=role.value,
        secret_hash="",
        created_at=datetime.now(UTC),
    )


@pytest.fixture
def liangjiang(api: AsyncClient, bearer: Bearer, urls: DatabaseUrls, clock: Clock) -> CampaignApi:
    """The Liangjiang campaign, without counts."""
    return CampaignApi(api, bearer, LIANGJIANG, urls.owner, clock)


@pytest.fixture
def national(liangjiang: CampaignApi) -> CampaignApi:
    """The national campaign, without counts."""
    return replace(liangjiang, campaign=NATIONAL)


@pytest.fixture
def create_campaign(
    liangjiang: CampaignApi, campaigns: Campaigns, settings: Settings, open_database: OpenDatabase
) -> CreateCampaign:
    """A function that creates small campaigns next to the two shipped ones."""
    return CreateCampaign(liangjiang, campaigns, settings, open_database)
