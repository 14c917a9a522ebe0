"""Items that the previous release finished have the time of the move that did, from their history."""

import psycopg

from cli.migrate import migrate
from cli.postgres.database_urls import DatabaseUrls
from migrations import run
from tests.fixtures_postgres import Server

SCOPE = "SELECT gigacity_begin('town', 'red', 'campaign')"
ITEMS = """
INSERT INTO case_file (campaign, org, id, title, domain, applicant, summary, state, revision, created_at, updated_at)
SELECT 'town', 'red', CAST('0198c0de-0000-7000-8000-00000000000' || c.id AS uuid), c.id, 'industry', '某厂', '…',
    c.state, 5, now(), now()
FROM (VALUES ('1', 'withdrawn'), ('2', 'merged'), ('3', 'submitted')) AS c (id, state)
"""
MOVES = """
INSERT INTO item_move (campaign, org, kind, item_id, revision, move, state, by_org, actor, at)
SELECT 'town', 'red', 'case', CAST('0198c0de-0000-7000-8000-00000000000' || m.id AS uuid), m.revision, m.state, m.state, 'red',
    'red.1', now() - m.days * interval '1 day'
FROM (VALUES
    ('1', 2, 'approved', 5), ('1', 3, 'in_review', 4), ('1', 4, 'approved', 2), ('1', 5, 'withdrawn', 1),
    ('2', 2, 'merged', 3), ('3', 2, 'merged', 3), ('3', 3, 'submitted', 2)
) AS m (id, revision, state, days)
"""


def test_items_are_finished_since_the_first_move_after_which_nothing_was_to_be_done(
    server: Server, unmigrated_urls: DatabaseUrls
) -> None:
    run.upgrade(unmigrated_urls.owner, server.roles, "20261201_listed_times")
    with psycopg.connect(unmigrated_urls.owner) as owner:
        for statement in (SCOPE, ITEMS, MOVES):
            owner.execute(statement)

    migrate(unmigrated_urls, server.roles)
    with psycopg.connect(unmigrated_urls.services["cases"]) as process:
        process.execute(SCOPE)
        days = "SELECT title, (extract(epoch FROM updated_at - finished_at) / 86400)::int FROM case_file ORDER BY title"
        finished = process.execute(days).fetchall()

    assert finished == [("1", 2), ("2", 3), ("3", None)]
    run.downgrade(unmigrated_urls.owner, server.roles, "20261201_listed_times")
