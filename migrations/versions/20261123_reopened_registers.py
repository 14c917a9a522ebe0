"""Requests for reopening, and the reopenings themselves, name rows of registers as well as counts.

Locks: submission and reopening, ACCESS EXCLUSIVE, for a moment: nullable columns, no rewrite.
The previous release keeps working: it names its columns, and asks for counts only.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261123_reopened_registers"
down_revision = "20261122_settings_once"
branch_labels = None
depends_on = None

TABLES = ("submission", "reopening")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
    for table in TABLES:
        op.add_column(table, sa.Column("registers", postgresql.JSONB(astext_type=sa.Text()), nullable=True))


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    for table in TABLES:
        op.drop_column(table, "registers")
