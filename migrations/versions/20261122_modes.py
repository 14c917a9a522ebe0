"""Imports tell dry runs and reasons, large ones their progress; ingest may take counts back and see which cases count.

Locks: `import`, exclusively and for a moment: the new columns have constant defaults.
The previous release keeps working: it names its columns, and the new ones have defaults.
"""

import sqlalchemy as sa
from alembic import context, op

revision = "20261122_modes"
down_revision = "20261122_owner_lists"
branch_labels = None
depends_on = None

COLUMNS = (
    sa.Column("dry_run", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    sa.Column("reason", sa.Text(), nullable=True),
    sa.Column("undoes", sa.Uuid(), nullable=True),
)
GRANTS = (
    "DELETE ON observation",
    "SELECT, INSERT, UPDATE, DELETE ON running_import",
    "SELECT (campaign, org, approved_version, ended_version, approved_on) ON case_file",
)


SAME_CAMPAIGN = "campaign = current_setting('gigacity.campaign', true)"
OWN = f"{SAME_CAMPAIGN} AND org = current_setting('gigacity.org', true)"
MAY_READ = (
    f"{SAME_CAMPAIGN} AND (org = current_setting('gigacity.org', true) OR current_setting('gigacity.reach', true) = 'campaign')"
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
    for column in COLUMNS:
        op.add_column("import", column)
    op.create_table(
        "running_import",
        sa.Column("campaign", sa.Text(collation="C"), nullable=False),
        sa.Column("org", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dataset", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("dry_run", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("body_bytes", sa.BigInteger(), nullable=False),
        sa.Column("body_sha256", sa.Text(), nullable=False),
        sa.Column("idempotency_key", sa.Text(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("rows_done", sa.Integer(), nullable=False),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("campaign", "org", "id", name=op.f("pk_running_import")),
    )
    op.execute("ALTER TABLE running_import ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE running_import FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY may_read ON running_import FOR SELECT USING ({MAY_READ})")
    op.execute(f"CREATE POLICY may_write ON running_import USING ({OWN}) WITH CHECK ({OWN})")
    for grant in GRANTS:
        op.execute(f'GRANT {grant} TO "{_ingest()}"')


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    for grant in GRANTS:
        op.execute(f'REVOKE {grant} FROM "{_ingest()}"')
    op.drop_table("running_import")
    for column in reversed(COLUMNS):
        op.drop_column("import", column.name)


def _ingest() -> str:
    return str(context.config.attributes["roles"]["ingest"])
