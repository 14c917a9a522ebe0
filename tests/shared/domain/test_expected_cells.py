"""Expected cells, their state and their delay: every rule against a table, over a clock that is an argument."""

import itertools
from collections import Counter
from datetime import date, datetime

import pytest

from shared.campaign.applied import AppliedDefinition
from shared.campaign.load import load
from shared.domain.expected_cells import ExpectedCell, StoredCount, expected_cells
from shared.vocabulary import ObligationState
from tests.fixtures_campaign import CAMPAIGNS

AUGUST = date(2022, 8, 1)
NOON = "2022-09-20T12:00+08:00"


@pytest.fixture(scope="module")
def definition() -> AppliedDefinition:
    definition = load(CAMPAIGNS / "liangjiang-2022.toml")
    numbers = itertools.count(1)
    metrics = {metric.code: next(numbers) for metric in definition.metrics}
    return AppliedDefinition.of(
        definition, version=1, metric_numbers=metrics, area_numbers={area.code: next(numbers) for area in definition.areas}
    )


def count(
    definition: AppliedDefinition, cell: tuple[str, str, str], first_at: str, *, value: int = 5, month: date = AUGUST
) -> StoredCount:
    org, metric, area = cell
    at = datetime.fromisoformat(first_at)
    return StoredCount(org, definition.metric_numbers[metric], definition.area_numbers[area], month, value, at)


def judged(definition: AppliedDefinition, org: str, at: str, *standing: StoredCount, month: date = AUGUST) -> list[ExpectedCell]:
    return expected_cells(definition, month, [org], standing, datetime.fromisoformat(at))


def one(cells: list[ExpectedCell], metric: str, area: str = "liangjiang") -> ExpectedCell:
    (found,) = [each for each in cells if (each.metric, each.area) == (metric, area)]
    return found


TELECOM = ("telecom", "fbb_subs_total", "liangjiang")


@pytest.mark.parametrize(
    ("first_at", "late_days"),
    [
        ("2022-08-20T09:00+08:00", 0),
        ("2022-09-05T23:59:59+08:00", 0),  # the due day's last second
        ("2022-09-06T00:00+08:00", 0),  # grace
        ("2022-09-10T23:59:59+08:00", 0),  # the grace's last second
        ("2022-09-10T16:00Z", 6),  # the eleventh in Chongqing: late, and counted from the due day
        ("2022-09-11T00:00+08:00", 6),
        ("2022-09-20T11:00+08:00", 15),
    ],
)
def test_a_report_is_late_once_the_grace_is_over_and_then_by_the_days_since_the_due_day(
    definition: AppliedDefinition, first_at: str, late_days: int
) -> None:
    found = one(judged(definition, "telecom", NOON, count(definition, TELECOM, first_at)), "fbb_subs_total")

    assert (found.state, found.due, found.late_days) == (ObligationState.REPORTED, date(2022, 9, 5), late_days)
    assert found.late_since == (date(2022, 9, 6) if late_days else None)


@pytest.mark.parametrize(
    ("at", "late_days"),
    [
        ("2022-08-01T00:00+08:00", 0),
        ("2022-09-10T23:59:59+08:00", 0),
        ("2022-09-11T00:00+08:00", 6),
        ("2022-10-05T00:00+08:00", 30),
    ],
)
def test_a_missing_cell_is_late_by_the_instant_at_which_it_is_judged(
    definition: AppliedDefinition, at: str, late_days: int
) -> None:
    found = one(judged(definition, "telecom", at), "fbb_subs_total")

    assert (found.state, found.reported_at, found.late_days) == (ObligationState.MISSING, None, late_days)
    assert found.late_since == (date(2022, 9, 6) if late_days else None)


def test_a_zero_is_told_from_a_count_and_from_nothing(definition: AppliedDefinition) -> None:
    zero = count(definition, TELECOM, "2022-09-01T09:00+08:00", value=0)
    states = {each.metric: each.state for each in judged(definition, "telecom", NOON, zero) if each.area == "liangjiang"}

    assert states["fbb_subs_total"] is ObligationState.ZERO
    assert states["fbb_subs_500m"] is ObligationState.MISSING


def test_any_vintage_of_a_reference_not_after_the_month_satisfies_it(definition: AppliedDefinition) -> None:
    cell = ("economy", "population_resident", "500112022")
    census = count(definition, cell, "2022-07-09T09:00+08:00", month=date(2020, 11, 1))
    newer = count(definition, cell, "2022-09-19T09:00+08:00", month=date(2022, 1, 1))

    old = one(judged(definition, "economy", NOON, census), *cell[1:])
    both = one(judged(definition, "economy", NOON, newer, census), *cell[1:])
    late = one(judged(definition, "economy", NOON, newer), *cell[1:])

    assert (old.state, old.reported_month, old.late_days) == (ObligationState.REPORTED, date(2020, 11, 1), 0)
    assert (both.reported_month, both.late_days) == (date(2022, 1, 1), 0)  # it was satisfied before the newer one came
    assert (late.reported_month, late.late_days) == (date(2022, 1, 1), 14)


def test_a_voluntary_cell_is_there_only_when_reported_and_never_late(definition: AppliedDefinition) -> None:
    cell = ("telecom", "ipv6_users", "liangjiang")
    without = judged(definition, "telecom", NOON)
    given = one(judged(definition, "telecom", NOON, count(definition, cell, NOON, value=0)), *cell[1:])

    assert not [each for each in without if each.voluntary]
    assert (given.voluntary, given.state, given.due, given.late_days) == (True, ObligationState.ZERO, None, 0)


def test_every_owed_cell_is_listed_once_in_order_and_a_month_to_come_owes_nothing(definition: AppliedDefinition) -> None:
    telecom = judged(definition, "telecom", NOON)
    tower = judged(definition, "tower", NOON)
    keys = [each.key for each in telecom]

    assert len(telecom) == 7 * 8 + 5
    assert keys == sorted(set(keys))
    assert {each.metric for each in tower} == {"tower_sites_total", "tower_sites_5g"}
    assert judged(definition, "leading_group", NOON) == []
    assert judged(definition, "telecom", NOON, month=date(2022, 10, 1)) == []
    assert len(judged(definition, "telecom", "2022-09-30T16:00Z", month=date(2022, 10, 1))) == len(telecom)


def test_the_totals_count_states_and_lateness(definition: AppliedDefinition) -> None:
    zero = count(definition, TELECOM, "2022-09-15T09:00+08:00", value=0)
    in_time = count(definition, ("telecom", "fbb_subs_500m", "liangjiang"), "2022-09-01T09:00+08:00")

    cells = judged(definition, "telecom", NOON, zero, in_time)
    assert Counter(cell.state.value for cell in cells) == {
        "reported": 1,
        "zero": 1,
        "missing": 59,
    }
