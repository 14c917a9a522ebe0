"""Carriers' gigabit coverage of homes, by building."""

from shared.registers.columns import BUILDING, MONTH, NOTE, Column, Register, titled
from shared.vocabulary import ColumnKind, RegisterCode, RegisterCount

HOME_COVERAGE = Register(
    code=RegisterCode.HOME_COVERAGE,
    schema="BuildingCoverage",
    about="Households of a building that a carrier's gigabit network can serve.",
    key=("building",),
    columns=(
        MONTH,
        BUILDING,
        Column(
            "covered",
            ColumnKind.INTEGER,
            titled("千兆可覆盖户数", "Households with gigabit coverage"),
            words=("覆盖户数", "可覆盖户数", "Households able to get gigabit"),
            units=("户", "households"),
            most=1_000_000,
            example=120,
        ),
        NOTE,
    ),
    counts=(RegisterCount.HOMES_LOWER, RegisterCount.HOMES_UPPER, RegisterCount.HOMES_EACH),
    shared=False,
)
