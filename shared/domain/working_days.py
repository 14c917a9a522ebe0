"""Working days of the Chinese calendar: published holidays and moved working days, and what the campaign file overrides."""

from datetime import date, timedelta
from typing import Final

import chinese_calendar

from shared.campaign.blocks import Calendar

_SATURDAY: Final = 5


def is_working_day(day: date, calendar: Calendar) -> bool:
    """Return whether offices work on a day.

    In a year whose arrangement the library does not have, these are Monday to Friday, until the campaign file has the exceptions.
    """
    if day in calendar.working_days:
        return True
    if day in calendar.holidays:
        return False
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < _SATURDAY


def working_days_after(day: date, count: int, calendar: Calendar) -> date:
    """Return the last day of a period of working days that begins on the day after `day`."""
    while count:
        day += timedelta(days=1)
        count -= is_working_day(day, calendar)
    return day
