"""JSON and NDJSON are read without generosity, and every fault is named."""

import json
import re
import tracemalloc
from typing import Any

import pytest

from services.ingest.formats.media import Media
from shared.problem_members import SizeLimit
from shared.problems import Malformed, Problem, Schema, TooLarge
from shared.vocabulary import LimitUnit
from tests.services.ingest.formats.pushed import as_json, as_ndjson, contents, read

GOOD: dict[str, Any] = {"metric": "fbb_subs_total", "area": "liangjiang", "month": "2022-08", "value": 5}
GOOD_TEXT = json.dumps(GOOD)


def _with(field: str, written: str) -> str:
    """The good row with one field written otherwise."""
    return (
        "{" + ", ".join(f'"{name}": {written if name == field else json.dumps(GOOD.get(name))}' for name in [*GOOD, "note"]) + "}"
    )


DOCUMENTS = [
    ("NaN", _with("value", "NaN"), "not a JSON number"),
    ("Infinity", _with("value", "Infinity"), "not a JSON number"),
    ("-Infinity", _with("value", "-Infinity"), "not a JSON number"),
    ("1e400", _with("value", "1e400"), "out of range"),
    ("5000 digits", _with("value", "9" * 5000), "too many digits"),
    ("duplicate key", GOOD_TEXT[:-1] + ', "value": 6}', "duplicate key"),
    ("duplicate text key", GOOD_TEXT[:-1] + ', "area": "x"}', "duplicate key"),
    ("duplicate note", GOOD_TEXT[:-1] + ', "note": null, "note": "x"}', "duplicate key"),
    ("escaped duplicate", GOOD_TEXT[:-1] + ', "v\\u0061lue": 6}', "duplicate key"),
    ("duplicate deeper down", GOOD_TEXT[:-1] + ', "x": {"a": 1, "a": 2}}', "duplicate key"),
    ("nested 33 deep", _with("note", "[" * 33 + "]" * 33), "deeper"),
    ("nested 33 deep in turns", _with("note", '[{"a":' * 16 + "0" + "}]" * 16), "deeper"),
    ("nested 900 deep", _with("note", "[" * 900 + "]" * 900), "deeper"),
    ("nested 100000 deep", _with("note", "[" * 20_000), "deeper|JSON|Expecting|delimiter"),
    ("trailing comma", GOOD_TEXT[:-1] + ",}", ""),
    ("single quotes", GOOD_TEXT.replace('"', "'"), ""),
    ("leading zero", _with("value", "01"), ""),
    ("comment", GOOD_TEXT[:-1] + "/* */}", ""),
    ("control character", _with("note", '"a\nb"'), ""),
]

ROWS = [
    ("text for a number", _with("value", '"5"'), [("value", "value_is_text", "5")]),
    ("NaN as text", _with("value", '"NaN"'), [("value", "value_is_text", "NaN")]),
    ("percent", _with("value", '"25%"'), [("value", "percent", "25%")]),
    ("5.0", _with("value", "5.0"), [("value", "fraction", "5.0")]),
    ("0.25", _with("value", "0.25"), [("value", "fraction", "0.25")]),
    ("1e2", _with("value", "1e2"), [("value", "fraction", "1e2")]),
    ("-0.5", _with("value", "-0.5"), [("value", "negative", "-0.5")]),
    ("true", _with("value", "true"), [("value", "not_a_count", "true")]),
    ("null", _with("value", "null"), [("value", "not_a_count", "null")]),
    ("list", _with("value", "[5]"), [("value", "not_a_count", "[…]")]),
    ("negative", _with("value", "-1"), [("value", "negative", "-1")]),
    ("2^53", _with("value", str(2**53)), [("value", "too_large", str(2**53))]),
    ("17 digits", _with("value", "1" * 17), [("value", "too_many_digits", "1" * 17)]),
    ("2^63", _with("value", str(2**63)), [("value", "too_many_digits", str(2**63))]),
    ("10^100", _with("value", str(10**100)), [("value", "too_many_digits", str(10**100)[:64])]),
    ("number for a code", _with("area", "500112007"), [("area", "not_text", "500112007")]),
    ("decimal for a code", _with("area", "0.5"), [("area", "not_text", "0.5")]),
    ("empty code", _with("metric", '" "'), [("metric", "missing_field", " ")]),
    ("null month", _with("month", "null"), [("month", "not_text", "null")]),
    ("month 13", _with("month", '"2022-13"'), [("month", "month_malformed", "2022-13")]),
    ("loose month", _with("month", '"2022-8"'), [("month", "month_malformed", "2022-8")]),
    ("full-width month", _with("month", '"２０２２-08"'), [("month", "month_malformed", "２０２２-08")]),
    ("year 1999", _with("month", '"1999-12"'), [("month", "month_malformed", "1999-12")]),
    ("timestamp", _with("month", "1664553599"), [("month", "not_text", "1664553599")]),
    ("NUL", _with("note", '"a\\u0000b"'), [("note", "bad_text", "a\\u0000b")]),
    ("lone surrogate", _with("note", '"\\ud800"'), [("note", "bad_text", "\\ud800")]),
    ("surrogate in a code", _with("metric", '"\\udc00x"'), [("metric", "bad_text", "\\udc00x")]),
    ("NUL in a code", _with("area", '"a\\u0000"'), [("area", "bad_text", "a\\u0000")]),
    ("line break in a note", _with("note", '"a\\nb"'), [("note", "bad_text", "a\\u000ab")]),
    ("note of 501", _with("note", f'"{"x" * 501}"'), [("note", "text_too_long", "x" * 64)]),
    ("missing value", '{"metric": "m", "area": "a", "month": "2022-08"}', [("value", "missing_field", None)]),
    ("nothing", "{}", [(name, "missing_field", None) for name in GOOD]),
    ("unknown field", GOOD_TEXT[:-1] + ', "Value ": 1}', [("Value ", "unknown_field", None)]),
    ("not an object", "[1]", [(None, "malformed_row", "[…]")]),
    ("a number", "7", [(None, "malformed_row", "7")]),
    (
        "everything wrong",
        '{"metric": 1, "area": null, "month": "x", "value": "-", "note": 5, "extra": 1}',
        [
            ("extra", "unknown_field", None),
            ("metric", "not_text", "1"),
            ("area", "not_text", "null"),
            ("month", "month_malformed", "x"),
            ("value", "value_is_text", "-"),
            ("note", "not_text", "5"),
        ],
    ),
]


CODES = [
    ("", "missing_field"),
    ("  ", "missing_field"),
    ("\\u0007", "bad_text"),
    ("a\\u0000", "bad_text"),
    ("\x7f", "bad_text"),
    ("\u0085", "missing_field"),
    ("a\u0085", "bad_text"),
    ("x" * 101, "text_too_long"),
]


@pytest.mark.parametrize(("code", "fault"), CODES)
@pytest.mark.parametrize("field", ["metric", "area"])
@pytest.mark.parametrize("spaced", ["", " "])
def test_a_code_that_is_none_is_found_in_rows_that_are_right_otherwise(field: str, code: str, fault: str, spaced: str) -> None:
    compact = json.dumps(GOOD, separators=(f",{spaced}", f":{spaced}"))
    line = compact.replace(f'"{GOOD[field]}"', f'"{code}"')

    pushed = read(f"{compact}\n{line}\n{compact}".encode(), Media.NDJSON)

    assert [(error.row, error.column, error.code.value) for error in pushed.errors] == [(2, field, fault)]
    assert [row.number for row in pushed.rows] == [1, 3]


@pytest.mark.parametrize(("text", "complaint"), [case[1:] for case in DOCUMENTS], ids=[case[0] for case in DOCUMENTS])
def test_a_document_that_is_not_strict_json_is_malformed(text: str, complaint: str) -> None:
    body = f'{{"observations": [{GOOD_TEXT},\n {text}, {GOOD_TEXT}]}}'.encode()

    with pytest.raises(Malformed, match=f"line (2|3), column .*({complaint})"):
        read(body, Media.JSON)


@pytest.mark.parametrize(("text", "complaint"), [case[1:] for case in DOCUMENTS], ids=[case[0] for case in DOCUMENTS])
def test_a_line_that_is_not_strict_json_is_one_bad_row_of_ndjson(text: str, complaint: str) -> None:
    pushed = read(f"{GOOD_TEXT}\n{text.replace(chr(10), chr(9))}\n{GOOD_TEXT}\n".encode(), Media.NDJSON)

    assert [(error.row, error.code.value) for error in pushed.errors] == [(2, "malformed_row")]
    assert [row.number for row in pushed.rows] == [1, 3]
    assert pushed.received == 3
    assert re.search(complaint, str(pushed.errors[0].hint))


@pytest.mark.parametrize("media", [Media.JSON, Media.NDJSON])
@pytest.mark.parametrize(("text", "faults"), [case[1:] for case in ROWS], ids=[case[0] for case in ROWS])
def test_every_fault_of_a_row_is_named_in_one_pass(text: str, faults: list[tuple[str, str, str]], media: Media) -> None:
    lines = [GOOD_TEXT, text, GOOD_TEXT]
    body = "\n".join(lines) if media is Media.NDJSON else f'{{"observations": [{", ".join(lines)}]}}'

    pushed = read(body.encode(), media)

    assert [(error.column, error.code.value, error.value) for error in pushed.errors] == faults
    assert {error.row for error in pushed.errors} == {2}
    assert [row.number for row in pushed.rows] == [1, 3]
    assert pushed.received == 3


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"", Malformed),
        (b" \n ", Malformed),
        (b"\xef\xbb\xbf" + as_json([GOOD]), Malformed),
        (as_json([GOOD]).decode().encode("utf-16"), Malformed),
        (as_json([GOOD]).replace(b"fbb", b"\xff\xfe"), Malformed),
        (as_json([GOOD]) + b"x", Malformed),
        (as_json([GOOD]) + as_json([GOOD]), Malformed),
        (as_json([GOOD])[:-1], Malformed),
        (b'{"observations": [' + GOOD_TEXT.encode() + b",]}", Malformed),
        (b'{"observations": [' + GOOD_TEXT.encode() + b" " + GOOD_TEXT.encode() + b"]}", Malformed),
        (b'{"observations": [], "observations": []}', Malformed),
        (b'{"observations": [], "x": NaN}', Malformed),
        (b'{"x": {"y": 1, "y": 2}, "observations": []}', Malformed),
        (b'{"x": ' + b"[" * 32 + b"]" * 32 + b', "observations": []}', Malformed),
        (b"[" * 100_000, Malformed),
        (b"{observations: []}", Malformed),
        (b"NaN", Malformed),
        (b"[]", Schema),
        (b"null", Schema),
        (b'"observations"', Schema),
        (b"{}", Schema),
        (b'{"observation": []}', Schema),
        (b'{"observations": {}}', Schema),
        (b'{"observations": null}', Schema),
        (b"{" + b", ".join(b'"k%d": 1' % n for n in range(100_000)) + b"}", Schema),
    ],
)
def test_a_document_of_another_shape_is_refused_as_a_whole(body: bytes, problem: type[Problem]) -> None:
    with pytest.raises(problem) as refusal:
        read(body, Media.JSON)

    assert type(refusal.value) is problem


def test_an_unknown_top_level_field_is_told_the_nearest_one() -> None:
    with pytest.raises(Schema) as refusal:
        read(b'{"observation": [], "mode": 1}', Media.JSON)

    assert [(error.where, error.code) for error in refusal.value.errors] == [
        ("/observation", "unknown_field"),
        ("/mode", "unknown_field"),
        ("/observations", "missing_field"),
    ]
    assert "observations" in str(refusal.value.errors[0].hint)


@pytest.mark.parametrize("media", [Media.JSON, Media.NDJSON])
def test_good_rows_are_taken_as_they_stand_whatever_their_layout(media: Media) -> None:
    rows = [
        GOOD,
        dict(reversed(GOOD.items())),
        {**GOOD, "value": 0},
        {**GOOD, "value": 2**53 - 1},
        {**GOOD, "note": None},
        {**GOOD, "note": 'quote " brace } comma , 🙂 礼嘉'},
        {**GOOD, "note": ""},
        {**GOOD, "area": "ａ\u200b", "month": "2099-12"},
    ]
    expected = [(row["metric"], row["area"], row["month"], row["value"], row.get("note")) for row in rows]

    for ascii_only in (True, False):
        if media is Media.JSON:
            bodies = [json.dumps({"observations": rows}, indent=space, ensure_ascii=ascii_only) for space in (None, 2)]
        else:
            bodies = [end.join(json.dumps(row, ensure_ascii=ascii_only) for row in rows) for end in ("\n", "\r\n")]
        for body in bodies:
            pushed = read(body.encode(), media)
            assert contents(pushed.rows) == expected
            assert [row.number for row in pushed.rows] == list(range(1, 9))
            assert pushed.errors == []


def test_no_rows_are_no_error() -> None:
    assert read(b'{"observations": []}', Media.JSON).received == 0
    assert read(b"\n\n", Media.NDJSON).received == 0


def test_an_empty_ndjson_body_or_one_with_a_byte_order_mark_is_malformed() -> None:
    for body in (b"", b"\xef\xbb\xbf" + as_ndjson([GOOD]), as_ndjson([GOOD]).decode().encode("utf-16")):
        with pytest.raises(Malformed):
            read(body, Media.NDJSON)


def test_blank_lines_of_ndjson_are_not_rows_but_lines() -> None:
    pushed = read(f"\n{GOOD_TEXT}\n \t\r\n\n{GOOD_TEXT}".encode(), Media.NDJSON)

    assert [row.number for row in pushed.rows] == [2, 5]
    assert (pushed.received, pushed.blank) == (2, 0)


def test_bad_utf8_in_a_line_of_ndjson_is_a_bad_row() -> None:
    pushed = read(GOOD_TEXT.encode() + b"\n" + GOOD_TEXT.encode().replace(b"fbb", b"\xff"), Media.NDJSON)

    assert pushed.codes == ["malformed_row"]
    assert "UTF-8" in str(pushed.errors[0].hint)


@pytest.mark.parametrize("line", ["{} {}", GOOD_TEXT + GOOD_TEXT, GOOD_TEXT + " x"])
def test_two_things_on_a_line_are_no_row(line: str) -> None:
    assert read(line.encode(), Media.NDJSON).codes == ["malformed_row"]


@pytest.mark.parametrize("length", [64 << 10, 200_000, 3_000_000])
def test_an_overlong_line_is_one_bad_row_wherever_it_stands(length: int) -> None:
    long = GOOD_TEXT + " " * length

    pushed = read(f"{GOOD_TEXT}\n{long}\n{GOOD_TEXT}\n{long}".encode(), Media.NDJSON)

    assert [(error.row, error.code.value) for error in pushed.errors] == [(2, "malformed_row"), (4, "malformed_row")]
    assert [row.number for row in pushed.rows] == [1, 3]


@pytest.mark.parametrize("media", [Media.NDJSON, Media.CSV])
def test_a_line_without_end_is_not_held_in_memory(media: Media) -> None:
    body = b"metric,area,month,value\n" + b"x" * (32 << 20)

    tracemalloc.start()
    try:
        pushed = read(body, media)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert set(pushed.codes) == {"malformed_row"}
    assert peak < 8 << 20


@pytest.mark.parametrize("write", [as_json, as_ndjson])
def test_rows_come_in_batches_and_keep_their_numbers(write: Any) -> None:
    rows = [{**GOOD, "value": n} for n in range(1, 10_001)]
    rows[6_000]["value"] = -1

    pushed = read(write(rows), Media.JSON if write is as_json else Media.NDJSON)

    assert [row.number for row in pushed.rows] == [n for n in range(1, 10_001) if n != 6_001]
    assert all(row.value == row.number for row in pushed.rows)
    assert [(error.row, error.code.value) for error in pushed.errors] == [(6_001, "negative")]
    assert max(batch.received for batch in pushed.batches) <= 2_000


@pytest.mark.parametrize("body", [as_json([GOOD] * 11), as_ndjson([GOOD] * 11), b"1\n" * 11])
def test_more_rows_than_the_limit_are_too_large(body: bytes) -> None:
    with pytest.raises(TooLarge) as refusal:
        read(body, Media.JSON if body.startswith(b'{"obs') else Media.NDJSON, max_rows=10)

    assert refusal.value.members == SizeLimit(limit=10, unit=LimitUnit.ROWS)
