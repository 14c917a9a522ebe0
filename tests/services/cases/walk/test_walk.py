"""Every state × move × role × relation of every kind: the declarations, and the answers over HTTP, against the rules.

A hidden item answers exactly as an absent one does, wherever one could look for it.
"""

import asyncio
import csv
import io
import json
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from itertools import chain, combinations
from typing import Any, Final

import pytest
from httpx import Response
from pydantic import ValidationError

from shared.domain.transitions import Relation, allowed_moves, editable_fields, fields_of, may_ever_edit, may_ever_move
from shared.vocabulary import Role
from tests.services.cases.attachments.sample_files import CSV
from tests.services.cases.walk.kinds import (
    BASE_DAY,
    CALLERS,
    WALKED,
    Walked,
    WalkedItem,
    World,
)
from tests.services.cases.walk.rules import EDIT, Rule, Situation, is_granted, rules_of, sees

each_kind: Final = pytest.mark.parametrize("walked", WALKED, ids=lambda walked: walked.code)


def moves_of(walked: Walked) -> list[str]:
    """Return the moves of a kind, and the edit if it has one."""
    return [*(move.value for move in walked.kind.moves), *([EDIT] if walked.edit else [])]


def allowed_by(rules: list[Rule], situation: Situation, role: str, relations: frozenset[str]) -> dict[str, str]:
    """Return the moves that the rules allow, each with the state after it."""
    return {rule.move: rule.to or situation.state for rule in rules if rule.is_for(situation) and rule.allows(role, relations)}


@each_kind
def test_the_declaration_says_what_the_rules_say(walked: Walked) -> None:
    kind, rules = walked.kind, rules_of(walked.code)
    known = walked.relations.split()
    for relations in chain.from_iterable(combinations(known, size) for size in range(len(known) + 1)):
        held = frozenset(Relation(each) for each in relations)
        for role in Role:
            for situation in walked.situations:
                state = kind.states(situation.state)
                declared = allowed_moves(kind.transitions, state, role, held, walked.conditions(situation))
                found = {row.move.value: walked.restored.get(row.move.value) or (row.to or state).value for row in declared}
                if editable_fields(kind.edits, state, role, held):
                    found[EDIT] = state.value
                assert found == allowed_by(rules, situation, role, frozenset(relations)), (situation, role, relations)
            ever = {rule.move for rule in rules if rule.allows(role, frozenset(relations))}
            declared_ever = {move.value for move in kind.moves if may_ever_move(kind.transitions, move, role, held)}
            assert declared_ever | ({EDIT} if may_ever_edit(kind.edits, role, held) else set()) == ever, (role, relations)


@each_kind
def test_a_move_of_a_state_leads_to_one_state_and_takes_the_same_fields_everywhere(walked: Walked) -> None:
    table = walked.kind.transitions
    keys = [(origin, row.move) for row in table for origin in row.origins]

    assert len(set(keys)) == len(keys)
    assert all(row.fields == fields_of(table, row.move) for row in table)
    assert {row.move for row in table} == set(walked.kind.moves)


@each_kind
def test_the_walk_has_a_caller_for_every_role_and_relation_of_the_rules(walked: Walked) -> None:
    others = {CALLERS[caller].role for variant in walked.variants for caller in variant.others}
    walkers = {
        (CALLERS[caller].role.value, relation)
        for variant in walked.variants
        for caller in variant.callers
        for relation in (None, *variant.relations.get(caller, "").split())
    }
    rules = rules_of(walked.code)
    needed = {who for rule in rules for who in rule.who if who[1]}
    needed |= {(role, never) for rule in rules for role, _ in rule.who for never in rule.never}
    needed -= {("regulator", "own")}  # it has no items of its own
    if walked.code == "case":
        needed -= {("bureau", "own"), ("task_force", "own")}  # they file none
    needed -= {("bureau", "substitute")}  # the campaign of the walk has two task forces

    assert needed <= walkers
    assert others == set(Role)


async def items_of(world: World, walked: Walked) -> list[WalkedItem]:
    """Bring an item of each variant into each situation."""
    items = []
    for number, variant in enumerate(walked.variants):
        for place, situation in enumerate(walked.situations):
            world.set_day(BASE_DAY)
            item = await walked.bring(world, variant, situation, number * 100 + place)
            items += [item] if item else []
    return items


@each_kind
async def test_every_cell_is_answered_as_the_rules_say(walked: Walked, world: World) -> None:
    reached = set()
    for number, variant in enumerate(walked.variants):
        situations = [each for each in walked.situations if walked.steps(variant, each) is not None]
        reached |= {*situations}
        for place, situation in enumerate(situations):
            world.set_day(BASE_DAY)
            item = await walked.bring(world, variant, situation, number * 100 + place)
            assert item is not None
            await Cells(walked, world, item).compare(place, len(situations))
    assert reached == set(walked.situations)


class Cells:
    """The cells of one item: what each of its callers may do with it."""

    def __init__(self, walked: Walked, world: World, item: WalkedItem) -> None:
        """`item` is in its situation."""
        self.walked, self.world, self.item = walked, world, item
        self.rules = rules_of(walked.code)
        self.row: dict[str, Any] = {}

    async def compare(self, place: int, count: int) -> None:
        """Compare the answers with the rules, and see that a refused move changed nothing.

        What a caller reads offers every move that it may make. Moves that it makes in some situation are tried in each; one that
        it never makes is refused before the state is looked at, and tried in one of the `count` situations, of which this is one.
        """
        self.row = await self.world.stored(self.walked, self.item.path)
        for caller in self.item.variant.callers:
            await self.compare_read(caller)
            never = [move for move in moves_of(self.walked) if not self.ever(caller, move)]
            for move in moves_of(self.walked):
                if move not in never or never.index(move) % count == place:
                    await self.compare_move(caller, move)
        assert await self.world.stored(self.walked, self.item.path) == self.row

    async def compare_read(self, caller: str) -> None:
        """Compare what a caller reads: the state, and the moves and edits that are offered."""
        read = await self.world.get(caller, self.item.path)
        where = (str(self.item.situation), caller)
        if not self.sees(caller):
            assert without_request(read) == await self.absent(caller, ""), where
            assert read.status_code == 404
            return
        document, allowed = read.json(), self.allowed(caller)
        assert document["state"] == self.item.situation.state, where
        assert [action["move"] for action in document["actions"]] == [move for move in allowed if move != EDIT], where
        for action in document["actions"]:
            fields = fields_of(self.walked.kind.transitions, self.walked.kind.moves(action["move"]))
            assert action["fields"] == [{"name": field.name, "required": field.required} for field in fields]
        assert bool(document["editable_fields"]) == (EDIT in allowed), where

    async def compare_move(self, caller: str, move: str) -> None:
        """Compare the answer to a move."""
        world, walked, item = self.world, self.walked, self.item
        answer = await world.move(walked, item.path, move, caller, item.variant, self.row.get("revision", 1))
        allowed, expected = self.allowed(caller), self.expected(caller, move)
        assert answer.status_code == expected, (str(item.situation), caller, move, answer.text)
        if expected == 200:
            assert answer.json()["state"] == allowed[move]
            await world.undo(walked, item.path, self.row)
        elif expected == 409:
            told = answer.json()
            assert (told["state"], told["actions"]) == (item.situation.state, [each for each in allowed if each != EDIT])
        elif expected == 404:
            assert without_request(answer) == await self.absent(caller, move)

    async def absent(self, caller: str, move: str) -> tuple[int, Any]:
        """Return the answer about an item that does not exist: to a move, or to a read."""
        world, walked = self.world, self.walked
        if (caller, move) not in world.absent:
            path = walked.absent_path
            read = world.move(walked, path, move, caller, self.item.variant, 1) if move else world.get(caller, path)
            world.absent[caller, move] = without_request(await read)
        answer: tuple[int, Any] = world.absent[caller, move]
        return answer

    def expected(self, caller: str, move: str) -> int:
        """Return the status of the answer to a move."""
        if not is_granted(self.walked.code, move, CALLERS[caller].role.value):
            return 403
        if not any(rule.move == move and rule.who for rule in self.rules):
            return 422  # no request makes it
        if not self.sees(caller):
            return 404
        if not self.ever(caller, move):
            return 403
        return 200 if move in self.allowed(caller) else 409

    def ever(self, caller: str, move: str) -> bool:
        """Return whether a caller makes a move in some situation."""
        role, relations = CALLERS[caller].role.value, self.item.relations(caller)
        return any(rule.move == move and rule.allows(role, relations) for rule in self.rules)

    def allowed(self, caller: str) -> dict[str, str]:
        """Return the moves that the rules allow a caller now, in the order of the declaration."""
        allowed = allowed_by(self.rules, self.item.situation, CALLERS[caller].role.value, self.item.relations(caller))
        return {move: allowed[move] for move in moves_of(self.walked) if move in allowed}

    def sees(self, caller: str) -> bool:
        """Return whether a caller sees the item."""
        return is_seen(self.walked, self.item, caller)


def is_seen(walked: Walked, item: WalkedItem, caller: str) -> bool:
    """Return whether a caller sees an item, by the rules."""
    return sees(walked.code, item.situation, CALLERS[caller].role.value, item.relations(caller))


def without_request(answer: Response) -> tuple[int, Any]:
    """Return an answer without what names its request."""
    document = json.loads(answer.content)
    document.pop("instance", None)
    return answer.status_code, document


LISTED: Final = [walked for walked in WALKED if walked.code != "assignment"]


@pytest.mark.parametrize("walked", LISTED, ids=lambda walked: walked.code)
async def test_hidden_items_are_absent_from_lists_counts_facets_search_and_inbox(walked: Walked, world: World) -> None:
    items = await items_of(world, walked)
    world.set_day(BASE_DAY)
    known = {item.id for item in items}
    for caller in CALLERS:
        seen = {item.id: item for item in items if is_seen(walked, item, caller)}
        page = (await world.get(caller, walked.kind.path, facets=True, limit=500)).json()
        others = [item for item in page["items"] if item["id"] not in known]  # the case that others are merged into
        assert {item["id"] for item in page["items"]} - {item["id"] for item in others} == set(seen), caller
        assert page["total"] == len(page["items"])
        for facet in page["facets"]:
            counted = {value["value"]: value["count"] for value in facet["values"]}
            assert counted == Counter(item[facet["field"]] for item in page["items"]), (caller, facet["field"])
        table = await world.get(caller, walked.kind.path, format="csv", bom=False)
        assert len(list(csv.DictReader(io.StringIO(table.text)))) == page["total"]
        await compare_searches(walked, world, caller, items, seen)
        await compare_inbox(walked, world, caller, page["items"])
        if caller in {"economy", "industry_tf", "leading_group", "regulator"}:
            workload = (await world.get(caller, "/v1/workload", kind=walked.code, limit=500)).json()["items"]
            assert sum(line["open"] + line["closed"] for line in workload) == page["total"], caller


async def compare_searches(walked: Walked, world: World, caller: str, items: list[WalkedItem], seen: dict[str, Any]) -> None:
    """Search for all items, and for single ones of those that are hidden and of those that are not."""
    found = (await world.get(caller, walked.kind.path, q="WORD", facets=True, limit=500)).json()
    assert ({item["id"] for item in found["items"]}, found["total"]) == (set(seen), len(seen))
    assert all(sum(value["count"] for value in facet["values"]) == len(seen) for facet in found["facets"])
    hidden = [item for item in items if item.id not in seen]
    for item in [*hidden[:1], *hidden[-1:], *list(seen.values())[:1]]:
        alone = (await world.get(caller, walked.kind.path, q=word_of(walked, item, items), limit=500)).json()
        assert [one["id"] for one in alone["items"]] == ([item.id] if item.id in seen else []), caller


def word_of(walked: Walked, item: WalkedItem, items: list[WalkedItem]) -> str:
    """Return the word that only this item has."""
    assert item in items
    number = list(walked.variants).index(item.variant) * 100 + walked.situations.index(item.situation)
    return f"word{number}."


CHOICES: Final = {
    "answer": {"answer", "concede", "rebut"},
    "decide_challenge": {"uphold", "dismiss"},
    "decide_revocation": {"revoke", "decline_revocation"},
}
"""Actions in the inbox that are a choice between moves."""


async def compare_inbox(walked: Walked, world: World, caller: str, listed: list[dict[str, Any]]) -> None:
    """The inbox has only items of the caller's list, each with a move that is offered there, or a push that corrects a count."""
    offered = {item["id"]: {action["move"] for action in item["actions"]} for item in listed}
    for entry in (await world.get(caller, "/v1/inbox", kind=walked.code, limit=500)).json()["items"]:
        moves = CHOICES.get(entry["action"], {entry["action"]})
        assert entry["id"] in offered, (caller, entry)
        assert offered[entry["id"]] & moves or entry["action"] in {"correct", "create_action_items"}, (caller, entry)


@each_kind
async def test_all_of_a_hidden_item_answers_as_an_absent_one(walked: Walked, world: World) -> None:
    for number, variant in enumerate(walked.variants):
        items: dict[Situation, WalkedItem] = {}
        planned = [item for situation in walked.situations if (item := walked.planned(variant, situation))]
        for caller in variant.callers:
            hidden = [item.situation for item in planned if not is_seen(walked, item, caller)]
            if hidden:
                situation = hidden[number % len(hidden)]
                if situation not in items:
                    world.set_day(BASE_DAY)
                    item = await walked.bring(world, variant, situation, number * 100 + len(items))
                    assert item is not None
                    items[situation] = item
                world.set_day(BASE_DAY)
                await compare_parts(walked, world, caller, items[situation])


async def compare_parts(walked: Walked, world: World, caller: str, item: WalkedItem) -> None:
    """Read and write everything that belongs to a hidden item."""
    writer = next(each for each in item.variant.callers if is_seen(walked, item, each))
    comment = (await world.post(writer, f"{item.path}/comments", {"text": "x"})).json()["id"]
    headers, file = world.headers(writer), {"file": ("a.csv", CSV)}
    attached = await world.campaign.api.post(f"{item.path}/attachments", files=file, headers=headers)
    attachment = attached.json()["id"]
    strike = {"move": "strike_out", "reason": "…"}
    for part in parts(walked, attachment):
        hidden, absent = [await world.get(caller, f"{path}{part}") for path in (item.path, walked.absent_path)]
        assert without_request(hidden) == without_request(absent), (caller, part)
        assert hidden.status_code in (403, 404)
    for part in (f"/comments/{comment}/moves", f"/attachments/{attachment}/moves"):
        answers = [await world.post(caller, f"{path}{part}", strike) for path in (item.path, walked.absent_path)]
        assert without_request(answers[0]) == without_request(answers[1]), (caller, part)
    for path in (item.path, walked.absent_path):
        written = await world.post(caller, f"{path}/comments", {"text": "x"})
        sent = await world.campaign.api.post(f"{path}/attachments", files=file, headers=world.headers(caller))
        assert {written.status_code, sent.status_code} <= {403, 404}


def parts(walked: Walked, attachment: str) -> Iterator[str]:
    """Yield the paths of everything that belongs to an item."""
    yield from ("", "/history", "/comments", "/attachments", f"/attachments/{attachment}")
    if walked.code == "case":
        yield from ("/versions", "/versions/1", "/versions/1/difference")


async def test_hidden_assignments_are_absent_from_tasks_board_and_inbox(world: World) -> None:
    seen = {
        caller: {
            (task.number, org)
            for task in world.definition.tasks
            for org in task.responsible
            if sees(
                "assignment",
                Situation("not_started"),
                CALLERS[caller].role.value,
                frozenset(
                    name
                    for name, orgs in (("responsible", [org]), ("lead", task.lead), ("cooperating", task.cooperating))
                    if CALLERS[caller].org in orgs
                ),
            )
        }
        for caller in CALLERS
    }
    for caller, expected in seen.items():
        tasks = (await world.get(caller, "/v1/tasks", limit=50)).json()
        board = (await world.get(caller, "/v1/tasks/board")).json()
        inbox = (await world.get(caller, "/v1/inbox", kind="assignment", limit=500)).json()["items"]
        for document in (tasks["items"], board["tasks"]):
            assert {(task["number"], each["org"]) for task in document for each in task["assignments"]} == expected
            for task in document:
                assert sum(each["count"] for each in task["counts"]) == len(task["assignments"])
        assert set(board["organisations"]) == {org for _, org in expected}
        for name in ("overdue", "due_in_7_days", "due_in_14_days", "accepted_last_week"):
            assert {(entry["number"], entry["org"]) for entry in board[name]} <= expected
        assert {(int(entry["path"].split("/")[3]), entry["org"]) for entry in inbox} <= expected


@each_kind
async def test_of_changes_at_once_one_is_made_and_no_comment_or_attachment_is_lost(walked: Walked, world: World) -> None:
    variant = walked.variants[2 if walked.code == "assignment" else 0]
    planned = [item for situation in walked.situations if (item := walked.planned(variant, situation))]
    changes = {
        item.situation: [(caller, move) for caller in variant.callers for move in Cells(walked, world, item).allowed(caller)]
        for item in planned
    }
    most = sorted(changes, key=lambda situation: len(changes[situation]))[-2:]
    for number, situation in enumerate(dict.fromkeys([planned[0].situation, *most])):
        if len(changes[situation]) > 1:
            world.set_day(BASE_DAY)
            item = await walked.bring(world, variant, situation, number)
            assert item is not None
            await race(walked, world, item, changes[situation])


async def race(walked: Walked, world: World, item: WalkedItem, changes: list[tuple[str, str]]) -> None:
    """Make all changes that are allowed at once, while others comment on the item and attach files to it."""
    revision = await world.revision(walked, item.path)
    authors = [caller for caller in item.variant.callers if is_seen(walked, item, caller)][:4]
    before = await totals(world, authors[0], item.path)
    file = {"file": ("a.csv", CSV)}

    answers = await asyncio.gather(
        *(answered(partial(world.move, walked, item.path, move, caller, item.variant, revision)) for caller, move in changes),
        *(answered(partial(world.post, author, f"{item.path}/comments", {"text": "x"})) for author in authors),
        *(
            answered(partial(world.campaign.api.post, f"{item.path}/attachments", files=file, headers=world.headers(author)))
            for author in authors
        ),
    )

    made, written = answers[: len(changes)], answers[len(changes) :]
    statuses = Counter(answer.status_code for answer in made)
    assert statuses[200] == 1, (str(item.situation), changes, statuses)
    assert set(statuses) <= {200, 404, 409, 412}  # 404: it is hidden now
    assert {answer.status_code for answer in written} <= {201, 404}
    kept = {
        kind: sum(answer.status_code == 201 for answer in some)
        for kind, some in (("comments", written[: len(authors)]), ("attachments", written[len(authors) :]))
    }
    after = await totals(world, authors[0], item.path)
    assert after == {"history": before["history"] + 1} | {kind: before[kind] + number for kind, number in kept.items()}
    assert await world.revision(walked, item.path) == revision + 1


async def totals(world: World, caller: str, path: str) -> dict[str, int]:
    """Return how much there is of an item."""
    parts = ("history", "comments", "attachments")
    return {part: (await world.get(caller, f"{path}/{part}")).json()["total"] for part in parts}


async def answered(send: Callable[[], Awaitable[Response]]) -> Response:
    """Send a request again for as long as the answer is that others are in the way."""
    for _ in range(20):
        answer = await send()
        if answer.status_code != 503:
            break
    return answer


@each_kind
async def test_what_is_created_is_read_at_its_location(walked: Walked, world: World) -> None:
    world.set_day(BASE_DAY)
    variant = walked.variants[0]
    writer = next(iter(variant.relations))
    path = await walked.create(world, variant, 1)
    comment = await world.post(writer, f"{path}/comments", {"text": "意见", "visibility": "item"})
    attached = await world.campaign.api.post(f"{path}/attachments", files={"file": ("a.csv", CSV)}, headers=world.headers(writer))

    locations = [path, comment.headers["location"], attached.headers["location"]]
    assert [(await world.get(writer, location)).status_code for location in locations] == [200, 200, 200]
    assert comment.json()["id"] in (await world.get(writer, comment.headers["location"])).text


@each_kind
def test_a_request_offers_the_moves_that_somebody_may_make(walked: Walked) -> None:
    kind = walked.kind
    made = {row.move for row in kind.transitions if row.by}
    accepted = set()
    for move in kind.moves:
        try:
            accepted.add(kind.move.model_validate({"move": move.value}).model_dump()["move"])
        except ValidationError:
            continue

    assert accepted == made
