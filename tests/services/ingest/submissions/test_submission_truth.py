"""Moves of a submission by role and state: every combination against a table that is independent of the code."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final

import psycopg
import pytest

from cli.postgres.database_urls import DatabaseUrls
from shared.vocabulary import Role
from tests.fixtures_campaign_api import CampaignApi
from tests.fixtures_postgres import Server

MOVES: Final = ("submit", "return", "accept", "reopen")
STATES: Final = ("open", "submitted", "returned", "accepted")
WHO: Final = {
    "carrier, own": ("telecom", Role.CARRIER, "telecom"),
    "carrier, other": ("mobile", Role.CARRIER, "telecom"),
    "street, own": ("kangmei", Role.STREET, "kangmei"),
    "street, other": ("kangmei", Role.STREET, "telecom"),
    "bureau, own": ("economy", Role.BUREAU, "economy"),
    "bureau, other": ("economy", Role.BUREAU, "telecom"),
    "bureau of the task force's seat, own": ("industry", Role.BUREAU, "industry"),
    "task force, own": ("industry", Role.TASK_FORCE, "industry"),
    "task force, other": ("industry", Role.TASK_FORCE, "telecom"),
    "bureau, the task force's seat": ("economy", Role.BUREAU, "industry"),
    "leader, other": ("leading_group", Role.LEADER, "telecom"),
    "regulator, other": ("regulator", Role.REGULATOR, "telecom"),
}
"""Organisation and role of the caller, and the organisation whose month is moved."""

# A letter for each of submit, return, accept, reopen:
# y done · e done once the month has ended, else 409 · r done while a request is open, else 409
# c 409, not from this state · f 403, not this role's · n 404, not to be seen
OWN: Final = ("efff", "cfff", "efff", "cfff")
HIDDEN: Final = ("nnnn",) * 4
NO_ACCESS: Final = ("ffff",) * 4
TABLE: Final = {
    # month:                  open    submitted returned accepted
    "carrier, own": OWN,
    "carrier, other": HIDDEN,
    "street, own": OWN,
    "street, other": HIDDEN,
    "bureau, own": OWN,
    "bureau, other": ("fccf", "fyyf", "fccf", "fccf"),
    "bureau of the task force's seat, own": OWN,
    "task force, own": OWN,
    "task force, other": ("fccc", "fyyc", "fccc", "fccr"),
    "bureau, the task force's seat": ("fccc", "fyyc", "fccc", "fccr"),  # it stands in for the task force
    "leader, other": NO_ACCESS,
    "regulator, other": NO_ACCESS,
}
STATUS: Final = {"y": 200, "c": 409, "f": 403, "n": 404}
ENDED: Final = {True: "2022-09-01T00:00+08:00", False: "2022-08-31T23:59:59+08:00"}


def expected(letter: str, *, ended: bool, asked: bool) -> int:
    if letter in "er":
        return 200 if (ended if letter == "e" else asked) else 409
    return STATUS[letter]


class Stage:
    """Sets a month's state behind the services' back: not every combination can be reached through them."""

    def __init__(self, superuser: psycopg.Connection, campaign: str) -> None:
        self._superuser = superuser
        self._campaign = campaign

    def set(self, org: str, state: str, *, asked: bool) -> None:
        """One state and no other; with an open request or none."""
        for table in ("submission", "reopening"):
            self._superuser.execute(f"DELETE FROM {table} WHERE campaign = %s AND org = %s", [self._campaign, org])
        if state != "open":
            self._superuser.execute(
                "INSERT INTO submission (campaign, org, month, version, state) VALUES (%s, %s, '2022-08-01', 1, %s)",
                [self._campaign, org, state],
            )
        if asked:
            self._superuser.execute(
                """
                INSERT INTO reopening (campaign, org, id, month, state, cells, reason, asked_at, asked_by)
                VALUES (%s, %s, gen_random_uuid(), '2022-08-01', 'open', '[]', 'x', now(), 'test')
                """,
                [self._campaign, org],
            )

    def requests(self, org: str, state: str) -> list[tuple[Any, ...]]:
        """The ids of the organisation's requests, which are in this state from now on."""
        return self._superuser.execute(
            "UPDATE reopening SET state = %s WHERE campaign = %s AND org = %s RETURNING id", [state, self._campaign, org]
        ).fetchall()


@contextmanager
def staged(server: Server, urls: DatabaseUrls, campaign: str) -> Iterator[Stage]:
    name = urls.owner.rsplit("/", 1)[1].split("?")[0]
    with psycopg.connect(server.superuser, dbname=name, autocommit=True) as superuser:
        yield Stage(superuser, campaign)


async def _moved(practice: CampaignApi, who: str, move: str) -> tuple[int, list[str], dict[str, Any]]:
    """The status of a move that has everything it needs to say, and what was offered before."""
    mover, role, org = WHO[who]
    path, headers = f"/v1/submissions/{org}/2022-08", practice.headers(mover, role)
    read = await practice.api.get(path, headers=headers)
    document = read.json()
    body: dict[str, Any] = {"move": move}
    if move == "submit":
        body |= {"content_hash": document.get("content_hash", "0" * 64), "attested_by": {"name": "李四", "title": "副总经理"}}
    elif move != "accept":
        body |= {"reason": "请核对"}
    answer = await practice.api.post(
        f"{path}/moves", json=body, headers=headers | {"If-Match": read.headers.get("ETag", '"0-00000000"')}
    )
    return answer.status_code, document.get("actions", []), answer.json()


@pytest.mark.parametrize("who", WHO)
async def test_every_move_from_every_state_does_what_the_table_says(
    liangjiang: CampaignApi, server: Server, urls: DatabaseUrls, who: str
) -> None:
    tried = 0
    with staged(server, urls, liangjiang.campaign) as stage:
        for (number, state), ended, asked in itertools.product(enumerate(STATES), (True, False), (True, False)):
            liangjiang.clock.fixed = datetime.fromisoformat(ENDED[ended])
            wanted = {move: expected(TABLE[who][number][place], ended=ended, asked=asked) for place, move in enumerate(MOVES)}
            for move in MOVES:
                stage.set(WHO[who][2], state, asked=asked)
                status, offered, answer = await _moved(liangjiang, who, move)
                case = (who, state, move, f"ended={ended}", f"asked={asked}")

                assert (*case, status) == (*case, wanted[move])
                assert (*case, set(offered)) == (*case, {each for each in MOVES if wanted[each] == 200})
                if status == 200:
                    to = {"submit": "submitted", "return": "returned", "accept": "accepted", "reopen": "open"}[move]
                    assert (*case, answer["state"]) == (*case, to)
                    assert (*case, answer["reopening"] is not None) == (*case, asked and to in {"submitted", "accepted"})
                tried += 1

    assert tried == len(STATES) * len(MOVES) * 4


# Asking: a letter for each state of the month, in the order of STATES.
ASKING: Final = {
    "carrier, own": "cycy",
    "carrier, other": "nnnn",
    "street, own": "cycy",
    "street, other": "nnnn",
    "bureau, own": "cycy",
    "bureau, other": "ffff",
    "bureau of the task force's seat, own": "cycy",
    "task force, own": "cycy",
    "task force, other": "ffff",
    "bureau, the task force's seat": "ffff",
    "leader, other": "ffff",
    "regulator, other": "ffff",
}
NAMED: Final = {
    "telecom": {"cells": [{"metric": "fbb_subs_total", "area": "liangjiang"}]},
    "kangmei": {"cells": [{"metric": "promotion_events", "area": "500112022"}]},
    "economy": {"cells": [{"metric": "population_resident", "area": "500112022"}]},
    "industry": {"registers": [{"register": "key_places", "area": "500112022"}]},  # it keeps a list, and reports no counts
}


@pytest.mark.parametrize("who", WHO)
async def test_asking_for_reopening_does_what_the_table_says(
    liangjiang: CampaignApi, server: Server, urls: DatabaseUrls, who: str
) -> None:
    asker, role, org = WHO[who]
    body = {**NAMED[org], "reason": "漏报"}
    with staged(server, urls, liangjiang.campaign) as stage:
        for (number, state), asked in itertools.product(enumerate(STATES), (True, False)):
            stage.set(org, state, asked=asked)
            answer = await liangjiang.api.post(
                f"/v1/submissions/{org}/2022-08/reopenings", json=body, headers=liangjiang.headers(asker, role)
            )
            letter = ASKING[who][number]
            wanted = (409 if asked else 201) if letter == "y" else STATUS[letter]

            assert (who, state, asked, answer.status_code) == (who, state, asked, wanted)


# Declining: a letter for a request that is open, granted, declined.
DECLINING: Final = {
    "carrier, own": "fff",
    "carrier, other": "fff",
    "street, own": "fff",
    "street, other": "fff",
    "bureau, own": "fff",
    "bureau, other": "fff",
    "bureau of the task force's seat, own": "fff",
    "task force, own": "fff",
    "task force, other": "ycc",
    "bureau, the task force's seat": "ycc",
    "leader, other": "fff",
    "regulator, other": "fff",
}


@pytest.mark.parametrize("who", WHO)
async def test_declining_a_request_does_what_the_table_says(
    liangjiang: CampaignApi, server: Server, urls: DatabaseUrls, who: str
) -> None:
    decider, role, org = WHO[who]
    path, headers = f"/v1/submissions/{org}/2022-08/reopenings", liangjiang.headers(decider, role)
    with staged(server, urls, liangjiang.campaign) as stage:
        for letter, state in zip(DECLINING[who], ("open", "granted", "declined"), strict=True):
            stage.set(org, "accepted", asked=True)
            ((request,),) = stage.requests(org, state)
            tag = (await liangjiang.api.get(f"{path}/{request}", headers=headers)).headers.get("ETag", '"0-00000000"')
            answer = await liangjiang.api.post(
                f"{path}/{request}/moves", json={"move": "decline", "reason": "无须更正"}, headers=headers | {"If-Match": tag}
            )

            assert (who, state, answer.status_code) == (who, state, STATUS[letter])


def test_the_tables_are_complete() -> None:
    assert WHO.keys() == TABLE.keys() == ASKING.keys() == DECLINING.keys()
    assert {len(states) for states in TABLE.values()} == {len(STATES)}
    assert {len(moves) for states in TABLE.values() for moves in states} == {len(MOVES)}
    assert {role for _, role, _ in WHO.values()} == set(Role)
