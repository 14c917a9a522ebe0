"""The schema: one SQLModel table a file, each saying who writes it. Importing the package completes the metadata."""

from shared.tables.action_item import ActionItem
from shared.tables.attachment_upload import AttachmentUpload
from shared.tables.audit import Audit
from shared.tables.campaign import Campaign
from shared.tables.case_file import CaseFile
from shared.tables.case_version import CaseVersion
from shared.tables.challenge import Challenge
from shared.tables.client import Client
from shared.tables.code_number import CodeNumber
from shared.tables.definition import DefinitionVersion
from shared.tables.difficulty import Difficulty
from shared.tables.finding_explanation import FindingExplanation
from shared.tables.idempotency import Idempotency
from shared.tables.import_error import ImportFault
from shared.tables.import_part import ImportPart
from shared.tables.import_record import ImportRecord
from shared.tables.item_attachment import ItemAttachment
from shared.tables.item_comment import ItemComment
from shared.tables.item_move import ItemMove
from shared.tables.ledger import Ledger
from shared.tables.observation import Observation
from shared.tables.observation_history import ObservationHistory
from shared.tables.register_row import RegisterRow
from shared.tables.register_row_history import RegisterRowHistory
from shared.tables.reopening import Reopening
from shared.tables.report import Report
from shared.tables.report_acknowledgement import ReportAcknowledgement
from shared.tables.report_file import ReportFile
from shared.tables.running_import import RunningImport
from shared.tables.sent_reminder import SentReminder
from shared.tables.signing_key import SigningKey
from shared.tables.submission import Submission
from shared.tables.task_assignment import TaskAssignment

__all__ = [
    "ActionItem",
    "AttachmentUpload",
    "Audit",
    "Campaign",
    "CaseFile",
    "CaseVersion",
    "Challenge",
    "Client",
    "CodeNumber",
    "DefinitionVersion",
    "Difficulty",
    "FindingExplanation",
    "Idempotency",
    "ImportFault",
    "ImportPart",
    "ImportRecord",
    "ItemAttachment",
    "ItemComment",
    "ItemMove",
    "Ledger",
    "Observation",
    "ObservationHistory",
    "RegisterRow",
    "RegisterRowHistory",
    "Reopening",
    "Report",
    "ReportAcknowledgement",
    "ReportFile",
    "RunningImport",
    "SentReminder",
    "SigningKey",
    "Submission",
    "TaskAssignment",
]
