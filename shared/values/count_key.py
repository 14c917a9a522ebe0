"""What identifies a count."""

from pydantic import BaseModel


class CountKey(BaseModel):
    """What identifies a count: the organisation that reports it, month, metric and area."""

    org: str
    month: str
    metric: str
    area: str
