"""State × move × role × relation: what each caller may do with a challenge, against tables that are independent of the code."""

from collections.abc import Iterator
from itertools import product
from typing import Final, NamedTuple

import psycopg
import pytest

from shared.domain.challenges import CHALLENGE_MOVES
from shared.domain.transitions import Relation, allowed_moves, may_ever_move
from shared.vocabulary import ChallengeMove, ChallengeState, Role
from tests.fixtures_campaign_api import CampaignApi
from tests.services.cases.challenges.challenging import (
    ECONOMY,
    MOBILE,
    OFFICE,
    REGULATOR,
    TASK_FORCE,
    TELECOM,
    WHOLE,
    Caller,
    move,
    open_challenge,
    opened,
)

REPORTERS: Final = {Role.CARRIER, Role.STREET, Role.BUREAU, Role.TASK_FORCE}
ANSWERS, DECISIONS = {"concede", "rebut"}, {"uphold", "dismiss"}
DECIDED_IN: Final = {"rebutted", "unanswered", "corrected"}
KANGMEI: Final = "500112022"


def may_make(move: str, role: Role, *, own: bool, challenger: bool) -> bool:
    """Return whether a caller may make a move in some state, as the design has it."""
    if move in ANSWERS:
        return own and role in REPORTERS
    if move in DECISIONS:
        return not own and (role in {Role.BUREAU, Role.TASK_FORCE} or (role is Role.REGULATOR and challenger))
    return move == "withdraw" and challenger and role in {Role.STREET, Role.BUREAU, Role.TASK_FORCE, Role.REGULATOR}


def moves_in(state: str) -> set[str]:
    """Return the moves that somebody may make in a state."""
    if state == "open":
        return ANSWERS | {"withdraw"}
    return DECISIONS if state in DECIDED_IN else set()


def combinations() -> Iterator[tuple[Role, bool, bool]]:
    """Yield every role with every relation."""
    yield from product(Role, (False, True), (False, True))


@pytest.mark.parametrize("state", ChallengeState)
def test_the_declaration_is_what_was_designed(state: ChallengeState) -> None:
    for role, own, challenger in combinations():
        held = {Relation.OWN} if own else set()
        held |= {Relation.CHALLENGER} if challenger else set()
        wanted = {
            move for move in ChallengeMove if move in moves_in(state) and may_make(move, role, own=own, challenger=challenger)
        }

        found = allowed_moves(CHALLENGE_MOVES, state, role, held)

        assert {transition.move for transition in found} == wanted, (role, own, challenger)
        for each in ChallengeMove:
            ever = may_make(each, role, own=own, challenger=challenger)
            assert may_ever_move(CHALLENGE_MOVES, each, role, held) == ever, (each, role, own, challenger)


class Dispute(NamedTuple):
    """A challenged count and its challenger."""

    org: str
    metric: str
    area: str
    challenger: Caller


DISPUTES: Final = (
    Dispute("telecom", "fbb_subs_total", WHOLE, ECONOMY),
    Dispute("telecom", "bs_5g_built", KANGMEI, OFFICE),
    Dispute("economy", "population_resident", KANGMEI, REGULATOR),
    Dispute("kangmei", "demo_parks", KANGMEI, TASK_FORCE),
)
BUREAU: Final = Caller("industry", Role.BUREAU)
LEADER: Final = Caller("leading_group")
CALLERS: Final = {
    TELECOM: Role.CARRIER,
    MOBILE: Role.CARRIER,
    OFFICE: Role.STREET,
    Caller("lijia"): Role.STREET,
    ECONOMY: Role.BUREAU,
    BUREAU: Role.BUREAU,
    TASK_FORCE: Role.TASK_FORCE,
    LEADER: Role.LEADER,
    REGULATOR: Role.REGULATOR,
}
STORED: Final = {  # state and deadlines of each shown state, on 2022-09-06
    **{state: (state, "2022-09-06", "2022-09-20") for state in ("open", "conceded")},
    **{state: (state, "2022-09-06", None) for state in ("rebutted", "corrected", "upheld")},
    **{state: (state, None, None) for state in ("dismissed", "withdrawn")},
    "unanswered": ("open", "2022-09-05", "2022-09-12"),
    "unanswered after a concession": ("conceded", "2022-09-05", "2022-09-12"),
}


def relations(dispute: Dispute, caller: Caller) -> dict[str, bool]:
    """Return the caller's relations to a challenge."""
    return {"own": dispute.org == caller.org, "challenger": dispute.challenger.org == caller.org}


def may_see(caller: Caller, dispute: Dispute) -> bool:
    """Return whether a caller sees a challenge, as the design has it."""
    role = CALLERS[caller]
    if role is Role.CARRIER:
        return dispute.org == caller.org
    return role is not Role.STREET or dispute.org == caller.org or (caller == OFFICE and dispute.area == KANGMEI)


async def store_state(liangjiang: CampaignApi, dispute: Dispute, shown: str) -> str:
    """Give the challenge a state, as time and moves would; return its tag."""
    state, due, decision_due = STORED[shown]
    async with await psycopg.AsyncConnection.connect(liangjiang.owner) as owner:
        await owner.execute("SELECT gigacity_begin(%s, %s, 'own')", [liangjiang.campaign, dispute.org])
        columns = "state = %s, due = %s, decision_due = %s, ended_version = NULL"
        changed = await owner.execute(f"UPDATE challenge SET {columns} RETURNING revision", [state, due, decision_due])
        ((revision,),) = await changed.fetchall()
    return f'"{revision}"'


@pytest.mark.parametrize("dispute", DISPUTES, ids=lambda dispute: f"{dispute.challenger.org} challenges {dispute.org}")
async def test_each_caller_is_offered_and_granted_what_was_designed(liangjiang: CampaignApi, dispute: Dispute) -> None:
    await liangjiang.push_ok(dispute.org, [(dispute.metric, dispute.area, 80)])
    path = await opened(liangjiang, dispute.challenger, org=dispute.org, metric=dispute.metric, area=dispute.area)
    for shown in STORED:
        await store_state(liangjiang, dispute, shown)
        state = shown.partition(" ")[0]
        for caller, role in CALLERS.items():
            answer = await liangjiang.api.get(path, headers=liangjiang.headers(*caller))
            if may_see(caller, dispute):
                wanted = {each for each in moves_in(state) if may_make(each, role, **relations(dispute, caller))}
                found = answer.json()
                assert (found["state"], {action["move"] for action in found["actions"]}) == (state, wanted), (shown, caller)
            else:
                assert answer.status_code == 404, (shown, caller)
    await compare_moves(liangjiang, dispute, path)


async def compare_moves(liangjiang: CampaignApi, dispute: Dispute, path: str) -> None:
    """Make every move as every caller, in two states, and compare the answers with the design."""
    for shown in ("open", "unanswered"):
        tag = await store_state(liangjiang, dispute, shown)
        for (caller, role), each in product(CALLERS.items(), ChallengeMove):
            answer = await move(liangjiang, path, caller, each, tag)
            if role is Role.LEADER:
                status = 403
            elif not may_see(caller, dispute):
                status = 404
            elif not may_make(each, role, **relations(dispute, caller)):
                status = 403
            else:
                status = 200 if each in moves_in(shown) else 409
            assert answer.status_code == status, (shown, caller, each, answer.text)
            if status == 409:
                assert answer.json()["state"] == shown
            elif status == 200:
                tag = await store_state(liangjiang, dispute, shown)


MAY_OPEN: Final = {
    "telecom's count": {ECONOMY, BUREAU, TASK_FORCE, REGULATOR},
    "telecom's count in Kangmei": {OFFICE, ECONOMY, BUREAU, TASK_FORCE, REGULATOR},
    "economy's count in Kangmei": {OFFICE, BUREAU, TASK_FORCE, REGULATOR},
    "the office's own count": {ECONOMY, BUREAU, TASK_FORCE, REGULATOR},
}


@pytest.mark.parametrize(("dispute", "who"), list(zip(DISPUTES, MAY_OPEN, strict=True)), ids=list(MAY_OPEN))
async def test_who_may_open_a_challenge(liangjiang: CampaignApi, dispute: Dispute, who: str) -> None:
    await liangjiang.push_ok(dispute.org, [(dispute.metric, dispute.area, 80)])
    for caller in CALLERS:
        count = {"org": dispute.org, "metric": dispute.metric, "area": dispute.area}
        answer = await open_challenge(liangjiang, caller, **count)
        if caller in MAY_OPEN[who]:
            assert answer.status_code == 201, (caller, answer.text)
            withdrawn = await move(liangjiang, answer.headers["location"], caller, "withdraw")
            assert withdrawn.status_code == 200
        elif caller.org == dispute.org and CALLERS[caller] is not Role.CARRIER:
            assert (answer.status_code, answer.json()["errors"][0]["where"]) == (422, "/org"), caller
        else:
            assert answer.status_code == 403, caller
