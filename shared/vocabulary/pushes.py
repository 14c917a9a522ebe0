"""The words of a push: what became of it, of its rows, and what was read generously."""

from typing import Final

from shared.vocabulary.term import Term

LARGEST_COUNT: Final = 2**53 - 1  # the largest integer that every JSON reader keeps exact


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
    MONTH_NOT_OPEN = "month_not_open", "该月未开放填报", "the month is not open"
    MONTH_NOT_ASKED = "month_not_asked", "不是本次填报的月份", "not the month that the push names"
    # Never given: the whole push is answered 409. Clients generated from the published files name it.
    MONTH_CLOSED = "month_closed", "该月已报送或已接收", "the month was submitted or accepted"
    NOT_REOPENED = "not_reopened", "重新打开的范围不含该项", "the month was opened again for other counts only"

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
