"""Items have attachments. What is about to be put into their store is noted first, so that no file is left without a row.

Locks: nothing that exists.
The previous release keeps working: it does not know the tables.
"""

import sqlalchemy as sa
from alembic import context, op

revision = "20261130_attachments"
down_revision = "20261130_challenges"
branch_labels = None
depends_on = None

SAME_CAMPAIGN = "campaign = current_setting('gigacity.campaign', true)"
OWN = f"{SAME_CAMPAIGN} AND org = current_setting('gigacity.org', true)"
MAY_READ = (
    f"{SAME_CAMPAIGN} AND (org = current_setting('gigacity.org', true) OR current_setting('gigacity.reach', true) = 'campaign')"
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
    op.create_table(
        "item_attachment",
        *_key(),
        sa.Column("kind", sa.Text(collation="C"), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("by_org", sa.Text(collation="C"), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("scan", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("campaign", "org", "id", name=op.f("pk_item_attachment")),
    )
    op.create_index("ix_item_attachment_of_item", "item_attachment", ["campaign", "org", "kind", "item_id", "id"], unique=False)
    op.create_table(
        "attachment_upload",
        *_key(),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("campaign", "org", "id", name=op.f("pk_attachment_upload")),
    )
    for table in ("item_attachment", "attachment_upload"):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY may_read ON {table} FOR SELECT USING ({MAY_READ})")
        op.execute(f"CREATE POLICY may_insert ON {table} FOR INSERT WITH CHECK ({OWN})")
    op.execute(f"CREATE POLICY may_delete ON attachment_upload FOR DELETE USING ({OWN})")
    cases = context.config.attributes["roles"]["cases"]
    op.execute(f'GRANT SELECT, INSERT ON item_attachment, attachment_upload TO "{cases}"')
    op.execute(f'GRANT DELETE ON attachment_upload TO "{cases}"')


def _key() -> list[sa.Column[object]]:
    return [
        sa.Column("campaign", sa.Text(collation="C"), nullable=False),
        sa.Column("org", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
    ]


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.drop_table("attachment_upload")
    op.drop_index("ix_item_attachment_of_item", table_name="item_attachment")
    op.drop_table("item_attachment")
