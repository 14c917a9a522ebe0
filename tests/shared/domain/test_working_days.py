"""Working days around every holiday with moved days, and what the campaign file overrides."""

from datetime import date, timedelta

import pytest

from shared.campaign.blocks import Calendar
from shared.domain.working_days import is_working_day, working_days_after

PLAIN = Calendar(opens="month_start", due_day=5)
NATIONAL_DAY_2022 = [  # the working days from 20 September to 31 October 2022, as the State Council's office published them
    *(date(2022, 9, day) for day in (20, 21, 22, 23, 26, 27, 28, 29, 30)),
    *(date(2022, 10, day) for day in (8, 9, 10, 11, 12, 13, 14, 17, 18, 19, 20, 21, 24, 25, 26, 27, 28, 31)),
]


@pytest.mark.parametrize("start", [date(2022, 9, 19) + timedelta(days=offset) for offset in range(33)], ids=str)
def test_a_period_around_the_national_day_week_ends_on_its_fifth_working_day(start: date) -> None:
    last_day = [day for day in NATIONAL_DAY_2022 if day > start][4]

    assert working_days_after(start, 5, PLAIN) == last_day
    assert is_working_day(start, PLAIN) == (start in NATIONAL_DAY_2022 or start == date(2022, 9, 19))


@pytest.mark.parametrize(
    ("start", "last_day"),
    [
        ("2022-08-01", "2022-08-08"),  # no holiday
        ("2022-08-05", "2022-08-12"),  # a Friday
        ("2022-08-06", "2022-08-12"),  # the Saturday after it
        ("2022-01-28", "2022-02-09"),  # Spring Festival: 29 and 30 January are moved working days
        ("2022-04-01", "2022-04-11"),  # Tomb-Sweeping Day: so is Saturday 2 April
        ("2022-04-22", "2022-04-28"),  # Labour Day: so is Sunday 24 April
        ("2022-04-29", "2022-05-10"),  # and Saturday 7 May
        ("2022-06-02", "2022-06-10"),  # Dragon Boat Festival: no moved day
        ("2022-09-08", "2022-09-16"),  # Mid-Autumn Festival
        ("2022-12-30", "2023-01-09"),  # New Year
        ("2023-01-20", "2023-02-01"),  # Spring Festival: 28 and 29 January
        ("2023-09-28", "2023-10-11"),  # National Day: 7 and 8 October
        ("2024-02-09", "2024-02-22"),  # Spring Festival: 18 February
        ("2025-09-30", "2025-10-14"),  # National Day: Saturday 11 October
        ("2026-02-13", "2026-02-27"),  # Spring Festival: 14 and 28 February
    ],
)
def test_a_period_of_five_working_days(start: str, last_day: str) -> None:
    assert str(working_days_after(date.fromisoformat(start), 5, PLAIN)) == last_day


def test_a_period_of_no_days_ends_where_it_begins() -> None:
    assert working_days_after(date(2022, 10, 1), 0, PLAIN) == date(2022, 10, 1)


@pytest.mark.parametrize("year", [2003, 2100])
def test_in_a_year_without_a_published_arrangement_monday_to_friday_are_working_days(year: int) -> None:
    days = [date(year, 1, 1) + timedelta(days=offset) for offset in range(365)]

    assert [day for day in days if is_working_day(day, PLAIN)] == [day for day in days if day.isoweekday() <= 5]


def test_the_campaign_file_overrides_the_calendar() -> None:
    calendar = Calendar(
        opens="month_start",
        due_day=5,
        holidays=(date(2022, 8, 15), date(2100, 10, 1)),
        working_days=(date(2022, 10, 5), date(2100, 10, 2)),  # in the National Day week; a Saturday
    )

    assert not is_working_day(date(2022, 8, 15), calendar)
    assert is_working_day(date(2022, 10, 5), calendar)
    assert [is_working_day(date(2100, 10, day), calendar) for day in (1, 2, 3)] == [False, True, False]
    assert working_days_after(date(2022, 9, 30), 1, calendar) == date(2022, 10, 5)
