"""The index of the lists of items has the columns of the workload too, which is then counted without reading the rows.

Locks: case_file, difficulty, action_item and challenge, ACCESS EXCLUSIVE, while the index of each is built again.
The previous release keeps working: its lists are read from the new index.
"""

from collections.abc import Collection

from alembic import op

revision = "20261201_listed_times"
down_revision = "20261201_undone_merges"
branch_labels = None
depends_on = None

LISTED = {
    "case_file": ("org", "state", "published", "was_submitted", "domain", "area", "industry"),
    "difficulty": ("org", "state", "responsible", "category", "area", "needed_by", "due_on"),
    "action_item": ("org", "state", "issued_by", "source", "due_on"),
    "challenge": ("org", "state", "metric", "area", "due"),
}
ADDED = {"challenge": ("decision_due", "challenger")}
TIMES = ("created_at", "updated_at")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
    for table, columns in LISTED.items():
        build(table, [*columns, *ADDED.get(table, ()), *TIMES])


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    for table, columns in LISTED.items():
        build(table, columns)


def build(table: str, columns: Collection[str]) -> None:
    """Build the index of a table's lists again, with other columns."""
    name = f"ix_{table}_listed"
    op.drop_index(name, table_name=table)
    op.create_index(name, table, ["campaign", "id"], unique=False, postgresql_include=list(columns))
