"""Values that a form may omit because its sender implies them."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class SenderDefaults:
    """Month, areas and units that are known before a body is read."""

    campaign: str | None = None
    version: int | None = None  # of the definition
    org: str | None = None  # the sender's code; None: rows of other organisations are not recognised
    month: str | None = None  # YYYY-MM, from the request
    campaign_area: str | None = None  # the code of the whole campaign's area
    area_by_metric: Mapping[str, str] = field(default_factory=dict)  # metric → the only area where the sender counts it
    default_area: str | None = None  # for metrics that are not known
    units: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # metric → its unit in Chinese and English
    peers: Mapping[str, str] = field(default_factory=dict)  # spelling of a full name → organisation with the sender's role

    def is_other(self, org: str | None) -> bool:
        """Return whether an organisation, None if it is unknown, is certainly not the sender."""
        return self.org is not None and org != self.org


NO_DEFAULTS = SenderDefaults()
