"""The rows that a caller may read, by its role and the organisation that it names."""

from shared.access import policy
from shared.access.key_ring import Principal
from shared.database.database import Scope
from shared.problems import Forbidden


def read_scope(reader: Principal, operation: str, org: str | None) -> Scope:
    """Return the scope in which an operation reads rows: those of the named organisation, or all that the caller may read.

    Rows of one organisation are read with reach `own` by every caller. Raises Forbidden for another organisation's rows.
    """
    reach = policy.granted_reach(operation, reader.role)
    if reach == "own" and org not in (None, reader.org):
        raise Forbidden("只能查看本单位的数据。", "Only rows of your own organisation can be read.")
    if org is not None or reach == "own":
        return Scope(reader.campaign, org or reader.org)
    return Scope(reader.campaign, reader.org, "campaign")
