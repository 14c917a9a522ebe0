"""Searches look into a stored text, lists are counted from an index, and cases know whether they were submitted.

Locks: case_file, difficulty, action_item and challenge, ACCESS EXCLUSIVE, while each is written again with the new column and
its indexes are built.
The previous release keeps working: it names its columns and writes neither of the new ones. A case that it submits and withdraws
meanwhile is hidden from others.
"""

import sqlalchemy as sa
from alembic import op

revision = "20261130_search_texts"
down_revision = "20261130_whole_cases"
branch_labels = None
depends_on = None

SEARCHED = {
    "case_file": ("title", "applicant", "summary"),
    "difficulty": ("title", "place", "needed", "answer"),
    "action_item": ("title", "text", "occasion", "report"),
    "challenge": ("reason", "evidence"),
}
LISTED = {
    "case_file": ("org", "state", "published", "was_submitted", "domain", "area", "industry"),
    "difficulty": ("org", "state", "responsible", "category", "area", "needed_by", "due_on"),
    "action_item": ("org", "state", "issued_by", "source", "due_on"),
    "challenge": ("org", "state", "metric", "area", "due"),
}
NEWLY_WAITING = {
    "case_file": "state IN ('draft', 'returned', 'submitted', 'in_review') OR revocation_requested_on IS NOT NULL"
    " OR state = 'recommended' AND selected IS NULL",
    "challenge": "state NOT IN ('dismissed', 'withdrawn')",
}
READ_TABLES = ("case_file", "item_move")
WAS_SUBMITTED = """
UPDATE case_file c SET was_submitted = true
WHERE c.state NOT IN ('draft', 'withdrawn') OR EXISTS (
    SELECT FROM item_move m
    WHERE m.campaign = c.campaign AND m.org = c.org AND m.kind = 'case' AND m.item_id = c.id AND m.move = 'submit'
)
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
    op.add_column("case_file", sa.Column("was_submitted", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    for table in READ_TABLES:  # their owner sees rows of one campaign only otherwise
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    op.execute(WAS_SUBMITTED)
    for table in READ_TABLES:
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    for table, columns in SEARCHED.items():
        texts = " || ' '::text || ".join(f"COALESCE({column}, ''::text)" for column in columns)
        computed = sa.Computed(f"lower(NORMALIZE({texts}, NFKC))", persisted=True)
        op.add_column(table, sa.Column("search_text", sa.Text(), computed, nullable=True))
        op.create_index(f"ix_{table}_listed", table, ["campaign", "id"], unique=False, postgresql_include=list(LISTED[table]))
        op.create_index(f"ix_{table}_by_last_change", table, ["campaign", "updated_at"], unique=False)
        op.drop_index(f"ix_{table}_by_time", table_name=table)
    for table, condition in NEWLY_WAITING.items():
        name = f"ix_{table}_unfinished"
        op.create_index(name, table, ["campaign", "id"], unique=False, postgresql_where=sa.text(condition))
    op.create_index(
        "ix_case_file_applicant",
        "case_file",
        ["campaign", "applicant"],
        unique=False,
        postgresql_include=["org", "state", "published"],
    )
    op.create_index("ix_case_file_credit_code", "case_file", ["campaign", "credit_code"], unique=False)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    for table in NEWLY_WAITING:
        op.drop_index(f"ix_{table}_unfinished", table_name=table)
    op.drop_index("ix_case_file_credit_code", table_name="case_file")
    op.drop_index("ix_case_file_applicant", table_name="case_file")
    for table in reversed(SEARCHED):
        op.create_index(f"ix_{table}_by_time", table, ["campaign", "id"], unique=False)
        op.drop_index(f"ix_{table}_by_last_change", table_name=table)
        op.drop_index(f"ix_{table}_listed", table_name=table)
        op.drop_column(table, "search_text")
    op.drop_column("case_file", "was_submitted")
