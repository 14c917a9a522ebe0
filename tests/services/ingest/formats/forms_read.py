"""How many forms the tests of this process read, by how they were made."""

from collections import Counter

FORMS_READ: Counter[str] = Counter()
