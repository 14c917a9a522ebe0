"""Search in the texts of items, by words."""

import unicodedata
from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, func, literal_column


def contains_words(columns: Sequence[ColumnElement[str]], words: str) -> ColumnElement[bool]:
    """Return the condition that the columns together contain each of the words, whatever the case and width of letters."""
    texts = func.lower(func.normalize(func.concat_ws("\n", *columns), literal_column("NFKC")))
    return and_(*(func.strpos(texts, func.lower(_normalised(word))) > 0 for word in _normalised(words).split()))


def _normalised(text: str) -> str:
    return unicodedata.normalize("NFKC", text)
