"""The row errors of pushes, kept for a limited time."""

from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Integer, LargeBinary, Uuid
from sqlmodel import Field, SQLModel

from shared.tables.schema import CODE


class ImportFault(SQLModel, table=True):
    """One row error of a push, as in the response. Written by ingest, which deletes it after the retention period."""

    __tablename__ = "import_error"
    __table_args__ = (
        ForeignKeyConstraint(
            ["campaign", "org", "import_id"], ["import.campaign", "import.org", "import.id"], ondelete="CASCADE"
        ),
    )

    campaign: str = Field(primary_key=True, sa_type=CODE)
    org: str = Field(primary_key=True, sa_type=CODE)
    import_id: UUID = Field(primary_key=True, sa_type=Uuid)
    number: int = Field(primary_key=True, sa_type=Integer)  # in the order of the report
    document: bytes = Field(sa_type=LargeBinary)
