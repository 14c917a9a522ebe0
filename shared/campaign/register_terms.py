"""The codes that a column of a register may contain."""

from collections.abc import Mapping

from shared.campaign.definition import Definition
from shared.registers.columns import Column
from shared.values.bilingual import Bilingual
from shared.vocabulary import RegisterCode


def terms_of(definition: Definition, code: RegisterCode, column: Column) -> Mapping[str, tuple[Bilingual, ...]]:
    """Return the codes of one column, with the names of each."""
    kept = definition.register_of(code)
    if kept is None:
        return {}
    orgs = [definition.organisation(org) for org in kept.kept_by] if column.orgs else []
    named = {org.code: (org.short, org.title) for org in orgs}
    return named | {term.code: (term.title,) for term in kept.terms if term.column == column.name}
