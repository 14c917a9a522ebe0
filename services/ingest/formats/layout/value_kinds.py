"""Titles of columns that contain counts of any metric, and what they say of the period that is counted."""

import re
from enum import Enum

from services.ingest.formats.cells.labels import bare_name
from services.ingest.formats.cells.units import split_unit
from shared.values.spelling import normalised

_SPACE = re.compile(r"\s+")
_COUNT = re.compile(
    r"(?:本|当)(?:月|期)(?:实际|实际完成|完成|发生|统计)?(?:数|数值|数量|值|量|情况|数据)?|(?:实际)?完成(?:数|数量|值|量|情况)|实际(?:数|数量|值)"
    r"|指标值|数值|数量|数据|值|value|count|number|thismonth(?:'s)?(?:value|count)?"
)
_CUMULATIVE = re.compile(
    r"累计(?:到达|完成|实际)?(?:数|数值|数量|值|量)?|(?:本|当)?(?:月|期)末(?:累计)?(?:到达|实有|存量)?(?:数|数值|数量|值|量)?|(?:累计)?到达(?:数|数量|值)|存量(?:数)?"
    r"|(?:本|当)月(?:累计)?到达(?:数|数量|值)?|cumulative|endofmonth|atmonthend"
)
_INCREASE = re.compile(
    r"(?:本|当)?(?:月|期)?(?:新增|净增|增加|新建|新发生|净增加)(?:数|数值|数量|值|量)?|(?:本|当)?(?:月|期)?增量|new|added|netadditions?"
)


_AFFIX = re.compile(r"(?:[本当]月)?(?:(?P<increase>新增|净增|增加)|(?P<cumulative>累计|期末|到达))(?:数|数量|值)?")


class ValueKind(Enum):
    """The period that a column of counts covers, as its title names it."""

    COUNT = "count"  # 本月数: of a stock its state, of a flow the month's sum
    CUMULATIVE = "cumulative"  # 累计, 期末到达: the state of a stock
    INCREASE = "increase"  # 本月新增: the month's sum of a flow

    def fits(self, *, flow: bool) -> bool:
        """Return whether such a column contains the counts of a flow, or of a stock."""
        return self is ValueKind.COUNT or (self is ValueKind.INCREASE) is flow


def value_kind(title: str) -> ValueKind | None:
    """Return the kind of counts below a title that names no metric; None if it is no such title."""
    compact = _SPACE.sub("", normalised(split_unit(bare_name(title))[0]))
    for pattern, kind in ((_COUNT, ValueKind.COUNT), (_CUMULATIVE, ValueKind.CUMULATIVE), (_INCREASE, ValueKind.INCREASE)):
        if pattern.fullmatch(compact):
            return kind
    return None


def split_kind(title: str) -> tuple[str, ValueKind | None]:
    """Split a title and the kind of counts at its start or end: 本月新增5G用户 → 5G用户, increase. None if it names none."""
    compact = _SPACE.sub("", normalised(title))
    for match in _AFFIX.finditer(compact):
        if match.start() == 0 or match.end() == len(compact):
            kind = ValueKind.INCREASE if match["increase"] else ValueKind.CUMULATIVE
            return compact[: match.start()] + compact[match.end() :], kind
    return title, None
