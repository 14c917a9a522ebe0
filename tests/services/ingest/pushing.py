"""Queries and comparisons for tests of pushes."""

from collections.abc import AsyncGenerator, Callable
from dataclasses import replace
from typing import Any, BinaryIO

import psycopg

from cli.postgres.database_urls import DatabaseUrls
from services.ingest.formats.media import Media
from services.ingest.formats.read_body import read_batches
from services.ingest.formats.rows import Batch, BodyLimits, Names
from tests.fixtures_campaign_api import CampaignApi

WHOLE = "liangjiang"
ZERO = dict.fromkeys(("received", "created", "updated", "unchanged", "merged", "rejected", "withheld", "retracted", "blank"), 0)
_REASONED = {"reason", "statistics", "things", "attention", "revision", "actions", "explained_by", "explained_at"}
Row = tuple[str, str, str, int]
"""Organisation, metric, area and value."""


def batches_of(rows: int) -> Callable[..., AsyncGenerator[Batch]]:
    """`batches` that hold so many rows each."""

    def read(body: BinaryIO, media: Media, names: Names, limits: BodyLimits, *more: Any) -> AsyncGenerator[Batch]:
        return read_batches(body, media, names, replace(limits, batch_rows=rows), *more)

    return read


def counts(**some: int) -> dict[str, int]:
    """All counts of a report."""
    return ZERO | some


async def stored(practice: CampaignApi, **question: Any) -> set[Row]:
    """Organisation, metric, area and value of the counts that stand."""
    rows: list[dict[str, Any]] = []
    page = await practice.get_ok("/v1/observations", limit=500, **question)
    rows += page["items"]
    while page["next"]:
        page = await practice.get_ok("/v1/observations", limit=500, next=page["next"], **question)
        rows += page["items"]
    assert len(rows) == page["total"]
    return {(row["org"], row["metric"], row["area"], row["value"]) for row in rows}


def everything(urls: DatabaseUrls, campaign: str) -> dict[str, list[Any]]:
    """Return the campaign's rows in the database, except imports and their errors."""
    tables = ("campaign", "ledger", "observation", "observation_history", "submission", "idempotency")
    with psycopg.connect(urls.owner) as owner:
        owner.execute("SELECT gigacity_begin(%s, '*', 'campaign')", [campaign])
        return {table: owner.execute(f"SELECT * FROM {table} ORDER BY 1, 2, 3, 4").fetchall() for table in tables}


def as_pushed(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Findings as the report of a push has them: `/v1/findings` adds why, and who is to look."""
    return [{name: value for name, value in one.items() if name not in _REASONED} for one in found]


def codes(report: dict[str, Any]) -> list[tuple[int, str, str]]:
    """Row, column and code of each error."""
    return [(error["row"], error["column"], error["code"]) for error in report["errors"]]
