"""The enumerations of the domain, each value with its title in Chinese and English. Values may be added."""

from shared.vocabulary.action_items import ActionItemMove, ActionItemSource, ActionItemState
from shared.vocabulary.attachments import ScanResult
from shared.vocabulary.cases import (
    CaseMove,
    CaseState,
    CommentVisibility,
    ContributionMove,
    Industry,
    NetworkMode,
    RecommendedTo,
    TaskStanding,
)
from shared.vocabulary.challenges import ChallengeMove, ChallengeState
from shared.vocabulary.difficulties import DifficultyMove, DifficultyState
from shared.vocabulary.fields import FieldCode
from shared.vocabulary.figures import DeadlineState, ForecastState, SeriesBreak, SeriesGap, SeriesStep, Status, StepKind
from shared.vocabulary.findings import Attention, Compared, ExplainedBy, FindingAction, RuleKind, RuleScope, Severity
from shared.vocabulary.months import (
    ObligationState,
    ReminderChannel,
    ReopeningMove,
    ReopeningState,
    SubmissionMove,
    SubmissionState,
)
from shared.vocabulary.plan import Comparator, Grain, MetricKind, Reducer, Role
from shared.vocabulary.pushes import LARGEST_COUNT, ImportState, LimitUnit, NormalisationKind, PassedOverReason, PushMode, RowCode
from shared.vocabulary.registers import ColumnKind, RegisterCode, RegisterCount
from shared.vocabulary.registry import ExpectedAction, RegistryKind
from shared.vocabulary.reports import ReportAction, RevisionKind
from shared.vocabulary.tasks import MeasureState, TaskMove, TaskReason, TaskState, TaskStatus
from shared.vocabulary.term import Term
from shared.vocabulary.versions import ChangeKind, LedgerKind

__all__ = [
    "LARGEST_COUNT",
    "ActionItemMove",
    "ActionItemSource",
    "ActionItemState",
    "Attention",
    "CaseMove",
    "CaseState",
    "ChallengeMove",
    "ChallengeState",
    "ChangeKind",
    "ColumnKind",
    "CommentVisibility",
    "Comparator",
    "Compared",
    "ContributionMove",
    "DeadlineState",
    "DifficultyMove",
    "DifficultyState",
    "ExpectedAction",
    "ExplainedBy",
    "FieldCode",
    "FindingAction",
    "ForecastState",
    "Grain",
    "ImportState",
    "Industry",
    "LedgerKind",
    "LimitUnit",
    "MeasureState",
    "MetricKind",
    "NetworkMode",
    "NormalisationKind",
    "ObligationState",
    "PassedOverReason",
    "PushMode",
    "RecommendedTo",
    "Reducer",
    "RegisterCode",
    "RegisterCount",
    "RegistryKind",
    "ReminderChannel",
    "ReopeningMove",
    "ReopeningState",
    "ReportAction",
    "RevisionKind",
    "Role",
    "RowCode",
    "RuleKind",
    "RuleScope",
    "ScanResult",
    "SeriesBreak",
    "SeriesGap",
    "SeriesStep",
    "Severity",
    "Status",
    "StepKind",
    "SubmissionMove",
    "SubmissionState",
    "TaskMove",
    "TaskReason",
    "TaskStanding",
    "TaskState",
    "TaskStatus",
    "Term",
]
