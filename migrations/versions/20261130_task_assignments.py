"""Assignments of tasks; the cases service reads the counts behind the indicators of tasks, as the indicators service does.

Locks: the tables whose grants grow, for a moment each.
The previous release keeps working: it knows no assignments.
"""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

revision = "20261130_task_assignments"
down_revision = "20261130_attachments"
branch_labels = None
depends_on = None

READ = "observation, observation_history, submission, report"
SAME_CAMPAIGN = "campaign = current_setting('gigacity.campaign', true)"
OWN = f"{SAME_CAMPAIGN} AND org = current_setting('gigacity.org', true)"
MAY_READ = (
    f"{SAME_CAMPAIGN} AND (org = current_setting('gigacity.org', true) OR current_setting('gigacity.reach', true) = 'campaign')"
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
    op.create_table(
        "task_assignment",
        sa.Column("campaign", sa.Text(collation="C"), nullable=False),
        sa.Column("org", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("measures", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("milestones", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("campaign", "org", "id", name=op.f("pk_task_assignment")),
    )
    op.execute("ALTER TABLE task_assignment ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE task_assignment FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY may_read ON task_assignment FOR SELECT USING ({MAY_READ})")
    op.execute(f"CREATE POLICY may_insert ON task_assignment FOR INSERT WITH CHECK ({OWN})")
    op.execute(f"CREATE POLICY may_update ON task_assignment FOR UPDATE USING ({OWN}) WITH CHECK ({OWN})")
    cases, indicators = (context.config.attributes["roles"][service] for service in ("cases", "indicators"))
    op.execute(f'GRANT SELECT, INSERT ON task_assignment TO "{cases}"')
    op.execute(f'GRANT UPDATE (state, revision, updated_at, measures, milestones) ON task_assignment TO "{cases}"')
    op.execute(f'GRANT SELECT ON {READ} TO "{cases}"')
    op.execute(f'GRANT SELECT ON task_assignment, item_move TO "{indicators}"')


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    cases, indicators = (context.config.attributes["roles"][service] for service in ("cases", "indicators"))
    op.execute(f'REVOKE SELECT ON item_move FROM "{indicators}"')
    op.execute(f'REVOKE SELECT ON {READ} FROM "{cases}"')
    op.drop_table("task_assignment")
