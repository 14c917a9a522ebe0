"""The blocks of a campaign file, one model a kind of table."""

from shared.campaign.blocks.block import AreaCode, Block, Code, DecimalText, Month
from shared.campaign.blocks.calendar import Calendar
from shared.campaign.blocks.challenges import Challenges
from shared.campaign.blocks.indicator import PLAIN_SUM, Indicator, Variant
from shared.campaign.blocks.metric import EVERYBODY, Hint, Metric
from shared.campaign.blocks.places import Area, CampaignHead, Organisation
from shared.campaign.blocks.register import DerivedCount, KeptRegister, RegisterTerm
from shared.campaign.blocks.report_form import ReportForm
from shared.campaign.blocks.rule import KEYS_OF_RULES, OF_STORED_MONTHS, STATISTICAL, Rule
from shared.campaign.blocks.target import Benchmark, Target
from shared.campaign.blocks.task import CaseDomain, CaseTechnology, DifficultyCategory, Measure, Supervision, Task

__all__ = [
    "EVERYBODY",
    "KEYS_OF_RULES",
    "OF_STORED_MONTHS",
    "PLAIN_SUM",
    "STATISTICAL",
    "Area",
    "AreaCode",
    "Benchmark",
    "Block",
    "Calendar",
    "CampaignHead",
    "CaseDomain",
    "CaseTechnology",
    "Challenges",
    "Code",
    "DecimalText",
    "DerivedCount",
    "DifficultyCategory",
    "Hint",
    "Indicator",
    "KeptRegister",
    "Measure",
    "Metric",
    "Month",
    "Organisation",
    "RegisterTerm",
    "ReportForm",
    "Rule",
    "Supervision",
    "Target",
    "Task",
    "Variant",
]
