"""Titles of one to three rows: groups above titles, such as 固定宽带用户 above 总数 and 500M及以上."""

import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from services.ingest.formats.cells.labels import bare_name
from services.ingest.formats.cells.units import is_unit, is_unit_label
from services.ingest.formats.layout.value_kinds import value_kind
from shared.values.spelling import normalised

_INSIGNIFICANT = re.compile(r"[\s的“”\"'‘’「」]+")
_OF_WHICH = re.compile(r"^ofwhich[:,]?")
_RATE = re.compile(r"(?<=\d)([mg])(?:bps|bit/s)|(?<=\d)(兆)(?:bps|bit/s)?")
_COUNT_SUFFIX = re.compile(r"(?:总数量|总数|总量|数量|数)$")
_WHOLE_GROUP = frozenset(
    {"", "总", "合计", "总计", "共计", "全部", "小计", "总和", "total", "all", "本", "当", "本月", "当月", "本期", "当期"}
)


class Title(NamedTuple):
    """Title of a column, with the title of its group."""

    text: str
    group: str = ""  # the text above; empty if there is none

    @property
    def full_text(self) -> str:
        """Group and title as one text."""
        return f"{self.group}{self.text}"


def two_level_titles(top: Sequence[str], bottom: Sequence[str]) -> list[Title] | None:
    """Return two rows as the titles of one table, or None unless texts of the first row are groups of texts of the second.

    The text of a merged group is in all of its columns, the text of another group only in the first.
    """
    width = max(len(top), len(bottom))
    groups, texts = ([*row, *[""] * (width - len(row))] for row in (top, bottom))
    if _is_section(groups, texts) or all(is_unit(text) or is_unit_label(text) for text in texts if text):
        return None
    titles: list[Title] = []
    group = ""
    for upper, lower in zip(groups, texts, strict=True):
        if upper or not lower:
            group = upper if lower and lower != upper else ""
        titles.append(Title(lower or upper, group))
    distinct_groups = {title.group for title in titles if title.text}
    return titles if len(distinct_groups) > 1 else None  # a text above all columns is the caption of a form


def three_level_titles(rows: Sequence[Sequence[str]]) -> list[tuple[str, str, str]] | None:
    """Return three rows as outer group, group and text of each column, or None unless some column has all three."""
    width = max(map(len, rows))
    levels = [[*row, *[""] * (width - len(row))] for row in rows]
    if any(_is_section(levels[0], level) for level in levels[1:]):
        return None
    titles: list[tuple[str, str, str]] = []
    outer = group = ""
    for top, middle, bottom in zip(*levels, strict=True):
        below = middle or bottom
        begins = bool(top and top != outer) or not below
        if begins:
            outer = top if below and below != top else ""
        if middle or begins or not bottom:
            group = middle if bottom and middle not in {bottom, top} else ""
        titles.append((outer, group, bottom or middle or top))
    outers = {outer for outer, _, text in titles if text}  # a text above all columns is the caption of a form
    return titles if len(outers) > 1 and any(all(title) for title in titles) else None


def _is_section(titles: Sequence[str], texts: Sequence[str]) -> bool:
    """Return whether a row below titles has a text only where they begin: it is no row of titles, but heads the rows below it."""
    filled = [index for index, text in enumerate(texts) if text]
    return len(filled) == 1 and any(titles) and not any(titles[: filled[0]]) and bool(titles[filled[0]])


def means_whole_group(text: str) -> bool:
    """Return whether a title in a group means the whole group: 总数, 合计, 本月数."""
    return _COUNT_SUFFIX.sub("", _compact(text)) in _WHOLE_GROUP or value_kind(text) is not None


class MetricTitles:
    """Finds metrics by titles that are split into a group and a text."""

    def __init__(self, metrics: Mapping[str, str]) -> None:
        """`metrics`: code by spelling."""
        self._metrics = metrics

    @cached_property
    def _codes_by_key(self) -> dict[str, set[str]]:
        codes: dict[str, set[str]] = {}
        for spelling, code in self._metrics.items():
            codes.setdefault(_comparison_key(spelling), set()).add(code)
        return codes

    def metric_named(self, text: str) -> str:
        """Return the code of the only metric that a text by itself may mean; empty if there is none, or several."""
        codes = self.metrics_of_group(text)
        return next(iter(codes)) if len(codes) == 1 else ""

    def metrics_of_group(self, group: str) -> set[str]:
        """Return the codes of the metrics that a group by itself may mean."""
        return self._codes_by_key.get(_comparison_key(group), set())

    def metrics_of_title(self, title: Title) -> set[str]:
        """Return the codes of the metrics that a title in its group may mean."""
        group, text = _comparison_key(title.group), _comparison_key(title.text)
        own = text.removesuffix(_shared_end(text, group))
        if text in _WHOLE_GROUP or own in _WHOLE_GROUP:  # 总数 or 总用户数 below 固定宽带用户
            return self._codes_by_key.get(group, set())
        shorter = _comparison_key(title.group.partition(" ")[2])  # OLT PON端口 is called PON端口 in titles with more detail
        keys = {text, group + text, text + group, own + group, *({own + shorter} if shorter else ())}
        return set().union(*(self._codes_by_key.get(key, set()) for key in keys))


def _compact(text: str) -> str:
    return _OF_WHICH.sub("", _INSIGNIFICANT.sub("", normalised(bare_name(text))))


def _comparison_key(text: str) -> str:
    """Return a title without insignificant parts: spaces, quotes, 的, a final 数 and bps after a rate."""
    rates = _RATE.sub(lambda match: match[1] or "m", _compact(text))
    return _COUNT_SUFFIX.sub("", rates)


def _shared_end(text: str, group: str) -> str:
    """Return the common end of both texts, shorter than the text itself: 用户 of 5G用户 in the group 移动电话用户."""
    length = 0
    while length < min(len(text), len(group)) - 1 and text[-length - 1] == group[-length - 1]:
        length += 1
    return text[len(text) - length :]
