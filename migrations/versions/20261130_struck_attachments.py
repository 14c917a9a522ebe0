"""Attachments are struck out by their organisation, and reports on action items rely on them.

What applying a definition would refuse depends on comments and attachments: indicators may see of which items they are.

Locks: item_attachment, item_comment and action_item, ACCESS EXCLUSIVE, for a moment; no column needs a rewrite.
The previous release keeps working: it names the columns that it writes. Until it is replaced it offers what was struck out as
any other attachment.
"""

import sqlalchemy as sa
from alembic import context, op

revision = "20261130_struck_attachments"
down_revision = "20261130_inbox_findings"
branch_labels = None
depends_on = None

OWN = "campaign = current_setting('gigacity.campaign', true) AND org = current_setting('gigacity.org', true)"
GRANTS = (
    ("cases", "UPDATE (struck_at, strike_reason) ON item_attachment"),
    ("indicators", "SELECT (campaign, org, kind, item_id, by_org) ON item_attachment"),
    ("indicators", "SELECT (campaign, org, kind, item_id, by_org) ON item_comment"),
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
    op.add_column("item_attachment", sa.Column("struck_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("item_attachment", sa.Column("strike_reason", sa.Text(), nullable=True))
    attachments = sa.Column("report_attachments", sa.ARRAY(sa.Uuid()), server_default="{}", nullable=False)
    op.add_column("action_item", attachments)
    op.execute(f"CREATE POLICY may_update ON item_attachment FOR UPDATE USING ({OWN}) WITH CHECK ({OWN})")
    for service, grant in GRANTS:
        op.execute(f'GRANT {grant} TO "{context.config.attributes["roles"][service]}"')


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    for service, grant in reversed(GRANTS):
        op.execute(f'REVOKE {grant} FROM "{context.config.attributes["roles"][service]}"')
    op.execute("DROP POLICY may_update ON item_attachment")
    op.drop_column("action_item", "report_attachments")
    op.drop_column("item_attachment", "strike_reason")
    op.drop_column("item_attachment", "struck_at")
