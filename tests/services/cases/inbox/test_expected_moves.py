"""In every state of every kind an item is in the inbox of exactly those who may make a move that it waits for."""

from typing import Any, Final, NamedTuple
from uuid import UUID

import psycopg
import pytest
import pytest_asyncio

from cli.postgres.database_urls import DatabaseUrls
from services.cases.app import KINDS
from shared.campaign.definition import assignment_id
from shared.values.uuid7 import uuid7
from shared.vocabulary import ActionItemState, CaseState, ChallengeState, DifficultyState, Role, TaskState
from tests.filed_cases import WHOLE_CASE
from tests.fixtures_campaign_api import CampaignApi
from tests.services.cases.items_api import ACTION, DIFFICULTY

AWAITED: Final = """
case, draft                          | submit
case, returned                       | submit
case, submitted                      | take_up
case, in_review                      | approve
case, approved, revocation requested | revoke decline_revocation
case, recommended                    | record_outcome
assignment, not_started              | report_progress
assignment, in_progress              | report_done
assignment, returned                 | report_done
assignment, awaiting_acceptance      | accept return
difficulty, open                     | assign
difficulty, assigned                 | answer
difficulty, answered                 | resolve not_resolved
action_item, open                    | report
action_item, returned                | report
action_item, reported                | accept return
challenge, open                      | concede rebut
challenge, open, lapsed              | uphold dismiss
challenge, conceded                  | correct
challenge, conceded, lapsed          | uphold dismiss
challenge, rebutted                  | uphold dismiss
challenge, corrected                 | uphold dismiss
challenge, upheld                    | correct
"""
"""Item, and the moves that it waits for. Others wait for none: a recommended case whose outcome is known, an upheld challenge
whose count is corrected or can no longer be."""

CALLERS: Final = [
    ("telecom", Role.CARRIER),
    ("mobile", Role.CARRIER),
    ("unicom", Role.CARRIER),
    ("renhe", Role.STREET),
    ("yuanyang", Role.STREET),
    ("economy", Role.BUREAU),
    ("industry", Role.BUREAU),
    ("industry", Role.TASK_FORCE),
    ("leading_group", Role.LEADER),
    ("regulator", Role.REGULATOR),
]
OPEN_UNTIL, LAPSED_ON = "2022-09-06", "2022-09-05"
"""The first is today, which is the last day of a deadline."""


CASES: Final[dict[str, dict[str, Any]]] = {
    **{state.value: {} for state in CaseState},
    "approved, revocation requested": {"revocation_requested_on": "2022-09-01"},
    "recommended, outcome known": {"selected": False},
}
"""Columns of cases in each state."""


class Situation(NamedTuple):
    """An item in a state."""

    name: str  # as in the table
    path: str


def awaited_moves() -> dict[str, set[str]]:
    """Return the moves of the table by item."""
    lines = (line.split("|") for line in AWAITED.strip().splitlines())
    return {name.strip(): set(moves.split()) for name, moves in lines}


@pytest_asyncio.fixture
async def situations(liangjiang: CampaignApi, urls: DatabaseUrls) -> list[Situation]:
    """Items in all states; the states are set in the database."""
    found = []
    with psycopg.connect(urls.owner) as owner:
        owner.execute("SELECT gigacity_begin('liangjiang-2022', 'telecom', 'own')")
        for name, columns in CASES.items():
            body = {**WHOLE_CASE, "title": name, "applicant": name}
            path = await _created(liangjiang, "telecom", "/v1/cases", body)
            _set(owner, "case_file", path, {"state": name.partition(",")[0], **columns})
            found.append(Situation(f"case, {name}", path))
        for number, task_state in enumerate(TaskState, start=1):
            values = {
                "id": assignment_id(number, "telecom"),
                "number": number,
                "state": task_state.value,
                "measures": "[]",
                "milestones": "[]",
            }
            _insert(owner, "task_assignment", values)
            found.append(Situation(f"assignment, {task_state}", f"/v1/tasks/{number}/assignments/telecom"))
        found.append(Situation("assignment, not_started", "/v1/tasks/8/assignments/telecom"))  # has no row
        for difficulty_state in DifficultyState:
            path = await _created(liangjiang, "telecom", "/v1/difficulties", {**DIFFICULTY, "title": difficulty_state.value})
            _set(owner, "difficulty", path, {"state": difficulty_state.value, "responsible": "renhe", "due_on": "2022-09-09"})
            found.append(Situation(f"difficulty, {difficulty_state}", path))
        for number, (name, due) in enumerate(
            [*((state.value, OPEN_UNTIL) for state in ChallengeState if state is not ChallengeState.UNANSWERED)]
            + [(f"{name}, lapsed", LAPSED_ON) for name in ("open", "conceded", "upheld")]
            + [("upheld, corrected", None)]
        ):
            values = {
                "id": uuid7(),
                "metric": f"metric_{number}",
                "area": "500112007",
                "month": "2022-08-01",
                "value": 1,
                "data_version": 1,
                "reason": "…",
                "opened_version": 1,
                "state": name.partition(",")[0],
                "challenger": ("regulator", "economy", "yuanyang")[number % 3],
                "due": due,
                "decision_due": "2022-09-13",
            }
            _insert(owner, "challenge", values)
            found.append(Situation(f"challenge, {name}", f"/v1/challenges/{values['id']}"))
        owner.execute("SELECT gigacity_begin('liangjiang-2022', 'unicom', 'own')")
        for action_state in ActionItemState:
            headers = liangjiang.headers("industry", Role.TASK_FORCE)
            issued = await liangjiang.api.post("/v1/action-items", json={**ACTION, "orgs": ["unicom"]}, headers=headers)
            path = f"/v1/action-items/{issued.json()['items'][0]['id']}"
            _set(owner, "action_item", path, {"state": action_state.value})
            found.append(Situation(f"action_item, {action_state}", path))
    return found


async def _created(liangjiang: CampaignApi, org: str, path: str, body: dict[str, Any]) -> str:
    answer = await liangjiang.api.post(path, json=body, headers=liangjiang.headers(org))
    assert answer.status_code == 201, answer.text
    return str(answer.headers["location"])


def _set(owner: psycopg.Connection, table: str, path: str, columns: dict[str, Any]) -> None:
    changes = ", ".join(f"{name} = %({name})s" for name in columns)
    sql = f"UPDATE {table} SET {changes} WHERE campaign = 'liangjiang-2022' AND id = %(id)s"
    assert owner.execute(sql.encode(), columns | {"id": UUID(path.rpartition("/")[2])}).rowcount == 1


def _insert(owner: psycopg.Connection, table: str, columns: dict[str, Any]) -> None:
    at = "2022-09-01T10:00+08:00"
    values = {"campaign": "liangjiang-2022", "org": "telecom", "revision": 1, "created_at": at, "updated_at": at, **columns}
    names, binds = ", ".join(values), ", ".join(f"%({name})s" for name in values)
    owner.execute(f"INSERT INTO {table} ({names}) VALUES ({binds})".encode(), values)


async def test_an_item_is_in_the_inbox_of_exactly_those_who_may_make_a_move_that_it_waits_for(
    liangjiang: CampaignApi, situations: list[Situation]
) -> None:
    awaited = awaited_moves()
    assert awaited.keys() <= {situation.name for situation in situations}
    concerned = dict.fromkeys(awaited, 0)
    for org, role in CALLERS:
        headers = liangjiang.headers(org, role)
        page = (await liangjiang.api.get("/v1/inbox", params={"limit": 500}, headers=headers)).json()
        entries = {entry["path"]: entry for entry in page["items"]}
        assert page["next"] is None
        for name, path in situations:
            read = await liangjiang.api.get(path, headers=headers)
            item = read.json() if read.status_code == 200 else None
            offered = {action["move"] for action in item["actions"]} if item else set()
            if item and "correct" in item.get("next_moves", ()) and org == item["org"]:
                offered.add("correct")  # by a push

            expected = offered & awaited.get(name, set())

            assert (path in entries) == bool(expected), (name, org, role)
            if item and expected:
                concerned[name] += 1
                assert (entries[path]["kind"], entries[path]["org"]) == (name.partition(",")[0], item["org"])
                assert entries[path]["id"] == item["id"]
                assert entries[path]["action"] in expected | {"answer", "decide_challenge", "decide_revocation"}
    assert all(concerned.values()), concerned


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_an_item_that_waits_whatever_the_circumstances_is_unfinished(kind: Any) -> None:
    waiting = {name.split(", ")[1] for name in awaited_moves() if name.startswith(kind.code) and name.count(",") == 1}
    not_always = {"recommended", "upheld"}  # until the outcome is known, and the count corrected
    by_time = {"unanswered"} & {state.value for state in kind.states}

    assert {state.value for state in kind.states} - {state.value for state in kind.finished} == waiting - not_always | by_time
