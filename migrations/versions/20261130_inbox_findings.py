"""The registry reads the explanations of findings, for the inbox.

Locks: finding_explanation, ACCESS EXCLUSIVE, for a moment, for the grant.
The previous release keeps working: it does not read this table in its cases service.
"""

from alembic import context, op

revision = "20261130_inbox_findings"
down_revision = "20261130_search_texts"
branch_labels = None
depends_on = None

GRANT = "SELECT (campaign, org, month, finding_id, revision, text, actor, at) ON finding_explanation"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
    op.execute(f'GRANT {GRANT} TO "{context.config.attributes["roles"]["cases"]}"')


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute(f'REVOKE {GRANT} FROM "{context.config.attributes["roles"]["cases"]}"')
