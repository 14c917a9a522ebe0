"""Every text and date of every request about items, with what cannot be one: refused at its place, and nothing is stored."""

import copy
import re
from collections.abc import AsyncIterator, Iterator
from typing import Any, Final, NamedTuple

from tests.services.cases.attachments.sample_files import CSV
from tests.services.cases.walk.kinds import BASE_DAY, Walked, World
from tests.services.cases.walk.rules import EDIT, Situation, rules_of
from tests.services.cases.walk.test_walk import each_kind, without_request

BAD_TEXTS: Final = ("a\x07b", " ", "a\u202eb", "x" * 5_000)
BAD_DAYS: Final = ("0001-01-01", "9999-12-31", "2022-02-30", "20220906")
BAD_MONTHS: Final = ("0001-01", "9999-12", "2022-13", "202208")
PERSON: Final = {"name": "李四", "title": "科长"}
PARTS: Final = ("", "/history", "/comments", "/attachments")
STRIKE: Final = {"move": "strike_out", "reason": "误传"}


class Sending(NamedTuple):
    """A valid request."""

    method: str
    path: str
    caller: str
    body: dict[str, Any]
    revision: int = 1

    @property
    def item(self) -> str:
        """The path of the item, or of its kind."""
        return re.sub(r"(/comments.*)?(/attachments.*)?(/moves)?$", "", self.path)


async def sendings(walked: Walked, world: World) -> AsyncIterator[Sending]:
    """Yield a valid request of everything that is written about an item, while the item is there for it."""
    variant = walked.variants[0]
    if walked.code != "assignment":
        yield Sending("POST", walked.kind.path, variant.creator, walked.new(world, variant, 99))
    path = ""
    for number, rule in enumerate(rules_of(walked.code)):
        origin = min(rule.states)
        caller = walked.mover(variant, rule.move, Situation(origin))
        item = await walked.bring(world, variant, Situation(origin), number) if caller else None
        if item is not None and caller:
            path, body = item.path, walked.body(world, rule.move, variant)
            revision = await world.revision(walked, path)
            if rule.move == EDIT:
                yield Sending("PATCH", path, caller, body, revision)
            else:
                yield Sending("POST", f"{path}/moves", caller, body | {"person": PERSON}, revision)
    writer = next(iter(variant.relations))
    note = {"text": "意见", "visibility": "item", "person": PERSON}
    comment = (await world.post(writer, f"{path}/comments", note)).json()["id"]
    file = {"file": ("a.csv", CSV)}
    attached = await world.campaign.api.post(f"{path}/attachments", files=file, headers=world.headers(writer))
    yield Sending("POST", f"{path}/comments", writer, note)
    yield Sending("POST", f"{path}/comments/{comment}/moves", writer, STRIKE)
    yield Sending("POST", f"{path}/attachments/{attached.json()['id']}/moves", writer, STRIKE)


def leaves(value: Any, pointer: str = "") -> Iterator[tuple[str, str]]:
    """Yield each text in a body with its JSON pointer, but the name of the move."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, member in members:
        if isinstance(member, str) and name != "move":
            yield f"{pointer}/{name}", member
        yield from leaves(member, f"{pointer}/{name}")


def replaced(body: dict[str, Any], pointer: str, text: str) -> dict[str, Any]:
    """Return a body with another text in one place."""
    changed = copy.deepcopy(body)
    *parents, last = pointer[1:].split("/")
    place: Any = changed
    for name in parents:
        place = place[int(name) if isinstance(place, list) else name]
    place[int(last) if isinstance(place, list) else last] = text
    return changed


def bad_values(text: str, number: int) -> tuple[str, str]:
    """Return what cannot stand in the place of a text: two values, which are others for the next text."""
    kinds = ((r"\d{4}-\d{2}-\d{2}", BAD_DAYS), (r"\d{4}-\d{2}", BAD_MONTHS), (r"(?s).*", BAD_TEXTS))
    values = next(values for pattern, values in kinds if re.fullmatch(pattern, text))
    return values[number % len(values)], values[(number + 1) % len(values)]


@each_kind
async def test_what_cannot_be_a_text_or_a_date_is_refused_at_its_place_and_changes_nothing(walked: Walked, world: World) -> None:
    world.set_day(BASE_DAY)
    async for sending in sendings(walked, world):
        before = [without_request(await world.get("industry_tf", f"{sending.item}{part}")) for part in PARTS]
        headers = world.headers(sending.caller) | {"If-Match": f'"{sending.revision}"'}
        for number, (pointer, text) in enumerate(leaves(sending.body)):
            for bad in bad_values(text, number):
                body = replaced(sending.body, pointer, bad)
                answer = await world.campaign.api.request(sending.method, sending.path, json=body, headers=headers)
                assert answer.status_code == 422, (sending.path, pointer, bad, answer.text)
                assert pointer in {error["where"] for error in answer.json()["errors"]} or bad in BAD_MONTHS, answer.text
        assert [without_request(await world.get("industry_tf", f"{sending.item}{part}")) for part in PARTS] == before
