"""Units as forms name them. Counts are in the metric's own unit; a multiple of it is an error and is not converted.

万户 is not converted although it could be: such values were rounded before they were written (16.4 for 164 123), and a count
that is wrong by rounding cannot be distinguished from a correct one.
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
_LABELS = frozenset({"单位", "计量单位", "unit", "units"})
_POWER = re.compile(r"(?:[十百千万亿]+|thousands?|millions?|hundreds?|[km](?=[\u4e00-\u9fff]))(?:\s*(?:of\s+)?)")
_PREFIX = re.compile(r"(?:计量)?单位\s*:\s*|units?\s*:\s*")
_NAMED_IN_TEXT = re.compile(
    r".*(?:单位(?:均|统一|一律)?[为是]|(?:单位|计量)\s*:?\s*)([^\s。,;()]{1,12})[。,;)]?.*"
    r"|.*[以按]([^。,;:]{1,12}?)(?:为(?:计量)?单位|计|统计|填报|填写).*",
    re.DOTALL,
)
_WORDS = re.compile(r"[\s:,;。、()\[\]/]+")
_AMOUNT = re.compile(r"(?<=\d)\s+")  # 3 万户 is an amount, not a unit
_SEPARATORS = re.compile(r"[、,;/和]|\band\b|\s{2,}")
_IN_BRACKETS = re.compile(r"(.+)[(\[]([^()\[\]]+)[)\]]", re.DOTALL)


def strip_unit_label(text: str) -> str:
    """Return a unit without its label: 单位：户 → 户."""
    word = normalised(text)
    match = _PREFIX.match(word)
    return word[match.end() :] if match else word


def is_unit_label(text: str) -> bool:
    """Return whether a text labels units: 单位, 计量单位."""
    return normalised(text) in _LABELS


def is_unit(text: str) -> bool:
    """Return whether a text is a unit, or several units, beyond doubt."""
    parts = _parts(text)
    return bool(parts) and all(_is_known(part) or _is_multiple(part) for part in parts)


def unit_in_text(text: str) -> str:
    """Return the unit that a text names: …（万户）, 单位 万户, 单位均为万户, 用户数以万户计, 单位：户（万）; or an empty text.

    A multiple by itself, between marks or spaces, is one wherever it is; other units need brackets or a label.
    """
    words = normalised(text)
    multiple = next(filter(_is_multiple, _WORDS.split(_AMOUNT.sub("", words))), "")
    unit = multiple or split_unit(text)[1]
    if not unit and (match := _NAMED_IN_TEXT.fullmatch(words)):
        unit = match[1] or match[2]
    return unit if is_unit(unit) else ""


def is_multiple(unit: str) -> bool:
    """Return whether a unit, or one of several, is a multiple of a unit: 万户."""
    return any(map(_is_multiple, _parts(unit)))


def _parts(text: str) -> list[str]:
    whole = strip_unit_label(text)
    return [whole] if _is_known(whole) else [part.strip() for part in _SEPARATORS.split(whole) if part.strip()]


def _is_known(part: str) -> bool:
    return bool(_COUNTED.fullmatch(part) or _MEASURED.fullmatch(part))


def _is_multiple(part: str) -> bool:
    """Return whether a text is a multiple of a unit: 万户, 千人, thousand homes, 万."""
    match = _POWER.match(part)
    if match is None or _MEASURED.fullmatch(part):
        return False
    unit = part[match.end() :]
    return not unit or _is_known(unit)


@lru_cache(maxsize=1024)  # a column repeats its unit in every row
def unit_differs(text: str, metric_unit: tuple[str, ...]) -> bool:
    """Return whether counts in the units of the text would be other numbers than counts in the metric's own unit.

    Words that are not units do not count: the column may be meant for something else.
    """
    own = {normalised(unit) for unit in metric_unit}
    parts = _parts(text)
    if not parts or strip_unit_label(text) in own or not own:
        return False
    if any(_is_multiple(part) for part in parts if part not in own):
        return True
    if own & set(parts):
        return False
    counted = any(map(_COUNTED.fullmatch, own))
    return any(bool(_MEASURED.fullmatch(part)) or (bool(_COUNTED.fullmatch(part)) and not counted) for part in parts)


def split_unit(title: str) -> tuple[str, str]:
    """Split a title and the unit in brackets at its end: 常住人口（万人） → 常住人口, 万人. The unit may be empty."""
    match = _IN_BRACKETS.fullmatch(normalised(title))
    return (match[1].rstrip(), match[2]) if match and is_unit(match[2]) else (title, "")
