"""Enumerations of summary lines: status, steps of the calculation, time series and forecast."""

from shared.vocabulary.term import Term


class Status(Term):
    """Status of a summary line."""

    INCOMPLETE = "incomplete", "数据不全", "an expected count is missing: no verdict"
    NOT_REPORTED = "not_reported", "未填报", "voluntary counts, and none were reported"
    NOT_APPLICABLE = "not_applicable", "不适用", "the denominator is 0"
    NO_TARGET = "no_target", "未设目标", "no target applies to the line"
    MET = "met", "达标", "target met"
    NOT_MET = "not_met", "未达标", "target not met"


class DeadlineState(Term):
    """State of a target against its due date, at the end of the requested month."""

    OPEN = "open", "未到期", "the due date is after the month's end"
    ON_TIME = "on_time", "按期达标", "met, as it was in a month that ended by the due date"
    LATE = "late", "逾期达标", "met, but in no month that ended by the due date"
    MISSED = "missed", "逾期未达标", "not met, nor in any month that ended by the due date"
    LAPSED = "lapsed", "按期达标后回落", "not met any more, but in a month that ended by the due date"


class StepKind(Term):
    """Kind of a step in the calculation of a value."""

    PART = "part", "分项", "the contribution of one area or organisation"
    NUMERATOR = "numerator", "分子", "the numerator"
    DENOMINATOR = "denominator", "分母", "the denominator"
    VALUE = "value", "数值", "the value, truncated to 4 decimals, never rounded"
    DISPLAY = "display", "显示值", "the displayed value, truncated, never rounded"
    VERDICT = "verdict", "判定", "the comparison with the target, or the reason why there is none"
    GAP = "gap", "差距", "units of the numerator still missing to reach the target"


class SeriesStep(Term):
    """Period of one point of a series."""

    MONTH = "month", "月", "month"
    QUARTER = "quarter", "季度：时点数取季末月，时期数取三个月之和", "quarter: stocks of its last month, sums of flows"
    YEAR = "year", "年：时点数取年末月，时期数取十二个月之和", "year: stocks of its last month, sums of flows"


class SeriesGap(Term):
    """Reason why a period of a series has no value."""

    NOT_DEFINED = "not_defined", "当期没有该指标或该区域、单位", "the indicator, area or organisation did not exist then"
    NOT_REPORTED = "not_reported", "自愿填报，当期未填报", "voluntary counts, and none were reported"
    INCOMPLETE = "incomplete", "数据不全", "an expected count is missing"
    NOT_APPLICABLE = "not_applicable", "分母为0", "the denominator is 0"
    DEFINITION = (
        "definition",
        "口径或填报范围在期内有变化，时期数不可相加",
        "the counting method or the reporting organisations changed within the period, so its flows cannot be added up",
    )


class SeriesBreak(Term):
    """Reason why two periods of a series cannot be compared: the net addition is null.

    `vintage` and revised numbers of cases are notices.
    """

    GAP = "gap", "数据不全或没有数值", "counts are missing, or there is no value"
    FLOW = "flow", "时期数本身即为新增", "a flow is an addition itself"
    DEFINITION = "definition", "口径有变化", "the counting method changed"
    REPORTERS = "reporters", "填报单位或区域有变化", "the reporting organisations or areas changed"
    REVISION = "revision", "前一期数据事后更正", "the earlier counts were corrected after the later ones were reported"
    VINTAGE = "vintage", "基准数所属月份有变化", "the reference count is of another month"


class ForecastState(Term):
    """Forecast of a line for the due date of its target, at its current pace."""

    WILL_MEET = "will_meet", "按当前进度可达标", "will be met at the current pace"
    WILL_MISS = "will_miss", "按当前进度不能达标", "will be missed at the current pace"
    INSUFFICIENT_DATA = "insufficient_data", "可比月份不足3个", "fewer than three comparable months"
    NOT_APPLICABLE = "not_applicable", "不适用", "the denominator would be 0"
    DUE_PASSED = "due_passed", "完成时限不晚于该月末", "the due date is not after the end of the requested month"
