"""Checks of fields that several kinds have."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Final

from sqlalchemy import inspect

from services.cases.items.call import ItemCall
from shared.http.query_codes import unknown_code_error
from shared.problems import FieldError, Schema
from shared.tables.item import Item
from shared.values.bilingual import Bilingual
from shared.vocabulary import FieldCode, Role

FARTHEST_DAYS: Final = 731  # a date further away is a typing error


def has_changed(row: Item, column: str) -> bool:
    """Return whether a column of a new or edited item has another value than in the database."""
    return bool(inspect(row).attrs[column].history.has_changes())


def supervised_since(call: ItemCall) -> date:
    """Return the first day of the campaign's supervision, else of its first month; else the first plausible day."""
    starts, first_month = call.definition.supervision.starts, call.definition.calendar.first_month
    return starts or first_month or call.today - timedelta(days=FARTHEST_DAYS)


def refuse_past_day(where: str, day: date, today: date) -> None:
    """Raise Schema for a day before today, or after any plausible one."""
    refuse_outside(where, day, today, today + timedelta(days=FARTHEST_DAYS))


def refuse_outside(where: str, day: date, first: date, last: date) -> None:
    """Raise Schema for a day that is not between two others."""
    if not first <= day <= last:
        message = Bilingual(zh=f"日期应在 {first} 至 {last} 之间", en=f"must be between {first} and {last}")
        raise Schema(errors=[FieldError(where=where, code=FieldCode.DATE_OUT_OF_RANGE, message=message, value=str(day))])


def refuse_organisation(where: str, code: str, roles: Collection[Role], call: ItemCall, *, other_than: str | None = None) -> None:
    """Raise Schema for an organisation that the campaign does not have now, that has none of the roles, or is excluded."""
    month = call.today.replace(day=1)
    organisations = {each.code: each for each in call.definition.organisations if each.valid(month)}
    if code not in organisations:
        raise Schema(errors=[unknown_code_error("org", where, code, organisations)])
    if code == other_than:
        message = Bilingual(zh="须为其他单位", en="must be another organisation than the one that reported it")
    elif not set(roles) & set(organisations[code].roles):
        message = Bilingual(zh="该单位不办理此类事项", en="organisations of this role take no such items")
    else:
        return
    raise Schema(errors=[FieldError(where=where, code=FieldCode.INVALID_VALUE, message=message, value=code)])
