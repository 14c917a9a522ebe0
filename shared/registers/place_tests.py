"""Carriers' tests of key places: whether their 5G network reaches each."""

from shared.registers.columns import ID_LENGTH, MONTH, NOTE, Column, Register, titled
from shared.vocabulary import ColumnKind, RegisterCode, RegisterCount

PLACE_TESTS = Register(
    code=RegisterCode.PLACE_TESTS,
    schema="PlaceTest",
    about="A carrier's test of a key place.",
    key=("place",),
    columns=(
        MONTH,
        Column("place", ColumnKind.KEY, titled("场所编号", "Place id"), words=("场所",), longest=ID_LENGTH, example="KP-0001"),
        Column("reached", ColumnKind.YES_NO, titled("是否通达", "Reached"), words=("5G是否通达", "通达"), example=True),
        Column(
            "rsrp_dbm",
            ColumnKind.DECIMAL,
            titled("信号电平（dBm）", "RSRP (dBm)"),
            required=False,
            words=("RSRP", "信号电平"),
            least=-200,
            most=0,
            example=-92.5,
        ),
        Column(
            "download_mbps",
            ColumnKind.DECIMAL,
            titled("下行速率（Mbps）", "Download (Mbps)"),
            required=False,
            words=("下行速率",),
            most=1_000_000,
            example=412.8,
        ),
        Column(
            "upload_mbps",
            ColumnKind.DECIMAL,
            titled("上行速率（Mbps）", "Upload (Mbps)"),
            required=False,
            words=("上行速率",),
            most=1_000_000,
            example=58.1,
        ),
        Column(
            "tested_at",
            ColumnKind.INSTANT,
            titled("测试时间", "Tested at"),
            words=("测试日期",),
            example="2022-08-15T10:30:00+08:00",
        ),
        NOTE,
    ),
    counts=(RegisterCount.PLACES_ANY, RegisterCount.PLACES_ALL, RegisterCount.PLACES_EACH),
    shared=False,
)
