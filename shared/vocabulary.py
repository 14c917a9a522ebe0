"""The enumerations of the domain, each value with its words in Chinese and English. They may grow."""

from enum import StrEnum
from typing import Final, Self

from shared.bilingual import Bilingual

LARGEST_COUNT: Final = 2**53 - 1  # the largest integer that every JSON reader keeps exact


class Term(StrEnum):
    """A code with its title in both languages: `CARRIER = "carrier", "基础电信企业", "carrier"`."""

    title_: Bilingual

    def __new__(cls, code: str, zh: str = "", en: str = "") -> Self:  # a look-up by code takes the code alone
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


class RegisterCode(Term):
    """A monthly list of things, with rows of its own shape."""

    KEY_PLACES = "key_places", "重点场所", "key places"
    PLACE_TESTS = "place_tests", "重点场所5G测试", "5G tests of key places"
    COMPOUNDS = "compounds", "小区楼栋", "residential compounds, by building"
    HOME_COVERAGE = "home_coverage", "千兆覆盖家庭", "homes able to get gigabit, by building"
    BASE_STATIONS = "base_stations", "5G基站", "5G base stations"


class ColumnKind(Term):
    """What a column of a register holds."""

    TEXT = "text", "文本", "text"
    INTEGER = "integer", "整数", "whole number"
    DECIMAL = "decimal", "小数", "decimal number"
    DATE = "date", "日期", "date, 2022-08-15"
    INSTANT = "instant", "时刻", "instant with offset, 2022-08-15T10:30:00+08:00"
    YES_NO = "yes_no", "是/否", "yes or no: true or false"
    KEY = "key", "编号", "identifier"
    MONTH = "month", "月份", "month, 2022-08"
    AREA = "area", "区域代码", "code of an area"
    TERM = "term", "代码", "code from a list"
    TERMS = "terms", "多个代码", "several codes from a list"


class RegisterCount(Term):
    """What is counted in registers."""

    PLACES_LISTED = "places_listed", "清单内场所数", "places on the list"
    PLACES_ANY = "places_any", "至少一家通达的场所数", "places that any carrier reaches"
    PLACES_ALL = "places_all", "各家均通达的场所数", "places that every carrier reaches"
    PLACES_EACH = "places_each", "本企业通达的场所数", "places that the carrier itself reaches"
    HOUSEHOLDS = "households", "登记户数", "households registered"
    HOMES_LOWER = "homes_lower", "逐楼覆盖下限", "lower bound of homes covered, building by building"
    HOMES_UPPER = "homes_upper", "逐楼覆盖上限", "upper bound of homes covered, building by building"
    HOMES_EACH = "homes_each", "本企业覆盖户数", "homes that the carrier itself covers"
    STATIONS_ONCE = "stations_once", "去重基站数", "stations, each counted once"
    STATIONS_BUILT = "stations_built", "本企业自建基站数", "stations that the carrier built"
    STATIONS_SHARED_IN = "stations_shared_in", "共享共入基站数", "stations that the carrier shares in"


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


class ChangeKind(Term):
    """What became of a block of a definition, or of a key within it."""

    ADDED = "added", "新增", "added"
    CHANGED = "changed", "修改", "changed"
    REMOVED = "removed", "删除", "removed"
    REORDERED = "reordered", "顺序调整", "put in another order"


class SubmissionState(Term):
    """The monthly sign-off of one organisation."""

    OPEN = "open", "填报中", "open"
    SUBMITTED = "submitted", "已报送", "submitted"
    RETURNED = "returned", "已退回", "returned"
    ACCEPTED = "accepted", "已接收", "accepted"


class SubmissionMove(Term):
    """What can be done with an organisation's month."""

    SUBMIT = "submit", "报送", "submit"
    RETURN = "return", "退回", "return"
    ACCEPT = "accept", "接收", "accept"
    REOPEN = "reopen", "重新打开", "reopen"


class ReopeningState(Term):
    """Where a request for reopening a month stands."""

    OPEN = "open", "待处理", "open"
    GRANTED = "granted", "已同意", "granted: the month was opened again"
    DECLINED = "declined", "已驳回", "declined"


class ReopeningMove(Term):
    """What can be done with a request for reopening; it is granted by reopening the month."""

    DECLINE = "decline", "驳回", "decline"


class ObligationState(Term):
    """Whether an owed count was reported."""

    REPORTED = "reported", "已填报", "reported"
    ZERO = "zero", "已填报为零", "reported as zero"
    MISSING = "missing", "未填报", "missing"


class ReminderChannel(Term):
    """How somebody was reminded."""

    WECHAT = "wechat", "微信", "WeChat"
    PHONE = "phone", "电话", "telephone"
    SMS = "sms", "短信", "text message"
    EMAIL = "email", "电子邮件", "e-mail"
    LETTER = "letter", "函件", "letter"
    MEETING = "meeting", "会议或当面", "in a meeting or in person"
    OTHER = "other", "其他", "another way"


class CaseState(Term):
    """Where an application case stands."""

    DRAFT = "draft", "草稿", "draft"
    SUBMITTED = "submitted", "已提交", "submitted"
    APPROVED = "approved", "已认定", "approved"
    RETURNED = "returned", "已退回", "returned"
    WITHDRAWN = "withdrawn", "已撤回", "withdrawn"


class CaseMove(Term):
    """What can be done to an application case."""

    SUBMIT = "submit", "提交", "submit"
    APPROVE = "approve", "认定", "approve"
    RETURN = "return", "退回", "return"
    WITHDRAW = "withdraw", "撤回", "withdraw"


class LedgerKind(Term):
    """What took a data version."""

    DEFINITION = "definition", "口径", "definition applied"
    IMPORT = "import", "数据导入", "import applied"
    SUBMISSION = "submission", "报送", "submission moved"
    CASE = "case", "案例", "case approved or withdrawn after approval"
    REPORT = "report", "月报", "report issued"


class ReportAction(Term):
    """What can be done with an issued report."""

    ACKNOWLEDGE = "acknowledge", "签收", "acknowledge"


class RevisionKind(Term):
    """What became of a count that an earlier report rested on."""

    ADDED = "added", "补报", "reported later"
    CORRECTED = "corrected", "更正", "corrected"
    RETRACTED = "retracted", "撤销", "retracted"


class TaskStanding(Term):
    """Where a task of the plan stands against its date; whether it is done is the task force's word."""

    CONTINUOUS = "continuous", "持续推进", "continuous, without a date"
    RUNNING = "running", "未到期", "running"
    PAST_DUE = "past_due", "已到期", "its date has passed"


class ImportState(Term):
    """What became of a push."""

    APPLIED = "applied", "已入库", "applied"
    REFUSED = "refused", "已拒绝", "refused, without effect"
    DRY_RUN = "dry_run", "试报", "dry run, without effect"
    RUNNING = "running", "处理中", "under way"


class PushMode(Term):
    """How a push treats bad and absent rows."""

    ATOMIC = "atomic", "全部或全不", "all rows or none"
    PARTIAL = "partial", "只收无误的行", "good rows only"
    REPLACE = "replace", "整月替换", "the month as it comes: what is absent is retracted"


class RowCode(Term):
    """What is wrong with one row of a push."""

    MALFORMED_ROW = "malformed_row", "该行无法读取", "the row cannot be read"
    UNKNOWN_FIELD = "unknown_field", "没有这个字段", "there is no such field"
    MISSING_FIELD = "missing_field", "缺少必填内容", "a required field is missing or empty"
    NOT_TEXT = "not_text", "应为文本", "text is due here"
    BAD_TEXT = "bad_text", "含有不允许的字符", "the text holds characters that are not allowed"
    TEXT_TOO_LONG = "text_too_long", "文本过长", "the text is too long"

    UNKNOWN_METRIC = "unknown_metric", "没有这个指标", "there is no such metric"
    UNKNOWN_AREA = "unknown_area", "没有这个区域", "there is no such area"
    NOT_ENTITLED = "not_entitled", "贵单位不填报该指标", "your organisation does not report this metric"
    WRONG_GRAIN = "wrong_grain", "该指标不在这一级区域统计", "the metric is not counted at this level of area"
    FOREIGN_AREA = "foreign_area", "不是贵单位的区域", "the area is not your organisation's"
    AREA_NOT_VALID = "area_not_valid", "该区域在该月不存在", "the area does not exist in that month"

    MONTH_MALFORMED = "month_malformed", "月份格式有误", "the month is not written as a month"
    MONTH_NOT_OPEN = "month_not_open", "该月尚未开放填报", "the month has not opened yet"
    MONTH_NOT_ASKED = "month_not_asked", "不是本次填报的月份", "not the month that the push names"
    MONTH_CLOSED = "month_closed", "该月已报送或已接收", "the month was submitted or accepted"

    NOT_A_COUNT = "not_a_count", "数值不是整数计数", "the value is not a whole count"
    VALUE_IS_TEXT = "value_is_text", "数值应为数字，不加引号", "the value must be a number, without quotes"
    PERCENT = "percent", "应填数量，不填百分比", "a count is due, not a percentage"
    FRACTION = "fraction", "应填整数，不填小数", "a whole count is due, not a fraction"
    PLACEHOLDER = "placeholder", "占位符不是数值", "a placeholder is not a count"
    BAD_THOUSANDS = "bad_thousands", "千分位分隔有误", "the thousands separators are not well formed"
    NEGATIVE = "negative", "数值不能为负", "the value is negative"
    TOO_MANY_DIGITS = "too_many_digits", "数值超过 16 位", "the value has more than 16 digits"
    TOO_LARGE = "too_large", f"数值超过上限 {LARGEST_COUNT}", f"the value is larger than {LARGEST_COUNT}"
    ERROR_CELL = "error_cell", "单元格是公式错误", "the cell holds a spreadsheet error"
    FORMULA_WITHOUT_VALUE = "formula_without_value", "公式没有保存计算结果", "the formula was saved without its result"
    MERGED_VALUE = "merged_value", "一个合并单元格占了几个数值的位置", "one merged cell stands for several counts"
    UNIT_DIFFERS = "unit_differs", "计量单位与指标的单位不同", "the unit is not the metric's"
    NAME_DIFFERS = "name_differs", "名称与代码不一致", "the name belongs to another code"
    TOTAL_DIFFERS = "total_differs", "合计与各项之和不符", "the total is not the sum of its parts"
    TOTAL_UNCHECKED = "total_unchecked", "这里的合计无法核对", "a total cannot be checked here"

    DUPLICATE_CONFLICT = (
        "duplicate_conflict",
        "同一批中重复填报且数值不同",
        "the same cell stands in the push twice, with different values",
    )
    RULE_BROKEN = "rule_broken", "不符合勾稽关系", "the counts contradict each other"

    NOT_YES_NO = "not_yes_no", "应填是或否", "yes or no is due here"
    NOT_A_DECIMAL = "not_a_decimal", "应填数值", "a decimal number is due here"
    OUT_OF_RANGE = "out_of_range", "数值超出允许范围", "the number is outside the range that is allowed"
    DATE_MALFORMED = "date_malformed", "日期格式有误", "the date or time is not written as one"
    AFTER_MONTH = "after_month", "日期晚于该月", "the date is after the month"
    UNKNOWN_TERM = "unknown_term", "没有这个取值", "there is no such value"
    NOT_A_LIST = "not_a_list", "应为列表", "a list is due here"
    UNKNOWN_PLACE = "unknown_place", "重点场所清单中没有该场所", "the month's list of key places has no such place"
    UNKNOWN_BUILDING = "unknown_building", "楼栋登记表中没有该楼栋", "the month's register of compounds has no such building"
    ABOVE_HOUSEHOLDS = "above_households", "覆盖户数大于楼栋户数", "more households than the building has"
    PLACE_FROZEN = "place_frozen", "该月清单已报送，场所固定", "the month's list was submitted: its places are fixed"


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


class NormalisationKind(Term):
    """What was read generously in a CSV or XLSX file."""

    GB18030 = "gb18030", "按 GB18030 编码读取", "read as GB18030"
    BYTE_ORDER_MARK = "byte_order_mark", "忽略字节序标记", "byte-order mark skipped"
    DELIMITER = "delimiter", "分隔符不是逗号", "separated by something else than commas"
    COLUMN_IGNORED = "column_ignored", "未识别的列已忽略", "unknown column ignored"
    SHEET_IGNORED = "sheet_ignored", "其他工作表未读取", "another sheet was not read"
    TEXT_ROW = "text_row", "表格外的文字行未读取", "text around the table was not read"
    TOTAL_CHECKED = "total_checked", "合计已核对，不入库", "total checked, not stored"
    MONTH_OF_FORM = "month_of_form", "月份取自表题、表名或请求参数", "month taken from the form's title, the sheet or the request"
    AREA_OF_FORM = "area_of_form", "区域取自表题或填报单位", "area taken from the form's title or its sender"
    BLANK_ROW = "blank_row", "空行已跳过", "blank row skipped"
    METRIC_NAME = "metric_name", "指标名称已转换为代码", "metric's name read as its code"
    AREA_NAME = "area_name", "区域名称已转换为代码", "area's name read as its code"
    NUMBER_AS_CODE = "number_as_code", "数字单元格按代码读取", "number read as a code"
    MONTH_FORM = "month_form", "月份写法已统一", "month written another way"
    DATE_AS_MONTH = "date_as_month", "日期按所在月份读取", "date read as its month"
    THOUSANDS = "thousands", "千分位分隔符已去除", "thousands separators removed"
    FULL_WIDTH = "full_width", "全角字符已转换", "full-width characters converted"
    WHOLE_DECIMAL = "whole_decimal", "小数点后的零已去除", "decimal zeros removed"
    LEADING_ZEROS = "leading_zeros", "前导零已去除", "leading zeros removed"
    SPACE = "space", "多余的空白已去除", "surrounding or invisible space removed"
    TERM_NAME = "term_name", "名称已转换为代码", "name read as its code"
    YES_NO = "yes_no", "是否写法已统一", "yes or no written another way"
    DATE_FORM = "date_form", "日期写法已统一", "date written another way"
