"""Errors of a campaign file: each has its place, the problem and the way to correct it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from shared.values.bilingual import Bilingual

Text = tuple[str, str]  # in Chinese and in English


@dataclass(frozen=True, slots=True)
class FileError:
    """An error of a campaign file."""

    file: str
    key: str  # the path of the key, blocks by their code: metric[bs_5g_built].owed_by[0]; empty: the file as a whole
    problem: Bilingual
    fix: Bilingual

    @classmethod
    def of(cls, file: str, key: str, problem: Text, fix: Text) -> Self:
        """Return a finding with texts in both languages."""
        return cls(file, key, *(Bilingual(zh=zh, en=en) for zh, en in (problem, fix)))

    @property
    def text(self) -> Bilingual:
        """The finding without its file, on one line."""
        zh, en = (f"{self.key}：", f"{self.key}: ") if self.key else ("", "")
        return Bilingual(zh=f"{zh}{self.problem.zh}；{self.fix.zh}", en=f"{en}{self.problem.en}; {self.fix.en}")

    def __str__(self) -> str:
        """Return the finding on one line, for the command line."""
        return f"{self.file}: {self.text.en}"


class DefinitionError(Exception):
    """A campaign file cannot be used; `findings` has all of its errors."""

    def __init__(self, findings: Sequence[FileError]) -> None:
        super().__init__("\n".join(str(finding) for finding in findings))
        self.findings = tuple(findings)
