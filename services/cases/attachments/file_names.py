"""Names of files that are safe to show, to store and to save on any system."""

import re
import unicodedata
from typing import Final

NAME_LENGTH: Final = 100
_DEFAULT: Final = "attachment"
_FORBIDDEN: Final = re.compile(r'[<>:"|?*]')  # by Windows
_RESERVED: Final = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])(\..*)?", re.IGNORECASE)
_WITH_EXTENSION: Final = re.compile(r"(.*)\.([A-Za-z0-9]{1,10})")


def safe_name(name: str) -> str:
    """Return a name in NFC without folders, characters that do not show, those that a system forbids, and reserved words."""
    name = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    name = "".join(character for character in re.sub(r"\s+", " ", name) if _is_visible(character))
    name = _FORBIDDEN.sub("_", name).rstrip(" .")
    named = _WITH_EXTENSION.fullmatch(name)
    stem, ending = (named[1], f".{named[2]}") if named else (name, "")
    stem = stem.lstrip(" .")
    if _RESERVED.fullmatch(stem):
        stem = f"_{stem}"
    return (stem[: NAME_LENGTH - len(ending)].rstrip(" .") or _DEFAULT) + ending


def extension_of(name: str) -> str:
    """Return the extension of a safe name in lower case; empty if there is none."""
    named = _WITH_EXTENSION.fullmatch(name)
    return named[2].lower() if named else ""


def _is_visible(character: str) -> bool:
    """Return whether a character shows: no control, format (such as bidirectional marks), surrogate or private one."""
    return unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
