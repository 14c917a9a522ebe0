"""Registers: their rows, and the rows' history (pre: run before the release that writes them).

Locks: nothing that exists.
The previous release keeps working: yes, it does not know the tables.
"""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

revision = "20261122_registers"
down_revision = "20261122_explanations"
branch_labels = None
depends_on = None

TABLES = ("register_row", "register_row_history")
GRANTS = (
    "SELECT, INSERT, UPDATE, DELETE ON register_row",
    "SELECT, INSERT ON register_row_history",
)
SAME_CAMPAIGN = "campaign = current_setting('gigacity.campaign', true)"
MAY_READ = (
    f"{SAME_CAMPAIGN} AND (org = current_setting('gigacity.org', true) OR current_setting('gigacity.reach', true) = 'campaign')"
)
MAY_WRITE = f"{SAME_CAMPAIGN} AND org IN (current_setting('gigacity.org', true), '*')"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
    create_tables()
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY may_read ON {table} FOR SELECT USING ({MAY_READ})")
        op.execute(f"CREATE POLICY may_insert ON {table} FOR INSERT WITH CHECK ({MAY_WRITE})")
        op.execute(f"CREATE POLICY may_update ON {table} FOR UPDATE USING ({MAY_WRITE}) WITH CHECK ({MAY_WRITE})")
        op.execute(f"CREATE POLICY may_delete ON {table} FOR DELETE USING ({MAY_WRITE})")
    role = context.config.attributes["roles"]["ingest"]
    for grant in GRANTS:
        op.execute(f'GRANT {grant} TO "{role}"')


def create_tables() -> None:
    """As the models in shared/tables describe them at this revision."""
    op.create_table(
        "register_row",
        *_key(),
        sa.Column("area", sa.Integer(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("body", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("campaign", "org", "month", "register", "key", name=op.f("pk_register_row")),
    )
    op.create_table(
        "register_row_history",
        *_key(),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("area", sa.Integer(), nullable=False),
        sa.Column("body", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("campaign", "org", "month", "register", "key", "version", name=op.f("pk_register_row_history")),
    )


def _key() -> list[sa.Column[object]]:
    return [
        sa.Column("campaign", sa.Text(collation="C"), nullable=False),
        sa.Column("org", sa.Text(collation="C"), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("register", sa.Text(collation="C"), nullable=False),
        sa.Column("key", sa.Text(collation="C"), nullable=False),
    ]


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
    for table in reversed(TABLES):
        op.drop_table(table)
