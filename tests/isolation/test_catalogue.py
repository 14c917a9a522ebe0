"""The second wall has no gap: told from the server's catalogue."""

import re

import psycopg

from cli.postgres.database_urls import DatabaseUrls


def test_the_catalogue_has_no_gap_in_the_second_wall(urls: DatabaseUrls) -> None:
    with psycopg.connect(urls.owner) as owner:
        unforced = owner.execute(
            """
            SELECT c.relname FROM pg_class c
            JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname IN ('org', 'campaign') AND NOT a.attisdropped
            WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
                AND NOT (c.relrowsecurity AND c.relforcerowsecurity)
            """
        ).fetchall()
        without_policy = owner.execute(
            """
            SELECT relname FROM pg_class c WHERE relrowsecurity AND NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = c.oid)
            """
        ).fetchall()
        views = owner.execute(
            """
            SELECT relname FROM pg_class WHERE relkind IN ('v', 'm') AND relnamespace = 'public'::regnamespace
                AND NOT coalesce('security_invoker=true' = ANY(reloptions), false)
            """
        ).fetchall()
        definers = owner.execute(
            "SELECT proname FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace"
        ).fetchall()
        public = owner.execute(
            """
            SELECT table_name, privilege_type FROM information_schema.table_privileges
            WHERE table_schema = 'public' AND grantee = 'PUBLIC'
            """
        ).fetchall()
        triggers = owner.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal").fetchall()

    assert {name for (name,) in unforced} == {"client"}  # identity's own, which no tenant owns
    assert (without_policy, views, definers, public, triggers) == ([], [], [], [], [])


def test_a_reader_of_many_items_or_counts_pays_for_the_settings_once(urls: DatabaseUrls) -> None:
    with psycopg.connect(urls.owner) as owner:
        policies = owner.execute(
            """
            SELECT tablename, qual FROM pg_policies
            WHERE policyname = 'may_read' AND (tablename IN ('item_move', 'task_assignment', 'observation', 'observation_history')
                OR tablename IN (SELECT table_name FROM information_schema.columns WHERE column_name = 'search_text'))
            """
        ).fetchall()

    settings = re.compile(r"(SELECT \(?)?current_setting\(")  # in a scalar subquery, which is evaluated once, or for each row
    assert len(policies) == 8
    assert [table for table, qual in policies if "" in settings.findall(qual)] == []


def test_every_key_begins_with_the_campaign_and_then_the_organisation(urls: DatabaseUrls) -> None:
    with psycopg.connect(urls.owner) as owner:
        unique = owner.execute(
            """
            SELECT t.relname, i.indexrelid::regclass::text,
                array(SELECT a.attname::text FROM unnest(i.indkey) WITH ORDINALITY AS k (number, place)
                      JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.number ORDER BY k.place)
            FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid
            WHERE i.indisunique AND t.relnamespace = 'public'::regnamespace AND t.relrowsecurity
            """
        ).fetchall()
        with_org = {
            name for (name,) in owner.execute("SELECT table_name FROM information_schema.columns WHERE column_name = 'org'")
        }

    assert unique
    assert [index for _, index, columns in unique if columns[0] != "campaign"] == []
    theirs = [(table, index, columns) for table, index, columns in unique if table in with_org - {"ledger"}]
    assert theirs
    assert [index for _, index, columns in theirs if columns[1] != "org"] == []
