"""A change set gives the same counts of a month as the database after the push."""

import random
from collections.abc import Mapping
from datetime import date

import pytest

from services.ingest.counts.pushed_counts import PushedCounts
from services.ingest.quality.change_set import ChangeSet
from shared.campaign.load import Definitions
from shared.database.database import Database, Scope
from shared.domain.counts_by_area import CountsByMetric
from shared.reading.stored_counts import StoredCounts
from tests.fixtures_campaign_api import CampaignApi, rows
from tests.fixtures_postgres import OpenDatabase

STREETS = ("500112007", "500112008", "500112009")
METRICS = ("homes_gigabit_covered", "olt_pon_ports_total", "key_places_reached")
MONTH = date(2022, 8, 1)
ROUNDS = 25


async def _stored(database: Database) -> CountsByMetric:
    scope = Scope("liangjiang-2022", "telecom")
    async with database.read(scope) as snapshot:
        definition = await Definitions().at(snapshot.connection, scope.campaign, snapshot.definition_version)
        stored = StoredCounts(snapshot.connection, scope, definition)
        return (await stored.columns({("telecom", MONTH): list(definition.metric_numbers.values())}))["telecom", MONTH]


def _counts(columns: CountsByMetric) -> Mapping[tuple[int, int], int]:
    return {(metric, area): value for metric, column in columns.items() for area, value in column.items()}


async def test_what_is_computed_before_a_push_is_what_is_read_after_it(
    liangjiang: CampaignApi, open_database: OpenDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest, chance = await open_database("ingest"), random.Random(6)  # noqa: S311 - a batch, not a secret
    change_sets: list[ChangeSet] = []
    make = PushedCounts.change_set

    def watched(pushed: PushedCounts) -> ChangeSet:
        change_sets.append(make(pushed))
        return change_sets[-1]

    monkeypatch.setattr(PushedCounts, "change_set", watched)
    for _ in range(ROUNDS):
        mode = chance.choice(["atomic", "partial", "replace"])
        counts = [
            (metric, area, chance.randrange(3)) for metric in METRICS for area in STREETS if chance.random() < chance.random()
        ]
        body = rows(counts or [(METRICS[0], STREETS[0], 1)])
        query = {"mode": mode, "month": "2022-08", "allow_empty": "true"}
        before = await _stored(ingest)
        change_sets.clear()
        answer = await liangjiang.api.post("/v1/observations", json=body, params=query, headers=liangjiang.headers("telecom"))
        assert answer.status_code == 201, answer.text
        if answer.json()["changed"]:
            assert _counts(change_sets[-1].apply_to(MONTH, before)) == _counts(await _stored(ingest))
