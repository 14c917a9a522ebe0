"""The name somebody may have meant."""

import difflib
from collections.abc import Iterable
from typing import Final

from shared.bilingual import Bilingual

LISTED: Final = 60  # names in one hint; a campaign may have thousands of areas


def nearest(name: str, valid: Iterable[str]) -> Bilingual | None:
    """A hint naming the valid name next to a wrong one, or the valid ones where none is near; None where there are none."""
    names = sorted(valid)
    if not names:
        return None
    close = difflib.get_close_matches(name[:64], names, n=1, cutoff=0.5)
    if close:
        return Bilingual(zh=f"是否指 {close[0]}？", en=f"did you mean {close[0]}?")
    shown, more = names[:LISTED], len(names) - LISTED
    zh, en = (f"……等 {len(names)} 个", f" and {more} more") if more > 0 else ("", "")
    return Bilingual(zh=f"可用：{'、'.join(shown)}{zh}", en=f"valid: {', '.join(shown)}{en}")
