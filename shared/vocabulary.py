"""The enumerations of the domain, each value with its words in Chinese and English. They may grow."""

from enum import StrEnum
from typing import Self

from shared.bilingual import Bilingual


class Term(StrEnum):
    """A code with its title in both languages: `CARRIER = "carrier", "基础电信企业", "carrier"`."""

    title_: Bilingual

    def __new__(cls, code: str, zh: str, en: str) -> Self:
        """Make the member from its code and titles."""
        term = str.__new__(cls, code)
        term._value_ = code
        term.title_ = Bilingual(zh=zh, en=en)
        return term


class Role(Term):
    """Who somebody is to the campaign."""

    CARRIER = "carrier", "基础电信企业", "carrier"
    STREET = "street", "街道办事处", "street office"
    BUREAU = "bureau", "业务主管部门", "bureau"
    TASK_FORCE = "task_force", "工作专班", "task force"
    LEADER = "leader", "领导小组", "leading group"
    REGULATOR = "regulator", "通信管理局", "regulator"


class MetricKind(Term):
    """How a metric behaves over time."""

    STOCK = "stock", "时点数", "stock: the state at the month's end"
    FLOW = "flow", "时期数", "flow: what happened within the month"
    REFERENCE = "reference", "基准数", "reference: the latest month not after the one asked holds"


class Grain(Term):
    """The level of area a metric is counted at."""

    STREET = "street", "街道", "street"
    CAMPAIGN = "campaign", "全区", "whole campaign area"


class Reducer(Term):
    """How counts of several organisations and areas become one numerator."""

    SUM = "sum", "合计", "sum over organisations and areas"
    MAX_BY_AREA = "max_by_area", "各区域取最大一家，不超过分母", "sum over areas of the largest organisation, at most the denominator"
    CAPPED_SUM = "capped_sum", "各区域合计，不超过分母", "sum over areas of all organisations, at most the denominator"
    ANY = "any", "任一家", "reached by any organisation"
    ALL = "all", "每一家均", "reached by all organisations"
    EACH = "each", "各家分别计", "each organisation against the whole list"
    CASES = "cases", "已认定案例数", "approved distinct cases"


class Status(Term):
    """Where a line stands against its target."""

    INCOMPLETE = "incomplete", "数据不全", "an owed count is missing: no verdict"
    NOT_APPLICABLE = "not_applicable", "不适用", "the denominator is 0, or the organisation has no target of its own"
    NO_TARGET = "no_target", "无目标", "the indicator has no target"
    MET = "met", "达标", "target met"
    NOT_MET = "not_met", "未达标", "target not met"


class SubmissionState(Term):
    """The monthly sign-off of one organisation."""

    OPEN = "open", "填报中", "open"
    SUBMITTED = "submitted", "已报送", "submitted"
    RETURNED = "returned", "已退回", "returned"
    ACCEPTED = "accepted", "已接收", "accepted"


class CaseState(Term):
    """Where an application case stands."""

    DRAFT = "draft", "草稿", "draft"
    SUBMITTED = "submitted", "已提交", "submitted"
    APPROVED = "approved", "已认定", "approved"
    RETURNED = "returned", "已退回", "returned"
    WITHDRAWN = "withdrawn", "已撤回", "withdrawn"


class LedgerKind(Term):
    """What took a data version."""

    DEFINITION = "definition", "口径", "definition applied"
    IMPORT = "import", "数据导入", "import applied"
    SUBMISSION = "submission", "报送", "submission moved"
    CASE = "case", "案例", "case approved or withdrawn after approval"
    REPORT = "report", "月报", "report issued"


class ImportState(Term):
    """What became of a push."""

    APPLIED = "applied", "已入库", "applied"
    REFUSED = "refused", "已拒绝", "refused, without effect"


class PushMode(Term):
    """How a push treats bad and absent rows."""

    ATOMIC = "atomic", "全部或全不", "all rows or none"
