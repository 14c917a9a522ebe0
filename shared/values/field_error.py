"""The error that a field's own check raises."""

from shared.values.bilingual import Bilingual


class FieldValueError(ValueError):
    """An invalid value of a field, with a message in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.message = Bilingual(zh=zh, en=en)
