"""The log of reminders, which the indicators service writes.

Locks: nothing that exists.
The previous release keeps working: it does not know the table.
"""

import sqlalchemy as sa
from alembic import context, op

revision = "20261122_sent_reminders"
down_revision = "20261122_reports"
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
        "sent_reminder",
        sa.Column("campaign", sa.Text(collation="C"), nullable=False),
        sa.Column("org", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("to_org", sa.Text(collation="C"), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("open_cells", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("logged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("client", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("campaign", "org", "id", name=op.f("pk_sent_reminder")),
    )
    op.create_index("ix_sent_reminder_by_time", "sent_reminder", ["campaign", "id"])
    op.execute("ALTER TABLE sent_reminder ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE sent_reminder FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY may_read ON sent_reminder FOR SELECT USING ({MAY_READ})")
    op.execute(f"CREATE POLICY may_insert ON sent_reminder FOR INSERT WITH CHECK ({OWN})")
    op.execute(f'GRANT SELECT, INSERT ON sent_reminder TO "{context.config.attributes["roles"]["indicators"]}"')


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
    op.drop_index("ix_sent_reminder_by_time", table_name="sent_reminder")
    op.drop_table("sent_reminder")
