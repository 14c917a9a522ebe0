"""The language of a response, Chinese or English, by the Accept-Language header."""

from typing import Final

from shared.http.accept import accepted_ranges

LANGUAGES: Final = ("zh", "en")
DEFAULT_LANGUAGE: Final = "zh"


def preferred_language(accept_language: str) -> str:
    """Return `zh` or `en` by an Accept-Language header (RFC 9110, 12.5.4); `zh` if it names neither or is malformed."""
    accepted = accepted_ranges(accept_language)
    quality = dict.fromkeys(LANGUAGES, 0.0)
    for language in LANGUAGES:
        matches = [(tag, q) for tag, q in accepted if _covers(tag, language)]
        exact = [q for tag, q in matches if tag != "*"]
        quality[language] = max(exact or [q for _, q in matches], default=0.0)
    best = max(quality.values())
    return next(language for language in LANGUAGES if quality[language] == best) if best > 0 else DEFAULT_LANGUAGE


def _covers(tag: str, language: str) -> bool:
    return tag in ("*", language) or tag.startswith(f"{language}-")
