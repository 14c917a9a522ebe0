"""Requests for reopening a month; returns and reopenings name cells.

Locks: submission, exclusively and for a moment: a nullable column, no rewrite.
The previous release keeps working: it names its columns, and reads no requests.
"""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

revision = "20261122_reopening"
down_revision = "20261122_modes"
branch_labels = None
depends_on = None

GRANTS = (
    "SELECT, INSERT ON reopening",
    "UPDATE (state, decided_at, decided_by, decided_org, decision) ON reopening",
)
SAME_CAMPAIGN = "campaign = current_setting('gigacity.campaign', true)"
OWN = f"{SAME_CAMPAIGN} AND org = current_setting('gigacity.org', true)"
MAY_READ = (
    f"{SAME_CAMPAIGN} AND (org = current_setting('gigacity.org', true) OR current_setting('gigacity.reach', true) = 'campaign')"
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
    op.add_column("submission", sa.Column("cells", postgresql.JSONB(astext_type=sa.Text()), nullable=True))
    op.create_table(
        "reopening",
        sa.Column("campaign", sa.Text(collation="C"), nullable=False),
        sa.Column("org", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("cells", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_org", sa.Text(collation="C"), nullable=True),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("campaign", "org", "id", name=op.f("pk_reopening")),
    )
    op.create_index(
        "ix_reopening_open",
        "reopening",
        ["campaign", "org", "month"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.execute("ALTER TABLE reopening ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE reopening FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY may_read ON reopening FOR SELECT USING ({MAY_READ})")
    op.execute(f"CREATE POLICY may_insert ON reopening FOR INSERT WITH CHECK ({OWN})")
    op.execute(f"CREATE POLICY may_update ON reopening FOR UPDATE USING ({OWN}) WITH CHECK ({OWN})")
    for grant in GRANTS:
        op.execute(f'GRANT {grant} TO "{_ingest()}"')


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.drop_index("ix_reopening_open", table_name="reopening", postgresql_where=sa.text("state = 'open'"))
    op.drop_table("reopening")
    op.drop_column("submission", "cells")


def _ingest() -> str:
    return str(context.config.attributes["roles"]["ingest"])
