"""The codes that a register's columns accept, and the names for them."""

from collections.abc import Mapping

from services.ingest.formats.cells.labels import code_named
from shared.campaign.definition import Definition
from shared.campaign.register_terms import TermNames, terms_of
from shared.registers import REGISTERS, Column
from shared.values.bilingual import Bilingual
from shared.values.spelling import normalised
from shared.vocabulary import ColumnKind, RegisterCode


class Terms:
    """Codes and names of one register in one definition."""

    def __init__(self, definition: Definition, code: RegisterCode) -> None:
        self._codes: dict[str, Mapping[str, TermNames]] = {}
        self._spellings: dict[str, dict[str, str]] = {}
        for column in REGISTERS[code].columns:
            if column.kind in {ColumnKind.TERM, ColumnKind.TERMS}:
                known = terms_of(definition, code, column)
                self._codes[column.name] = known
                self._spellings[column.name] = {
                    normalised(name): term for term, term_names in known.items() for name in term_names.names
                }

    def codes(self, column: Column) -> list[str]:
        """Return all codes of a column."""
        return list(self._codes[column.name])

    def titles(self, column: Column) -> Mapping[str, Bilingual]:
        """Return the short names of all codes of a column."""
        return {code: names.short for code, names in self._codes[column.name].items()}

    def code(self, column: Column, word: str, *, by_name: bool) -> str | None:
        """Return the code that a word is or, if `by_name`, names; None if there is none."""
        if word in self._codes[column.name]:
            return word
        return code_named(self._spellings[column.name], word) if by_name else None
