"""Challenges of counts.

Locks: nothing that exists, but for the grants.
The previous release keeps working: it knows no challenges, and its pushes are refused in closed months as before.
"""

import sqlalchemy as sa
from alembic import context, op

revision = "20261130_challenges"
down_revision = "20261130_inbox"
branch_labels = None
depends_on = None

GRANTS = {
    "cases": ("SELECT, INSERT, UPDATE ON challenge", "SELECT ON observation, observation_history"),
    "ingest": (
        "SELECT, UPDATE (state, due, decision_due, corrected_by, revision, updated_at) ON challenge",
        "INSERT ON item_move",
    ),
    "indicators": ("SELECT ON challenge",),
}
SAME_CAMPAIGN = "campaign = current_setting('gigacity.campaign', true)"
OWN = f"{SAME_CAMPAIGN} AND org = current_setting('gigacity.org', true)"
MAY_READ = (
    f"{SAME_CAMPAIGN} AND (org = current_setting('gigacity.org', true) OR current_setting('gigacity.reach', true) = 'campaign')"
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
    op.create_table(
        "challenge",
        sa.Column("campaign", sa.Text(collation="C"), nullable=False),
        sa.Column("org", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("metric", sa.Text(collation="C"), nullable=False),
        sa.Column("area", sa.Text(collation="C"), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("data_version", sa.BigInteger(), nullable=False),
        sa.Column("challenger", sa.Text(collation="C"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("decision_due", sa.Date(), nullable=True),
        sa.Column("corrected_by", sa.Uuid(), nullable=True),
        sa.Column("opened_version", sa.BigInteger(), nullable=False),
        sa.Column("ended_version", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("campaign", "org", "id", name=op.f("pk_challenge")),
    )
    op.create_index(
        "ix_challenge_of_count",
        "challenge",
        ["campaign", "org", "month", "metric", "area"],
        unique=True,
        postgresql_where=sa.text("ended_version IS NULL"),
    )
    op.create_index("ix_challenge_by_time", "challenge", ["campaign", "id"], unique=False)
    op.execute("ALTER TABLE challenge ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE challenge FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY may_read ON challenge FOR SELECT USING ({MAY_READ})")
    op.execute(f"CREATE POLICY may_insert ON challenge FOR INSERT WITH CHECK ({OWN})")
    op.execute(f"CREATE POLICY may_update ON challenge FOR UPDATE USING ({OWN}) WITH CHECK ({OWN})")
    for service, grants in GRANTS.items():
        for grant in grants:
            op.execute(f'GRANT {grant} TO "{context.config.attributes["roles"][service]}"')


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    roles = context.config.attributes["roles"]
    op.execute(f'REVOKE INSERT ON item_move FROM "{roles["ingest"]}"')
    op.execute(f'REVOKE SELECT ON observation, observation_history FROM "{roles["cases"]}"')
    op.drop_index("ix_challenge_by_time", table_name="challenge")
    op.drop_index("ix_challenge_of_count", table_name="challenge", postgresql_where=sa.text("ended_version IS NULL"))
    op.drop_table("challenge")
