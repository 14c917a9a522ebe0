"""The foundation: tables, the function that opens a scope, row-level security, the service roles.

Locks: nothing that exists.
The previous release keeps working: there is none.
"""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

revision = "20261122_foundation"
down_revision = None
branch_labels = None
depends_on = None


SCOPED_BY_CAMPAIGN = ("campaign", "ledger", "definition", "code_number")
SCOPED_BY_ORG = (
    "observation",
    "observation_history",
    "import",
    "import_error",
    "submission",
    "case_file",
    "case_move",
    "idempotency",
    "audit",
)

GRANTS = {
    "identity": (
        "SELECT, INSERT, UPDATE ON client, signing_key",
        "SELECT ON campaign, definition, code_number",
        "INSERT ON audit",
    ),
    "ingest": (
        "SELECT ON campaign, ledger, definition, code_number",
        "UPDATE (version, at) ON campaign",
        "INSERT ON ledger, audit",
        "SELECT, INSERT, UPDATE ON observation",
        'SELECT, INSERT ON observation_history, "import", import_error, idempotency',
        "SELECT, INSERT ON submission",
        "UPDATE (until) ON submission",
    ),
    "indicators": (
        "SELECT ON campaign, ledger, definition, code_number, observation, observation_history, submission, case_file",
    ),
    "cases": (
        "SELECT ON campaign, ledger, definition, code_number",
        "UPDATE (version, at) ON campaign",
        "INSERT ON ledger, audit",
        "SELECT, INSERT, UPDATE ON case_file",
        "SELECT, INSERT ON case_move, idempotency",
    ),
}
EVERYBODY = (
    "SELECT ON alembic_version",
    "SELECT (client_id, campaign, org, role, revoked_at) ON client",
    "SELECT (kid, public_jwk, created_at, signs_from, retires_at) ON signing_key",
    "EXECUTE ON FUNCTION gigacity_begin(text, text, text)",
)

# Settings and a read in one SQL statement see no row under row-level security; in one plpgsql function they do.
BEGIN = """
CREATE FUNCTION gigacity_begin(a_campaign text, an_org text, a_reach text, OUT version bigint, OUT definition_version bigint)
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('gigacity.campaign', a_campaign, true),
            set_config('gigacity.org', an_org, true),
            set_config('gigacity.reach', a_reach, true);
    SELECT c.version, c.definition_version INTO version, definition_version FROM campaign c WHERE c.campaign = a_campaign;
END $$
"""
SAME_CAMPAIGN = "campaign = current_setting('gigacity.campaign', true)"
MAY_READ = (
    f"{SAME_CAMPAIGN} AND (org = current_setting('gigacity.org', true) OR current_setting('gigacity.reach', true) = 'campaign')"
)
MAY_WRITE = f"{SAME_CAMPAIGN} AND org IN (current_setting('gigacity.org', true), '*')"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
    create_tables()
    op.execute(BEGIN)
    op.execute("REVOKE ALL ON FUNCTION gigacity_begin(text, text, text) FROM PUBLIC")
    secure_rows()
    create_roles()


def secure_rows() -> None:
    """Force row-level security on every tenant-owned table, the owner included."""
    for table in SCOPED_BY_CAMPAIGN + SCOPED_BY_ORG:
        op.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
        op.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
    for table in SCOPED_BY_CAMPAIGN:
        op.execute(f"CREATE POLICY same_campaign ON {table} USING ({SAME_CAMPAIGN}) WITH CHECK ({SAME_CAMPAIGN})")
    for table in SCOPED_BY_ORG:
        op.execute(f'CREATE POLICY may_read ON "{table}" FOR SELECT USING ({MAY_READ})')
        op.execute(f'CREATE POLICY may_insert ON "{table}" FOR INSERT WITH CHECK ({MAY_WRITE})')
        op.execute(f'CREATE POLICY may_update ON "{table}" FOR UPDATE USING ({MAY_WRITE}) WITH CHECK ({MAY_WRITE})')
        op.execute(f'CREATE POLICY may_delete ON "{table}" FOR DELETE USING ({MAY_WRITE})')


def create_roles() -> None:
    """Make each service's login role where it is missing (its password is set by `gigacity migrate`) and grant its tables."""
    for service, role in context.config.attributes["roles"].items():
        exists = op.get_bind().scalar(sa.text("SELECT true FROM pg_roles WHERE rolname = :role"), {"role": role})
        if not exists:
            op.execute(f'CREATE ROLE "{role}" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT NOBYPASSRLS')
        op.execute(f'GRANT USAGE ON SCHEMA public TO "{role}"')
        for grant in GRANTS[service] + EVERYBODY:
            op.execute(f'GRANT {grant} TO "{role}"')


def create_tables() -> None:
    """As the models in shared/tables describe them at this revision."""
    op.create_table(
        "audit",
        sa.Column("campaign", sa.Text(collation="C"), nullable=False),
        sa.Column("org", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("campaign", "org", "id", name=op.f("pk_audit")),
    )
    op.create_table(
        "campaign",
        sa.Column("campaign", sa.Text(collation="C"), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("definition_version", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("campaign", name=op.f("pk_campaign")),
    )
    op.create_table(
        "case_file",
        sa.Column("campaign", sa.Text(collation="C"), nullable=False),
        sa.Column("org", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("applicant", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("area", sa.Text(collation="C"), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("approved_on", sa.Date(), nullable=True),
        sa.Column("approved_version", sa.BigInteger(), nullable=True),
        sa.Column("ended_version", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(approved_on IS NULL) = (approved_version IS NULL)", name=op.f("ck_case_file_approval")),
        sa.PrimaryKeyConstraint("campaign", "org", "id", name=op.f("pk_case_file")),
    )
    op.create_index("ix_case_file_by_time", "case_file", ["campaign", "id"], unique=False)
    op.create_table(
        "client",
        sa.Column("client_id", sa.Text(collation="C"), nullable=False),
        sa.Column("campaign", sa.Text(collation="C"), nullable=False),
        sa.Column("org", sa.Text(collation="C"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("client_id", name=op.f("pk_client")),
        sa.UniqueConstraint("campaign", "org", "number", name=op.f("uq_client_campaign_org_number")),
    )
    op.create_table(
        "code_number",
        sa.Column("campaign", sa.Text(collation="C"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(collation="C"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("campaign", "kind", "code", name=op.f("pk_code_number")),
        sa.UniqueConstraint("campaign", "kind", "number", name=op.f("uq_code_number_campaign_kind_number")),
    )
    op.create_table(
        "definition",
        sa.Column("campaign", sa.Text(collation="C"), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("campaign", "version", name=op.f("pk_definition")),
    )
    op.create_table(
        "idempotency",
        sa.Column("campaign", sa.Text(collation="C"), nullable=False),
        sa.Column("org", sa.Text(collation="C"), nullable=False),
        sa.Column("key", sa.Text(collation="C"), nullable=False),
        sa.Column("request_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("location", sa.Text(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("campaign", "org", "key", name=op.f("pk_idempotency")),
    )
    op.create_table(
        "import",
        sa.Column("campaign", sa.Text(collation="C"), nullable=False),
        sa.Column("org", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dataset", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("body_bytes", sa.BigInteger(), nullable=False),
        sa.Column("body_sha256", sa.Text(), nullable=False),
        sa.Column("request_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("idempotency_key", sa.Text(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("changed", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("counts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("campaign", "org", "id", name=op.f("pk_import")),
    )
    op.create_index("ix_import_by_key", "import", ["campaign", "org", "idempotency_key"], unique=False)
    op.create_index("ix_import_by_request", "import", ["campaign", "org", "request_sha256"], unique=False)
    op.create_index("ix_import_by_time", "import", ["campaign", "id"], unique=False)
    op.create_table(
        "ledger",
        sa.Column("campaign", sa.Text(collation="C"), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("org", sa.Text(collation="C"), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("campaign", "version", name=op.f("pk_ledger")),
    )
    op.create_table(
        "observation",
        sa.Column("campaign", sa.Text(collation="C"), nullable=False),
        sa.Column("org", sa.Text(collation="C"), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("metric", sa.Integer(), nullable=False),
        sa.Column("area", sa.Integer(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.CheckConstraint("value BETWEEN 0 AND 9007199254740991", name=op.f("ck_observation_value")),
        sa.PrimaryKeyConstraint("campaign", "org", "month", "metric", "area", name=op.f("pk_observation")),
    )
    op.create_table(
        "observation_history",
        sa.Column("campaign", sa.Text(collation="C"), nullable=False),
        sa.Column("org", sa.Text(collation="C"), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("metric", sa.Integer(), nullable=False),
        sa.Column("area", sa.Integer(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("campaign", "org", "month", "metric", "area", "version", name=op.f("pk_observation_history")),
    )
    op.create_table(
        "signing_key",
        sa.Column("kid", sa.Text(collation="C"), nullable=False),
        sa.Column("public_jwk", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sealed_private", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signs_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retires_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("kid", name=op.f("pk_signing_key")),
    )
    op.create_table(
        "submission",
        sa.Column("campaign", sa.Text(collation="C"), nullable=False),
        sa.Column("org", sa.Text(collation="C"), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=True),
        sa.Column("attested_name", sa.Text(), nullable=True),
        sa.Column("attested_title", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("campaign", "org", "month", "version", name=op.f("pk_submission")),
    )
    op.create_index(
        "ix_submission_current",
        "submission",
        ["campaign", "org", "month"],
        unique=True,
        postgresql_where=sa.text("until IS NULL"),
    )
    op.create_table(
        "case_move",
        sa.Column("campaign", sa.Text(collation="C"), nullable=False),
        sa.Column("org", sa.Text(collation="C"), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("move", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("by_org", sa.Text(collation="C"), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["campaign", "org", "case_id"],
            ["case_file.campaign", "case_file.org", "case_file.id"],
            name=op.f("fk_case_move_campaign_org_case_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("campaign", "org", "case_id", "revision", name=op.f("pk_case_move")),
    )
    op.create_table(
        "import_error",
        sa.Column("campaign", sa.Text(collation="C"), nullable=False),
        sa.Column("org", sa.Text(collation="C"), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign", "org", "import_id"],
            ["import.campaign", "import.org", "import.id"],
            name=op.f("fk_import_error_campaign_org_import_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("campaign", "org", "import_id", "number", name=op.f("pk_import_error")),
    )


def downgrade() -> None:
    op.execute("DROP FUNCTION gigacity_begin(text, text, text)")
    op.drop_table("import_error")
    op.drop_table("case_move")
    op.drop_index("ix_submission_current", table_name="submission", postgresql_where=sa.text("until IS NULL"))
    op.drop_table("submission")
    op.drop_table("signing_key")
    op.drop_table("observation_history")
    op.drop_table("observation")
    op.drop_table("ledger")
    op.drop_index("ix_import_by_time", table_name="import")
    op.drop_index("ix_import_by_key", table_name="import")
    op.drop_index("ix_import_by_request", table_name="import")
    op.drop_table("import")
    op.drop_table("idempotency")
    op.drop_table("definition")
    op.drop_table("code_number")
    op.drop_table("client")
    op.drop_index("ix_case_file_by_time", table_name="case_file")
    op.drop_table("case_file")
    op.drop_table("campaign")
    op.drop_table("audit")
