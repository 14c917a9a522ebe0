"""Which lines somebody may read in full. Pure."""

from shared.campaign.loaded import LoadedDefinition
from shared.domain.lines import Breakdown
from shared.vocabulary import Role

REPORTERS = frozenset({Role.CARRIER, Role.STREET})


def may_see(role: Role, org: str, loaded: LoadedDefinition, line: Breakdown) -> bool:
    """Carriers and streets: their own organisation's lines, and the whole of their own street. The others: everything."""
    if role not in REPORTERS or line.org == org:
        return True
    own = loaded.definition.organisation(org).area
    return own is not None and line.org is None and line.area is not None and loaded.area_codes[line.area] == own
