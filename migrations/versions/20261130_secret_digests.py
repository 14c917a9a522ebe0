"""A client's secret can be verified by a digest, at no cost worth limiting.

Locks: client, ACCESS EXCLUSIVE, for a moment: a nullable column, no rewrite.
The previous release keeps working: it verifies the Argon2id hash, which new clients still have. A digest names the hash that it
belongs to, so that a secret which the previous release replaces leaves no valid digest behind.
"""

import sqlalchemy as sa
from alembic import op

revision = "20261130_secret_digests"
down_revision = "20261130_errors_expire"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
    op.add_column("client", sa.Column("secret_digest", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.drop_column("client", "secret_digest")
