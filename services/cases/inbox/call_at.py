"""A call about an earlier day."""

from dataclasses import replace
from datetime import datetime

from services.cases.items.call import ItemCall
from services.cases.moment import resolve_moment
from shared.access.dependencies import Service
from shared.database.database import Snapshot


async def call_at(call: ItemCall, service: Service, as_of: str | None) -> tuple[ItemCall, datetime | None]:
    """Return the call as of the time that `as_of` names, and this time; None: now.

    Raises FutureVersion, or Schema for text that names no time of the campaign.
    """
    snapshot = Snapshot(call.connection, call.version, call.definition.version)
    moment = await resolve_moment(service, snapshot, call.caller, as_of)
    call = replace(call, version=moment.version, definition=moment.definition, today=moment.day)
    return call, moment.at if moment.past else None
