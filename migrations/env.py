"""Alembic's environment: the caller brings the connection and the names of the service roles."""

from alembic import context
from sqlmodel import SQLModel

import shared.tables.schema  # noqa: F401 - names the constraints

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=SQLModel.metadata,
    compare_type=True,
    compare_server_default=True,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
