"""What templates write of themselves: the month, the things that rows name, and beside them what is known of those. Pure."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from shared.registers import REGISTERS, Column, Register
from shared.vocabulary import RegisterCode

LAST_MONTH_TITLE: Final = "上月 last"


class ReferencedRegister(NamedTuple):
    """For registers whose rows name things of another register."""

    things: RegisterCode  # the other register
    told: tuple[str, ...]  # its columns that a template shows
    last: str  # the own column whose value of the month before it shows

    @property
    def columns(self) -> tuple[Column, ...]:
        """The other register's columns that are shown."""
        return tuple(REGISTERS[self.things].by_name[name] for name in self.told)


REFERENCED_REGISTERS: Final[Mapping[RegisterCode, ReferencedRegister]] = {
    RegisterCode.PLACE_TESTS: ReferencedRegister(RegisterCode.KEY_PLACES, ("name", "category", "area"), "reached"),
    RegisterCode.HOME_COVERAGE: ReferencedRegister(RegisterCode.COMPOUNDS, ("compound", "name", "area", "households"), "covered"),
}


def template_title(column: Column) -> str:
    """A column's title in a template."""
    return f"{column.title.zh} {column.name}"


def read_only_titles(register: Register) -> frozenset[str]:
    """Titles of a template that are there to be read only."""
    beside = REFERENCED_REGISTERS.get(register.code)
    return frozenset((LAST_MONTH_TITLE, *map(template_title, beside.columns))) if beside else frozenset()


def prefilled_columns(register: Register) -> frozenset[str]:
    """The columns that a template fills in itself: a row that holds no others says nothing."""
    return frozenset({"month", *(register.key if register.code in REFERENCED_REGISTERS else ())})
