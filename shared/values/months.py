"""Months: a date of the first day in Python, `2022-09` as text."""

import re
from datetime import date, timedelta
from functools import lru_cache
from typing import Annotated, Final

from pydantic import Field

from shared.values.field_error import FieldValueError

MONTH_PATTERN: Final = r"^20[0-9]{2}-(0[1-9]|1[0-2])$"  # of a month as text, in requests
MonthParameter = Annotated[str, Field(pattern=MONTH_PATTERN, examples=["2022-08"])]


def month_of(text: object) -> date:
    """Return the first day of a month written `2022-09`; a date that is a first day is returned unchanged."""
    if isinstance(text, date) and text.day == 1:
        return text
    month = _parsed(text) if isinstance(text, str) and len(text) == len("2022-09") else None
    if month is None:
        raise FieldValueError('月份应写成文本，如 "2022-09"', 'must be a month as text, such as "2022-09"')
    return month


@lru_cache(maxsize=1024)
def _parsed(text: str) -> date | None:
    if not re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", text) or text < "0001":
        return None
    return date(int(text[:4]), int(text[5:]), 1)


@lru_cache(maxsize=1024)
def month_text(month: date) -> str:
    """Return a month as `2022-09`."""
    return f"{month.year:04}-{month.month:02}"


def next_month(month: date) -> date:
    """Return the first day of the next month."""
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1)


def previous_month(month: date) -> date:
    """Return the first day of the previous month."""
    return (month - timedelta(days=1)).replace(day=1)


def month_zh(month: date | str) -> str:
    """Return a month as Chinese sentences name it: 2022年8月."""
    month = month_of(month)
    return f"{month.year}年{month.month}月"


def day_zh(day: date | str) -> str:
    """Return a date as Chinese sentences name it: 2022年9月5日."""
    day = date.fromisoformat(day) if isinstance(day, str) else day
    return f"{day.year}年{day.month}月{day.day}日"


def month_range(first: date, last: date) -> list[date]:
    """Return the months from the first to the last, both included; none if the last is earlier."""
    months: list[date] = []
    month = first
    while month <= last:
        months.append(month)
        month = next_month(month)
    return months


def months_up_to(last: date, count: int) -> list[date]:
    """Return so many months in order, the last of them given."""
    months = [last]
    while len(months) < count:
        months.append(previous_month(months[-1]))
    return months[::-1]
