"""Builds row errors: the words for each code, and the hint that says what to do instead."""

from difflib import get_close_matches

from services.ingest.formats.rows import CODE_LENGTH, NOTE_LENGTH, RowError, safe_excerpt
from shared.values.bilingual import Bilingual
from shared.vocabulary import RowCode


def _hint(zh: str, en: str) -> Bilingual:
    return Bilingual(zh=zh, en=en)


_HINTS = {
    RowCode.BAD_TEXT: _hint("请去掉换行等控制字符", "remove control characters such as line breaks"),
    RowCode.TEXT_TOO_LONG: _hint(
        f"备注最多 {NOTE_LENGTH} 字，代码最多 {CODE_LENGTH} 字",
        f"a note has at most {NOTE_LENGTH} characters, a code {CODE_LENGTH}",
    ),
    RowCode.MONTH_MALFORMED: _hint("请写成 2022-08 的形式，年份 2000 至 2099", "write it as 2022-08, years 2000 to 2099"),
    RowCode.NOT_A_COUNT: _hint("请只填整数，不带单位", "write a whole number, without a unit"),
    RowCode.VALUE_IS_TEXT: _hint('请写成 "value": 5，不加引号', 'write "value": 5, without quotes'),
    RowCode.PERCENT: _hint("请填分子、分母的数量，百分比由系统计算", "send the counts; percentages are computed here"),
    RowCode.FRACTION: _hint("请填整数数量；比率由系统计算", "send whole counts; ratios are computed here"),
    RowCode.PLACEHOLDER: _hint(
        "没有数据请留空；确实为零请填 0", "leave the cell empty if there is no count; write 0 if the count is zero"
    ),
    RowCode.BAD_THOUSANDS: _hint('请写成 12345 或带引号的 "12,345"', 'write 12345, or "12,345" in quotes'),
    RowCode.NEGATIVE: _hint("数量不小于 0", "a count is 0 or more"),
    RowCode.TOO_MANY_DIGITS: _hint("请检查是否粘贴了多个数值", "check whether several numbers ran together"),
    RowCode.TOO_LARGE: _hint("请检查单位", "check the unit"),
    RowCode.ERROR_CELL: _hint("请改正公式，或直接填写数值", "mend the formula, or type the value"),
    RowCode.FORMULA_WITHOUT_VALUE: _hint(
        "请用 Excel 打开并保存一次，或直接填写数值", "open and save it in Excel once, or type the value"
    ),
    RowCode.MERGED_VALUE: _hint("请取消合并，逐格填写", "unmerge it and write each count in a cell of its own"),
    RowCode.TOTAL_UNCHECKED: _hint("请删除合计行；合计由系统计算", "delete the row of totals; totals are computed here"),
    RowCode.NAME_DIFFERS: _hint("请核对代码与名称是否对应同一项", "see that code and name mean the same thing"),
    RowCode.MISSING_FIELD: _hint("请补充该内容", "fill it in"),
}
SCIENTIFIC_HINT = _hint(
    "请把单元格设为数值格式再导出，不用科学计数法", "format the cells as whole numbers before exporting, not as 1.2E+05"
)
NO_VALUE_HINT = _hint(
    "没有数据请不要写这一行；确实为零请填 0", "leave the row out if there is no count; write 0 if the count is zero"
)
UNQUOTED_HINT = _hint(
    "列数多于表头；带千分位的数值请加引号", "there are more cells than columns; put a number with thousands separators in quotes"
)
SPLIT_NUMBER_HINT = _hint(
    "疑为未加引号的千分位数值，请写成 12345", "it looks like a number split at its thousands separator; write 12345"
)
OPEN_QUOTE_HINT = _hint("请检查引号是否成对", "check that every quote is closed")
LONG_LINE_HINT = _hint("一行过长", "the line is too long")


def unit_hint(own: tuple[str, ...]) -> Bilingual:
    """The unit that counts of a metric are in."""
    return _hint(f"请按“{own[0]}”填报整数", f"write whole numbers of {own[-1]}")


def total_hint(total: int) -> Bilingual:
    """What the counts add up to."""
    return _hint(f"各项之和为 {total}；请核对各项与合计", f"the counts add up to {total}; check them and the total")


def row_error(
    code: RowCode, row: int, column: str | None = None, value: object = None, hint: Bilingual | None = None
) -> RowError:
    """A row error with the code's words, its usual hint unless another is given, and the value cut short."""
    return RowError(
        row=row,
        column=column,
        code=code,
        value=None if value is None else safe_excerpt(value),
        message=code.title_,
        hint=hint or _HINTS.get(code),
    )


def nearest_field_hint(word: str, known: tuple[str, ...]) -> Bilingual:
    """A hint that names the field most like `word`, or all of them."""
    close = get_close_matches(safe_excerpt(word).lower(), known, n=1)
    if close:
        return _hint(f"是否应为 {close[0]}？", f"did you mean {close[0]}?")
    listed = ", ".join(known)
    return _hint(f"可用字段：{listed}", f"the fields are {listed}")
