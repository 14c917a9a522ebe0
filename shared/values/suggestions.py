"""Suggestions for names that do not exist."""

import difflib
from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType
from typing import Final

from shared.values.bilingual import Bilingual

LISTED: Final = 60  # names in one hint; a campaign may have thousands of areas
COMPARED: Final = 50_000  # names that the unknown words of one file are compared with; each takes tens of microseconds
_NO_TITLES: Final[Mapping[str, Bilingual]] = MappingProxyType({})


def nearest(name: str, valid: Iterable[str], titles: Mapping[str, Bilingual] = _NO_TITLES) -> Bilingual | None:
    """Return a hint with the valid name closest to an unknown one, or with the valid names; None if there are none.

    `titles` are the names of valid codes that people write instead; the hint then has title and code.
    """
    names = sorted(valid)
    if not names:
        return None
    spelled = {text: code for code in names if code in titles for text in titles[code].model_dump().values()}
    close = difflib.get_close_matches(name[:64], [*names, *spelled], n=1, cutoff=0.5)
    if close and close[0] in spelled:
        code = spelled[close[0]]
        return Bilingual(zh=f"是否指“{titles[code].zh}”（{code}）？", en=f"did you mean “{titles[code].en}” ({code})?")
    if close:
        return Bilingual(zh=f"是否指 {close[0]}？", en=f"did you mean {close[0]}?")
    shown, more = names[:LISTED], len(names) - LISTED
    zh, en = (f" 等 {len(names)} 个", f" and {more} more") if more > 0 else ("", "")
    return Bilingual(zh=f"可填：{'、'.join(shown)}{zh}", en=f"valid: {', '.join(shown)}{en}")


class Guesses:
    """Hints for the unknown words of one file: each word is looked up once, and none after the limit of comparisons."""

    def __init__(self) -> None:
        self._hints: dict[tuple[str, str], Bilingual | None] = {}
        self._left = COMPARED

    def of(self, kind: str, word: str, valid: Collection[str], titles: Mapping[str, Bilingual] = _NO_TITLES) -> Bilingual | None:
        """Return the hint for a word of a kind that has these valid names."""
        if (kind, word) not in self._hints:
            names = len(valid) + 2 * len(titles)
            if names > self._left:
                return None
            self._left -= names
            self._hints[kind, word] = nearest(word, valid, titles)
        return self._hints[kind, word]
