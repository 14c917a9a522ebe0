"""The registers: which columns the rows of each have. Pure; ingest reads and writes them, the catalogue describes them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from shared.domain.registers.base_stations import BASE_STATIONS
from shared.domain.registers.columns import Column, Register
from shared.domain.registers.compounds import COMPOUNDS
from shared.domain.registers.home_coverage import HOME_COVERAGE
from shared.domain.registers.key_places import KEY_PLACES
from shared.domain.registers.place_tests import PLACE_TESTS
from shared.vocabulary import RegisterCode

__all__ = ["REGISTERS", "Column", "Register"]

REGISTERS: Final[Mapping[RegisterCode, Register]] = MappingProxyType(
    {each.code: each for each in (KEY_PLACES, PLACE_TESTS, COMPOUNDS, HOME_COVERAGE, BASE_STATIONS)}
)
MAX_ROWS: Final = 100_000
"""Rows of one push of a register: they stand in memory until they are held against each other."""
