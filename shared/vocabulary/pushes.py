"""Enumerations of a push: its state and mode, the errors of its rows, and how a file was normalised."""

from typing import Final

from shared.vocabulary.term import Term

LARGEST_COUNT: Final = 2**53 - 1  # the largest integer that every JSON reader keeps exact


class ImportState(Term):
    """State of a push."""

    APPLIED = "applied", "已入库", "applied"
    REFUSED = "refused", "未入库", "refused, without effect"
    DRY_RUN = "dry_run", "试导入", "dry run, without effect"
    RUNNING = "running", "处理中", "being processed"


class PushMode(Term):
    """Treatment of invalid and absent rows by a push."""

    ATOMIC = "atomic", "有误时全部不入库", "all rows or none"
    PARTIAL = "partial", "仅无误的行入库", "valid rows only"
    REPLACE = "replace", "整月替换", "replaces the month; counts missing from the push are retracted"


class LimitUnit(Term):
    """Unit of a limit on the size of a body."""

    BYTES = "bytes", "字节", "bytes"
    ROWS = "rows", "行", "rows"
    PARTS = "parts", "工作簿内的文件", "parts of the workbook"
    TIMES = "times", "压缩比", "times the compressed size"


class RowCode(Term):
    """Error in a row of a push."""

    MALFORMED_ROW = "malformed_row", "该行无法读取", "cannot be read"
    UNKNOWN_FIELD = "unknown_field", "字段不存在", "unknown field"
    MISSING_FIELD = "missing_field", "缺少必填项", "is required"
    NOT_TEXT = "not_text", "应为文本", "must be text"
    BAD_TEXT = "bad_text", "含有不允许的字符", "contains characters that are not allowed"
    TEXT_TOO_LONG = "text_too_long", "文本过长", "is too long"

    UNKNOWN_METRIC = "unknown_metric", "填报指标不存在，请核对名称或代码", "unknown metric"
    UNKNOWN_AREA = "unknown_area", "区域不存在，请核对名称或代码", "unknown area"
    NOT_ENTITLED = "not_entitled", "该指标不由贵单位填报", "is not reported by your organisation"
    WRONG_GRAIN = "wrong_grain", "该指标不在这一级区域统计", "is not the area level of the metric"
    FOREIGN_AREA = "foreign_area", "该区域不属于贵单位填报范围", "outside your organisation's area"
    AREA_NOT_VALID = "area_not_valid", "该区域在该月尚未设立或已撤销", "does not exist in that month"

    MONTH_MALFORMED = "month_malformed", "月份格式有误", "must be a month, such as 2022-08"
    MONTH_NOT_OPEN = "month_not_open", "该月未开放填报", "not open for reporting"
    MONTH_NOT_ASKED = "month_not_asked", "与本次导入指定的月份不一致", "differs from the `month` parameter of the push"
    # Never returned: the response to the whole push is 409. Clients generated from the published files name it.
    MONTH_CLOSED = "month_closed", "该月数据已报送或已审核", "submitted or accepted"
    NOT_REOPENED = "not_reopened", "该项不在本次重新开放的范围内", "was not reopened: the month is open for other counts only"

    NOT_A_COUNT = "not_a_count", "数值应为整数", "must be a whole number"
    VALUE_IS_TEXT = "value_is_text", "数值应为数字，不加引号", "must be a number, without quotes"
    PERCENT = "percent", "应填数量，不填百分比", "must be a count, not a percentage"
    FRACTION = "fraction", "应填整数，不填小数", "must be a whole number, not a fraction"
    PLACEHOLDER = "placeholder", "不是数值（如“-”“无”“x”）", "a placeholder, not a count"
    BAD_THOUSANDS = "bad_thousands", "千分位分隔有误", "misplaced thousands separator"
    NEGATIVE = "negative", "数值不能为负", "must not be negative"
    TOO_MANY_DIGITS = "too_many_digits", "数值超过 16 位", "must not have more than 16 digits"
    TOO_LARGE = "too_large", f"数值超过上限 {LARGEST_COUNT}", f"must not exceed {LARGEST_COUNT}"
    ERROR_CELL = "error_cell", "单元格公式出错（如 #REF!）", "a spreadsheet error, such as #REF!"
    FORMULA_WITHOUT_VALUE = "formula_without_value", "公式没有保存计算结果", "a formula without a saved result"
    STRUCK_TEXT = "struck_text", "单元格内有删除线", "struck-out text"
    MERGED_VALUE = "merged_value", "数值区域内有合并单元格", "one merged cell covers several counts"
    UNIT_DIFFERS = "unit_differs", "计量单位与该指标规定的不一致", "differs from the metric's unit"
    NAME_DIFFERS = "name_differs", "与该行的代码、名称或月份不一致", "does not match the code, name or month of its row"
    TOTAL_DIFFERS = "total_differs", "合计与各项之和不符", "differs from the sum of its parts"
    TOTAL_UNCHECKED = "total_unchecked", "此处的合计无法核对", "a total that cannot be checked here"

    UNKNOWN_HEADER = (
        "unknown_header",
        "表头无法识别，其下各行未读取",
        "a header row with unknown titles; nothing below it is read",
    )
    UNREAD_NUMBER = "unread_number", "该数值不属于任何可识别的表", "a number that belongs to no table that is understood"
    HIDDEN_VALUE = "hidden_value", "隐藏的工作表、行或列中有数值", "a number in a hidden sheet, row or column"
    OTHER_ORG = "other_org", "为其他单位的数据", "of another organisation"
    VALUE_KIND_DIFFERS = (
        "value_kind_differs",
        "为新增数、累计数，或其他时期、计划的数，与该指标的口径不符",
        "an increase, a cumulative count, or a figure of another period or plan: the metric is counted another way",
    )

    DUPLICATE_CONFLICT = (
        "duplicate_conflict",
        "同一次导入中重复出现，数值不一致或被合计重复计入",
        "appears twice in the push, with different values or under a total that counts both",
    )
    RULE_BROKEN = "rule_broken", "不符合勾稽关系", "breaks a rule between counts"

    NOT_YES_NO = "not_yes_no", "应填“是”或“否”", "must be yes or no"
    NOT_A_DECIMAL = "not_a_decimal", "应填数值", "must be a decimal number"
    OUT_OF_RANGE = "out_of_range", "数值超出允许范围", "outside the allowed range"
    DATE_MALFORMED = "date_malformed", "日期格式有误", "not a valid date or time"
    AFTER_MONTH = "after_month", "日期晚于该月", "after the end of the month"
    UNKNOWN_TERM = "unknown_term", "不在可选值范围内", "unknown value"
    DAMAGED_KEY = "damaged_key", "编号已被表格软件改变", "an identifier that a spreadsheet program has changed"
    RESPELLED_KEY = "respelled_key", "与另一编号只有写法不同", "differs from another identifier only in spelling"
    NOT_A_LIST = "not_a_list", "应为列表", "must be a list"
    UNKNOWN_PLACE = "unknown_place", "该月重点场所登记表中没有该场所", "not in the month's register of key places"
    UNKNOWN_BUILDING = "unknown_building", "该月小区楼栋登记表中没有该楼栋", "not in the month's register of compounds"
    ABOVE_HOUSEHOLDS = "above_households", "覆盖户数大于楼栋户数", "exceeds the households of the building"
    PLACE_FROZEN = (
        "place_frozen",
        "该月重点场所登记表已报送，场所不能增减",
        "the month's register is submitted; its places can no longer change",
    )


class PassedOverReason(Term):
    """Reason why numbers of a CSV or XLSX file are neither stored nor checked."""

    COMPARISON_COLUMN = (
        "comparison_column",
        "对比列（上月、累计、占比等）或序号列",
        "comparison column, such as last month's counts or a share",
    )
    COMPARISON_ROW = "comparison_row", "对比行（占比、同比等）", "comparison row, such as a share"
    OTHER_COLUMN = "other_column", "其他列", "column with another title"
    UNSAVED_TOTAL = "unsaved_total", "未保存计算结果的合计", "total whose formula was saved without its result"
    CAPTION = "caption", "表题", "caption"
    SIGNATURE_ROW = "signature_row", "落款或备注", "signature or note"
    SHEET = "sheet", "没有数据表的工作表", "sheet without a table"
    HIDDEN = "hidden", "隐藏的工作表、行或列", "hidden sheet, row or column"


class NormalisationKind(Term):
    """Normalisation applied to a CSV or XLSX file."""

    EARLIER_TEMPLATE = (
        "earlier_template",
        "模板早于现行方案，可能缺少新增指标",
        "the template is older than the definition in force and may lack new metrics",
    )
    GB18030 = "gb18030", "按 GB18030 编码读取", "read as GB18030"
    UTF_16 = "utf_16", "按 UTF-16 编码读取", "read as UTF-16"
    BYTE_ORDER_MARK = "byte_order_mark", "已忽略字节顺序标记（BOM）", "byte-order mark skipped"
    DELIMITER = "delimiter", "分隔符不是逗号", "separator other than a comma"
    # Never returned: `passed_over` names columns and sheets. Clients generated from the published files name them.
    COLUMN_IGNORED = "column_ignored", "未识别的列已忽略", "unknown column ignored"
    SHEET_IGNORED = "sheet_ignored", "其他工作表未读取", "other sheet not read"
    TEXT_ROW = "text_row", "表格外的文字行未读取", "text outside the table not read"
    TOTAL_CHECKED = "total_checked", "合计已核对，不入库", "total checked, not stored"
    MONTH_OF_FORM = (
        "month_of_form",
        "月份取自表题、工作表名称或指定的月份",
        "month taken from the caption, the sheet name or the request",
    )
    AREA_OF_FORM = "area_of_form", "区域取自表题或填报单位", "area taken from the caption or the reporting organisation"
    BLANK_ROW = "blank_row", "空行已跳过", "blank row skipped"
    METRIC_NAME = "metric_name", "指标名称已转换为代码", "metric name converted to its code"
    AREA_NAME = "area_name", "区域名称已转换为代码", "area name converted to its code"
    NUMBER_AS_CODE = "number_as_code", "数字单元格按代码读取", "number cell read as a code"
    MONTH_FORM = "month_form", "月份写法已统一", "month format normalised"
    DATE_AS_MONTH = "date_as_month", "日期按所在月份读取", "date read as its month"
    THOUSANDS = "thousands", "千分位分隔符已去除", "thousands separators removed"
    FULL_WIDTH = "full_width", "全角字符已转换", "full-width characters converted"
    WHOLE_DECIMAL = "whole_decimal", "小数点后的零已去除", "decimal zeros removed"
    ROUNDED = "rounded", "按表格显示的 15 位有效数字读取", "rounded to the 15 digits that spreadsheets show"
    LEADING_ZEROS = "leading_zeros", "前导零已去除", "leading zeros removed"
    SPACE = "space", "多余的空白已去除", "surrounding or invisible spaces removed"
    TERM_NAME = "term_name", "名称已转换为代码", "name converted to its code"
    YES_NO = "yes_no", "“是/否”的写法已统一", "yes or no normalised"
    DATE_FORM = "date_form", "日期写法已统一", "date format normalised"
