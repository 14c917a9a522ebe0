"""Counts on their way into the statements that write them."""

from datetime import date

from services.ingest.counts.pushed_counts import CountColumn
from services.ingest.counts.writing import BATCH_CELLS, batches_of
from tests.fixtures_campaign_api import CampaignApi

JULY, AUGUST = date(2022, 7, 1), date(2022, 8, 1)
AREAS = 10_000
NOTES = ["NULL", "{}", 'a "b" \\ c', "一, 二", "", None]


def _full(value: int) -> CountColumn:
    column = CountColumn.empty(AREAS + 1)
    for area in range(1, AREAS + 1):
        column.put(area, area, value, None)
    return column


def test_batches_are_in_the_order_of_the_key_and_nothing_is_lost() -> None:
    columns = {AUGUST: {3: _full(5), 1: _full(6)}, JULY: {2: _full(7), 9: CountColumn.empty(AREAS + 1)}}

    batches = list(batches_of(columns))

    first, rest = BATCH_CELLS, AREAS - BATCH_CELLS
    assert [list(zip(each.months, each.metrics, strict=True)) for each in batches] == [
        [(JULY, 2)],
        [(JULY, 2), (AUGUST, 1)],
        [(AUGUST, 1), (AUGUST, 3)],
        [(AUGUST, 3)],
    ]
    assert [each.cells for each in batches] == [first, rest + first, rest + first, rest]
    assert batches[-1].areas == ["{" + ",".join(map(str, range(first + 1, AREAS + 1))) + "}"]
    assert batches[-1].counts == ["{" + ",".join(["5"] * rest) + "}"]


async def test_a_note_is_stored_as_it_was_written_whatever_it_holds(liangjiang: CampaignApi) -> None:
    streets = ["500112007", "500112008", "500112009", "500112010", "500112014", "500112019"]
    for value in (1, 2):  # created, then changed
        sent = [
            {"metric": "homes_gigabit_covered", "area": street, "month": "2022-08", "value": value, "note": note}
            for street, note in zip(streets, NOTES, strict=True)
        ]
        answer = await liangjiang.api.post("/v1/observations", json={"observations": sent}, headers=liangjiang.headers("telecom"))
        assert answer.status_code == 201, answer.text
        listed = await liangjiang.get_ok("/v1/observations", "telecom", metric="homes_gigabit_covered", month="2022-08")
        assert {row["area"]: (row["value"], row["note"]) for row in listed["items"]} == {
            street: (value, note) for street, note in zip(streets, NOTES, strict=True)
        }
