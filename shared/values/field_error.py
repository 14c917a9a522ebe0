"""The error that a field's own check raises."""

from shared.values.bilingual import Bilingual


class FieldValueError(ValueError):
    """An invalid value of a field, or of `fields` that do not go together, with a message in both languages."""

    def __init__(self, zh: str, en: str, *fields: str) -> None:
        """`fields` are named as in the request."""
        super().__init__(en)
        self.fields = fields
        self.message = Bilingual(zh=zh, en=en)


class MissingFieldsError(FieldValueError):
    """Fields that another field's value requires."""
