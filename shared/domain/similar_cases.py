"""Similar cases: those with the same credit code, and those whose applicant and title are alike."""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Final, NamedTuple
from uuid import UUID

from rapidfuzz import fuzz, process

APPLICANT_LIKENESS: Final = 80.0  # per cent, from which two names may be of one organisation
TITLE_LIKENESS: Final = 70.0  # per cent, from which two titles may be of one application


class ComparedCase(NamedTuple):
    """The fields of a case that are compared."""

    id: UUID
    title: str
    applicant: str
    credit_code: str | None


class SimilarCase(NamedTuple):
    """A case that may be the same application."""

    id: UUID
    same_credit_code: bool
    title_likeness: int  # per cent, truncated


def similar_applicants(applicant: str, others: Sequence[str]) -> list[str]:
    """Return the names that may be of the same organisation as an applicant's."""
    names = [comparable(other) for other in others]
    found = process.extract(comparable(applicant), names, scorer=fuzz.ratio, score_cutoff=APPLICANT_LIKENESS, limit=None)
    return [others[number] for _, _, number in found]


def similar_cases(case: ComparedCase, others: Iterable[ComparedCase]) -> list[SimilarCase]:
    """Return the similar ones among other cases, the most similar first."""
    found = list(_similar(case, others))
    return sorted(found, key=lambda similar: (-similar.title_likeness, not similar.same_credit_code, similar.id))


def _similar(case: ComparedCase, others: Iterable[ComparedCase]) -> Iterator[SimilarCase]:
    title, applicant = comparable(case.title), comparable(case.applicant)
    for other in others:
        same_code = case.credit_code is not None and case.credit_code == other.credit_code
        likeness = fuzz.ratio(title, comparable(other.title))
        if same_code or (likeness >= TITLE_LIKENESS and fuzz.ratio(applicant, comparable(other.applicant)) >= APPLICANT_LIKENESS):
            yield SimilarCase(other.id, same_code, int(likeness))


@lru_cache(16_384)
def comparable(text: str) -> str:
    """Return a name without width, case, spaces and punctuation, which people write differently."""
    return "".join(character for character in unicodedata.normalize("NFKC", text).casefold() if character.isalnum())
