"""Whatever a batch holds, each of its rows is accounted for once, and exactly the good batches are stored."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.ingest.counts import dataset, writing
from services.ingest.push import sizes
from tests.fixtures_campaign_api import CampaignApi, rows
from tests.services.ingest.pushing import WHOLE, batches_of, counts, stored

STREETS = ("500112007", "500112008")
METRICS = {"fbb_subs_total": (WHOLE,), "fbb_subs_500m": (WHOLE,), "olt_pon_ports_total": STREETS, "olt_pon_ports_10g": STREETS}
WITHIN = {"fbb_subs_500m": "fbb_subs_total", "olt_pon_ports_10g": "olt_pon_ports_total"}
Cell = tuple[str, str]
Batch = Sequence[tuple[str, str, int]]

any_row = st.tuples(
    st.sampled_from([*METRICS, "tower_sites_total", "users"]), st.sampled_from([WHOLE, *STREETS, "nowhere"]), st.integers(0, 3)
)
good = st.sampled_from([(metric, area) for metric, areas in METRICS.items() for area in areas])
batches = st.one_of(
    st.lists(st.tuples(good, st.integers(0, 3)).map(lambda cell: (*cell[0], cell[1])), max_size=6), st.lists(any_row, max_size=6)
)
MONTHS: Iterator[str] = (f"20{number // 12:02}-{number % 12 + 1:02}" for number in count(0))


def expected(standing: dict[Cell, int], batch: Batch, *, partial: bool) -> tuple[dict[str, int], dict[Cell, int]]:
    """The counts and the state a push must leave, told independently of the code."""
    values: dict[Cell, list[int]] = defaultdict(list)
    wrong = 0
    for metric, area, value in batch:
        if area in METRICS.get(metric, ()):
            values[metric, area].append(value)
        else:
            wrong += 1
    clear = {cell: said[0] for cell, said in values.items() if len(set(said)) == 1}
    wrong += sum(len(said) for cell, said in values.items() if cell not in clear)
    merged = sum(len(values[cell]) - 1 for cell in clear)
    while broken := _broken(standing | clear) & clear.keys():
        wrong += len(broken)
        if not partial:
            break
        clear = {cell: value for cell, value in clear.items() if cell not in broken}
    if wrong and not partial:
        return counts(received=len(batch), rejected=wrong, merged=merged, withheld=len(batch) - merged - wrong), standing
    created = len(clear.keys() - standing.keys())
    updated = sum(standing.get(cell, value) != value for cell, value in clear.items())
    unchanged = len(clear) - created - updated
    found = counts(received=len(batch), created=created, updated=updated, unchanged=unchanged, merged=merged, rejected=wrong)
    return found, standing | clear


def _broken(would_be: dict[Cell, int]) -> set[Cell]:
    """The cells of every pair that contradicts itself."""
    broken: set[Cell] = set()
    for part, whole in WITHIN.items():
        for area in METRICS[part]:
            pair = {(part, area), (whole, area)}
            if pair <= would_be.keys() and would_be[part, area] > would_be[whole, area]:
                broken |= pair
    return broken


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pushes=st.lists(batches, min_size=1, max_size=3), partial=st.booleans(), large=st.booleans(), few=st.integers(1, 3))
async def test_every_row_of_any_batch_is_accounted_for_once(
    liangjiang: CampaignApi, monkeypatch: pytest.MonkeyPatch, pushes: list[Batch], partial: bool, large: bool, few: int
) -> None:
    monkeypatch.setattr(sizes, "LARGE_BYTES", 0 if large else 1 << 20)
    monkeypatch.setattr(writing, "BATCH_CELLS", 1)
    monkeypatch.setattr(dataset, "read_batches", batches_of(few))
    month = next(MONTHS)  # each example starts with an empty one
    standing: dict[Cell, int] = {}

    for batch in pushes:
        answer = await liangjiang.api.post(
            "/v1/observations",
            json=rows(batch, month),
            params={"mode": "partial" if partial else "atomic", "allow_empty": "true"},
            headers=liangjiang.headers("telecom"),
        )
        found = answer.json()["report"]["counts"]
        foreseen, standing = expected(standing, batch, partial=partial)

        assert found == foreseen
        assert answer.status_code == (422 if found["rejected"] and not partial else 201)
        settled = ("created", "updated", "unchanged", "merged", "rejected", "withheld")
        assert found["received"] == sum(found[name] for name in settled)

    assert await stored(liangjiang, month=month) == {("telecom", *cell, value) for cell, value in standing.items()}
