"""CSV is read generously, says so, and still lets no wrong number pass."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from services.ingest.formats.cells.cell import SheetCell, cell_text
from services.ingest.formats.media import Media
from services.ingest.formats.rows import BodyLimits
from shared.problems import Malformed, Schema, TooLarge
from tests.services.ingest.formats.pushed import Pushed, as_csv, contents, read

GOOD = ("homes_gigabit_covered", "500112007", "2022-08", "29594", "")
READ = ("homes_gigabit_covered", "500112007", "2022-08", 29594, None)


def _read(text: str, encoding: str = "utf-8", **limits: Any) -> Pushed:
    return read(text.encode(encoding), Media.CSV, **limits)


def _value(text: str) -> Pushed:
    return read(as_csv([(*GOOD[:3], text, "")]), Media.CSV)


VALUES = [
    ("29594", 29594, {}),
    ("0", 0, {}),
    ("29,594", 29594, {"thousands": 1}),
    ("1,234,567", 1234567, {"thousands": 1}),
    ("29594.0", 29594, {"whole_decimal": 1}),
    ("29594.", 29594, {"whole_decimal": 1}),
    ("29,594.00", 29594, {"thousands": 1, "whole_decimal": 1}),
    ("２９５９４", 29594, {"full_width": 1}),
    ("２９，５９４", 29594, {"full_width": 1, "thousands": 1}),
    (" 29594\u3000", 29594, {"space": 1}),
    ("\u200b29594\ufeff", 29594, {"space": 1}),
    ("00029594", 29594, {"leading_zeros": 1}),
    ("+5", 5, {}),
    ("-0", 0, {}),
    ("9007199254740991", 2**53 - 1, {}),
    ("9,007,199,254,740,991", 2**53 - 1, {"thousands": 1}),
]

WRONG_VALUES = [
    ("25%", "percent"),
    ("25％", "percent"),
    ("24.9 %", "percent"),
    ("0.25", "fraction"),
    (".5", "fraction"),
    ("12.5", "fraction"),
    ("1,234.5", "fraction"),
    ("-1", "negative"),
    ("－1", "negative"),
    ("\u22125", "negative"),
    ("-0.5", "negative"),
    ("(1,234)", "negative"),
    ("9007199254740992", "too_large"),
    ("9999999999999999", "too_large"),
    ("12345678901234567", "too_many_digits"),
    ("9" * 5000, "too_many_digits"),
    ("-", "placeholder"),
    ("——", "placeholder"),
    ("/", "placeholder"),
    ("无", "placeholder"),
    ("N/A", "placeholder"),
    ("null", "placeholder"),
    ("暂无", "placeholder"),
    ("#DIV/0!", "error_cell"),
    ("#N/A", "error_cell"),
    ("#REF!", "error_cell"),
    ("#NAME?", "error_cell"),
    ("########", "error_cell"),
    ("1,23", "bad_thousands"),
    ("1,2345", "bad_thousands"),
    ("12,34,567", "bad_thousands"),
    ("1234,567", "bad_thousands"),
    ("0,123", "bad_thousands"),
    (",123", "bad_thousands"),
    ("1,234,", "bad_thousands"),
    ("1.234.567", "not_a_count"),
    ("1.2E+05", "not_a_count"),
    ("2.9万", "not_a_count"),
    ("29594户", "not_a_count"),
    ("1_000", "not_a_count"),
    ("0x10", "not_a_count"),
    ("1 000", "bad_thousands"),
    ("١٢", "not_a_count"),
    ("²", "not_a_count"),
    ("NaN", "placeholder"),
    ("inf", "not_a_count"),
    ("=1+1", "not_a_count"),
    ("TRUE", "not_a_count"),
]

MONTHS = [
    ("2022-08", {}),
    ("2022-8", {"month_form": 1}),
    ("2022/8", {"month_form": 1}),
    ("2022/08", {"month_form": 1}),
    ("2022.8", {"month_form": 1}),
    ("202208", {"month_form": 1}),
    ("2022年8月", {"month_form": 1}),
    ("2022年08月份", {"month_form": 1}),
    ("２０２２年８月", {"month_form": 1}),
    (" 2022-08 ", {"month_form": 1}),
    ("2022-08-01", {"date_as_month": 1}),
    ("2022/8/31", {"date_as_month": 1}),
    ("2022-08-01 00:00:00", {"date_as_month": 1}),
    ("2022年8月1日", {"date_as_month": 1}),
]

WRONG_MONTHS = [
    "2022-13",
    "2022-00",
    "1999-12",
    "2100-01",
    "202213",
    "8月",
    "22-08",
    "Aug-22",
    "44774",
    "2022",
    "2022-02-30",
    "2022/8-1",
]


@pytest.mark.parametrize(("text", "value", "kinds"), VALUES)
def test_a_count_may_be_written_in_many_ways(text: str, value: int, kinds: dict[str, int]) -> None:
    pushed = _value(text)

    assert [row.value for row in pushed.rows] == [value]
    assert pushed.errors == []
    assert pushed.kinds == kinds


@pytest.mark.parametrize(("text", "code"), WRONG_VALUES)
def test_what_is_no_count_is_refused_by_its_kind_with_a_hint(text: str, code: str) -> None:
    pushed = _value(text)

    assert [(error.row, error.column, error.code.value, error.value) for error in pushed.errors] == [
        (2, "value", code, text[:64])
    ]
    assert pushed.errors[0].hint is not None
    assert pushed.rows == []
    assert pushed.received == 1


@pytest.mark.parametrize(("text", "kinds"), MONTHS)
def test_a_month_may_be_written_in_many_ways(text: str, kinds: dict[str, int]) -> None:
    pushed = read(as_csv([(*GOOD[:2], text, "1", "")]), Media.CSV)

    assert [row.month for row in pushed.rows] == ["2022-08"]
    assert pushed.kinds == kinds


@pytest.mark.parametrize("text", WRONG_MONTHS)
def test_what_is_no_month_is_refused(text: str) -> None:
    pushed = read(as_csv([(*GOOD[:2], text, "1", "")]), Media.CSV)

    assert [(error.column, error.code.value, error.value) for error in pushed.errors] == [("month", "month_malformed", text)]


@pytest.mark.parametrize(
    ("text", "code", "kinds"),
    [
        ("500112010", "500112010", {}),
        ("天宫殿", "500112010", {"area_name": 1}),
        ("天宫殿街道", "500112010", {"area_name": 1}),
        ("５００１１２０１０", "500112010", {"full_width": 1}),
        (" 500112010\u200b", "500112010", {"space": 1}),
        ("LiangJiang", "liangjiang", {"space": 1}),
        ("礼嘉街道", "500112019", {"area_name": 1}),
        ("\ufa18嘉街道", "500112019", {"area_name": 1}),
        ("渝北区", "渝北区", {}),
        ("\u202e500112010", "\u202e500112010", {}),
    ],
)
def test_names_become_codes_and_an_unknown_one_is_left_for_the_caller_to_refuse(
    text: str, code: str, kinds: dict[str, int]
) -> None:
    pushed = read(as_csv([(GOOD[0], text, *GOOD[2:])]), Media.CSV)

    assert [row.area for row in pushed.rows] == [code]
    assert pushed.kinds == kinds


def test_a_metric_may_be_named_too() -> None:
    assert contents(read(as_csv([("千兆覆盖家庭数", *GOOD[1:])]), Media.CSV).rows) == [READ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
@pytest.mark.parametrize("titles", [("指标", "区域", "月份", "数值", "备注"), ("metric", "area", "month", "value", "note")])
def test_encoding_delimiter_line_ends_and_language_are_the_senders_choice(
    encoding: str, delimiter: str, end: str, titles: tuple[str, ...]
) -> None:
    rows = [(*GOOD[:1], "康美街道", "2022-08", "29594", "说明，一二三")]
    body = as_csv(rows, titles, encoding, delimiter).replace(b"\r\n", end.encode())

    pushed = read(body, Media.CSV)

    assert contents(pushed.rows) == [(GOOD[0], "500112022", "2022-08", 29594, "说明，一二三")]
    assert ("gb18030" in pushed.kinds) == encoding.startswith("gb")
    assert ("byte_order_mark" in pushed.kinds) == (encoding == "utf-8-sig")
    assert ("delimiter" in pushed.kinds) == (delimiter != ",")


def test_the_whole_stream_decides_the_encoding() -> None:
    rows = [GOOD] * 20_000 + [(*GOOD[:4], "说明")]

    pushed = read(as_csv(rows, encoding="gb18030"), Media.CSV)

    assert pushed.rows[-1].note == "说明"


def test_bytes_of_no_known_encoding_are_malformed_and_named() -> None:
    body = as_csv([GOOD]) + b"\xff\xff\n"

    with pytest.raises(Malformed, match=rf"Row 3 \(byte {len(as_csv([GOOD])) + 1}\)"):
        read(body, Media.CSV)


@pytest.mark.parametrize(
    ("damage", "byte"),
    [
        (lambda body: body.replace("一".encode(), b"\xb8\x80"), 0),  # a byte is missing
        (lambda body: body.replace("一".encode(), b"\xe4\xb8\xff"), 0),
        (lambda body: body.replace("一".encode(), "次".encode("gb18030")), 0),
        (lambda body: body + "说".encode()[:2], None),  # cut off
    ],
)
def test_utf_8_with_a_few_damaged_bytes_is_never_read_as_another_text(damage: Callable[[bytes], bytes], byte: int | None) -> None:
    whole = as_csv([(*GOOD[:4], "说明"), (*GOOD[:4], "一次"), (*GOOD[:4], "说明")], ("指标", "区域", "月份", "数值", "备注"))
    body = damage(whole)
    position = len(whole) if byte is None else whole.index("一".encode())

    with pytest.raises(Malformed, match=rf"Row {5 if byte is None else 3} \(byte {position + 1}\) is not UTF-8[^ ]* correct"):
        read(body, Media.CSV)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [",", "\t"])
def test_utf_16_is_read_with_a_byte_order_mark_and_named_without(encoding: str, delimiter: str) -> None:
    rows = [(*GOOD[:1], "康美街道", "2022-08", "29594", "说明")]
    body = as_csv(rows, ("指标", "区域", "月份", "数值", "备注"), encoding, delimiter)
    marked = body if encoding == "utf-16" else {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}[encoding] + body

    pushed = read(marked, Media.CSV)

    assert contents(pushed.rows) == [(GOOD[0], "500112022", "2022-08", 29594, "说明")]
    assert pushed.kinds["utf_16"] == 1
    if body != marked:
        with pytest.raises(Malformed, match=r"NUL|is not UTF-8"):
            read(body, Media.CSV)
    with pytest.raises(Malformed, match=r"byte \d+\) is not UTF-16"):
        read(marked[:-1], Media.CSV)


@pytest.mark.parametrize("word", ["天宫殿街道等", "领导小组", "说明", "联通"])
def test_gb18030_is_not_taken_for_damaged_utf_8(word: str) -> None:
    pushed = read(as_csv([(*GOOD[:4], word)] * 30, encoding="gb18030"), Media.CSV)

    assert {row.note for row in pushed.rows} == {word}


@pytest.mark.parametrize("body", [b"", b"\n\n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        read(body, Media.CSV)


def test_titles_alone_hold_no_rows() -> None:
    assert read(as_csv([]), Media.CSV).received == 0


@pytest.mark.parametrize(
    ("titles", "faults"),
    [
        ("metric,area,month", [("/header/value", "missing_column")]),
        ("区域,数值", [("/header/metric", "missing_column"), ("/header/month", "missing_column")]),
        ("metric,area,month,value,数值", [("/E1", "duplicate_column")]),
        (
            "a,b",
            [("/A1", "unknown_title"), ("/B1", "unknown_title")]
            + [(f"/header/{name}", "missing_column") for name in ("metric", "area", "month", "value")],
        ),
    ],
)
def test_missing_and_repeated_columns_refuse_the_file_and_name_the_titles(titles: str, faults: list[tuple[str, str]]) -> None:
    with pytest.raises(Schema, match=r"/v1/templates/observations\.xlsx") as refusal:
        _read(f"{titles}\n1,2,3,4,5\n")

    assert [(error.where, error.code) for error in refusal.value.errors] == faults


def test_columns_may_stand_in_any_order_and_unknown_ones_are_ignored_aloud() -> None:
    pushed = _read("序号,数值,单位,月份,区域,指标\n1,29594,户,2022-08,500112007,homes_gigabit_covered\n")

    assert contents(pushed.rows) == [READ]
    assert pushed.passed == [("comparison_column", "A1", "序号")]  # the unit is understood


def test_an_empty_value_is_blank_neither_wrong_nor_zero() -> None:
    pushed = read(as_csv([GOOD, (*GOOD[:3], "", ""), (*GOOD[:3], " \u3000", ""), GOOD]), Media.CSV)

    assert (pushed.blank, pushed.received, len(pushed.rows), pushed.errors) == (2, 2, 2, [])


def test_blank_rows_are_skipped_and_counted_in_the_row_numbers() -> None:
    pushed = _read("\n\nmetric,area,month,value\n\n,,,\n" + ",".join(GOOD[:4]) + "\n \n")

    assert pushed.row_numbers == [6]
    assert pushed.kinds == {"blank_row": 3}
    assert pushed.normalisations[0].rows == (4, 5, 7)
    assert pushed.blank == 0


def test_a_number_that_fell_apart_at_its_unquoted_comma_is_never_taken() -> None:
    with_note = _read("metric,area,month,value,note\nhomes_gigabit_covered,500112007,2022-08,31,146\n")
    without = _read("metric,area,month,value\nhomes_gigabit_covered,500112007,2022-08,31,146\n")
    semicolons = _read("metric;area;month;value;note\nhomes_gigabit_covered;500112007;2022-08;31;146户外\n")

    assert (with_note.codes, with_note.rows) == (["bad_thousands"], [])
    assert (without.codes, without.rows) == (["malformed_row"], [])
    assert contents(semicolons.rows) == [("homes_gigabit_covered", "500112007", "2022-08", 31, "146户外")]


def test_every_wrong_cell_of_a_row_is_named() -> None:
    pushed = _read('metric,area,month,value,note\n,,x,25%,"' + "n" * 501 + '"\n')

    assert sorted((error.column, error.code.value) for error in pushed.errors) == [
        ("area", "missing_field"),
        ("metric", "missing_field"),
        ("month", "month_malformed"),
        ("note", "text_too_long"),
        ("value", "percent"),
    ]
    assert pushed.received == 1


def test_a_note_on_several_lines_becomes_one_line_and_other_control_characters_are_refused() -> None:
    pushed = read(as_csv([(*GOOD[:4], "一行\r\n二行"), GOOD, (*GOOD[:4], "a\x07b"), (*GOOD[:4], "a\x00b")]), Media.CSV)

    assert [*zip(pushed.row_numbers, [row.note for row in pushed.rows], strict=True)] == [(2, "一行 二行"), (3, None)]
    assert [(error.row, error.code.value, error.value) for error in pushed.errors] == [
        (4, "bad_text", "a\\u0007b"),
        (5, "bad_text", "a\\u0000b"),
    ]


def test_a_formula_in_a_note_is_only_text() -> None:
    assert read(as_csv([(*GOOD[:4], "=cmd|' /C calc'!A0")]), Media.CSV).rows[0].note == "=cmd|' /C calc'!A0"


def test_a_quote_that_is_not_closed_is_a_bad_row_and_reading_goes_on() -> None:
    pushed = _read('metric,area,month,value\nm,"a"b,2022-08,1\n' + ",".join(GOOD[:4]) + '\nm,"a,2022-08,1\n')

    assert [(error.row, error.code.value) for error in pushed.errors] == [(2, "malformed_row"), (4, "malformed_row")]
    assert contents(pushed.rows) == [READ]


def test_an_overlong_line_is_one_bad_row() -> None:
    good = ",".join(GOOD[:4])
    pushed = _read(f"metric,area,month,value\n{good}\n{'x' * 1_000_000}\n{good}\n")

    assert [(error.row, error.code.value) for error in pushed.errors] == [(3, "malformed_row")]
    assert pushed.row_numbers == [2, 4]


def test_a_million_normalisations_are_one_note_with_its_first_rows() -> None:
    pushed = read(as_csv([(*GOOD[:3], "29,594", "")] * 5_000), Media.CSV)

    (normalisation,) = pushed.normalisations
    assert (normalisation.kind.value, normalisation.count, normalisation.rows, normalisation.before, normalisation.after) == (
        "thousands",
        5_000,
        (2, 3, 4, 5, 6),
        "29,594",
        "29594",
    )
    assert [index for index, batch in enumerate(reversed(pushed.batches)) if batch.normalisations] == [0]


def test_more_rows_than_the_limit_or_endless_blank_lines_are_too_large() -> None:
    for body in (as_csv([GOOD] * 11), as_csv([(*GOOD[:3], "", "")] * 11), as_csv([]) + b"\n" * 5_000):
        with pytest.raises(TooLarge):
            read(body, Media.CSV, max_rows=10)


def test_distinct_long_texts_are_not_all_kept_in_memory() -> None:
    started = time.monotonic()
    pushed = read(as_csv([(f"{n}{'x' * 60_000}", *GOOD[1:]) for n in range(200)]), Media.CSV)

    assert pushed.codes == ["text_too_long"] * 200
    assert {len(error.value or "") for error in pushed.errors} == {64}
    assert time.monotonic() - started < 20


@pytest.mark.parametrize("lines", [1, 40])
@pytest.mark.parametrize("column", range(5))
def test_a_cell_is_cut_to_its_maximum_before_it_is_read_and_is_still_too_long(
    monkeypatch: pytest.MonkeyPatch, column: int, lines: int
) -> None:
    longest = 0

    def reads(cell: SheetCell) -> str:
        nonlocal longest
        longest = max(longest, len(cell_text(cell)))
        return cell_text(cell)

    monkeypatch.setattr("services.ingest.formats.readings.table.cell_text", reads)
    row = list(GOOD)
    row[column] = "\n".join(["\t'" * (15_000 // lines)] * lines)

    found = read(as_csv([row]), Media.CSV)

    assert not found.rows
    assert len(found.errors) == 1
    assert 0 < longest <= BodyLimits().cell_chars
