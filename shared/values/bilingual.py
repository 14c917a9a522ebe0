"""A text in both languages of the campaign."""

from pydantic import BaseModel, ConfigDict


class Bilingual(BaseModel):
    """A text in Chinese and in English."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    zh: str
    en: str

    def with_code(self, code: str) -> "Bilingual":
        """Return the text followed by a code: `OLT PON ports (olt_pon_ports_total)`."""
        return Bilingual(zh=f"{self.zh}（{code}）", en=f"{self.en} ({code})")

    def __getitem__(self, language: str) -> str:
        """Return the text in `zh` or `en`."""
        return self.en if language == "en" else self.zh


class TitledCode(BaseModel):
    """A code with its title."""

    code: str
    title: Bilingual
