"""`make bench`: measures everything on a server of its own, writes `bench/results.json`, and says which bars were missed.

Machines are noisy, so a missed bar is for a person to judge: the exit status tells only whether everything was measured.
"""

import asyncio
import sys
import tempfile
from pathlib import Path

import psycopg

from bench import pushes, reads, synthetic
from bench.figures import Figure, write
from bench.stage import Stage, furnish
from cli.postgres.embedded import OWNER, Embedded
from shared.campaign.applied import AppliedDefinition
from shared.campaign.load import Definitions, load

CAMPAIGN = Path(__file__).parent.parent / "campaigns" / "liangjiang-2022.toml"


def main() -> None:
    """Run everything."""
    plan = load(CAMPAIGN)
    figures: list[Figure] = []
    with (
        tempfile.TemporaryDirectory(prefix="gigacity-bench-") as folder,
        Embedded(Path(folder)).running(exclusive=True) as server,
    ):
        home = Path(folder)
        few = furnish(server, OWNER, plan, home)
        definition = asyncio.run(_definition(few, plan.campaign.code))
        reads.fill(few, definition, 48)
        _tell("summaries")
        figures += reads.rates(few)
        _tell("small pushes")
        figures += pushes.small(few)
        _tell("large pushes")
        bulk = furnish(server, "bulk", synthetic.campaign(plan, synthetic.STREETS), home)
        figures += pushes.bulk(bulk)
        figures += pushes.workbooks(bulk)
        _tell("ten million facts")
        many = furnish(server, "many", plan, home)
        facts = reads.fill(many, definition, 120, 530)
        figures += reads.growth(few, many, facts)
    write(figures)


async def _definition(stage: Stage, campaign: str) -> AppliedDefinition:
    async with await psycopg.AsyncConnection.connect(stage.urls.owner) as connection:
        row = await (await connection.execute("SELECT * FROM gigacity_begin(%s, '*', 'own')", [campaign])).fetchone()
        return await Definitions().at(connection, campaign, row[1] if row else 0)


def _tell(what: str) -> None:
    sys.stderr.write(f"measuring {what} …\n")


if __name__ == "__main__":
    main()
