"""One spelling for the different ways in which people write a name."""

import re
import unicodedata

# Left behind by copying from web pages and chat programs, and invisible: zero-width space, joiners, byte-order mark, soft hyphen.
# Direction marks are kept on purpose: a code that holds one is another code, and unknown.
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
_SPACE = re.compile(r"\s+")


def normalised(text: str) -> str:
    """Return the spelling under which names and codes are looked up.

    Compatibility forms are folded (NFKC: full-width letters, composed and decomposed characters, compatibility ideographs such
    as U+FA18 for U+793C), invisible characters are removed, runs of space become one, and case is folded.
    """
    visible = unicodedata.normalize("NFKC", text).translate(_INVISIBLE)
    return _SPACE.sub(" ", visible).strip().casefold()
