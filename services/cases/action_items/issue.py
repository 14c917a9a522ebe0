"""`POST /v1/action-items`: issue an action item to one or several organisations."""

from dataclasses import replace
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy import or_
from sqlmodel import select

from services.cases.action_items.kind import ACTION_ITEMS
from services.cases.action_items.models import ActionItem, IssuedActionItems, NewActionItems
from services.cases.cases.kind import CASES
from services.cases.challenges.kind import CHALLENGES
from services.cases.difficulties.kind import DIFFICULTIES
from services.cases.items.call import ItemCall, respond_once, writing
from services.cases.items.changes import add_item
from services.cases.items.checks import refuse_organisation
from services.cases.items.kind import Kind
from shared.access.dependencies import Authorized, ServiceDep
from shared.access.key_ring import Principal
from shared.domain.action_item_moves import REPORTING_ROLES
from shared.http.idempotency import IdempotencyKey, StoredResponse
from shared.problems import FieldError, Schema
from shared.values.bilingual import Bilingual
from shared.vocabulary import FieldCode

router = APIRouter(tags=["action_items"])

_LINKS: Final[dict[str, Kind[Any]]] = {"difficulty_id": DIFFICULTIES, "challenge_id": CHALLENGES, "case_id": CASES}


@router.post("/v1/action-items", status_code=201, response_model=IssuedActionItems)
async def create_action_items(
    request: Request,
    service: ServiceDep,
    issuer: Annotated[Principal, Depends(Authorized("create_action_items"))],
    body: NewActionItems,
    key: IdempotencyKey = None,
) -> Response:
    """Issue action items.

    Issues an action item to one or several organisations: each gets its own, reports by itself and sees only its own. The item
    that it is about must be one that every responsible organisation may see.
    """
    async with writing(request, service, issuer, "create_action_items") as call:

        async def act() -> StoredResponse:
            issued = await _issue(call, body)
            location = f"/v1/action-items?issue_id={issued.issue_id}"
            return StoredResponse(201, location, issued.model_dump_json().encode())

        stored = await respond_once(call, key, [body.model_dump_json()], act)
    return stored.to_response()


async def _issue(call: ItemCall, body: NewActionItems) -> IssuedActionItems:
    """Add an action item for each organisation."""
    for number, org in enumerate(body.orgs):
        refuse_organisation(f"/orgs/{number}", org, REPORTING_ROLES, call)
        if org in body.orgs[:number]:
            raise _invalid(f"/orgs/{number}", FieldCode.DUPLICATE, FieldCode.DUPLICATE.title_, org)
    for name, kind in _LINKS.items():
        await _refuse_hidden(call, kind, name, getattr(body, name), body.orgs)
    shared = body.model_dump(exclude={"orgs"}) | {
        "issue_id": call.new_id(),
        "issued_by": call.caller.org,
        "issued_on": body.issued_on or call.today,
    }
    rows = [await add_item(call, ACTION_ITEMS, org, shared) for org in body.orgs]
    items = [ActionItem.model_validate(ACTION_ITEMS.listed(row, call)) for row in rows]
    return IssuedActionItems(issue_id=shared["issue_id"], items=items)


async def _refuse_hidden(call: ItemCall, kind: Kind[Any], name: str, item_id: UUID | None, orgs: list[str]) -> None:
    """Raise Schema if an item does not exist, or the caller or one of the organisations may not see it."""
    if item_id is None:
        return
    if not await _is_visible(call, kind, item_id, [call.caller]):
        message = FieldCode.UNKNOWN_ITEM.title_
        raise _invalid(f"/{name}", FieldCode.UNKNOWN_ITEM, message, str(item_id))
    for number, org in enumerate(orgs):
        readers = [replace(call.caller, org=org, role=role) for role in call.definition.organisation(org).roles]
        if not await _is_visible(call, kind, item_id, readers):
            message = Bilingual(
                zh=f"该单位不能查看 {name} 所指事项；请不关联该事项，在正文中说明",
                en=f"may not see the item in `{name}`; issue it without the link and describe it in the text",
            )
            raise _invalid(f"/orgs/{number}", FieldCode.INVALID_COMBINATION, message, org)


async def _is_visible(call: ItemCall, kind: Kind[Any], item_id: UUID, readers: list[Principal]) -> bool:
    seen = or_(*(kind.visible(reader, call.definition) for reader in readers))
    query = select(kind.column("id")).where(kind.column("campaign") == call.caller.campaign, kind.column("id") == item_id, seen)
    return (await call.session.exec(query)).first() is not None


def _invalid(where: str, code: FieldCode, message: Bilingual, value: str) -> Schema:
    return Schema(errors=[FieldError(where=where, code=code, message=message, value=value)])
