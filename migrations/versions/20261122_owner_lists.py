"""The owner may list the campaigns: a backup has to know that it holds all of them.

Row-level security is forced on the owner too, and shows one campaign at a time. What stands in the table are the
campaigns' codes and versions; everything else is read campaign by campaign, in its scope, as before.

Locks: campaign, ACCESS EXCLUSIVE, milliseconds.
The previous release keeps working: yes.
"""

from alembic import op

revision = "20261122_owner_lists"
down_revision = "20261122_foundation"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
    op.execute("CREATE POLICY owner_lists ON campaign FOR SELECT TO CURRENT_USER USING (true)")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
    op.execute("DROP POLICY owner_lists ON campaign")
