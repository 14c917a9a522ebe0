"""Which of the two languages a client wants to read."""

import re
from typing import Final

LANGUAGES: Final = ("zh", "en")
DEFAULT: Final = "zh"

_WEIGHT = re.compile(r"0(\.[0-9]{0,3})?|1(\.0{0,3})?")


def preferred(accept_language: str) -> str:
    """`zh` or `en` by an Accept-Language header (RFC 9110, 12.5.4); `zh` where it names neither or cannot be read."""
    quality = dict.fromkeys(LANGUAGES, 0.0)
    for language in LANGUAGES:
        ranges = [(tag, q) for tag, q in map(_range, accept_language.split(",")) if _covers(tag, language)]
        exact = [q for tag, q in ranges if tag != "*"]
        quality[language] = max(exact or [q for _, q in ranges], default=0.0)
    best = max(quality.values())
    return next(language for language in LANGUAGES if quality[language] == best) if best > 0 else DEFAULT


def _covers(tag: str, language: str) -> bool:
    return tag in ("*", language) or tag.startswith(f"{language}-")


def _range(item: str) -> tuple[str, float]:
    """A language range and its weight; a weight that is none counts as 0."""
    tag, *parameters = (part.strip().lower() for part in item.split(";"))
    weight = next((parameter[2:].strip() for parameter in parameters if parameter.startswith("q=")), "1")
    return tag, float(weight) if _WEIGHT.fullmatch(weight) else 0.0
