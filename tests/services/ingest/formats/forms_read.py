"""Numbers of forms that the tests of this process read, by the way they were made."""

from collections import Counter

FORMS_READ: Counter[str] = Counter()
