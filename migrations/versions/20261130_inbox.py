"""The registry reads the submissions of months and the requests to reopen them, for the inbox; changes of items by time.

Locks: submission and reopening, ACCESS EXCLUSIVE, for a moment, for the grants; item_move, SHARE, while its index is built, which
has an entry for each move of an item.
The previous release keeps working: it does not read these tables in its cases service.
"""

from alembic import context, op

revision = "20261130_inbox"
down_revision = "20261130_difficulties"
branch_labels = None
depends_on = None

GRANTS = (
    "SELECT (campaign, org, month, version, until, state) ON submission",
    "SELECT (campaign, org, id, month, state, asked_at, decided_at) ON reopening",
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
    for grant in GRANTS:
        op.execute(f'GRANT {grant} TO "{context.config.attributes["roles"]["cases"]}"')
    op.create_index("ix_item_move_by_time", "item_move", ["campaign", "kind", "at"], unique=False)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.drop_index("ix_item_move_by_time", table_name="item_move")
    for grant in GRANTS:
        op.execute(f'REVOKE {grant} FROM "{context.config.attributes["roles"]["cases"]}"')
