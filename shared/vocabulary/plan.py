"""Enumerations of a campaign file: roles, metrics and how counts are combined."""

from shared.vocabulary.term import Term


class Role(Term):
    """Role of an organisation in the campaign."""

    CARRIER = "carrier", "电信企业（含铁塔）", "carrier"
    STREET = "street", "街道办事处", "subdistrict office"
    BUREAU = "bureau", "业务主管部门", "bureau"
    TASK_FORCE = "task_force", "工作专班", "task force"
    LEADER = "leader", "领导小组", "leading group"
    REGULATOR = "regulator", "通信管理局", "regulator"


class MetricKind(Term):
    """Behaviour of a metric over time."""

    STOCK = "stock", "时点数", "stock: the state at the month's end"
    FLOW = "flow", "时期数", "flow: the sum over the month"
    REFERENCE = "reference", "基准数", "reference: the latest count up to the requested month applies"


class Grain(Term):
    """Area level at which a metric is counted."""

    STREET = "street", "街道", "subdistrict"
    CAMPAIGN = "campaign", "全区", "whole campaign area"


class Comparator(Term):
    """Direction in which a target is reached."""

    AT_LEAST = ">=", "不低于", "at least"
    AT_MOST = "<=", "不高于", "at most: lower is better"


class Reducer(Term):
    """Aggregation of the counts of several organisations and areas into one numerator."""

    SUM = "sum", "合计", "sum over organisations and areas"
    MAX_BY_AREA = (
        "max_by_area",
        "分街道取数量最多的一家，不超过分母",
        "sum over areas of the largest count, limited to the denominator",
    )
    CAPPED_SUM = (
        "capped_sum",
        "分街道合计，不超过分母",
        "sum over areas and organisations, in each area limited to the denominator",
    )
    ANY = "any", "任一家", "reached by any organisation"
    ALL = "all", "每一家均", "reached by all organisations"
    EACH = "each", "各家分别计", "each organisation compared with the whole list"
    CASES = "cases", "已认定案例数", "approved distinct cases"
