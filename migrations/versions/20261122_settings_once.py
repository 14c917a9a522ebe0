"""Row-level security of the counts looks its settings up once a statement, no longer once a row.

Locks: observation and observation_history, each for the moment in which its policies change.
The previous release keeps working: the same rows are seen and written.
"""

from alembic import op

revision = "20261122_settings_once"
down_revision = "20261122_sent_reminders"
branch_labels = None
depends_on = None

TABLES = ("observation", "observation_history")
CAMPAIGN = "current_setting('gigacity.campaign', true)"
ORG = "current_setting('gigacity.org', true)"
REACH = "current_setting('gigacity.reach', true)"


def upgrade() -> None:
    change(campaign=f"(SELECT {CAMPAIGN})", org=f"(SELECT {ORG})", reach=f"(SELECT {REACH})")


def downgrade() -> None:
    change(campaign=CAMPAIGN, org=ORG, reach=REACH)


def change(*, campaign: str, org: str, reach: str) -> None:
    """Write the policies with their settings looked up so."""
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
    may_read = f"campaign = {campaign} AND (org = {org} OR {reach} = 'campaign')"
    may_write = f"campaign = {campaign} AND (org = {org} OR org = '*')"
    for table in TABLES:
        op.execute(f"ALTER POLICY may_read ON {table} USING ({may_read})")
        op.execute(f"ALTER POLICY may_insert ON {table} WITH CHECK ({may_write})")
        op.execute(f"ALTER POLICY may_update ON {table} USING ({may_write}) WITH CHECK ({may_write})")
        op.execute(f"ALTER POLICY may_delete ON {table} USING ({may_write})")
