"""The list of key places: what 5G is to reach. Kept by the bureau and the street offices."""

from shared.registers.columns import AREA, ID_LENGTH, MONTH, NOTE, Column, Register, titled
from shared.vocabulary import ColumnKind, RegisterCode, RegisterCount

KEY_PLACES = Register(
    code=RegisterCode.KEY_PLACES,
    schema="KeyPlace",
    about="A key place that 5G is to reach.",
    key=("id",),
    columns=(
        MONTH,
        Column("id", ColumnKind.KEY, titled("场所编号", "Place id"), words=("编号",), longest=ID_LENGTH, example="KP-0001"),
        Column("name", ColumnKind.TEXT, titled("场所名称", "Place"), words=("名称",), example="康美街道社区卫生服务中心"),
        Column("category", ColumnKind.TERM, titled("场所类别", "Category"), words=("类别",), example="hospital"),
        AREA,
        Column(
            "longitude",
            ColumnKind.DECIMAL,
            titled("经度", "Longitude"),
            required=False,
            least=-180,
            most=180,
            example=106.5123,
        ),
        Column("latitude", ColumnKind.DECIMAL, titled("纬度", "Latitude"), required=False, least=-90, most=90, example=29.6789),
        Column(
            "removed_because",
            ColumnKind.TEXT,
            titled("移出原因", "Reason of removal"),
            required=False,
            words=("移出理由",),
            longest=500,
        ),
        NOTE,
    ),
    counts=(RegisterCount.PLACES_LISTED, RegisterCount.PLACES_ANY, RegisterCount.PLACES_ALL),
    shared=True,
)
