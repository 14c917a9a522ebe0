"""The service that lists stored counts as of a data version may read which versions have a report.

Carriers and subdistrict offices may name only such versions.

Locks: report, ACCESS EXCLUSIVE, for a moment, for the grant.
The previous release keeps working: its ingest service does not read the table.
"""

from alembic import context, op

revision = "20261130_counts_as_of"
down_revision = "20261130_case_ends"
branch_labels = None
depends_on = None

COLUMNS = "(campaign, version)"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
    op.execute(f'GRANT SELECT {COLUMNS} ON report TO "{context.config.attributes["roles"]["ingest"]}"')


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute(f'REVOKE SELECT {COLUMNS} ON report FROM "{context.config.attributes["roles"]["ingest"]}"')
