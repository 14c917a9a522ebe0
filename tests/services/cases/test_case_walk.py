"""Every move of a case in every state by every caller, compared with the rules written out."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import psycopg
import pytest_asyncio
from httpx import Response

from cli.postgres.database_urls import DatabaseUrls
from shared.domain.case_moves import CASE_MOVES, VISIBLE_CASE_STATES
from shared.domain.transitions import Relation, allowed_moves, may_ever_move
from shared.vocabulary import CaseMove, CaseState, Role
from tests.filed_cases import WHOLE_CASE
from tests.fixtures_campaign_api import CampaignApi

RULES: Final = """
submit             | draft returned                                                                      | own
take_up            | submitted                                                                           | bureau task_force
return             | submitted in_review                                                                 | bureau task_force
reject             | in_review                                                                           | task_force
approve            | in_review                                                                           | task_force
recommend          | approved                                                                            | task_force
record_outcome     | recommended                                                                         | task_force regulator
publish            | approved recommended                                                                | task_force
unpublish          |                                                                                     | task_force
withdraw           | draft returned submitted in_review                                                  | own
request_revocation | approved recommended                                                                | own
revoke             | approved recommended                                                                | task_force
decline_revocation |                                                                                     | task_force
merge              | submitted in_review returned rejected approved recommended withdrawn revoked        | task_force
"""
"""Move, states, and who makes it; of a case that is not published."""
REVIEWS: Final = {"take_up", "return", "reject", "approve", "recommend"}
"""The moves that the applicant may not make."""
SEEN: Final = {
    "bureau": set(CaseState) - {CaseState.DRAFT},
    "task_force": set(CaseState) - {CaseState.DRAFT},
    "leader": {CaseState.APPROVED, CaseState.RECOMMENDED},
    "regulator": set(CaseState) - {CaseState.DRAFT, CaseState.RETURNED, CaseState.WITHDRAWN},
}
FIELDS: Final[dict[str, dict[str, Any]]] = {
    "return": {"reason": "…"},
    "reject": {"reason": "…"},
    "approve": {"on": "2022-08-20"},
    "recommend": {"recommended_to": "competition", "on": "2022-08-25"},
    "record_outcome": {"selected": True, "note": "…", "on": "2022-09-01"},
    "request_revocation": {"reason": "…"},
    "revoke": {"reason": "…", "on": "2022-09-01"},
    "decline_revocation": {"reason": "…"},
    "merge": {"merged_into": "0198c0de-0000-7000-8000-000000000000"},
}
ABSENT: Final = "/v1/cases/0198c0de-0000-7000-8000-000000000000"


@dataclass(frozen=True)
class Caller:
    """An organisation in one of its roles, and what it is to telecom's cases."""

    org: str
    role: Role

    def moves(self, state: CaseState) -> list[str]:
        """Return the moves that the rules give it in a state, in their order."""
        return [move for move, states, who in rules() if state.value in states and self.may(who)]

    def ever(self) -> set[str]:
        """Return the moves that the rules give it in some state."""
        return {move for move, _, who in rules() if self.may(who)}

    def may(self, who: set[str]) -> bool:
        """Return whether it is among those who make a move."""
        return self.role.value in who or (self.org == "telecom" and "own" in who)

    def sees(self, state: CaseState) -> bool:
        """Return whether it sees a case of telecom that was submitted."""
        return self.org == "telecom" or state in SEEN.get(self.role.value, ())


CALLERS: Final = [
    Caller("telecom", Role.CARRIER),
    Caller("mobile", Role.CARRIER),
    Caller("renhe", Role.STREET),
    Caller("economy", Role.BUREAU),
    Caller("industry", Role.TASK_FORCE),
    Caller("leading_group", Role.LEADER),
    Caller("regulator", Role.REGULATOR),
]


def rules() -> Iterator[tuple[str, set[str], set[str]]]:
    """Yield move, states and callers of each rule."""
    for line in RULES.strip().splitlines():
        move, states, who = line.split("|")
        yield move.strip(), set(states.split()), set(who.split())


def test_the_declaration_says_what_the_rules_say() -> None:
    for state in CaseState:
        for role in Role:
            for own in (True, False):
                relations = {Relation.OWN} if own else set()
                conditions = {"not_published", "no_revocation_requested"}
                declared = [row.move.value for row in allowed_moves(CASE_MOVES, state, role, relations, conditions)]
                files = own and role in (Role.CARRIER, Role.STREET)
                expected = {
                    move
                    for move, states, who in rules()
                    if state.value in states
                    and ((role.value in who and not (own and move in REVIEWS)) or (files and "own" in who))
                }
                assert set(declared) == expected, (state, role, own)


def test_the_applicant_reviews_nothing_of_its_own() -> None:
    for move in CaseMove:
        for role in (Role.BUREAU, Role.TASK_FORCE):
            applicant = may_ever_move(CASE_MOVES, move, role, {Relation.APPLICANT})
            assert applicant == (may_ever_move(CASE_MOVES, move, role, ()) and move.value not in REVIEWS)


def test_a_role_sees_the_states_of_the_rules() -> None:
    assert {role.value: set(states) for role, states in VISIBLE_CASE_STATES.items() if states} == SEEN


class Walk:
    """A case of telecom in each state, with a draft that was withdrawn besides."""

    def __init__(self, campaign: CampaignApi, paths: dict[str, str]) -> None:
        """`paths` by state; "draft_withdrawn" is the withdrawn draft."""
        self.campaign, self.paths = campaign, paths

    async def get(self, caller: Caller, path: str, **query: Any) -> Response:
        """Read as a caller."""
        return await self.campaign.api.get(path, params=query, headers=self.campaign.headers(caller.org, caller.role))

    async def move(self, caller: Caller, path: str, move: str) -> Response:
        """Try a move with all of its fields, at the revision of the case."""
        headers = self.campaign.headers(caller.org, caller.role) | {"If-Match": '"2"'}
        return await self.campaign.api.post(f"{path}/moves", json={"move": move, **FIELDS.get(move, {})}, headers=headers)


@pytest_asyncio.fixture
async def walk(liangjiang: CampaignApi, urls: DatabaseUrls) -> Walk:
    """Cases whose states are set in the database; all have revision 2."""
    paths = {}
    for state in [*(one.value for one in CaseState), "draft_withdrawn"]:
        body = {**WHOLE_CASE, "title": f"case {state}", "applicant": f"applicant {state}"}
        filed = await liangjiang.api.post("/v1/cases", json=body, headers=liangjiang.headers("telecom"))
        paths[state] = filed.headers["location"]
        move = "withdraw" if state == "draft_withdrawn" else "submit"
        headers = liangjiang.headers("telecom") | {"If-Match": filed.headers["etag"]}
        moved = await liangjiang.api.post(f"{paths[state]}/moves", json={"move": move}, headers=headers)
        assert moved.status_code == 200, moved.text
    with psycopg.connect(urls.owner) as owner:
        owner.execute("SELECT gigacity_begin('liangjiang-2022', 'telecom', 'own')")
        for state in CaseState:
            owner.execute("UPDATE case_file SET state = %s WHERE id = %s", [state.value, paths[state.value].rpartition("/")[2]])
    return Walk(liangjiang, paths)


async def test_what_is_offered_in_each_state_is_what_the_rules_allow(walk: Walk) -> None:
    for state in CaseState:
        for caller in CALLERS:
            read = await walk.get(caller, walk.paths[state.value])
            expected = caller.moves(state) if caller.sees(state) else None
            offered = [action["move"] for action in read.json()["actions"]] if read.status_code == 200 else None
            assert offered == expected, (state, caller)
            assert read.status_code == (200 if caller.sees(state) else 404)


async def test_what_is_not_offered_is_refused_and_changes_nothing(walk: Walk) -> None:
    for caller in CALLERS:
        for number, move in enumerate(CaseMove):
            states = [state for state in CaseState if move.value not in caller.moves(state)]
            state = states[number % len(states)]
            refused = await walk.move(caller, walk.paths[state.value], move.value)
            reads_only = caller.role is Role.LEADER
            expected = 403 if reads_only else 404 if not caller.sees(state) else 409 if move.value in caller.ever() else 403
            assert refused.status_code == expected, (state, caller, move)
            if expected == 409:
                assert (refused.json()["state"], refused.json()["actions"]) == (state.value, caller.moves(state))
    for state in CaseState:
        read = (await walk.get(CALLERS[0], walk.paths[state.value])).json()
        assert (read["state"], read["revision"]) == (state.value, 2)


async def test_hidden_cases_are_absent_from_reads_lists_facets_and_search(walk: Walk) -> None:
    ids = {state: path.rpartition("/")[2] for state, path in walk.paths.items()}
    for caller in CALLERS:
        others = {state.value for state in CaseState if caller.sees(state)}
        seen = set(ids) if caller.org == "telecom" else others
        page = (await walk.get(caller, "/v1/cases", facets="true", limit=50)).json()
        assert {item["id"] for item in page["items"]} == {ids[state] for state in seen}
        assert page["total"] == len(seen)
        counted = {value["value"]: value["count"] for value in page["facets"][0]["values"]}
        assert sum(counted.values()) == len(seen)
        assert set(counted) == {state.replace("draft_", "") for state in seen}
        for state in ("draft", "draft_withdrawn", "returned"):
            found = (await walk.get(caller, "/v1/cases", q=f"CASE {state}")).json()
            assert (ids[state] in {item["id"] for item in found["items"]}) == (state in seen), (caller, state)
            for what in ("", "/history", "/comments", "/versions", "/versions/1"):
                hidden, absent = await walk.get(caller, walk.paths[state] + what), await walk.get(caller, ABSENT + what)
                if state not in seen:
                    assert _without_request(hidden) == _without_request(absent), (caller, state, what)
        if caller.role is not Role.LEADER and "draft" not in seen:
            hidden, absent = [await walk.move(caller, path, "merge") for path in (walk.paths["draft"], ABSENT)]
            assert _without_request(hidden) == _without_request(absent)


def _without_request(answer: Response) -> tuple[int, Any]:
    document = json.loads(answer.content)
    document.pop("instance", None)
    return answer.status_code, document
