"""The door's one-round-trip question."""

import psycopg
import pytest

from shared.db import Scope
from tests.fixtures_campaign import LIANGJIANG
from tests.fixtures_postgres import Door

SCOPE = Scope(LIANGJIANG, "economy", "campaign")
SEEN = "SELECT current_setting('gigacity.campaign'), %(asked)s::int, version FROM campaign WHERE campaign = %(campaign)s"


async def test_a_question_sees_its_own_scope_at_the_versions_it_names(door: Door) -> None:
    database = await door("indicators")
    answered = await database.ask(SCOPE, SEEN, {"asked": 7, "campaign": LIANGJIANG})
    assert (answered.rows, answered.definition_version) == ([(LIANGJIANG, 7, answered.version)], 1)
    elsewhere = await database.ask(Scope("nowhere", "economy"), SEEN, {"asked": 7, "campaign": LIANGJIANG})
    assert elsewhere == ([], 0, 0)


async def test_a_question_that_fails_leaves_nothing_open_on_its_connection(door: Door) -> None:
    database = await door("indicators")
    for _ in range(10):  # more than there are connections
        with pytest.raises(psycopg.errors.DivisionByZero):
            await database.ask(SCOPE, "SELECT 1 / %(asked)s::int", {"asked": 0})
    async with database.unscoped() as connection:
        assert connection.info.transaction_status == psycopg.pq.TransactionStatus.IDLE
    for writing in ("DELETE FROM observation", "WITH gone AS (DELETE FROM observation RETURNING 1) SELECT * FROM gone"):
        with pytest.raises((psycopg.errors.SyntaxError, psycopg.errors.FeatureNotSupported)):
            await database.ask(SCOPE, writing, {})
    assert (await database.ask(SCOPE, SEEN, {"asked": 1, "campaign": LIANGJIANG})).rows != []
