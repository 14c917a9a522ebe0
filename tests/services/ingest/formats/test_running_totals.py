"""Totals of tables that are too long to be held: the same is found as in a form."""

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.ingest.formats import csv_body, sheets, xlsx
from services.ingest.formats.media import Media
from tests.services.ingest.formats.pushed import METRICS, STREETS, as_csv, as_xlsx, read
from tests.services.ingest.formats.sheets_of import H, P, as_text

AREAS = sorted(set(STREETS) - {"liangjiang"})
A, B = AREAS[:2]
MONTHS = ("2022-07", "2022-08")
TITLES = ["指标", "区域", "月份", "数值"]
Table = list[list[Any]]


def long(*totals: list[Any]) -> Table:
    """More rows than a form has, of counts that add up to 7 500 and 10, and then totals."""
    filler = [[H, f"5001{number:05}", "2022-08", 5] for number in range(1_500)]
    return [*filler, [P, A, "2022-08", 4], [P, B, "2022-08", 6], *totals]


@pytest.mark.parametrize("media", [Media.CSV, Media.XLSX])
def test_a_total_of_a_long_table_is_checked_and_not_stored(media: Media) -> None:
    write = as_csv if media is Media.CSV else as_xlsx
    good = read(
        write(long([H, "合计", "2022-08", 7_500], [P, "合  计", "2022-08", "10"], ["合计", "", "", 7_510]), TITLES), media
    )
    wrong = read(write(long([P, "合计", "2022-08", 11], [H, "合计", "", "-"], ["合计", A, "2022-08", 9]), TITLES), media)

    assert (len(good.rows), good.received, good.errors, good.kinds["total_checked"]) == (1_502, 1_502, [], 3)
    assert sorted((error.row, error.code.value) for error in wrong.errors) == [
        (1504, "total_differs"),
        (1505, "placeholder"),
        (1506, "total_unchecked"),
    ]
    hint = next(error.hint for error in wrong.errors if error.code.value == "total_differs")
    assert hint is not None
    assert hint.zh == "各项之和为 10；请核对各项与合计"
    assert wrong.received == 1_505
    (parts,) = [parts for batch in wrong.batches for parts in batch.untrue]
    refused = [row.area for row in wrong.rows if parts.after < row.number < parts.before and parts.key == (row.metric, row.month)]
    assert refused == [A, B]


@settings(max_examples=60, deadline=None)
@given(st.randoms(use_true_random=False), st.booleans(), st.booleans())
def test_what_streams_by_is_judged_as_what_is_held_whole(chance: random.Random, spoiled: bool, text: bool) -> None:
    rows: Table = []
    sums: dict[tuple[str, str], int] = {}
    since = dict(sums)
    for metric in chance.sample(METRICS, 2):
        for month in MONTHS:
            for area in chance.sample(AREAS, chance.randint(1, 4)):
                value = chance.choice(["", "-", *range(9)]) if spoiled else chance.randint(0, 9)
                rows.append([metric, area, month, value])
                for known in (sums, since):
                    known[metric, month] = known.get((metric, month), 0) + (value if isinstance(value, int) else 0)
            if chance.random() < 0.5:
                rows.append([metric, "小计", month, since[metric, month] + chance.choice([0, 0, 1])])
                since = {}
        if chance.random() < 0.7:
            month = chance.choice(MONTHS)
            rows.append([metric, "合计", month, sums[metric, month] + chance.choice([0, 0, 1])])
            since = {}
    rows.insert(0, ["合计", "", MONTHS[0], sum(value for key, value in sums.items() if key[1] == MONTHS[0])])
    body, media = (as_text([TITLES, *rows]), Media.CSV) if text else (as_xlsx(rows, TITLES), Media.XLSX)
    whole = read(body, media)
    with pytest.MonkeyPatch.context() as patch:
        for module in (csv_body, xlsx, sheets):
            patch.setattr(module, "FORM_ROWS", 3)
        streamed = read(body, media)

    refused = {
        row.number
        for parts in (parts for batch in streamed.batches for parts in batch.untrue)
        for row in streamed.rows
        if parts.after < row.number < parts.before
        and all(wanted in (None, own) for wanted, own in zip(parts.key, (row.metric, row.month), strict=True))
    }
    assert sorted((e.row, e.code) for e in whole.errors) == sorted((e.row, e.code) for e in streamed.errors)
    assert sorted(row[1:] for row in whole.rows) == sorted(row[1:] for row in streamed.rows if row.number not in refused)
    assert (whole.received, whole.blank) == (streamed.received, streamed.blank)


def test_of_very_many_totals_that_differ_the_first_hundred_refuse_their_parts() -> None:
    blocks = [row for number in range(1_000) for row in ([H, f"5001{number:05}", "2022-08", 5], [H, "小计", "2022-08", 6])]

    pushed = read(as_csv(blocks, TITLES), Media.CSV)

    assert [pushed.codes.count(code) for code in ("total_differs", "total_unchecked")] == [100, 900]
    assert sum(len(batch.untrue) for batch in pushed.batches) == 100
