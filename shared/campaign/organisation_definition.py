"""An organisation in responses."""

from pydantic import Field

from shared.campaign.blocks import Organisation
from shared.values.bilingual import Bilingual, TitledCode
from shared.vocabulary import Role


class OrganisationDefinition(TitledCode):
    """An organisation that reports or reads."""

    short: Bilingual
    roles: list[Role]
    area: str | None = Field(description="Area of a subdistrict office; otherwise null.")


def organisation_definition(organisation: Organisation) -> OrganisationDefinition:
    """Return the organisation that a block defines."""
    fields = organisation.model_dump(include={"code", "title", "short", "area"})
    return OrganisationDefinition(**fields, roles=list(organisation.roles))
