"""Enumerations of the rules between counts and of their findings."""

from shared.vocabulary.term import Term


class RuleKind(Term):
    """Kind of a rule between counts; the titles say when it is kept."""

    PART_OF = "part_of", "部分不大于总体", "a part is at most its whole"
    SUM_EQUALS = "sum_equals", "分项之和等于合计", "the parts add up to their total"
    CHANGE_LIMIT = "change_limit", "较上月增减不超过限度", "the change from the previous month stays within a limit"
    STOCK_FALL = "stock_fall", "时点数不下降", "a stock does not fall"
    COPIED_REPORT = "copied_report", "不与上月完全相同", "a month does not repeat the previous month's counts"
    NEAR_THRESHOLD = "near_threshold", "比率不过于接近目标值", "a ratio is not suspiciously close to its target"
    ABOVE_REFERENCE = "above_reference", "数量不大于基准数", "a count is at most the reference count of its area"
    DECLARED_DIFFERS = "declared_differs", "填报数与登记数一致", "a reported count equals the count of its register"
    UNLIKE_HISTORY = "unlike_history", "不明显偏离以往水平", "a count is not an outlier in its own history"
    UNLIKE_AREAS = "unlike_areas", "不明显偏离其他区域", "a ratio is not an outlier among the areas"
    ABOVE_LIMIT = "above_limit", "比率不超过上限", "an indicator's ratio is at most its limit"
    LISTED_DIFFERENTLY = "listed_differently", "各单位登记一致", "registers of several organisations agree on the same record"
    SHARED_UNLISTED = "shared_unlisted", "共享基站双方均登记", "a shared station is in both carriers' registers"
    SITES_UNLISTED = (
        "sites_unlisted",
        "站址数不多于登记站址数",
        "the reported sites do not exceed the sites in the carriers' registers",
    )


class Severity(Term):
    """Effect of a broken rule."""

    BLOCK = "block", "不予入库", "rejects the rows"
    WARN = "warn", "报送前须说明", "requires an explanation before submission"
    INFO = "info", "提示", "for information only"


class RuleScope(Term):
    """Scope of a rule: the organisations whose counts it compares."""

    ORG = "org", "单个单位", "within each organisation"
    CAMPAIGN = "campaign", "跨单位，仅业务主管部门和工作专班可见", "across organisations; visible to bureaus and the task force"


class ExplainedBy(Term):
    """Source of a finding's explanation."""

    NOTE = "note", "数据行的备注", "the note of the row"
    EXPLANATION = "explanation", "对该问题的说明", "an explanation of the finding"


class Attention(Term):
    """Action that an organisation must take on a finding."""

    CORRECT = "correct", "更正数据", "correct the counts"
    EXPLAIN = "explain", "更正或说明", "correct the counts or explain the finding"
    CHECK = "check", "核对", "check the counts"
    ANSWER = "answer", "配合核对", "answer questions from the organisation that checks"


class FindingAction(Term):
    """Moves that a caller may make with a finding."""

    EXPLAIN = "explain", "说明", "explain"


class Compared(Term):
    """Quantity compared in an outlier finding."""

    NET_ADDITION = "net_addition", "本月净增", "the month's net addition"
    VALUE = "value", "本月数", "the month's count"
    RATIO = "ratio", "比率", "a ratio"
