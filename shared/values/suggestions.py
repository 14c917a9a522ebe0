"""The name somebody may have meant."""

import difflib
from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType
from typing import Final

from shared.values.bilingual import Bilingual

LISTED: Final = 60  # names in one hint; a campaign may have thousands of areas
COMPARED: Final = 50_000  # names that the wrong words of one file are held against; each takes tens of microseconds
_NO_TITLES: Final[Mapping[str, Bilingual]] = MappingProxyType({})


def nearest(name: str, valid: Iterable[str], titles: Mapping[str, Bilingual] = _NO_TITLES) -> Bilingual | None:
    """A hint naming the valid name next to a wrong one, or the valid ones where none is near; None where there are none.

    Where the valid ones are codes, `titles` are what people write instead: the hint then names title and code.
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
    zh, en = (f"……等 {len(names)} 个", f" and {more} more") if more > 0 else ("", "")
    return Bilingual(zh=f"可用：{'、'.join(shown)}{zh}", en=f"valid: {', '.join(shown)}{en}")


class Guesses:
    """Hints for the wrong words of one file: a word is looked up once, and no word any more once that has taken its time."""

    def __init__(self) -> None:
        """Nothing was wrong so far."""
        self._hints: dict[tuple[str, str], Bilingual | None] = {}
        self._left = COMPARED

    def of(self, kind: str, word: str, valid: Collection[str], titles: Mapping[str, Bilingual] = _NO_TITLES) -> Bilingual | None:
        """What `nearest` says of a word; words of another kind have other valid names."""
        if (kind, word) not in self._hints:
            names = len(valid) + 2 * len(titles)
            if names > self._left:
                return None
            self._left -= names
            self._hints[kind, word] = nearest(word, valid, titles)
        return self._hints[kind, word]
