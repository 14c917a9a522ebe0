"""Members that some problems have besides those of every problem."""

from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from shared.push_report import PushReport, QualityFinding
from shared.values.count_key import CountKey
from shared.values.timestamps import Timestamp
from shared.vocabulary import LimitUnit, SubmissionState


class ProblemMembers(BaseModel):
    """The members of one problem."""

    model_config = ConfigDict(frozen=True)


class TimeLimit(ProblemMembers):
    """The time that a body may take."""

    limit_seconds: float = Field(description="Seconds in which any body must arrive.")
    limit_bytes_per_second: int | None = Field(
        description="A body has one second more for each of these bytes; null if the limit is one between two parts of it."
    )


class SizeLimit(ProblemMembers):
    """A limit that a body exceeds."""

    limit: int = Field(description="Largest size that is accepted.")
    unit: LimitUnit


class CountLimit(ProblemMembers):
    """A limit of a number."""

    limit: int = Field(description="Largest number.")


class TargetLimit(ProblemMembers):
    """The limit of the request target."""

    limit_bytes: int = Field(description="Largest number of bytes.")


class HeaderLimits(ProblemMembers):
    """The limits of all headers."""

    limit_bytes: int = Field(description="Largest number of bytes of all headers and the request target.")
    limit_headers: int = Field(description="Largest number of headers.")


class StateAndActions(ProblemMembers):
    """The state that does not allow a move, and the moves that it does allow."""

    state: str = Field(description="Current state of the submission, reopening request or case.", examples=["accepted"])
    actions: list[str] = Field(description="Moves that you may make now.")


class EqualCase(ProblemMembers):
    """The approved case that is the same."""

    same_as: UUID = Field(description="Id of the approved case.")


class MissingFields(ProblemMembers):
    """The fields that must be filled in first."""

    fields: list[str] = Field(description="Names of the empty fields.")


class CurrentContent(ProblemMembers):
    """The content of a submission after a change."""

    content_hash: str = Field(description="`content_hash` of the current counts.")


class OpenRequest(ProblemMembers):
    """The reopening request that is open already."""

    reopening: str = Field(description="Path of the open request.")


class OpenChallenge(ProblemMembers):
    """The challenge of the count that is open already."""

    challenge: UUID = Field(description="Id of the open challenge.")


class CurrentCount(ProblemMembers):
    """The count as it is now."""

    value: int | None = Field(description="Current value; null if the count was retracted.")
    data_version: int = Field(description="Latest data version.")


class RowKey(BaseModel):
    """A register row of the organisation, identified by month and key."""

    month: str = Field(description="Month.", examples=["2022-08"])
    key: str = Field(description="Key of the row.")


class CountsAndRows(ProblemMembers):
    """The counts, or the register rows, that prevent a change."""

    cells: list[CountKey] = Field(default_factory=list, description="The first counts; empty for a register.")
    cells_total: int = Field(default=0, description="Number of all of them.")
    rows: list[RowKey] = Field(default_factory=list, description="The first register rows; empty for counts.")
    rows_total: int = Field(default=0, description="Number of all of them.")


class MissingPlaces(ProblemMembers):
    """The key places that a register lacks."""

    places: list[str] = Field(description="Keys of the first missing places.")


class ClosedMonth(BaseModel):
    """A month that is closed to changes."""

    month: str = Field(description="Month.", examples=["2022-08"])
    state: SubmissionState
    reopenings: str = Field(description="Path for requesting its reopening.")


class ClosedMonths(ProblemMembers):
    """The months that are closed to changes."""

    closed: list[ClosedMonth] = Field(description="Months that are submitted or accepted.")


class SubmittedMonths(ProblemMembers):
    """The months that were submitted before."""

    months: list[str] = Field(description="Months that were submitted before.")


class LaterImports(ProblemMembers):
    """The imports that undid an import, or restored it."""

    undone_by: UUID = Field(description="Import that undid this one.")
    undone_at: Timestamp = Field(description="Time of that import.")
    restored_by: UUID | None = Field(description="Import that undid that undo; null if none did.")


class UnexplainedFindings(ProblemMembers):
    """The findings that need an explanation."""

    findings: list[QualityFinding] = Field(description="The first findings.")
    findings_total: int = Field(description="Number of all of them.")


class Revisions(ProblemMembers):
    """The revision that was read, and the one that is current."""

    your_revision: int | None = Field(description="Revision in your `If-Match`; null if it names none.")
    current_revision: int = Field(description="Current revision.")


class RefusedPush(ProblemMembers):
    """The import that was recorded as refused, and its report."""

    import_id: UUID = Field(description="Id of the recorded import.")
    report: PushReport
