"""The codes that a column of a register may contain."""

from collections.abc import Mapping
from typing import NamedTuple

from shared.campaign.definition import Definition
from shared.registers.columns import Column
from shared.values.bilingual import Bilingual
from shared.vocabulary import RegisterCode


class TermNames(NamedTuple):
    """The names of one code."""

    title: Bilingual
    short: Bilingual
    names: tuple[str, ...]  # all that senders may use, the code too


def terms_of(definition: Definition, code: RegisterCode, column: Column) -> Mapping[str, TermNames]:
    """Return the codes of one column, with the names of each."""
    kept = definition.register_of(code)
    if kept is None:
        return {}
    orgs = [definition.organisation(org) for org in kept.kept_by] if column.orgs else []
    terms = [term for term in kept.terms if term.column == column.name]
    return {org.code: TermNames(org.title, org.short, org.names) for org in orgs} | {
        term.code: TermNames(term.title, term.title, term.names) for term in terms
    }
