"""Identification of a count."""

from pydantic import BaseModel


class CountKey(BaseModel):
    """Identification of a count: the organisation that reports it, month, metric and area."""

    org: str
    month: str
    metric: str
    area: str
