"""What is wrong with a campaign file: each finding says where, what and how to put it right."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from shared.values.bilingual import Bilingual

Text = tuple[str, str]  # in Chinese and in English


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong."""

    file: str
    key: str  # the path of the key, blocks by their code: metric[bs_5g_built].owed_by[0]; empty: the file as a whole
    problem: Bilingual
    fix: Bilingual

    @classmethod
    def of(cls, file: str, key: str, problem: Text, fix: Text) -> Self:
        """A finding in these words."""
        return cls(file, key, *(Bilingual(zh=zh, en=en) for zh, en in (problem, fix)))

    @property
    def text(self) -> Bilingual:
        """All of it but the file, on one line."""
        zh, en = (f"{self.key}：", f"{self.key}: ") if self.key else ("", "")
        return Bilingual(zh=f"{zh}{self.problem.zh}；{self.fix.zh}", en=f"{en}{self.problem.en}; {self.fix.en}")

    def __str__(self) -> str:
        """All of it on one line, for who runs a command."""
        return f"{self.file}: {self.text.en}"


class DefinitionError(Exception):
    """A campaign file cannot be used. Carries everything that was found in one pass."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        """Carry the findings; the message has one a line."""
        super().__init__("\n".join(str(finding) for finding in findings))
        self.findings = tuple(findings)
