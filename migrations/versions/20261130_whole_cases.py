"""Cases have all their fields, published cases are readable in the whole campaign, and each submission keeps a version.

Locks: case_file, ACCESS EXCLUSIVE, while the versions of its rows are written; no column needs a rewrite.
The previous release keeps working: it names its columns, and filters what its callers may see besides row-level security.
"""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

revision = "20261130_whole_cases"
down_revision = "20261130_task_assignments"
branch_labels = None
depends_on = None

ADDED = (
    sa.Column("industry", sa.Text(), nullable=True),
    sa.Column("credit_code", sa.Text(collation="C"), nullable=True),
    sa.Column("partners", sa.ARRAY(sa.Text()), server_default="{}", nullable=False),
    sa.Column("technologies", sa.ARRAY(sa.Text()), server_default="{}", nullable=False),
    sa.Column("network_mode", sa.Text(), nullable=True),
    sa.Column("results", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
    sa.Column("started_on", sa.Date(), nullable=True),
    sa.Column("investment_cny", sa.BigInteger(), nullable=True),
    sa.Column("links", sa.ARRAY(sa.Text()), server_default="{}", nullable=False),
    sa.Column("recommended_to", sa.Text(), nullable=True),
    sa.Column("recommended_on", sa.Date(), nullable=True),
    sa.Column("selected", sa.Boolean(), nullable=True),
    sa.Column("outcome_note", sa.Text(), nullable=True),
    sa.Column("outcome_on", sa.Date(), nullable=True),
    sa.Column("published", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    sa.Column("revocation_requested_on", sa.Date(), nullable=True),
    sa.Column("merged_into", sa.Uuid(), nullable=True),
)
FIRST_VERSIONS = """
INSERT INTO case_version (campaign, org, case_id, number, at, actor, content)
SELECT m.campaign, m.org, m.item_id,
    row_number() OVER (PARTITION BY m.campaign, m.org, m.item_id ORDER BY m.revision), m.at, m.actor,
    jsonb_build_object('title', c.title, 'domain', c.domain, 'applicant', c.applicant, 'summary', c.summary, 'area', c.area)
FROM item_move m
JOIN case_file c ON c.campaign = m.campaign AND c.org = m.org AND c.id = m.item_id
WHERE m.kind = 'case' AND m.move = 'submit'
"""
READ_TABLES = ("case_file", "item_move")
SAME_CAMPAIGN = "campaign = current_setting('gigacity.campaign', true)"
OWN = f"{SAME_CAMPAIGN} AND org = current_setting('gigacity.org', true)"
READERS = "org = current_setting('gigacity.org', true) OR current_setting('gigacity.reach', true) = 'campaign'"
MAY_READ = f"{SAME_CAMPAIGN} AND ({READERS})"
MAY_READ_PUBLISHED = f"{SAME_CAMPAIGN} AND ({READERS} OR published AND state IN ('approved', 'recommended'))"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
    for column in ADDED:
        op.add_column("case_file", column)
    op.create_table(
        "case_version",
        sa.Column("campaign", sa.Text(collation="C"), nullable=False),
        sa.Column("org", sa.Text(collation="C"), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("campaign", "org", "case_id", "number", name=op.f("pk_case_version")),
    )
    for table in READ_TABLES:  # their owner sees rows of one campaign only otherwise
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    op.execute(FIRST_VERSIONS)
    for table in READ_TABLES:
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE case_version ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE case_version FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY may_read ON case_version FOR SELECT USING ({MAY_READ})")
    op.execute(f"CREATE POLICY may_insert ON case_version FOR INSERT WITH CHECK ({OWN})")
    op.execute(f"ALTER POLICY may_read ON case_file USING ({MAY_READ_PUBLISHED})")
    op.execute(f'GRANT SELECT, INSERT ON case_version TO "{context.config.attributes["roles"]["cases"]}"')


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute(f"ALTER POLICY may_read ON case_file USING ({MAY_READ})")
    op.drop_table("case_version")
    for column in reversed(ADDED):
        op.drop_column("case_file", column.name)
