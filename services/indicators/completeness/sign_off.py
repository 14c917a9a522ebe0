"""Where an organisation's month stands. Pure."""

from typing import NamedTuple

from shared.vocabulary import SubmissionState


class SignOff(NamedTuple):
    """The last move of an organisation's month."""

    state: SubmissionState
    reason: str | None
