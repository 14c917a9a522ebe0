"""What a push leaves, computed from what stood before, is what is read after it."""

import random
from datetime import date

import pytest

from services.ingest.push import effects
from shared.campaign.load import Definitions
from shared.database.database import Database, Scope
from shared.domain.summary import CountsRow, summary_statement
from shared.domain.summary_plan import summary_plan
from tests.fixtures_campaign_api import CampaignApi, rows
from tests.fixtures_postgres import OpenDatabase

STREETS = ("500112007", "500112008", "500112009")
METRICS = ("homes_gigabit_covered", "olt_pon_ports_total", "key_places_reached")
ROUNDS = 25


async def _read(database: Database, month: date) -> set[tuple[object, ...]]:
    async with database.read(Scope("liangjiang-2022", "telecom", "campaign")) as snapshot:
        definition = await Definitions().at(snapshot.connection, "liangjiang-2022", snapshot.definition_version)
        cursor = await snapshot.connection.execute(
            *summary_statement([summary_plan(definition, month)], "liangjiang-2022"), binary=True
        )
        return _plain([row for row in await cursor.fetchall() if row[2] == "telecom"])


def _plain(reports: list[CountsRow]) -> set[tuple[object, ...]]:
    return {(*row[:5], tuple(row[5]), tuple(row[6])) for row in reports}


async def test_what_is_computed_after_a_push_is_what_is_read(
    liangjiang: CampaignApi, open_database: OpenDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest, chance = await open_database("ingest"), random.Random(6)  # noqa: S311 - a batch, not a secret
    left: list[list[CountsRow]] = []
    between = effects.Effects.between

    def watched(self: effects.Effects, before: list[CountsRow], after: list[CountsRow]) -> list[dict[str, object]]:
        left.append(after)
        return between(self, before, after)

    monkeypatch.setattr(effects.Effects, "between", watched)
    for _ in range(ROUNDS):
        mode = chance.choice(["atomic", "partial", "replace"])
        counts = [
            (metric, area, chance.randrange(3)) for metric in METRICS for area in STREETS if chance.random() < chance.random()
        ]
        body = rows(counts or [(METRICS[0], STREETS[0], 1)])
        question = {"mode": mode, "month": "2022-08", "allow_empty": str(mode == "replace").lower()}
        answer = await liangjiang.api.post("/v1/observations", json=body, params=question, headers=liangjiang.headers("telecom"))
        assert answer.status_code == 201, answer.text
        if answer.json()["changed"]:
            own = [row for row in left.pop() if row[2] == "telecom"]
            assert _plain(own) == await _read(ingest, date(2022, 8, 1))
    assert left == []
