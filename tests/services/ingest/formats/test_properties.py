"""Laws for any rows: the same result in four formats, and as many errors as faults."""

import random
from contextlib import suppress
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from services.ingest.formats.media import Media
from services.ingest.formats.rows import NOTE_LENGTH
from shared.problems import Malformed, Schema
from shared.vocabulary import LARGEST_COUNT
from tests.services.ingest.formats.pushed import METRICS, STREETS, TITLES, as_csv, as_json, as_ndjson, as_xlsx, contents, read

_MONTHS = st.builds(lambda year, month: f"{year}-{month:02}", st.integers(2000, 2099), st.integers(1, 12))
_NOTE_TEXT = st.text(st.characters(codec="gb18030", exclude_categories=("C", "Z")), min_size=1, max_size=20)
_NOTES = st.none() | _NOTE_TEXT.filter(lambda text: not (len(text) == 3 and text.isdigit()) and len(text) <= NOTE_LENGTH)
# Spreadsheets hold 15 digits; the other formats are shown the whole range by their own tests.
_VALUES = st.integers(0, 10**15 - 1)
_ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "metric": st.sampled_from(METRICS),
            "area": st.sampled_from(sorted(STREETS)),
            "month": _MONTHS,
            "value": _VALUES,
            "note": _NOTES,
        }
    ),
    min_size=1,
    max_size=40,
)
_STRICT_FAULTS: list[tuple[str, Any]] = [
    ("metric", None),
    ("metric", 5),
    ("area", ""),
    ("area", ["x"]),
    ("month", "2022-13"),
    ("month", 202208),
    ("value", -1),
    ("value", 0.5),
    ("value", "5"),
    ("value", None),
    ("value", True),
    ("value", LARGEST_COUNT + 1),
    ("note", 1),
    ("note", "a\x00b"),
    ("surplus", 1),
]
_LOOSE_FAULTS = [
    ("metric", ""),
    ("area", " "),
    ("month", "8月"),
    ("month", ""),
    ("value", "-5"),
    ("value", "25%"),
    ("value", "0.5"),
    ("value", "1,23"),
    ("value", "无"),
    ("value", "12345678901234567890"),
    ("note", "n" * (NOTE_LENGTH + 1)),
]
_FEW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def _cells(row: dict[str, Any]) -> list[Any]:
    return ["" if row[title] is None else row[title] for title in TITLES]


def _also_utf8(body: bytes) -> bool:
    """Return true if bytes are also valid UTF-8 of other characters; nothing distinguishes them, and UTF-8 is tried first."""
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return not body.isascii()


@_FEW
@given(_ROWS)
def test_the_same_rows_in_json_ndjson_and_csv_are_the_same_rows(rows: list[dict[str, Any]]) -> None:
    expected = [tuple(row[title] for title in TITLES) for row in rows]
    cells = [_cells(row) for row in rows]

    assert contents(read(as_json(rows), Media.JSON).rows) == expected
    assert contents(read(as_ndjson(rows), Media.NDJSON).rows) == expected
    for encoding in ("utf-8", "gb18030"):
        for delimiter in ",;\t":
            body = as_csv(cells, encoding=encoding, delimiter=delimiter)
            assume(encoding == "utf-8" or not _also_utf8(body))
            assert contents(read(body, Media.CSV).rows) == expected


@settings(_FEW, max_examples=10)
@given(_ROWS)
def test_the_same_rows_in_a_workbook_are_the_same_rows(rows: list[dict[str, Any]]) -> None:
    pushed = read(as_xlsx([_cells(row) for row in rows]), Media.XLSX)

    assert contents(pushed.rows) == [tuple(row[title] for title in TITLES) for row in rows]


@_FEW
@given(_ROWS, st.randoms(use_true_random=False))
def test_as_many_errors_as_faults_in_json_and_ndjson(rows: list[dict[str, Any]], chance: random.Random) -> None:
    faults = _inject(rows, chance, _STRICT_FAULTS)

    for pushed in (read(as_json(rows), Media.JSON), read(as_ndjson(rows), Media.NDJSON)):
        assert {(error.row, error.column) for error in pushed.errors} == faults
        assert len(pushed.errors) == len(faults)
        assert len(pushed.rows) == len(rows) - len({number for number, _ in faults})
        assert pushed.received == len(rows)


@_FEW
@given(_ROWS, st.randoms(use_true_random=False))
def test_as_many_errors_as_faults_in_csv(rows: list[dict[str, Any]], chance: random.Random) -> None:
    faults = _inject(rows, chance, _LOOSE_FAULTS)

    pushed = read(as_csv([_cells(row) for row in rows]), Media.CSV)

    assert {((error.row or 0) - 1, error.column) for error in pushed.errors} == faults
    assert len(pushed.errors) == len(faults)
    assert len(pushed.rows) == len(rows) - len({number for number, _ in faults})


@settings(_FEW, max_examples=10)
@given(_ROWS, st.randoms(use_true_random=False))
def test_as_many_errors_as_faults_in_a_workbook(rows: list[dict[str, Any]], chance: random.Random) -> None:
    faults = _inject(rows, chance, _LOOSE_FAULTS)

    pushed = read(as_xlsx([_cells(row) for row in rows]), Media.XLSX)

    assert {((error.row or 0) - 1, error.column) for error in pushed.errors} == faults
    assert {error.cell for error in pushed.errors} == {
        f"{'ABCDE'[TITLES.index(column)]}{number + 1}" for number, column in faults
    }


def _inject(rows: list[dict[str, Any]], chance: random.Random, kinds: list[tuple[str, Any]]) -> set[tuple[int, str]]:
    """Spoil some fields; returns (row from 1, field)."""
    faults = set()
    for _ in range(chance.randint(0, 2 * len(rows))):
        place = chance.randrange(len(rows))
        field, spoiled = chance.choice(kinds)
        rows[place] = {**rows[place], field: spoiled}
        faults.add((place + 1, field))
    return faults


@_FEW
@given(st.binary(max_size=300), st.sampled_from([Media.JSON, Media.NDJSON, Media.CSV]))
def test_any_bytes_are_read_or_refused_and_never_a_crash(body: bytes, media: Media) -> None:
    _read_or_refuse(body, media)


@_FEW
@given(_ROWS, st.randoms(use_true_random=False), st.sampled_from([Media.JSON, Media.NDJSON, Media.CSV]))
def test_a_body_with_a_few_bytes_changed_is_read_or_refused_and_never_a_crash(
    rows: list[dict[str, Any]], chance: random.Random, media: Media
) -> None:
    written = {Media.JSON: as_json, Media.NDJSON: as_ndjson}.get(media)
    body = bytearray(written(rows) if written else as_csv([_cells(row) for row in rows]))
    for _ in range(3):
        body[chance.randrange(len(body))] = chance.choice(b'"\\{}[],:\n\r\x00\xff9 -')

    _read_or_refuse(bytes(body), media)


def _read_or_refuse(body: bytes, media: Media) -> None:
    with suppress(Malformed, Schema):
        pushed = read(body, media)
        assert all(0 <= row.value <= LARGEST_COUNT for row in pushed.rows)
        rejected = pushed.received - len(pushed.rows)  # rows, or in a row without a table its numbers
        assert len({error.row for error in pushed.errors}) <= rejected <= len(pushed.errors)
