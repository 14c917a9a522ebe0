"""Search in the texts of items, by words."""

import unicodedata

from sqlalchemy import ColumnElement, and_, func, select


def contains_words(search_text: ColumnElement[str], words: str) -> ColumnElement[bool]:
    """Return the condition that a text contains each of the words, whatever the case and width of letters.

    Case is folded by the database, as in the column; in a subquery, for otherwise it would fold the words again for each row.
    """
    normalised = unicodedata.normalize("NFKC", words).split()
    return and_(*(func.strpos(search_text, select(func.lower(word)).scalar_subquery()) > 0 for word in normalised))
