"""Bodies of pushes with errors are kept for a while, so that senders can have them back with the errors marked.

Locks: nothing that exists, but `import` for a moment, for the foreign key.
The previous release keeps working: it does not know the table.
"""

import sqlalchemy as sa
from alembic import context, op

revision = "20261122_kept_inputs"
down_revision = "20261122_reopening"
branch_labels = None
depends_on = None

SAME_CAMPAIGN = "campaign = current_setting('gigacity.campaign', true)"
MAY_READ = (
    f"{SAME_CAMPAIGN} AND (org = current_setting('gigacity.org', true) OR current_setting('gigacity.reach', true) = 'campaign')"
)
MAY_WRITE = f"{SAME_CAMPAIGN} AND org IN (current_setting('gigacity.org', true), '*')"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
    op.create_table(
        "import_part",
        sa.Column("campaign", sa.Text(collation="C"), nullable=False),
        sa.Column("org", sa.Text(collation="C"), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign", "org", "import_id"],
            ["import.campaign", "import.org", "import.id"],
            name=op.f("fk_import_part_campaign_org_import_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("campaign", "org", "import_id", "number", name=op.f("pk_import_part")),
    )
    op.execute("ALTER TABLE import_part ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE import_part FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY may_read ON import_part FOR SELECT USING ({MAY_READ})")
    op.execute(f"CREATE POLICY may_insert ON import_part FOR INSERT WITH CHECK ({MAY_WRITE})")
    op.execute(f"CREATE POLICY may_update ON import_part FOR UPDATE USING ({MAY_WRITE}) WITH CHECK ({MAY_WRITE})")
    op.execute(f"CREATE POLICY may_delete ON import_part FOR DELETE USING ({MAY_WRITE})")
    op.execute(f'GRANT SELECT, INSERT, DELETE ON import_part TO "{context.config.attributes["roles"]["ingest"]}"')


def downgrade() -> None:
    op.drop_table("import_part")
