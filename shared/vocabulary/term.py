"""Enumeration members with a title in both languages."""

from enum import StrEnum
from typing import Final, Self

from shared.values.bilingual import Bilingual

PART_OF: Final = "x-part-of"
"""The keyword by which the schema of some members names their enumeration; the OpenAPI files have their titles instead."""


class Term(StrEnum):
    """A code with its title in both languages: `CARRIER = "carrier", "电信企业（含铁塔）", "carrier"`."""

    title_: Bilingual

    def __new__(cls, code: str, zh: str = "", en: str = "") -> Self:  # a look-up by code takes the code alone
        """Return the member with its code and titles."""
        term = str.__new__(cls, code)
        term._value_ = code
        term.title_ = Bilingual(zh=zh, en=en)
        return term
