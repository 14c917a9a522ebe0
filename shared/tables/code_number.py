"""Small numbers for metric and area codes."""

from sqlalchemy import Integer, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from shared.tables.schema import CODE


class CodeNumber(SQLModel, table=True):
    """The permanent number of a metric or area code in the tables of counts. Written by `gigacity campaign apply`."""

    __tablename__ = "code_number"
    __table_args__ = (UniqueConstraint("campaign", "kind", "number"),)

    campaign: str = Field(primary_key=True, sa_type=CODE)
    kind: str = Field(primary_key=True, sa_type=Text)  # metric or area
    code: str = Field(primary_key=True, sa_type=CODE)
    number: int = Field(sa_type=Integer)
