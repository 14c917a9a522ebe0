"""One spelling for the different ways in which people write a name."""

import re
import unicodedata

# Left behind by copying from web pages and chat programs, and invisible: zero-width space, joiners, byte-order mark, soft hyphen.
# Direction marks are kept on purpose: a code that holds one is another code, and unknown.
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
_SPACE = re.compile(r"\s+")
_HAN = r"[\u2e80-\u2fdf\u3005-\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003134f]"
_SPACE_AT_HAN = re.compile(rf"(?<={_HAN}) | (?={_HAN})")


def normalised(text: str) -> str:
    """Return the spelling under which names and codes are looked up.

    Compatibility forms are folded (NFKC: full-width letters, composed and decomposed characters, compatibility ideographs such
    as U+FA18 for U+793C), invisible characters are removed, runs of space become one, and case is folded. Next to a Chinese
    character space means nothing: it aligns a title (合  计) or breaks a line in a cell.
    """
    visible = unicodedata.normalize("NFKC", text).translate(_INVISIBLE)
    single = _SPACE.sub(" ", visible).strip().casefold()
    return single if single.isascii() else _SPACE_AT_HAN.sub("", single)
