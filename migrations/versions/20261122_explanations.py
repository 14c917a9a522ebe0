"""Explanations of quality findings.

Locks: nothing that exists.
The previous release keeps working: it does not know the table.
"""

import sqlalchemy as sa
from alembic import context, op

revision = "20261122_explanations"
down_revision = "20261122_kept_inputs"
branch_labels = None
depends_on = None


SAME_CAMPAIGN = "campaign = current_setting('gigacity.campaign', true)"
MAY_READ = (
    f"{SAME_CAMPAIGN} AND (org = current_setting('gigacity.org', true) OR current_setting('gigacity.reach', true) = 'campaign')"
)
OWN = f"{SAME_CAMPAIGN} AND org = current_setting('gigacity.org', true)"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
    op.create_table(
        "finding_explanation",
        sa.Column("campaign", sa.Text(collation="C"), nullable=False),
        sa.Column("org", sa.Text(collation="C"), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("finding_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("campaign", "org", "month", "finding_id", "revision", name=op.f("pk_finding_explanation")),
    )
    op.execute("ALTER TABLE finding_explanation ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE finding_explanation FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY may_read ON finding_explanation FOR SELECT USING ({MAY_READ})")
    op.execute(f"CREATE POLICY may_insert ON finding_explanation FOR INSERT WITH CHECK ({OWN})")
    role = context.config.attributes["roles"]["ingest"]
    op.execute(f'GRANT SELECT, INSERT ON finding_explanation TO "{role}"')


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
    op.drop_table("finding_explanation")
