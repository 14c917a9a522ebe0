"""What a form may leave unsaid because of who sends it: the month asked for, the place it counts. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class SenderDefaults:
    """What is known of a push before its body is read."""

    month: str | None = None  # YYYY-MM, named by the request
    whole: str | None = None  # code of the campaign's area
    homes: Mapping[str, str] = field(default_factory=dict)  # metric → the only area where the sender counts it
    home: str | None = None  # the area for metrics that are not known
    units: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # metric → its unit's words


NO_DEFAULTS = SenderDefaults()
