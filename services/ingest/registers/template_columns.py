"""Columns of register templates that are filled in, or only shown for reference."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from shared.registers import REGISTERS, Column, Register
from shared.vocabulary import RegisterCode

LAST_MONTH_TITLE: Final = "上月 last"


class ReferencedRegister(NamedTuple):
    """The register that the rows of another register refer to, and what their template shows of it."""

    code: RegisterCode
    shown: tuple[str, ...]  # its columns that the template shows
    last_month_column: str  # the referring register's column whose value of last month the template shows

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns that the template shows."""
        return tuple(REGISTERS[self.code].by_name[name] for name in self.shown)


REFERENCED_REGISTERS: Final[Mapping[RegisterCode, ReferencedRegister]] = {
    RegisterCode.PLACE_TESTS: ReferencedRegister(RegisterCode.KEY_PLACES, ("name", "category", "area"), "reached"),
    RegisterCode.HOME_COVERAGE: ReferencedRegister(RegisterCode.COMPOUNDS, ("compound", "name", "area", "households"), "covered"),
}


def template_title(column: Column) -> str:
    """Return a column's title in a template."""
    return f"{column.title.zh} {column.name}"


def read_only_titles(register: Register) -> frozenset[str]:
    """Return the titles of template columns that are shown for reference and ignored in pushes."""
    referenced = REFERENCED_REGISTERS.get(register.code)
    return frozenset((LAST_MONTH_TITLE, *map(template_title, referenced.columns))) if referenced else frozenset()


def prefilled_columns(register: Register) -> frozenset[str]:
    """Return the columns that a template fills in: a row with no other values is ignored."""
    return frozenset({"month", *(register.key if register.code in REFERENCED_REGISTERS else ())})
