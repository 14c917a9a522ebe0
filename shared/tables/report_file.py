"""The files of the monthly reports."""

from sqlalchemy import ForeignKeyConstraint, Integer, LargeBinary, Text
from sqlmodel import Field, SQLModel

from shared.tables.schema import CODE


class ReportFile(SQLModel, table=True):
    """A file of a report in one format, as issued. Written by indicators, never changed."""

    __tablename__ = "report_file"
    __table_args__ = (ForeignKeyConstraint(["campaign", "number"], ["report.campaign", "report.number"], ondelete="CASCADE"),)

    campaign: str = Field(primary_key=True, sa_type=CODE)
    number: int = Field(primary_key=True, sa_type=Integer)
    ending: str = Field(primary_key=True, sa_type=CODE)  # json, xlsx, docx
    sha256: str = Field(sa_type=Text)  # hex
    content: bytes = Field(sa_type=LargeBinary)
