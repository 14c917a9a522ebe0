"""The moves of cases become the history of items of every kind; items have comments.

Locks: case_move, ACCESS EXCLUSIVE, while its primary key is built again: it has a row for each move of a case.
The previous release keeps working: it reads and inserts moves of cases through the view `case_move`, which shows no edits. A
later migration drops the view and the default of `kind`.
"""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

revision = "20261130_items"
down_revision = "20261130_counts_as_of"
branch_labels = None
depends_on = None

ADDED = (
    sa.Column("kind", sa.Text(collation="C"), server_default="case", nullable=False),
    sa.Column("person_name", sa.Text(), nullable=True),
    sa.Column("person_title", sa.Text(), nullable=True),
    sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
    sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
    sa.Column("after", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
)
CASE_MOVES = """
CREATE VIEW case_move WITH (security_invoker = true) AS
SELECT campaign, org, item_id AS case_id, revision, move, state, by_org, actor, at, "on", reason
FROM item_move WHERE kind = 'case' AND move IS NOT NULL
"""
SAME_CAMPAIGN = "campaign = current_setting('gigacity.campaign', true)"
OWN = f"{SAME_CAMPAIGN} AND org = current_setting('gigacity.org', true)"
MAY_READ = (
    f"{SAME_CAMPAIGN} AND (org = current_setting('gigacity.org', true) OR current_setting('gigacity.reach', true) = 'campaign')"
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
    op.drop_constraint("fk_case_move_campaign_org_case_id", "case_move", type_="foreignkey")
    op.drop_constraint("pk_case_move", "case_move", type_="primary")
    op.rename_table("case_move", "item_move")
    op.alter_column("item_move", "case_id", new_column_name="item_id")
    op.alter_column("item_move", "move", nullable=True)
    for column in ADDED:
        op.add_column("item_move", column)
    op.create_primary_key("pk_item_move", "item_move", ["campaign", "org", "kind", "item_id", "revision"])
    op.execute(CASE_MOVES)
    op.create_table(
        "item_comment",
        sa.Column("campaign", sa.Text(collation="C"), nullable=False),
        sa.Column("org", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(collation="C"), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("by_org", sa.Text(collation="C"), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("visibility", sa.Text(), nullable=False),
        sa.Column("person_name", sa.Text(), nullable=True),
        sa.Column("person_title", sa.Text(), nullable=True),
        sa.Column("struck_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("strike_reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("campaign", "org", "id", name=op.f("pk_item_comment")),
    )
    op.create_index("ix_item_comment_of_item", "item_comment", ["campaign", "org", "kind", "item_id", "id"], unique=False)
    op.execute("ALTER TABLE item_comment ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE item_comment FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY may_read ON item_comment FOR SELECT USING ({MAY_READ})")
    op.execute(f"CREATE POLICY may_insert ON item_comment FOR INSERT WITH CHECK ({OWN})")
    op.execute(f"CREATE POLICY may_update ON item_comment FOR UPDATE USING ({OWN}) WITH CHECK ({OWN})")
    cases = context.config.attributes["roles"]["cases"]
    op.execute(f'GRANT SELECT, INSERT ON case_move, item_comment TO "{cases}"')
    op.execute(f'GRANT UPDATE (struck_at, strike_reason) ON item_comment TO "{cases}"')


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.drop_index("ix_item_comment_of_item", table_name="item_comment")
    op.drop_table("item_comment")
    op.execute("DROP VIEW case_move")
    op.execute("ALTER TABLE item_move NO FORCE ROW LEVEL SECURITY")
    op.execute("DELETE FROM item_move WHERE kind <> 'case' OR move IS NULL")
    op.execute("ALTER TABLE item_move FORCE ROW LEVEL SECURITY")
    op.drop_constraint("pk_item_move", "item_move", type_="primary")
    for column in reversed(ADDED):
        op.drop_column("item_move", column.name)
    op.alter_column("item_move", "move", nullable=False)
    op.alter_column("item_move", "item_id", new_column_name="case_id")
    op.rename_table("item_move", "case_move")
    op.create_primary_key("pk_case_move", "case_move", ["campaign", "org", "case_id", "revision"])
    op.create_foreign_key(
        "fk_case_move_campaign_org_case_id",
        "case_move",
        "case_file",
        ["campaign", "org", "case_id"],
        ["campaign", "org", "id"],
        ondelete="CASCADE",
    )
