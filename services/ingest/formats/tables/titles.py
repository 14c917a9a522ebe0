"""Heads of two rows, or three: groups above, titles below, as in 固定宽带用户 over 总数 and 500M及以上. Pure."""

import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from services.ingest.formats.cells.units import is_unit, is_unit_label
from shared.values.spelling import normalised

_LEFT_OUT = re.compile(r"[\s的“”\"'‘’「」]+")
_OF_WHICH = re.compile(r"^(?:其中[:,、]?|ofwhich[:,]?)")
_RATE = re.compile(r"(?<=\d)([mg])(?:bps|bit/s)|(?<=\d)(兆)(?:bps|bit/s)?")
_COUNTING = re.compile(r"(?:总数量|总数|总量|数量|数)$")
_WHOLE = frozenset(
    {"", "总", "合计", "总计", "共计", "全部", "小计", "总和", "total", "all", "本", "当", "本月", "当月", "本期", "当期"}
)
_NOW = re.compile(r"(?:本|当)(?:月末?|期末?)?(?:到达|完成|值|累计到达|末)?(?:数值|数|值)?|数值|数量|指标值|value|count|thismonth")


class Title(NamedTuple):
    """What heads a column."""

    text: str
    group: str = ""  # what stands above it; empty where nothing does

    @property
    def whole(self) -> str:
        """Both in one."""
        return f"{self.group}{self.text}"


def two_level_titles(top: Sequence[str], bottom: Sequence[str]) -> list[Title] | None:
    """Two rows as the titles of one table, if a group of the first stands over titles of the second.

    A merged group stands in all its columns, another one only in its first.
    """
    width = max(len(top), len(bottom))
    above, below = ([*row, *[""] * (width - len(row))] for row in (top, bottom))
    if all(is_unit(text) or is_unit_label(text) for text in below if text):
        return None
    titles: list[Title] = []
    group = ""
    for upper, lower in zip(above, below, strict=True):
        if upper or not lower:
            group = upper if lower and lower != upper else ""
        titles.append(Title(lower or upper, group))
    groups = {title.group for title in titles if title.text}
    return titles if len(groups) > 1 else None  # one text over everything is a form's title


def three_level_titles(rows: Sequence[Sequence[str]]) -> list[tuple[str, str, str]] | None:
    """Three rows as outer group, group and text of each column, if any column has all three."""
    width = max(map(len, rows))
    found: list[tuple[str, str, str]] = []
    outer = group = ""
    for top, middle, bottom in zip(*([*row, *[""] * (width - len(row))] for row in rows), strict=True):
        below = middle or bottom
        begins = bool(top and top != outer) or not below
        if begins:
            outer = top if below and below != top else ""
        if middle or begins or not bottom:
            group = middle if bottom and middle not in {bottom, top} else ""
        found.append((outer, group, bottom or middle or top))
    outers = {outer for outer, _, text in found if text}  # one over everything is a form's title
    return found if len(outers) > 1 and any(all(each) for each in found) else None


def means_whole_group(text: str) -> bool:
    """Whether a title below a group means all of it: 总数, 合计, 本月数."""
    tight = _tight(text)
    return _COUNTING.sub("", tight) in _WHOLE or bool(_NOW.fullmatch(tight))


def means_current_month(text: str) -> bool:
    """Whether a title says only that the counts are the month's own: 本月数, 本月末到达."""
    return bool(_NOW.fullmatch(_tight(text)))


class MetricTitles:
    """Finds metrics whose title stands in two parts."""

    def __init__(self, metrics: Mapping[str, str]) -> None:
        """`metrics`: spelling → code."""
        self._metrics = metrics

    @cached_property
    def _by_sound(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for spelling, code in self._metrics.items():
            found.setdefault(_sound(spelling), set()).add(code)
        return found

    def whole(self, group: str) -> set[str]:
        """The codes of the metrics that a group itself may mean."""
        return self._by_sound.get(_sound(group), set())

    def named(self, title: Title) -> set[str]:
        """The codes of the metrics that a title below its group may mean."""
        group, text = _sound(title.group), _sound(title.text)
        own = text.removesuffix(_shared_end(text, group))
        if text in _WHOLE or own in _WHOLE:  # 总数 or 总用户数 below 固定宽带用户
            return self._by_sound.get(group, set())
        shorter = _sound(title.group.partition(" ")[2])  # OLT PON端口 is called PON端口 where it is told more closely
        said = {text, group + text, text + group, own + group, *({own + shorter} if shorter else ())}
        return set().union(*(self._by_sound.get(each, set()) for each in said))


def _tight(text: str) -> str:
    return _OF_WHICH.sub("", _LEFT_OUT.sub("", normalised(text)))


def _sound(text: str) -> str:
    """A title without what makes no difference: spaces, quotes, 的, the counting 数 at its end, bps behind a rate."""
    rates = _RATE.sub(lambda match: match[1] or "m", _tight(text))
    return _COUNTING.sub("", rates)


def _shared_end(text: str, group: str) -> str:
    """What both end in, unless it is all of the text: 用户 in 5G用户 below 移动电话用户."""
    length = 0
    while length < min(len(text), len(group)) - 1 and text[-length - 1] == group[-length - 1]:
        length += 1
    return text[len(text) - length :]
