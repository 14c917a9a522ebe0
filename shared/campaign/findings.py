"""What is wrong with a campaign file: each finding says where, what and how to put it right."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong."""

    file: str
    key: str  # the path of the key, blocks by their code: metric[bs_5g_built].owed_by[0]
    problem: str
    fix: str

    def __str__(self) -> str:
        """All of it on one line."""
        return f"{self.file}: {self.key}: {self.problem}; {self.fix}"


class DefinitionError(Exception):
    """A campaign file cannot be used. Carries everything that was found in one pass."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        """Carry the findings; the message has one a line."""
        super().__init__("\n".join(str(finding) for finding in findings))
        self.findings = tuple(findings)
