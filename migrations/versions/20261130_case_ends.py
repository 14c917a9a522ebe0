"""A withdrawn case keeps counting for the months before its withdrawal, so the day of the withdrawal is stored.

Locks: case_file, ACCESS EXCLUSIVE, for a moment: a nullable column, no rewrite, and the grant to the service that compares
summary lines before and after a push.
The previous release keeps working: it leaves the day null. A case that was withdrawn without a day counts for no month, as it did
when it was withdrawn, so that answers about past data versions stay as they are.
"""

import sqlalchemy as sa
from alembic import context, op

revision = "20261130_case_ends"
down_revision = "20261130_secret_digests"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
    op.add_column("case_file", sa.Column("ended_on", sa.Date(), nullable=True))
    op.execute(f'GRANT SELECT (ended_on) ON case_file TO "{context.config.attributes["roles"]["ingest"]}"')


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.drop_column("case_file", "ended_on")
