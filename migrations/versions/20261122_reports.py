"""Monthly reports: their files as issued, and who acknowledged them.

Locks: nothing that exists.
The previous release keeps working: yes, it does not know the tables.
"""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

revision = "20261122_reports"
down_revision = "20261122_registers"
branch_labels = None
depends_on = None

TABLES = ("report", "report_file", "report_acknowledgement")
GRANTS = (
    "SELECT, INSERT ON report, report_file, report_acknowledgement, idempotency",
    "UPDATE (version, at) ON campaign",
    "INSERT ON ledger, audit",
)
REASONS = '(campaign, org, id, dataset, mode, dry_run, reason, state, version, changed, at, actor, undoes) ON "import"'
SAME_CAMPAIGN = "campaign = current_setting('gigacity.campaign', true)"
REACHED = f"{SAME_CAMPAIGN} AND current_setting('gigacity.reach', true) = 'campaign'"
OWN = f"{SAME_CAMPAIGN} AND org = current_setting('gigacity.org', true)"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
    create_tables()
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        writes = OWN if table == "report_acknowledgement" else REACHED
        op.execute(f"CREATE POLICY may_read ON {table} FOR SELECT USING ({REACHED})")
        op.execute(f"CREATE POLICY may_insert ON {table} FOR INSERT WITH CHECK ({writes})")
    role = context.config.attributes["roles"]["indicators"]
    for grant in GRANTS:
        op.execute(f'GRANT {grant} TO "{role}"')
    op.execute(f'GRANT SELECT {REASONS} TO "{role}"')  # a report tells why counts were corrected; never a push's content


def create_tables() -> None:
    """As the models in shared/tables describe them at this revision."""
    op.create_table(
        "report",
        *_key(),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("definition_version", sa.BigInteger(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issuer", sa.Text(collation="C"), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("figures", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("campaign", "number", name=op.f("pk_report")),
    )
    op.create_index("ix_report_by_version", "report", ["campaign", "version"], unique=True)
    op.create_table(
        "report_file",
        *_key(),
        sa.Column("ending", sa.Text(collation="C"), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("campaign", "number", "ending", name=op.f("pk_report_file")),
        _of_a_report("report_file"),
    )
    op.create_table(
        "report_acknowledgement",
        sa.Column("campaign", sa.Text(collation="C"), nullable=False),
        sa.Column("org", sa.Text(collation="C"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("campaign", "org", "number", name=op.f("pk_report_acknowledgement")),
        _of_a_report("report_acknowledgement"),
    )


def _key() -> list[sa.Column[object]]:
    return [
        sa.Column("campaign", sa.Text(collation="C"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
    ]


def _of_a_report(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["campaign", "number"], ["report.campaign", "report.number"], name=op.f(f"fk_{table}_campaign"), ondelete="CASCADE"
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
    role = context.config.attributes["roles"]["indicators"]
    op.execute(f'REVOKE SELECT {REASONS} FROM "{role}"')
    for revoked in ("SELECT, INSERT ON idempotency", "UPDATE (version, at) ON campaign", "INSERT ON ledger, audit"):
        op.execute(f'REVOKE {revoked} FROM "{role}"')
    for table in reversed(TABLES):
        op.drop_table(table)
