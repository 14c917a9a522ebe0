"""The words of figures: where a line stands, how it came about, how it went and where it goes."""

from shared.vocabulary.term import Term


class Status(Term):
    """Where a line stands against its target."""

    INCOMPLETE = "incomplete", "数据不全", "an owed count is missing: no verdict"
    NOT_APPLICABLE = "not_applicable", "不适用", "the denominator is 0, or the organisation has no target of its own"
    NO_TARGET = "no_target", "无目标", "the indicator has no target"
    MET = "met", "达标", "target met"
    NOT_MET = "not_met", "未达标", "target not met"


class StepKind(Term):
    """What a step of an explanation's arithmetic does."""

    PART = "part", "部分", "what one area or organisation contributes"
    NUMERATOR = "numerator", "分子", "the numerator"
    DENOMINATOR = "denominator", "分母", "the denominator"
    VALUE = "value", "数值", "the value, cut at 4 decimals and never rounded"
    DISPLAY = "display", "显示值", "the value as it is shown, cut and never rounded"
    VERDICT = "verdict", "判定", "the comparison with the target, or why there is none"
    GAP = "gap", "差额", "units of the numerator still missing"


class SeriesStep(Term):
    """What one point of a series stands for."""

    MONTH = "month", "月", "month"
    QUARTER = "quarter", "季度：时点数取季末月，时期数取三个月之和", "quarter: the last month of a stock, the sum of a flow"


class SeriesGap(Term):
    """Why a period of a series has no value."""

    NOT_DEFINED = "not_defined", "当期没有该指标或该区域、单位", "the indicator, area or organisation did not exist then"
    NOT_REPORTED = "not_reported", "该单位当期未自愿填报", "the organisation, which owes nothing, reported nothing"
    INCOMPLETE = "incomplete", "数据不全", "an owed count is missing"
    NOT_APPLICABLE = "not_applicable", "分母为0", "the denominator is 0"
    DEFINITION = (
        "definition",
        "口径或填报范围在季度内有变化，时期数不可相加",
        "the definition, or who reports, changed within the quarter: its flows are not added up",
    )


class SeriesBreak(Term):
    """What stands between two periods of a series. Whatever it concerns is withheld, except for `vintage`, which is only told."""

    GAP = "gap", "数据不全或没有数值", "counts are missing, or there is no figure"
    FLOW = "flow", "时期数本身即为新增", "a flow is an addition itself"
    DEFINITION = "definition", "口径有变化", "the definition changed"
    REPORTERS = "reporters", "填报单位或区域有变化", "who reports, or for which areas, changed"
    REVISION = "revision", "前一期数据事后更正", "the earlier counts were corrected after the later ones were made"
    VINTAGE = "vintage", "基准数换期", "the base is of another month"


class ForecastState(Term):
    """Where a line will stand on its due day if it goes on as it did."""

    WILL_MEET = "will_meet", "按当前进度可达标", "will be met at the present pace"
    WILL_MISS = "will_miss", "按当前进度不能达标", "will be missed at the present pace"
    INSUFFICIENT_DATA = "insufficient_data", "可比月份不足三个月", "fewer than three comparable months"
    NOT_APPLICABLE = "not_applicable", "不适用", "the denominator would be 0"
    DUE_PASSED = "due_passed", "已到期", "the due day is not after the month asked"
