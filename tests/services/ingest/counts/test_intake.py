"""Rows on their way into columns: what repeats and contradicts is kept small, however much of it there is."""

import json
import tracemalloc
from datetime import date
from itertools import count

from services.ingest.counts.entitlement import Entitlement
from services.ingest.counts.intake import Intake
from services.ingest.formats.rows import Batch, Rows
from services.ingest.push.faults import INLINE, Faults
from shared.campaign.definition import Definition
from shared.campaign.loaded import LoadedDefinition

ROWS, BATCH = 40_000, 2_000
LARGEST_BYTES = 10 << 20  # each of them as an object would take more


def _loaded(definition: Definition) -> LoadedDefinition:
    numbers = count(1)
    metrics = {metric.code: next(numbers) for metric in definition.metrics}
    return LoadedDefinition(definition, 1, metrics, {area.code: next(numbers) for area in definition.areas})


def _batch(first: int) -> Batch:
    numbers = list(range(first, first + BATCH))
    metrics, areas, months = (["fbb_subs_total"] * BATCH, ["liangjiang"] * BATCH, ["2022-08"] * BATCH)
    return Batch(Rows(numbers, metrics, areas, months, [number % 3 for number in numbers], [None] * BATCH), received=BATCH)


def test_a_cell_with_tens_of_thousands_of_values_is_refused_row_by_row_in_little_memory(definition: Definition) -> None:
    loaded = _loaded(definition)
    with Faults() as faults:
        entitlement = Entitlement(loaded, "telecom", date(2022, 9, 6), None)
        intake = Intake(entitlement, faults, max(loaded.area_numbers.values()) + 1)
        tracemalloc.start()
        try:
            for first in range(1, ROWS, BATCH):
                intake.take(_batch(first))
            intake.finish()
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        told = [json.loads(document) for document in faults.documents()]

    assert (faults.rows, faults.total, faults.by_code) == (ROWS, ROWS, {"duplicate_conflict": ROWS})
    assert [each["row"] for each in told] == list(range(1, ROWS + 1))
    assert [each["value"] for each in told[:6]] == ["1", "2", "0", "1", "2", "0"]
    assert peak < LARGEST_BYTES
    assert len(faults.first) == INLINE
