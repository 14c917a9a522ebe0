"""Names of constraints, the collation of codes, and the migration that this release needs."""

from sqlalchemy import Text
from sqlmodel import SQLModel

SCHEMA_REVISION = "20261201_finished_items"  # a test holds it equal to the newest migration

SQLModel.metadata.naming_convention = {
    "pk": "pk_%(table_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
}

CODE = Text(collation="C")  # codes compare byte by byte, whatever the server's locale
