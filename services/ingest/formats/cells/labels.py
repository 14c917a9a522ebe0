"""Labels in forms that are not counts: totals, signatures, remarks, numbering, comparison columns."""

import re
from collections.abc import Mapping

from services.ingest.formats.cells.units import split_unit
from shared.values.spelling import normalised

_TOTAL = re.compile(
    r"(?:全区|全部|各街道|街道|各项|本表|数据)?(?:合计|总计|共计|总和|累加|汇总)(?:数)?|(?:grand)?total|sum|小计|subtotal"
)
_SUBTOTALS = frozenset({"小计", "subtotal"})
_SIGNATURE = re.compile(
    r"[(（]?(?:(?:填表|制表|填报|编制|审核|复核|审批|批准|经办|联系|负责|签发|统计|主管|分管)(?:人|人员|单位|部门|领导|负责人|日期|时间|说明)?"
    r"|(?:单位|部门|统计|科室|企业)负责人|单位|报送(?:单位|日期|时间)?|(?:联系)?电话|手机|日期|盖章|公章|签字|签名"
    r"|注\d*|备注|说明|数据来源|资料来源|来源"
    r"|filled in by|prepared by|checked by|approved by|signature|signed|contact|phone|date|notes?|remarks?|source)"
    r"\s*+(?:\([^)]*\)\s*+)?(?::.*|[.、].*|\)|)",
    re.DOTALL,
)
_NUMBERS_OF_ROWS = re.compile(r"序号|编号|行次|行号|no\.?|#|备查|联系人.*|.*电话|.*负责人")
_COMPARISON = re.compile(
    r"排名|名次"
    r"|上月.*|上期.*|上年.*|去年.*|同期.*|同比.*|环比.*|较.*|比上.*|增长.*|增幅.*|增减.*|.*占比.*|.*比例|.*比率|.*率|.*比重"
    r"|平均.*|.*平均(?:数|值)?|均值|[年季月周日人户]均.*|average.*|mean"
    r"|第?[一二三四1-4]季度?(?:末|合计|小计|累计|数)?|[上下]半年(?:末|合计|小计|累计|数)?|全年(?:合计|数)?"
    r"|(?:[本当今全]?[年月季期]度?|年初(?:至今)?|截[至止].{0,12})?(?:新增|净增|增加|累计)(?:完成|到达)?(?:数|数值|数量|值|量)?|[0-9]{1,2}月?[-~至到][0-9]{1,2}月.{0,4}"
    r"|(?:(?:20\d\d|[本当今全])?[年月季]度?)?(?:计划|目标|任务指标|任务目标).*|[年期]初(?:数|值)?|(?:[本当今全]?[年月季]度?)?任务数?|差额|差距"
    r"|last.?value|last.?month.*|previous.*|change.*|share|ratio|target.*|plan.*"
)
_SUM_OF_MONTHS = re.compile(r"(?!.*均)(?:.*累计|全年|[0-9]{1,2}月?[-~至到][0-9]{1,2}月)")
_OTHER_FIGURES = re.compile(
    r"(?:上个?月|上期|上季度?|上年|去年|前期|年初|期初)(?:同期|末|底)?(?:完成|到达)?(?:数|数值|数量|值|情况)?|同期(?:数|值)?"
    r"|(?:(?:20\d\d|[本当今全])?年度?|[本当]?[月季]度?)?(?:计划|目标|任务|预计|预测|规划)+(?:(?:完成)?(?:数|数值|数量|值)|情况)?"
)
_SPACE = re.compile(r"\s+")
_LABEL_LENGTH = 200  # characters: no label is longer, and no pattern sees a longer text
_NUMBERING = re.compile(
    r"\s*(?:[①-⑳⑴-⒇⒈-⒛㈠-㈩]|[(（]\s*(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})\s*[)）]|(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})\s*[、.．:：]|"
    r"其中\s*[:：,，、]?)\s*"
)
_MARKS = re.compile(r"(?:[*＊:：。;；]|[(（](?:必填|选填|必报|选报|自愿)[)）])$")
_NUMBERINGS_MAX = 3  # （二）1.其中：


def bare_name(text: str) -> str:
    """Return a name without the numbering before it and the marks behind it: （二）其中：鸳鸯街道* → 鸳鸯街道."""
    if len(text) > _LABEL_LENGTH:
        return text
    for _ in range(_NUMBERINGS_MAX):
        if not (match := _NUMBERING.match(text)):
            break
        text = text[match.end() :]
    text = text.strip()
    while match := _MARKS.search(text):
        text = text[: match.start()].rstrip()
    return text


def code_named(codes: Mapping[str, str], text: str) -> str | None:
    """Return the code of a name as it is, or without numbering and marks; `codes` by spelling."""
    return codes.get(normalised(text)) or codes.get(normalised(bare_name(text)))


def is_total(text: str) -> bool:
    """Return whether a text labels a total: 合计, 合 计, 小计, 总计, total."""
    return any(mark in text for mark in "计总累tTsS") and bool(_TOTAL.fullmatch(_total_label(text)))


def is_subtotal(text: str) -> bool:
    """Return whether a text labels the total of a part only."""
    return _total_label(text) in _SUBTOTALS


def _total_label(text: str) -> str:
    return _SPACE.sub("", normalised(split_unit(bare_name(text))[0]))[:_LABEL_LENGTH]


def is_unknown_name(text: str) -> bool:
    """Return whether a text in a total row, in a column of names, is an unknown name rather than a label."""
    return any(map(str.isalnum, text)) and not is_total(text)


def is_signature(text: str) -> bool:
    """Return whether a text is a signature or a note below or above a table: 填表人：, 审核人（签字）, 单位（盖章）, 注：."""
    return len(text) > 1 and bool(_SIGNATURE.fullmatch(normalised(text[:_LABEL_LENGTH])))


def is_of_other_figures(text: str) -> bool:
    """Return whether a text says of figures that they are not the month's counts: 上月数, 去年同期, 年度计划, 目标值."""
    return bool(_OTHER_FIGURES.fullmatch(_SPACE.sub("", normalised(bare_name(text[:_LABEL_LENGTH])))))


def is_comparison(title: str) -> bool:
    """Return whether a title is of numbering, other months' counts, ratios or people, not of the month's counts."""
    return is_numbering(title) or bool(_COMPARISON.fullmatch(_SPACE.sub("", normalised(bare_name(title[:_LABEL_LENGTH])))))


def is_sum_of_months(title: str) -> bool:
    """Return whether a title of figures that are not the month's says that they are of several months: 本年累计, 1-9月."""
    return bool(_SUM_OF_MONTHS.match(_SPACE.sub("", normalised(title[:_LABEL_LENGTH]))))


def is_numbering(title: str) -> bool:
    """Return whether a title is of numbers that count nothing, or of people."""
    return bool(_NUMBERS_OF_ROWS.fullmatch(_SPACE.sub("", normalised(bare_name(title[:_LABEL_LENGTH])))))
