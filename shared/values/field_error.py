"""What is wrong with one value, said by the check that finds it."""

from shared.values.bilingual import Bilingual


class FieldValueError(ValueError):
    """Raised by a field's own check, in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        """What is wrong, and what to write instead."""
        super().__init__(en)
        self.message = Bilingual(zh=zh, en=en)
