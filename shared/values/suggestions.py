"""Suggestions for names that do not exist."""

import difflib
from collections.abc import Collection, Iterable, Mapping
from heapq import nlargest
from types import MappingProxyType
from typing import Final

from shared.values.bilingual import Bilingual

LISTED: Final = 12  # names in one hint; where there are more, it has the nearest ones
_NEAREST: Final = 3
COMPARED: Final = 50_000  # names that the unknown words of one file are compared with; each takes tens of microseconds
_NO_TITLES: Final[Mapping[str, Bilingual]] = MappingProxyType({})


def nearest(
    name: str, valid: Iterable[str], titles: Mapping[str, Bilingual] = _NO_TITLES, *, listed_at: str = ""
) -> Bilingual | None:
    """Return a hint with the valid name closest to an unknown one or, if none is close, with valid names; None if there are none.

    `titles` are the names of valid codes that people write instead; the hint then has title and code. Of many names it has the
    most similar ones, and says where all of them are listed.
    """
    names = sorted(valid)
    if not names:
        return None
    spelled = {text: code for code in names if code in titles for text in titles[code].model_dump().values()}
    if close := difflib.get_close_matches(name[:64], [*names, *spelled], n=1, cutoff=0.5):
        code = spelled.get(close[0])
        word = _label(code, titles) if code else _label(close[0], _NO_TITLES)
        return Bilingual(zh=f"是否指{word.zh}？", en=f"did you mean {word.en}?")
    if len(names) <= LISTED:
        return Bilingual(zh=f"可填：{'、'.join(names)}", en=f"valid: {', '.join(names)}")
    characters = set(name)
    similar = nlargest(_NEAREST, names, key=lambda code: len(characters & set(titles[code].zh if code in titles else code)))
    shown = [_label(code, titles) for code in similar]
    where = Bilingual(zh=f"，全部见 {listed_at}", en=f", see {listed_at}") if listed_at else Bilingual(zh="", en="")
    return Bilingual(
        zh=f"可填{'、'.join(word.zh for word in shown)} 等 {len(names)} 个{where.zh}",
        en=f"valid: {', '.join(word.en for word in shown)} and {len(names) - _NEAREST} more{where.en}",
    )


def _label(code: str, titles: Mapping[str, Bilingual]) -> Bilingual:
    """Return a code with its title, if it has one."""
    title = titles.get(code)
    if title is None:
        return Bilingual(zh=f" {code}", en=code)
    return Bilingual(zh=f"“{title.zh}”（{code}）", en=f"“{title.en}” ({code})")


class Guesses:
    """Hints for the unknown words of one file: each word is looked up once, and none after the limit of comparisons."""

    def __init__(self) -> None:
        self._hints: dict[tuple[str, str], Bilingual | None] = {}
        self._comparisons_left = COMPARED

    def of(
        self,
        kind: str,
        word: str,
        valid: Collection[str],
        titles: Mapping[str, Bilingual] = _NO_TITLES,
        *,
        listed_at: str = "",
    ) -> Bilingual | None:
        """Return the hint for a word of a kind that has these valid names, which are `listed_at` a path of the API."""
        if (kind, word) not in self._hints:
            names = len(valid) + 2 * len(titles)
            if names > self._comparisons_left:
                return None
            self._comparisons_left -= names
            self._hints[kind, word] = nearest(word, valid, titles, listed_at=listed_at)
        return self._hints[kind, word]
