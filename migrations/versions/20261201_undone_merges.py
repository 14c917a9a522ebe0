"""Merges of cases can be undone.

Locks: case_file, ACCESS SHARE, for a moment, for the view.
The previous release keeps working: a case whose merge was undone counts for it as if it had never been merged, also at the data
versions between.
"""

import sqlalchemy as sa
from alembic import context, op

revision = "20261201_undone_merges"
down_revision = "20261201_reach_once"
branch_labels = None
depends_on = None

SAME_CAMPAIGN = "campaign = current_setting('gigacity.campaign', true)"
OWN = f"{SAME_CAMPAIGN} AND org = current_setting('gigacity.org', true)"
MAY_READ = (
    f"{SAME_CAMPAIGN} AND (org = current_setting('gigacity.org', true) OR current_setting('gigacity.reach', true) = 'campaign')"
)
COUNTING_SPAN = """
CREATE VIEW counting_span WITH (security_invoker = true) AS
SELECT campaign, org, domain, 1 AS weight, approved_on, approved_version, ended_on, ended_version
FROM case_file
WHERE approved_version IS NOT NULL
UNION ALL
SELECT m.campaign, m.org, c.domain, -1, m.merged_on, m.merged_version, NULL, m.undone_version
FROM undone_merge m
JOIN case_file c ON c.campaign = m.campaign AND c.org = m.org AND c.id = m.case_id
"""
COMMENT = (
    "The months and data versions for which cases count: of each case, and with the weight -1 those for which a merge that was "
    "undone later took it out of the count"
)
GRANTS = (
    ("cases", "INSERT ON undone_merge"),
    ("ingest", "SELECT (id, domain) ON case_file"),  # of which the view consists
    *((service, "SELECT ON undone_merge, counting_span") for service in ("ingest", "indicators", "cases")),
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
    op.create_table(
        "undone_merge",
        sa.Column("campaign", sa.Text(collation="C"), nullable=False),
        sa.Column("org", sa.Text(collation="C"), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("merged_version", sa.BigInteger(), nullable=False),
        sa.Column("merged_on", sa.Date(), nullable=False),
        sa.Column("undone_version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("campaign", "org", "case_id", "merged_version", name=op.f("pk_undone_merge")),
    )
    op.execute("ALTER TABLE undone_merge ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE undone_merge FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY may_read ON undone_merge FOR SELECT USING ({MAY_READ})")
    op.execute(f"CREATE POLICY may_insert ON undone_merge FOR INSERT WITH CHECK ({OWN})")
    op.execute(COUNTING_SPAN)
    op.execute(f"COMMENT ON VIEW counting_span IS '{COMMENT}'")
    for service, grant in GRANTS:
        op.execute(f'GRANT {grant} TO "{context.config.attributes["roles"][service]}"')


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute("DROP VIEW counting_span")
    op.drop_table("undone_merge")
    op.execute(f'REVOKE SELECT (id, domain) ON case_file FROM "{context.config.attributes["roles"]["ingest"]}"')
