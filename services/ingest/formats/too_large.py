"""Refusals of bodies that are more than is read."""

from services.ingest.formats.rows import BodyLimits
from shared.problems import TooLarge


def too_many_rows(limits: BodyLimits) -> TooLarge:
    """The body has more rows than one push may have."""
    return TooLarge(
        f"一次最多 {limits.max_rows} 行，请分批提交",
        f"at most {limits.max_rows} rows in one push; send them in parts",
        extra={"limit": limits.max_rows, "unit": "rows"},
    )
