"""The words of a campaign's file: who there is, what is counted and how it is added up."""

from shared.vocabulary.term import Term


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
    MAX_BY_AREA = (
        "max_by_area",
        "各区域取最大一家，不超过分母",
        "sum over areas of the largest organisation, at most the denominator",
    )
    CAPPED_SUM = "capped_sum", "各区域合计，不超过分母", "sum over areas of all organisations, at most the denominator"
    ANY = "any", "任一家", "reached by any organisation"
    ALL = "all", "每一家均", "reached by all organisations"
    EACH = "each", "各家分别计", "each organisation against the whole list"
    CASES = "cases", "已认定案例数", "approved distinct cases"
