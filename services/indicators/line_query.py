"""The parameters that select one line of the summary, and the check that the reader may see it."""

from pydantic import BaseModel, ConfigDict, Field

from shared.access.key_ring import Principal
from shared.campaign.applied import AppliedDefinition
from shared.domain.counts import Breakdown
from shared.domain.visibility import may_see_line
from shared.http.query_codes import unknown_code
from shared.problems import Forbidden
from shared.values.fields import AreaParameter, CodeParameter


class LineQuery(BaseModel):
    """Area and organisation of one summary line."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    area: AreaParameter | None = Field(default=None, description="Area code; defaults to the campaign's whole area.")
    org: CodeParameter | None = Field(default=None, description="Organisation code; omit it for all organisations together.")

    def breakdown(self, definition: AppliedDefinition) -> Breakdown:
        """Return the line's breakdown; the campaign's whole area is None. Raises Schema for codes that the campaign lacks."""
        areas, orgs = definition.area_numbers, definition.org_codes
        if self.org is not None and self.org not in orgs:
            raise unknown_code("org", self.org, orgs)
        if self.area is not None and self.area not in areas:
            raise unknown_code("area", self.area, areas)
        whole = self.area in (None, definition.campaign.area)
        return Breakdown(None if whole else areas[self.area or ""], self.org)


def refuse_invisible_line(reader: Principal, definition: AppliedDefinition, breakdown: Breakdown) -> None:
    """Raise Forbidden if the reader may not see the line, whether or not it exists."""
    if not may_see_line(reader.role, reader.org, definition, breakdown):
        area = definition.organisation(reader.org).area
        own = f"org={reader.org}" if area is None else f"area={area}"
        raise Forbidden(f"只能查看本单位或本街道的指标，请用 {own}。", f"You may read only your own lines; use `{own}`.")
