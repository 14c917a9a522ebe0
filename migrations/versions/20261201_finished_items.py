"""Items have the time at which they were finished, from their history, and the index of the lists has it for the workload.

Locks: case_file, difficulty, action_item, challenge and task_assignment, ACCESS EXCLUSIVE, while their finished items are written
and the index of each is built again.
The previous release keeps working: it names the columns that it writes. What it finishes has no such time, and the workload takes
that of the latest change.
"""

from collections.abc import Collection

import sqlalchemy as sa
from alembic import context, op

revision = "20261201_finished_items"
down_revision = "20261201_listed_times"
branch_labels = None
depends_on = None

FINISHED = {  # by table: the kind, and the states after which nothing needs to be done
    "case_file": ("case", ("approved", "merged", "recommended", "rejected", "revoked", "withdrawn")),
    "difficulty": ("difficulty", ("closed", "resolved", "withdrawn")),
    "action_item": ("action_item", ("accepted", "withdrawn")),
    "challenge": ("challenge", ("dismissed", "upheld", "withdrawn")),
    "task_assignment": ("assignment", ("done",)),
}
LISTED = {
    "case_file": ("org", "state", "published", "was_submitted", "domain", "area", "industry"),
    "difficulty": ("org", "state", "responsible", "category", "area", "needed_by", "due_on"),
    "action_item": ("org", "state", "issued_by", "source", "due_on"),
    "challenge": ("org", "state", "metric", "area", "due", "decision_due", "challenger"),
}
TIMES = ("created_at", "updated_at")
FINISHED_AT = """
WITH changes AS (
    SELECT m.campaign, m.org, m.item_id, m.at, m.revision > coalesce(
        max(m.revision) FILTER (WHERE m.state <> ALL (:states)) OVER (PARTITION BY m.campaign, m.org, m.item_id), 0
    ) AS since_finished
    FROM item_move m
    WHERE m.kind = :kind
)
UPDATE {table} i
SET finished_at = f.at
FROM (SELECT campaign, org, item_id, min(at) AS at FROM changes WHERE since_finished GROUP BY 1, 2, 3) f
WHERE i.campaign = f.campaign AND i.org = f.org AND i.id = f.item_id AND i.state = ANY (:states)
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
    for table in (*FINISHED, "item_move"):  # their owner sees rows of one campaign only otherwise
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    for table, (kind, states) in FINISHED.items():
        op.add_column(table, sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True))
        op.get_bind().execute(sa.text(FINISHED_AT.format(table=table)), {"kind": kind, "states": list(states)})
    for table in (*FINISHED, "item_move"):
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    for table, columns in LISTED.items():
        build(table, [*columns, *TIMES, "finished_at"])
    op.execute(f'GRANT UPDATE (finished_at) ON task_assignment TO "{context.config.attributes["roles"]["cases"]}"')


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    for table, columns in LISTED.items():
        build(table, [*columns, *TIMES])
    for table in FINISHED:
        op.drop_column(table, "finished_at")


def build(table: str, columns: Collection[str]) -> None:
    """Build the index of a table's lists again, with other columns."""
    name = f"ix_{table}_listed"
    op.drop_index(name, table_name=table)
    op.create_index(name, table, ["campaign", "id"], unique=False, postgresql_include=list(columns))
