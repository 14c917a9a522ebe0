"""The row errors of pushes expire with the kept bodies, so the service that records them may delete them.

Locks: import_error, ACCESS EXCLUSIVE, for a moment, for the grant.
The previous release keeps working: it never deletes them.
"""

from alembic import context, op

revision = "20261130_errors_expire"
down_revision = "20261123_reopened_registers"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
    op.execute(f'GRANT DELETE ON import_error TO "{context.config.attributes["roles"]["ingest"]}"')


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute(f'REVOKE DELETE ON import_error FROM "{context.config.attributes["roles"]["ingest"]}"')
