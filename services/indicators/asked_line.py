"""Which single line of the summary a question is about, and whether the reader may see it."""

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict, Field

from services.indicators.models import AreaCode, OrgCode
from shared.auth import Principal
from shared.bilingual import Bilingual
from shared.campaign.loaded import LoadedDefinition
from shared.domain.lines import Breakdown
from shared.domain.sight import may_see
from shared.nearest import nearest
from shared.problems import FieldError, Forbidden, Schema


class LineQuestion(BaseModel):
    """One line: of an area and an organisation, or of all of them together."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    area: AreaCode | None = Field(default=None, description="A street; left out: the whole area.")
    org: OrgCode | None = Field(default=None, description="An organisation; left out: all of them together.")

    def within(self, loaded: LoadedDefinition) -> Breakdown:
        """The line's breakdown; the campaign's whole area is none. Raises Schema for codes that the campaign has not."""
        areas, orgs = loaded.area_numbers, [each.code for each in loaded.definition.organisations]
        if self.org is not None and self.org not in orgs:
            raise _unknown("org", self.org, orgs, Bilingual(zh="没有这个单位", en="there is no such organisation"))
        if self.area is not None and self.area not in areas:
            raise _unknown("area", self.area, list(areas), Bilingual(zh="没有这个区域", en="there is no such area"))
        whole = self.area in (None, loaded.definition.campaign.area)
        return Breakdown(None if whole else areas[self.area or ""], self.org)


def refuse_unseen(reader: Principal, loaded: LoadedDefinition, within: Breakdown) -> None:
    """Raise Forbidden before anything is said of the line, whether or not there is one."""
    if not may_see(reader.role, reader.org, loaded, within):
        own = loaded.definition.organisation(reader.org).area
        name = f"org={reader.org}" if own is None else f"area={own}"
        raise Forbidden(f"只能查看本单位或本街道的指标，请用 {name}", f"you may read your own lines: ask with {name}")


def _unknown(name: str, value: str, known: Sequence[str], message: Bilingual) -> Schema:
    error = FieldError(where=f"query.{name}", code=f"unknown_{name}", message=message, value=value, hint=nearest(value, known))
    return Schema(errors=[error])
