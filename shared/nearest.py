"""The name somebody may have meant."""

import difflib
from collections.abc import Iterable

from shared.bilingual import Bilingual


def nearest(name: str, valid: Iterable[str]) -> Bilingual | None:
    """A hint naming the valid name next to a wrong one, or all of them where none is near; None where there are none."""
    names = sorted(valid)
    if not names:
        return None
    close = difflib.get_close_matches(name[:64], names, n=1, cutoff=0.5)
    if close:
        return Bilingual(zh=f"是否指 {close[0]}？", en=f"did you mean {close[0]}?")
    return Bilingual(zh=f"可用：{'、'.join(names)}", en=f"valid: {', '.join(names)}")
