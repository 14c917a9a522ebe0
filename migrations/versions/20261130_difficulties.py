"""Difficulties and action items.

Locks: nothing that the previous release uses; both tables are new, and it keeps working.
"""

import sqlalchemy as sa
from alembic import context, op

revision = "20261130_difficulties"
down_revision = "20261130_items"
branch_labels = None
depends_on = None

CODE = sa.Text(collation="C")
SAME_CAMPAIGN = "campaign = current_setting('gigacity.campaign', true)"
ORG = "current_setting('gigacity.org', true)"
OWN = f"{SAME_CAMPAIGN} AND org = {ORG}"
EVERYWHERE = "current_setting('gigacity.reach', true) = 'campaign'"
READERS = {
    "difficulty": f"{SAME_CAMPAIGN} AND ({ORG} IN (org, responsible) OR {EVERYWHERE})",
    "action_item": f"{SAME_CAMPAIGN} AND ({ORG} IN (org, issued_by) OR {EVERYWHERE})",
}


def item_columns() -> list[sa.Column[object]]:
    """Return the columns that items of every kind have."""
    return [
        sa.Column("campaign", CODE, nullable=False),
        sa.Column("org", CODE, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
    ]


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
    op.create_table(
        "difficulty",
        *item_columns(),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("category", CODE, nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("area", CODE, nullable=True),
        sa.Column("task", sa.Integer(), nullable=True),
        sa.Column("needed", sa.Text(), nullable=False),
        sa.Column("needed_by", sa.Date(), nullable=False),
        sa.Column("responsible", CODE, nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(responsible IS NULL) = (due_on IS NULL)", name=op.f("ck_difficulty_assignment")),
        sa.PrimaryKeyConstraint("campaign", "org", "id", name=op.f("pk_difficulty")),
    )
    op.create_index("ix_difficulty_by_time", "difficulty", ["campaign", "id"], unique=False)
    op.create_index(
        "ix_difficulty_unfinished",
        "difficulty",
        ["campaign", "id"],
        unique=False,
        postgresql_where=sa.text("state IN ('open', 'assigned', 'answered')"),
    )
    op.create_table(
        "action_item",
        *item_columns(),
        sa.Column("issue_id", sa.Uuid(), nullable=False),
        sa.Column("issued_by", CODE, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("occasion", sa.Text(), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("task", sa.Integer(), nullable=True),
        sa.Column("difficulty_id", sa.Uuid(), nullable=True),
        sa.Column("challenge_id", sa.Uuid(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("report", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("campaign", "org", "id", name=op.f("pk_action_item")),
    )
    op.create_index("ix_action_item_by_time", "action_item", ["campaign", "id"], unique=False)
    op.create_index(
        "ix_action_item_unfinished",
        "action_item",
        ["campaign", "id"],
        unique=False,
        postgresql_where=sa.text("state IN ('open', 'reported', 'returned')"),
    )
    op.create_index(
        "ix_action_item_difficulty",
        "action_item",
        ["campaign", "difficulty_id"],
        unique=False,
        postgresql_where=sa.text("difficulty_id IS NOT NULL"),
    )
    roles = context.config.attributes["roles"]
    for table, readers in READERS.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY may_read ON {table} FOR SELECT USING ({readers})")
        op.execute(f"CREATE POLICY may_insert ON {table} FOR INSERT WITH CHECK ({OWN})")
        op.execute(f"CREATE POLICY may_update ON {table} FOR UPDATE USING ({OWN}) WITH CHECK ({OWN})")
        op.execute(f'GRANT SELECT, INSERT, UPDATE ON {table} TO "{roles["cases"]}"')
        op.execute(f'GRANT SELECT ON {table} TO "{roles["indicators"]}"')


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    for table in reversed(READERS):
        op.drop_table(table)
