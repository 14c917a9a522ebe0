"""Units as forms name them. A count is in the metric's own unit: nothing is multiplied, another power of ten is an error. Pure.

万户 is not converted although it could be: such figures were rounded before they were written (16.4 for 164 123), and a count
that is wrong by rounding cannot be told from a right one.
"""

import re
from functools import lru_cache

from shared.values.spelling import normalised

_COUNTED = re.compile(
    r"""
    个 | 户 | 人 | 处 | 台 | 座 | 站 | 张 | 条 | 根 | 件 | 次 | 场 | 家 | 套 | 部 | 宗 | 栋 | 幢 | 线 | 项 |
    位 | 名 | 起 | 口 | 端口 | 用户 |
    站址 | 小区 | 基站 | 人次 | 户数 | 人数 | 个数 | 场次
    | cases | complaints | compounds | count | drills | each | events | gateways | hazards | homes | households |
    items | lines | links | networks | number | parks | pcs | people | persons | places | platforms | poles |
    ports | sites | stations | subscribers | subscriptions | systems | unit | units | users
    """,
    re.VERBOSE,
)
_MEASURED = re.compile(
    r"""
    米 | 公里 | 里 | 元 | 角 | 美元 | 度 | ° | ‰ | 百分比 | 百分点
    | % | dbm | gb | gbit/s | gbps | kbps | km | m | mb | mbit/s | mbps | meters | metres | pb | tb | tbps | yuan
    """,
    re.VERBOSE,
)
_HEADS = frozenset({"单位", "计量单位", "unit", "units"})
_POWER = re.compile(r"(?:[十百千万亿]+|thousands?|millions?|hundreds?|[km](?=[\u4e00-\u9fff]))(?:\s*(?:of\s+)?)")
_LEAD = re.compile(r"(?:计量)?单位\s*:\s*|units?\s*:\s*")
_PARTS = re.compile(r"[、,;/和]|\band\b|\s{2,}")
_TAIL = re.compile(r"(.+?)\s*[(\[]([^()\[\]]+)[)\]]", re.DOTALL)


def strip_unit_label(text: str) -> str:
    """A unit without what introduces it: 单位：户 → 户."""
    word = normalised(text)
    match = _LEAD.match(word)
    return word[match.end() :] if match else word


def is_unit_label(text: str) -> bool:
    """Whether it heads units: 单位, 计量单位."""
    return normalised(text) in _HEADS


def is_unit(text: str) -> bool:
    """Whether it is surely a unit, or several."""
    parts = _parts(text)
    return bool(parts) and all(_known(part) or _power_of(part) for part in parts)


def _parts(text: str) -> list[str]:
    whole = strip_unit_label(text)
    return [whole] if _known(whole) else [part.strip() for part in _PARTS.split(whole) if part.strip()]


def _known(part: str) -> bool:
    return bool(_COUNTED.fullmatch(part) or _MEASURED.fullmatch(part))


def _power_of(part: str) -> bool:
    """Whether it is a power of ten of a unit: 万户, 千人, thousand homes, 万."""
    match = _POWER.match(part)
    if match is None or _MEASURED.fullmatch(part):
        return False
    rest = part[match.end() :]
    return not rest or _known(rest)


@lru_cache(maxsize=1024)
def unit_differs(text: str, own: tuple[str, ...]) -> bool:
    """Whether counts in this unit (or these units) would be another number than counts in the metric's own unit.

    Words that are not units tell nothing: the column may be meant for something else.
    """
    mine = {normalised(unit) for unit in own}
    parts = _parts(text)
    if not parts or strip_unit_label(text) in mine or not mine:
        return False
    if any(_power_of(part) for part in parts if part not in mine):
        return True
    if mine & set(parts):
        return False
    counted = any(map(_COUNTED.fullmatch, mine))
    return any(bool(_MEASURED.fullmatch(part)) or (bool(_COUNTED.fullmatch(part)) and not counted) for part in parts)


def split_unit(title: str) -> tuple[str, str]:
    """A title and the unit in brackets behind it: 常住人口（万人） → 常住人口, 万人. Without one: the title and nothing."""
    match = _TAIL.fullmatch(normalised(title))
    return (match[1], match[2]) if match and is_unit(match[2]) else (title, "")
