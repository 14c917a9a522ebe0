"""Row errors: the message of each code and the hint on how to correct the row."""

from collections.abc import Iterable
from functools import lru_cache

from services.ingest.formats.rows import CODE_LENGTH, NOTE_LENGTH, RowError, safe_excerpt
from shared.registers import REGISTERS
from shared.values.bilingual import Bilingual
from shared.vocabulary import RowCode


def _hint(zh: str, en: str) -> Bilingual:
    return Bilingual(zh=zh, en=en)


_COLUMNS_ZH = {column.name: column.title.zh for register in REGISTERS.values() for column in register.columns} | {
    "name": "名称",  # of buildings and of places
    "metric": "指标",
    "area": "区域",
    "month": "月份",
    "value": "数值",
    "note": "备注",
    "unit": "计量单位",
    "org": "企业",
}
_TITLES_LISTED = 5  # in one hint
_HINTS = {
    RowCode.BAD_TEXT: _hint("请去掉换行等控制字符", "remove control characters such as line breaks"),
    RowCode.TEXT_TOO_LONG: _hint(
        f"请缩短文本：备注最多 {NOTE_LENGTH} 字，代码最多 {CODE_LENGTH} 字",
        f"shorten the text: at most {NOTE_LENGTH} characters in a note, {CODE_LENGTH} in a code",
    ),
    RowCode.MONTH_MALFORMED: _hint(
        "月份应写成 2022-08 的形式，年份为 2000 至 2099", "write the month as 2022-08, with a year from 2000 to 2099"
    ),
    RowCode.NOT_A_COUNT: _hint("请只填整数，不带单位", "enter a whole number without a unit"),
    RowCode.VALUE_IS_TEXT: _hint('请写成 "value": 5，不加引号', 'write "value": 5, without quotes'),
    RowCode.PERCENT: _hint(
        "请填分子、分母的数量，百分比由系统计算",
        "send the numerator and the denominator; percentages are calculated from them",
    ),
    RowCode.FRACTION: _hint(
        "请按规定的计量单位填写整数，不要折算为“万”；比率由系统计算",
        "enter a whole number in the metric's unit, not in a multiple of it; ratios are calculated from the counts",
    ),
    RowCode.PLACEHOLDER: _hint(
        "没有数据请留空；确实为零请填 0", "leave the cell empty if there is no count; enter 0 if the count is zero"
    ),
    RowCode.BAD_THOUSANDS: _hint('请写成 12345 或带引号的 "12,345"', 'write 12345, or "12,345" in quotes'),
    RowCode.NEGATIVE: _hint("请填不小于 0 的整数", "enter 0 or a positive whole number"),
    RowCode.TOO_MANY_DIGITS: _hint("请检查是否粘贴了多个数值", "check whether several numbers were pasted together"),
    RowCode.TOO_LARGE: _hint("请检查是否多填了位数，或计量单位有误", "check for extra digits or a wrong unit"),
    RowCode.ERROR_CELL: _hint("请改正公式，或直接填写数值", "correct the formula, or enter the value"),
    RowCode.FORMULA_WITHOUT_VALUE: _hint(
        "请用 Excel 打开并保存一次，或直接填写数值", "open and save the file in Excel, or enter the value"
    ),
    RowCode.DAMAGED_KEY: _hint(
        "请把该列设为文本格式，再填写完整的编号", "format the column as text, and enter the identifier in full"
    ),
    RowCode.STRUCK_TEXT: _hint("请删去作废的内容，或取消删除线", "delete what is no longer valid, or remove the strikethrough"),
    RowCode.UNKNOWN_HEADER: _hint(
        "请更正列名，或改用模板填报", "correct the titles, or use the template; docs/forms.md shows the forms that are read"
    ),
    RowCode.UNREAD_NUMBER: _hint("请为该数值写明表头，或删除该数值", "give the number a header that is understood, or remove it"),
    RowCode.HIDDEN_VALUE: _hint("请取消隐藏，或删除其中的数值", "unhide it, or remove its numbers"),
    RowCode.OTHER_ORG: _hint("请只填报本单位数据", "send your own organisation's counts only"),
    RowCode.VALUE_KIND_DIFFERS: _hint(
        "时点数请填期末到达数，时期数请填当月数", "of a stock send the state at the month's end, of a flow the month's sum"
    ),
    RowCode.MERGED_VALUE: _hint("请取消合并，逐格填写", "unmerge the cells and enter each count in its own cell"),
    RowCode.TOTAL_UNCHECKED: _hint("请删除合计行；合计由系统计算", "remove the total row; totals are calculated"),
    RowCode.NAME_DIFFERS: _hint("请核对该行的代码、名称和时期是否对应同一项", "correct the code, the name or the period"),
}
SCIENTIFIC_HINT = _hint(
    "请把单元格设为数值格式再导出，不用科学计数法", "format the cells as whole numbers before exporting, not as 1.2E+05"
)
LOST_DIGITS_HINT = _hint(
    "表格软件以科学计数法改写，末尾数字已丢失；请把单元格设为文本格式后重新填写完整代码",
    "a spreadsheet program wrote it as 1.2E+05 and dropped digits; format the cells as text and enter it in full",
)
DATE_HINT = _hint("单元格为日期格式，请改为数值格式", "the cell is formatted as a date; format it as a number")
NO_VALUE_HINT = _hint("没有数据请不要写这一行；确实为零请填 0", "omit the row if there is no count; enter 0 if the count is zero")
UNQUOTED_HINT = _hint(
    "该行的列数多于表头；含千分位逗号的数值请加引号", "the row has more values than columns; quote numbers that contain commas"
)
SPLIT_NUMBER_HINT = _hint(
    "疑为未加引号的千分位数值，请写成 12345", "write 12345; the number seems to be split at its thousands separator"
)
OPEN_QUOTE_HINT = _hint("请检查引号是否成对", "check that every quote is closed")
WIDE_ROW_HINT = _hint("该行的列数超过上限，请删除多余的列", "delete surplus columns; the row has more than may be read")
LONG_LINE_HINT = _hint("该行超过长度上限，请拆分", "split the line; it exceeds the length limit")


def unknown_titles_hint(titles: Iterable[str]) -> Bilingual:
    """Return a hint with the titles of a header that are not known."""
    listed = [safe_excerpt(title) for title in titles]
    shown, more = listed[:_TITLES_LISTED], len(listed) - _TITLES_LISTED
    return _hint(
        f"无法识别：{'、'.join(shown)}{f' 等 {len(listed)} 个' if more > 0 else ''}；请更正列名，或改用模板填报",
        f"unknown: {', '.join(shown)}{f' and {more} more' if more > 0 else ''}; correct the titles, or use the template",
    )


def unit_hint(metric_unit: tuple[str, ...]) -> Bilingual:
    """Return a hint with the unit that a metric is counted in, given in Chinese and English."""
    return _hint(
        f"请以“{metric_unit[0]}”为计量单位填写整数，不要折算",
        f"enter whole numbers in {metric_unit[-1]}, not in a multiple of it",
    )


def total_hint(counts_sum: int) -> Bilingual:
    """Return a hint with the sum of the counts that a total should equal."""
    return _hint(f"各项之和为 {counts_sum}；请核对各项与合计", f"the counts add up to {counts_sum}; correct them or the total")


def counted_twice_hint(where: Bilingual) -> Bilingual:
    """Return a hint for equal rows of one count, which would be stored once, under a total that adds up each of them."""
    return _hint(
        f"{where.zh}，合计把它们分别计入；请更正名称，或删除重复行并更正合计",
        f"{where.en}, which the total adds up one by one; correct the names, or remove the repeated row and correct the total",
    )


def row_error(
    code: RowCode, row: int, column: str | None = None, value: object = None, hint: Bilingual | None = None
) -> RowError:
    """Build a row error with the message of its code, an excerpt of the value, and the code's usual hint if none is given."""
    if hint is None:
        hint = _missing_hint(column) if code is RowCode.MISSING_FIELD and column else _HINTS.get(code)
    return RowError(row, column, code, None if value is None else safe_excerpt(value), code.title_, hint)


@lru_cache(maxsize=256)
def _missing_hint(column: str) -> Bilingual:
    return _hint(f"请补填“{_COLUMNS_ZH.get(column, column)}”", f"enter a value for {column}")
