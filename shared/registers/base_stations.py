"""Carriers' 5G base stations: the ones they built and the ones they share in."""

from shared.registers.columns import AREA, ID_LENGTH, MONTH, NOTE, Column, Register, titled
from shared.vocabulary import ColumnKind, RegisterCode, RegisterCount

BASE_STATIONS = Register(
    code=RegisterCode.BASE_STATIONS,
    schema="BaseStation",
    about="A 5G base station that a carrier built or shares in.",
    key=("built_by", "station"),  # a station is numbered by its builder
    columns=(
        MONTH,
        Column(
            "station",
            ColumnKind.KEY,
            titled("基站编号", "Station id"),
            words=("基站",),
            longest=ID_LENGTH,
            example="DX-KM-0001",
        ),
        Column("site", ColumnKind.TEXT, titled("站址编号", "Site"), words=("站址",), longest=ID_LENGTH, example="TT-KM-0042"),
        AREA,
        Column("built_by", ColumnKind.TERM, titled("建设方", "Built by"), words=("承建方",), orgs=True, example="telecom"),
        Column(
            "shared_with",
            ColumnKind.TERMS,
            titled("共享方", "Shared with"),
            required=False,
            words=("共享企业",),
            orgs=True,
            example=["unicom"],
        ),
        Column("band", ColumnKind.TEXT, titled("频段", "Band"), longest=20, example="n78"),
        Column(
            "in_service_since",
            ColumnKind.DATE,
            titled("开通日期", "In service since"),
            words=("开通时间", "入网日期"),
            example="2022-06-30",
        ),
        NOTE,
    ),
    counts=(RegisterCount.STATIONS_ONCE, RegisterCount.STATIONS_BUILT, RegisterCount.STATIONS_SHARED_IN),
    shared=False,
)
