"""`make bench`: runs all measurements on its own server, writes `bench/results.json` and marks the missed bars.

Machines are noisy, so a person judges a missed bar: the exit status only shows that everything was measured.
"""

import asyncio
import sys
import tempfile
from pathlib import Path

import psycopg

from bench import items, pushes, reads, synthetic
from bench.bench_database import BenchDatabase, create_bench_database
from bench.measurements import Measurement, write_results
from cli.postgres.embedded import OWNER, Embedded
from shared.campaign.applied import AppliedDefinition
from shared.campaign.definition import Definition
from shared.campaign.load import Definitions, load

CAMPAIGN_FILE = Path(__file__).parent.parent / "campaigns" / "liangjiang-2022.toml"


def main() -> None:
    """Run all measurements."""
    plan = load(CAMPAIGN_FILE)
    measurements: list[Measurement] = []
    with (
        tempfile.TemporaryDirectory(prefix="gigacity-bench-") as folder,
        Embedded(Path(folder)).running(exclusive=True) as server,
    ):
        home = Path(folder)
        small = create_bench_database(server, OWNER, plan, home)
        definition = asyncio.run(_definition(small, plan.campaign.code))
        reads.fill_observations(small, definition, months=48)
        _print_progress("summaries")
        measurements += reads.measure_rates(small)
        _print_progress("small pushes")
        measurements += pushes.measure_small_pushes(small)
        _print_progress("large pushes")
        bulk = create_bench_database(server, "bulk", synthetic.campaign(plan, synthetic.STREETS), home)
        measurements += pushes.measure_bulk_pushes(bulk)
        measurements += pushes.measure_workbooks(bulk)
        _print_progress("ten million counts")
        large = create_bench_database(server, "large", plan, home)
        counts = reads.fill_observations(large, definition, months=120, campaigns=530)
        measurements += reads.measure_growth(small, large, counts)
        _print_progress("items")
        few, many = (_create_registry(server, plan, definition, home, count) for count in (items.SMALL, items.LARGE))
        measurements += items.measure_items(few, many)
    write_results(measurements)


def _create_registry(server: Embedded, plan: Definition, definition: AppliedDefinition, home: Path, count: int) -> BenchDatabase:
    database = create_bench_database(server, f"items_{count}", plan, home)
    reads.fill_observations(database, definition, months=48)
    items.fill_items(database, definition, count)
    return database


async def _definition(database: BenchDatabase, campaign: str) -> AppliedDefinition:
    async with await psycopg.AsyncConnection.connect(database.urls.owner) as connection:
        row = await (await connection.execute("SELECT * FROM gigacity_begin(%s, '*', 'own')", [campaign])).fetchone()
        return await Definitions().at(connection, campaign, row[1] if row else 0)


def _print_progress(subject: str) -> None:
    sys.stderr.write(f"measuring {subject} …\n")


if __name__ == "__main__":
    main()
