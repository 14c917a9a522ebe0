"""Cases of the previous release keep their moves, and a process of it keeps working on the new schema."""

import psycopg

from cli.migrate import migrate
from cli.postgres.database_urls import DatabaseUrls
from migrations import run
from tests.fixtures_postgres import Server

CASE = "0198c0de-0000-7000-8000-000000000001"
SCOPE = "SELECT gigacity_begin('town', 'red', 'campaign')"
FILE_CASE = """
INSERT INTO case_file (campaign, org, id, title, domain, applicant, summary, state, revision, created_at, updated_at)
VALUES ('town', 'red', %s, '甲', 'industry', '某厂', '…', 'submitted', 2, now(), now())
"""
MOVE_CASE = """
INSERT INTO case_move (campaign, org, case_id, revision, move, state, by_org, actor, at, "on", reason)
VALUES ('town', 'red', %s, %s, %s, %s, 'red', 'red.1', now(), NULL, %s)
"""


def test_moves_of_the_previous_release_are_the_history_and_its_processes_go_on(
    server: Server, unmigrated_urls: DatabaseUrls
) -> None:
    run.upgrade(unmigrated_urls.owner, server.roles, "20261130_counts_as_of")
    with psycopg.connect(unmigrated_urls.owner) as owner:
        owner.execute(SCOPE)
        owner.execute(FILE_CASE, [CASE])
        owner.execute(MOVE_CASE, [CASE, 2, "submit", "submitted", None])

    migrate(unmigrated_urls, server.roles)
    with psycopg.connect(unmigrated_urls.services["cases"]) as process:
        process.execute(SCOPE)
        process.execute(MOVE_CASE, [CASE, 3, "return", "returned", "请补充"])
        seen = process.execute("SELECT revision, move, reason FROM case_move ORDER BY revision").fetchall()
        process.execute("SELECT gigacity_begin('town', 'blue', 'own')")
        hidden = process.execute("SELECT count(*) FROM case_move").fetchone()
        process.execute(SCOPE)
        history = process.execute("SELECT kind, revision, move, details, after FROM item_move ORDER BY revision").fetchall()
        versions = process.execute("SELECT number, content ->> 'title' FROM case_version").fetchall()

    assert seen == [(2, "submit", None), (3, "return", "请补充")]
    assert hidden == (0,)
    assert history == [("case", 2, "submit", {}, {}), ("case", 3, "return", {}, {})]
    assert versions == [(1, "甲")]

    run.downgrade(unmigrated_urls.owner, server.roles, "20261130_counts_as_of")
    with psycopg.connect(unmigrated_urls.owner) as owner:
        owner.execute(SCOPE)
        left = owner.execute("SELECT revision, move FROM case_move ORDER BY revision").fetchall()
    assert left == [(2, "submit"), (3, "return")]
