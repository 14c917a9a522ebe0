"""Content negotiation: the ranges and weights of Accept headers (RFC 9110, 12.5)."""

import re

_WEIGHT = re.compile(r"0(\.[0-9]{0,3})?|1(\.0{0,3})?")


def accepted_ranges(header: str) -> list[tuple[str, float]]:
    """Return the ranges of an Accept header in lower case, each with its weight; an invalid weight counts as 0."""
    return [_range(item) for item in header.split(",")]


def _range(item: str) -> tuple[str, float]:
    name, *parameters = (part.strip().lower() for part in item.split(";"))
    weight = next((parameter[2:].strip() for parameter in parameters if parameter.startswith("q=")), "1")
    return name, float(weight) if _WEIGHT.fullmatch(weight) else 0.0
