"""The registers and their columns: ingest reads and writes them, the catalogue describes them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from shared.registers.base_stations import BASE_STATIONS
from shared.registers.columns import Column, Register
from shared.registers.compounds import COMPOUNDS
from shared.registers.home_coverage import HOME_COVERAGE
from shared.registers.key_places import KEY_PLACES
from shared.registers.place_tests import PLACE_TESTS
from shared.vocabulary import RegisterCode

__all__ = ["REGISTERS", "Column", "Register"]

REGISTERS: Final[Mapping[RegisterCode, Register]] = MappingProxyType(
    {register.code: register for register in (KEY_PLACES, PLACE_TESTS, COMPOUNDS, HOME_COVERAGE, BASE_STATIONS)}
)
MAX_ROWS: Final = 100_000
"""Rows of one push of a register: they are kept in memory until they have been compared with each other."""
