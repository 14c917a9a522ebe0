"""Residential compounds by building, with their households. Kept by the street offices."""

from shared.registers.columns import AREA, BUILDING, MONTH, NOTE, Column, Register, titled
from shared.vocabulary import ColumnKind, RegisterCode, RegisterCount

COMPOUNDS = Register(
    code=RegisterCode.COMPOUNDS,
    schema="Building",
    about="A building of a residential compound, with its households.",
    key=("building",),
    columns=(
        MONTH,
        BUILDING,
        Column("compound", ColumnKind.TEXT, titled("小区名称", "Compound"), words=("小区",), example="康美佳苑"),
        Column("name", ColumnKind.TEXT, titled("楼栋名称", "Building"), required=False, example="1栋"),
        AREA,
        Column(
            "households",
            ColumnKind.INTEGER,
            titled("家庭户数", "Households"),
            words=("户数",),
            units=("户", "households"),
            most=1_000_000,
            example=132,
        ),
        NOTE,
    ),
    counts=(RegisterCount.HOUSEHOLDS, RegisterCount.HOMES_LOWER, RegisterCount.HOMES_UPPER),
    shared=True,
)
