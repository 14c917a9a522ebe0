"""A kind that the product does not have costs a declaration and a table."""

from collections.abc import AsyncIterator, Collection, Mapping
from datetime import date
from typing import Any

import psycopg
import pytest
import pytest_asyncio
from httpx import ASGITransport, AsyncClient
from pydantic import Field
from sqlalchemy import ColumnElement, Date, Text, true
from sqlalchemy.orm import registry
from sqlmodel import Field as ColumnField

from cli.postgres.database_urls import DatabaseUrls
from services.cases.items.call import ItemCall
from services.cases.items.kind import Kind
from services.cases.items.models import ItemAction, ItemChange, ItemDocument, ItemQuery, MoveRequest, changes_of
from services.cases.items.routes import item_routes
from services.cases.service import CasesService
from shared.access import policy
from shared.access.key_ring import Principal
from shared.app import create_app
from shared.campaign.applied import AppliedDefinition
from shared.clock import Clock
from shared.database.database import Database
from shared.domain.transitions import By, Editing, MoveField, Relation, Transition
from shared.http.tables import Table, fields
from shared.settings import Settings
from shared.tables.item import Item, search_text
from shared.tables.schema import CODE
from shared.values.fields import RequestBody, TextLine
from shared.vocabulary import Role, Term
from tests.fixtures_api import Bearer
from tests.fixtures_postgres import Server

MIGRATION = """
CREATE TABLE visit (
    campaign text COLLATE "C", org text COLLATE "C", id uuid, state text NOT NULL, revision integer NOT NULL,
    created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL, finished_at timestamptz,
    title text NOT NULL, host text COLLATE "C", area text COLLATE "C", visited_on date, PRIMARY KEY (campaign, org, id),
    search_text text GENERATED ALWAYS AS (lower(normalize(title, NFKC))) STORED
);
ALTER TABLE visit ENABLE ROW LEVEL SECURITY;
ALTER TABLE visit FORCE ROW LEVEL SECURITY;
CREATE POLICY may_read ON visit FOR SELECT USING (campaign = (SELECT current_setting('gigacity.campaign', true))
    AND ((SELECT current_setting('gigacity.reach', true) = 'campaign')
        OR (SELECT current_setting('gigacity.org', true)) IN (org, host)));
CREATE POLICY may_write ON visit USING (campaign = current_setting('gigacity.campaign', true)
    AND org = current_setting('gigacity.org', true));
"""


class VisitState(Term):
    """State of a visit."""

    PLANNED = "planned", "已安排", "planned"
    MADE = "made", "已走访", "made"


class VisitMove(Term):
    """Moves of a visit."""

    MAKE = "make", "走访", "make"


class OtherTables(Item, registry=registry()):
    """Tables that the product's schema does not have."""


class Visit(OtherTables, table=True):
    """A visit of a subdistrict office to a carrier."""

    __table_args__ = (search_text("title"),)

    title: str = ColumnField(sa_type=Text)
    host: str | None = ColumnField(default=None, sa_type=CODE)
    area: str | None = ColumnField(default=None, sa_type=CODE)
    visited_on: date | None = ColumnField(default=None, sa_type=Date)


class NewVisit(RequestBody):
    """A new visit."""

    title: TextLine
    host: str | None = None
    area: str | None = None


class VisitMoveRequest(MoveRequest):
    """A move of a visit."""

    move: VisitMove


class VisitQuery(ItemQuery):
    """Filters of visits."""

    state: VisitState | None = None


class VisitAction(ItemAction):
    """A move that the caller may make."""

    move: VisitMove


class VisitChange(ItemChange):
    """A change of a visit."""

    move: VisitMove | None
    state: VisitState


class VisitDocument(ItemDocument):
    """A visit as returned."""

    title: str
    host: str | None
    state: VisitState
    visited_on: date | None
    actions: list[VisitAction] = Field()


OWN = (By(frozenset({Role.STREET}), related=frozenset({Relation.OWN})),)
HOST = (By(frozenset({Role.CARRIER}), related=frozenset({Relation.RESPONSIBLE})),)
PLANNED = frozenset({VisitState.PLANNED})


class Visits(Kind[Visit]):
    """The kind."""

    code, plural, noun = "visit", "visits", "visit"
    row, states, moves = Visit, VisitState, VisitMove
    transitions = (Transition(move=VisitMove.MAKE, origins=PLANNED, to=VisitState.MADE, by=HOST, fields=(MoveField("on"),)),)
    edits = (Editing(origins=PLANNED, by=OWN, fields=frozenset({"title", "area"})),)
    new = NewVisit
    changes = changes_of(NewVisit, "VisitChanges", "Changes of a visit.")
    move, query, change = VisitMoveRequest, VisitQuery, VisitChange
    item = item_in_list = VisitDocument
    table = Table("visits", "走访", (*fields("id", "org", "title", "state"),))
    facets = ("state", "org")

    def visible(self, reader: Principal, definition: AppliedDefinition) -> ColumnElement[bool]:  # noqa: ARG002 - row-level security decides
        """Leave it to row-level security."""
        return true()

    def relations(self, row: Visit, caller: Principal, definition: AppliedDefinition) -> frozenset[Relation]:
        """Return the relations of the visitor and the host."""
        host = frozenset({Relation.RESPONSIBLE}) if row.host == caller.org else frozenset()
        return super().relations(row, caller, definition) | host

    def codes(self, definition: AppliedDefinition) -> Mapping[str, Collection[str | int]]:
        """Return the areas."""
        return {"area": [area.code for area in definition.areas]}

    async def make_move(self, row: Visit, body: MoveRequest, call: ItemCall, version: int | None) -> None:
        """Date the visit."""
        assert (call.scope.org, version) == ("telecom", None)
        row.visited_on = body.on


class VisitsApi:
    """Calls the service of visits as different organisations."""

    def __init__(self, client: AsyncClient, bearer: Bearer) -> None:
        self._client, self._bearer = client, bearer

    async def call(self, who: str, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """Send a request."""
        sent = self._bearer(who) | {name.replace("_", "-"): value for name, value in headers.items()}
        return await self._client.request(method, path, json=body, headers=sent)

    async def get(self, who: str, path: str, **query: Any) -> Any:
        """Return the body of a resource."""
        return (await self._client.get(path, params=query, headers=self._bearer(who))).json()


@pytest_asyncio.fixture
async def visits(
    server: Server, urls: DatabaseUrls, settings: Settings, clock: Clock, bearer: Bearer, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[VisitsApi]:
    """A service whose only items are visits."""
    with psycopg.connect(urls.owner) as owner:
        owner.execute(MIGRATION)
        owner.execute(f'GRANT SELECT, INSERT, UPDATE ON visit TO "{server.roles["cases"]}"')
    readers: policy.Grant = {Role.STREET: "own", Role.CARRIER: "own", Role.TASK_FORCE: "campaign"}
    grants = policy.readable_items("visit", "visits", readers) | {
        "create_visit": {Role.STREET: "own"},
        "edit_visit": {Role.STREET: "own"},
        "move_visit": {Role.CARRIER: "own"},
    }
    for operation, grant in grants.items():
        monkeypatch.setitem(policy.GRANTS, operation, grant)
    database = Database(urls.services["cases"], application_name="visits")
    service = CasesService(settings=urls.fill(settings), database=database, clock=clock)
    app = create_app(service, [item_routes(Visits())])
    async with app.router.lifespan_context(app), AsyncClient(transport=ASGITransport(app), base_url="http://localhost") as client:
        yield VisitsApi(client, bearer)


async def test_a_new_kind_has_everything_that_items_have(visits: VisitsApi) -> None:
    planned = await visits.call("renhe", "POST", "/v1/visits", {"title": "机房", "host": "telecom"}, idempotency_key="k")
    path = planned.headers["location"]
    again = await visits.call("renhe", "POST", "/v1/visits", {"title": "机房", "host": "telecom"}, idempotency_key="k")
    unknown = await visits.call("renhe", "PATCH", path, {"area": "nowhere"}, if_match='"1"')
    edited = await visits.call("renhe", "PATCH", path, {"title": "ＯＬＴ机房"}, if_match='"1"')
    commented = await visits.call("telecom", "POST", f"{path}/comments", {"text": "已约定"})
    lacking = await visits.call("telecom", "POST", f"{path}/moves", {"move": "make"}, if_match='"2"')
    made = await visits.call("telecom", "POST", f"{path}/moves", {"move": "make", "on": "2022-09-05"}, if_match='"2"')
    late = await visits.call("renhe", "PATCH", path, {"title": "x"}, if_match='"3"')

    assert (planned.status_code, again.content) == (201, planned.content)
    assert (planned.json()["editable_fields"], planned.json()["actions"]) == (["area", "title"], [])
    assert (unknown.status_code, unknown.json()["errors"][0]["where"]) == (422, "/area")
    assert (edited.json()["title"], edited.json()["revision"]) == ("ＯＬＴ机房", 2)
    assert (commented.status_code, lacking.json()["errors"][0]["where"]) == (201, "/on")
    assert (made.json()["state"], made.json()["visited_on"], made.json()["actions"]) == ("made", "2022-09-05", [])
    assert (late.status_code, late.json()["state"]) == (409, "made")
    history = (await visits.get("renhe", f"{path}/history"))["items"]
    assert [(change["move"], change["org"], [one["field"] for one in change["changes"]]) for change in history] == [
        (None, "renhe", ["title"]),
        ("make", "telecom", ["state", "visited_on"]),
    ]
    found = await visits.get("telecom", "/v1/visits", q="olt", facets=True, state="made")
    assert ([item["id"] for item in found["items"]], found["facets"][0]["values"]) == (
        [planned.json()["id"]],
        [{"value": "made", "count": 1}],
    )


async def test_the_organisations_of_a_new_kind_are_those_of_its_table(visits: VisitsApi) -> None:
    planned = await visits.call("renhe", "POST", "/v1/visits", {"title": "机房", "host": "telecom"})
    path = planned.headers["location"]

    totals = {who: (await visits.get(who, "/v1/visits"))["total"] for who in ("renhe", "telecom", "mobile", "yuanyang")}
    offered = {who: (await visits.get(who, path)).get("actions") for who in ("renhe", "telecom", "mobile")}
    hidden = await visits.call("mobile", "POST", f"{path}/moves", {"move": "make", "on": "2022-09-05"}, if_match='"1"')
    others = await visits.call("renhe", "POST", f"{path}/moves", {"move": "make", "on": "2022-09-05"}, if_match='"1"')

    assert totals == {"renhe": 1, "telecom": 1, "mobile": 0, "yuanyang": 0}
    make = [{"move": "make", "fields": [{"name": "on", "required": True}]}]
    assert offered == {"renhe": [], "telecom": make, "mobile": None}
    assert (hidden.status_code, others.status_code) == (404, 403)
