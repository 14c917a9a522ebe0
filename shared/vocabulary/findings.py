"""The words of rules between counts, and of what they find."""

from shared.vocabulary.term import Term


class RuleKind(Term):
    """What a rule between counts asks."""

    PART_OF = "part_of", "部分不大于总体", "a part is at most its whole"
    SUM_EQUALS = "sum_equals", "分项之和等于合计", "the parts add up to their total"
    CHANGE_LIMIT = "change_limit", "较上月变动不超过限度", "the change on last month stays within a limit"
    STOCK_FALL = "stock_fall", "时点数不下降", "a stock does not fall"
    COPIED_REPORT = "copied_report", "不与上月完全相同", "a month is not last month's report again"
    NEAR_THRESHOLD = "near_threshold", "比率不紧邻目标值", "a ratio does not lie close to its target"
    ABOVE_REFERENCE = "above_reference", "数量不大于基准数", "a count is at most the reference of its area"
    DECLARED_DIFFERS = "declared_differs", "申报数与登记数一致", "a reported count is what its register gives"
    UNLIKE_HISTORY = "unlike_history", "不明显偏离自身历史", "a count does not stand out from its own history"
    UNLIKE_AREAS = "unlike_areas", "不明显偏离其他区域", "a ratio does not stand out from the other areas"
    ABOVE_LIMIT = "above_limit", "比率不超过上限", "an indicator's ratio is at most its limit"
    LISTED_DIFFERENTLY = "listed_differently", "各单位登记一致", "several organisations' lists say the same of one thing"
    SHARED_UNLISTED = "shared_unlisted", "共享基站双方均登记", "a shared station stands on both carriers' lists"
    SITES_UNLISTED = "sites_unlisted", "站址数不多于登记站址数", "no more sites are counted than the carriers' lists name"


class Severity(Term):
    """What a broken rule does."""

    BLOCK = "block", "拒绝入库", "refuses the rows"
    WARN = "warn", "报送前须说明", "needs an explanation before the month is submitted"
    INFO = "info", "提示", "informs"


class RuleScope(Term):
    """Whose counts a rule looks at."""

    ORG = "org", "单个单位", "each organisation's own"
    CAMPAIGN = "campaign", "跨单位，仅业务主管部门可见", "several organisations' together: the bureau alone sees what it finds"


class ExplainedBy(Term):
    """Where a finding's explanation stands."""

    NOTE = "note", "数据行的备注", "the note of its row"
    EXPLANATION = "explanation", "对该问题的说明", "an explanation of its own"


class Attention(Term):
    """What an organisation is to do about a finding."""

    CORRECT = "correct", "更正数据", "correct its counts"
    EXPLAIN = "explain", "更正或说明", "correct its counts, or explain them"
    CHECK = "check", "核对", "check what is behind it"
    ANSWER = "answer", "配合核对", "answer whoever checks"


class Compared(Term):
    """What a count that stands out is compared by."""

    NET_ADDITION = "net_addition", "本月净增", "the month's net addition"
    VALUE = "value", "本月数", "the month's count"
    RATIO = "ratio", "比率", "a ratio"
