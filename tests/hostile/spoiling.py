"""Random batches with faults in them, and which errors these are: one for each fault, whatever stands beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from services.ingest.formats.media import Media
from services.ingest.formats.rows import NOTE_LENGTH
from shared.vocabulary import LARGEST_COUNT
from tests.services.ingest.formats.pushed import STREETS, TITLES, as_csv, as_json, as_ndjson, as_xlsx

ABSENT = object()  # as a value: the field is left out
_WHOLE = "liangjiang"
# No rule across rows holds between these, so that no good row is refused for its neighbour.
_CELLS = [
    *((metric, _WHOLE) for metric in ("fbb_subs_total", "mobile_subs_total")),
    *(
        (metric, area)
        for metric in ("homes_gigabit_covered", "olt_pon_ports_total", "key_places_reached")
        for area in STREETS
        if area != _WHOLE
    ),
]
_LONG = "n" * (NOTE_LENGTH + 1)
_CODES: dict[str, list[tuple[Any, str]]] = {
    "metric": [("users", "unknown_metric"), ("tower_sites_total", "not_entitled"), ("", "missing_field")],
    "area": [("500999999", "unknown_area"), (" ", "missing_field")],
    "month": [("2022-13", "month_malformed"), ("2099-12", "month_not_open")],
    "note": [(_LONG, "text_too_long")],
}
_STRICT: dict[str, list[tuple[Any, str]]] = {
    "metric": [*_CODES["metric"], (None, "not_text"), (5, "not_text"), (ABSENT, "missing_field")],
    "area": [*_CODES["area"], (500112019, "not_text"), (["x"], "not_text"), (ABSENT, "missing_field")],
    "month": [*_CODES["month"], (202208, "not_text"), (ABSENT, "missing_field")],
    "value": [
        (-1, "negative"),
        (0.5, "fraction"),
        ("5", "value_is_text"),
        ("25%", "percent"),
        (None, "not_a_count"),
        (True, "not_a_count"),
        (LARGEST_COUNT + 1, "too_large"),
        (10**100, "too_many_digits"),
        (ABSENT, "missing_field"),
    ],
    "note": [*_CODES["note"], (1, "not_text"), ("a\0b", "bad_text")],
    "surplus": [(1, "unknown_field")],
}
_LOOSE: dict[str, list[tuple[Any, str]]] = {
    **_CODES,
    "month": [*_CODES["month"], ("8月", "month_malformed"), ("", "missing_field")],
    "value": [
        ("-5", "negative"),
        ("0.5", "fraction"),
        ("25%", "percent"),
        ("1,23", "bad_thousands"),
        ("无", "placeholder"),
        ("1e400", "not_a_count"),
        ("12345678901234567890", "too_many_digits"),
    ],
}
_HEADER_ROWS = {Media.CSV: 1, Media.XLSX: 1}


@dataclass(frozen=True)
class Spoiled:
    """A body, and what is wrong with it."""

    body: bytes
    rows: int
    faults: dict[tuple[int, str], str]  # row and column → code


@st.composite
def spoiled(draw: st.DrawFn, media: Media) -> Spoiled:
    """A batch of different cells of one month, in which at least one field is wrong."""
    cells = draw(st.lists(st.sampled_from(_CELLS), min_size=1, max_size=20, unique=True))
    rows = [_row(cell, draw(st.integers(0, 10**9))) for cell in cells]
    kinds = _LOOSE if media in (Media.CSV, Media.XLSX) else _STRICT
    faults: dict[tuple[int, str], str] = {}
    wrong = draw(st.sets(st.sampled_from(range(len(rows))), min_size=1))
    for place in sorted(wrong):
        for field in draw(st.lists(st.sampled_from(sorted(kinds)), min_size=1, max_size=len(kinds), unique=True)):
            rows[place][field], code = draw(st.sampled_from(kinds[field]))
            faults[place + 1 + _HEADER_ROWS.get(media, 0), field] = code
    return Spoiled(_written(rows, media), len(rows), faults)


def _row(cell: tuple[str, str], value: int) -> dict[str, Any]:
    return {"metric": cell[0], "area": cell[1], "month": "2022-08", "value": value}


def _written(rows: Sequence[dict[str, Any]], media: Media) -> bytes:
    if media in (Media.JSON, Media.NDJSON):
        kept = [{field: value for field, value in row.items() if value is not ABSENT} for row in rows]
        return as_json(kept) if media is Media.JSON else as_ndjson(kept)
    cells = [[row.get(title, "") for title in TITLES] for row in rows]
    return as_csv(cells) if media is Media.CSV else as_xlsx(cells)
