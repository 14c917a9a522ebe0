"""Which single line of the summary a question is about, and whether the reader may see it."""

from pydantic import BaseModel, ConfigDict, Field

from services.indicators.models import AreaParameter, OrgParameter
from shared.access.key_ring import Principal
from shared.campaign.applied import AppliedDefinition
from shared.domain.counts import Breakdown
from shared.domain.visibility import may_see_line
from shared.http.query_codes import unknown_code
from shared.problems import Forbidden


class LineQuestion(BaseModel):
    """One line: of an area and an organisation, or of all of them together."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    area: AreaParameter | None = Field(default=None, description="A street; left out: the whole area.")
    org: OrgParameter | None = Field(default=None, description="An organisation; left out: all of them together.")

    def within(self, definition: AppliedDefinition) -> Breakdown:
        """The line's breakdown; the campaign's whole area is none. Raises Schema for codes that the campaign has not."""
        areas, orgs = definition.area_numbers, [each.code for each in definition.organisations]
        if self.org is not None and self.org not in orgs:
            raise unknown_code("org", self.org, orgs)
        if self.area is not None and self.area not in areas:
            raise unknown_code("area", self.area, areas)
        whole = self.area in (None, definition.campaign.area)
        return Breakdown(None if whole else areas[self.area or ""], self.org)


def refuse_unseen(reader: Principal, definition: AppliedDefinition, within: Breakdown) -> None:
    """Raise Forbidden before anything is said of the line, whether or not there is one."""
    if not may_see_line(reader.role, reader.org, definition, within):
        own = definition.organisation(reader.org).area
        name = f"org={reader.org}" if own is None else f"area={own}"
        raise Forbidden(f"只能查看本单位或本街道的指标，请用 {name}", f"you may read your own lines: ask with {name}")
