"""A carrier varies dry runs, reads and versions around what its competitors do, and learns nothing."""

import base64
import io
import random
import re
import zipfile
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest
from httpx import Response

from services.ingest.push import effects
from shared.domain.counts import Breakdown
from shared.domain.summary import summarise
from shared.domain.summary_lines import SummaryLine
from shared.domain.summary_plan import PlannedIndicator
from shared.reading import reading
from shared.vocabulary import Role
from tests.filed_cases import file_case
from tests.fixtures_campaign_api import CampaignApi, rows
from tests.openapi_document import openapi_document
from tests.services.ingest.registers.lists import building, covered, place, pushed, test_of

PATHS = openapi_document()["paths"]
STREETS = ("500112007", "500112008", "500112009", "500112022")
KANGMEI, WHOLE = "500112022", "liangjiang"
BY_STREET = ("homes_gigabit_covered", "olt_pon_ports_10g", "bs_5g_built", "bs_5g_shared_in", "key_places_reached")
BY_WHOLE = ("fbb_subs_500m", "mobile_subs_5g", "fbb_subs_total")
NOBODY = "00000000-0000-7000-8000-000000000000"
ATTACKER = "telecom"
CASE = {"title": "智能工厂", "domain": "vertical_industry", "applicant": "某厂", "summary": "柔性产线"}
REPORT = {"month": "2022-08", "problems": "端口占比未达标", "next_steps": "督促更换设备"}

_OWN = re.compile(r'/requests/[0-9a-f-]{36}|"import_id":"[0-9a-f-]{36}"|/v1/imports/[0-9a-f-]{36}')  # of the request itself
_CURSOR = re.compile(r'"next":"([A-Za-z0-9_-]+)"')


def comparable_answer(answer: Response, newest: int) -> tuple[int, str]:
    """Return status and text of an answer without the number of changes of the campaign, which no answer can hide."""
    text = _OWN.sub("", _contents(answer.content).decode(errors="replace"))
    text = _CURSOR.sub(lambda found: str(base64.urlsafe_b64decode(found[1] + "==")[6:]), text)
    for way in ('"data_version":{},', '"as_of":{},', "\nliangjiang-2022,{},", "b'[{},"):  # JSON, NDJSON, CSV, cursor
        text = text.replace(way.format(newest), way.format("newest"))
    return answer.status_code, re.sub(rf'(<c r="B[0-9]+"><v>){newest}(</v>)', r"\1newest\2", text)  # `as_of` in a workbook


def _contents(body: bytes) -> bytes:
    """Return a body, or the parts of a workbook one after the other."""
    if not body.startswith(b"PK"):
        return body
    with zipfile.ZipFile(io.BytesIO(body)) as parts:
        return b"\n".join(parts.read(name) for name in parts.namelist())


class Move(NamedTuple):
    """One request of the attacker."""

    kind: str
    method: str
    path: str
    parameters: dict[str, Any]
    body: Any = None


class Attack:
    """The same requests, played again and again."""

    def __init__(self, practice: CampaignApi, moves: Sequence[Move]) -> None:
        """`moves` are made once, so that answers can be compared."""
        self._practice = practice
        self.moves = moves

    async def play(self) -> list[tuple[int, str]]:
        """Return the answers to all requests."""
        headers = self._practice.headers(ATTACKER)
        newest = (await self._practice.get("/v1/summary", ATTACKER, month="2022-08")).json()["data_version"]
        told = []
        for _, method, path, parameters, body in self.moves:
            answer = await self._practice.api.request(method, path, params=parameters, json=body, headers=headers)
            assert answer.status_code < 500, answer.text
            told.append(comparable_answer(answer, newest))
        return told

    def learned(self, before: Sequence[tuple[int, str]], after: Sequence[tuple[int, str]]) -> set[tuple[str, str]]:
        """Kind and path of the requests that were answered otherwise."""
        told = zip(self.moves, before, after, strict=True)
        return {(move.kind, move.path) for move, was, now in told if was != now}


def dry_runs(choose: random.Random, number: int) -> Iterator[Move]:
    """Rehearsals of all that a carrier reports, in every mode, right and wrong."""
    for _ in range(number):
        cells = [(metric, street) for metric in BY_STREET for street in STREETS] + [(metric, WHOLE) for metric in BY_WHOLE]
        counts = [(*cell, choose.choice((0, 1, choose.randrange(40_000)))) for cell in choose.sample(cells, choose.randint(1, 6))]
        month = choose.choice(("2022-07", "2022-08"))
        mode = choose.choice(({"mode": "atomic"}, {"mode": "partial"}, {"mode": "replace", "month": month}))
        yield Move("dry run", "POST", "/v1/observations", {**mode, "dry_run": "true"}, rows(counts, month))
    for reached in (True, False):
        body = {"rows": [test_of(key, reached=reached) for key in ("P1", "P2")]}
        yield Move("dry run", "POST", "/v1/registers/place_tests/rows", {"dry_run": "true"}, body)
    for homes in (0, 50, 100):
        body = {"rows": [covered("B1", homes)]}
        yield Move("dry run", "POST", "/v1/registers/home_coverage/rows", {"dry_run": "true"}, body)


def what_if_requests(choose: random.Random, number: int) -> Iterator[Move]:
    """Return what-if requests with random counts."""
    for _ in range(number):
        cells = choose.sample([(metric, street) for metric in BY_STREET for street in STREETS], 2)
        counts = [{"metric": metric, "area": street, "value": choose.randrange(40_000)} for metric, street in cells]
        counts[0]["month"] = choose.choice(("2022-05", "2022-07"))
        yield Move("what if", "POST", "/v1/what-if", {}, {"month": "2022-08", "counts": counts})


def reads(own: dict[str, str]) -> Iterator[Move]:
    """Every read that the published files offer to a carrier, in each breakdown and form; a new one is played by itself."""
    for path, methods in PATHS.items():
        operation = methods.get("get", {})
        if Role.CARRIER not in operation.get("x-roles", {}):
            continue
        known = {one["name"]: one for one in operation.get("parameters", []) if one["in"] != "header"}
        mine = own.get(path.split("/")[2], NOBODY)
        at = {name: one.get("example", mine) for name, one in known.items() if one["in"] == "path"}
        asked = {name: one["example"] for name, one in known.items() if one.get("required") and one["in"] == "query"}
        asked |= {"month": "2022-08"} if "month" in known else {}
        if path == "/v1/imports":
            asked["state"] = "applied"  # its own dry runs are listed too
        filled = path.format(**at)
        yield Move("read", "GET", filled, asked)
        for name in ("group_by", "format"):
            for value in known.get(name, {}).get("schema", {}).get("enum", ()):
                yield Move("read", "GET", filled, asked | {name: value})
        for name, values in (("org", ("telecom", "mobile", "*")), ("area", (KANGMEI,))):
            for value in values if name in known and name not in at else ():
                yield Move("read", "GET", filled, asked | {name: value})
    for code in ("home_gigabit_coverage", "key_place_5g_reach", "application_cases"):
        for asked in ({}, {"org": "telecom"}, {"area": KANGMEI}, {"org": "telecom", "area": KANGMEI}, {"org": "mobile"}):
            yield Move("read", "GET", f"/v1/indicators/{code}/explanation", {"month": "2022-08", **asked})
            yield Move("read", "GET", f"/v1/indicators/{code}/series", {"from": "2022-07", "to": "2022-08", **asked})


def versions(reported: int) -> Iterator[Move]:
    """Two versions around a rival's push differ by the rival's change; and one of which a report was issued."""
    for version in range(reported - 1, reported + 14):  # to beyond the end of the attack
        yield Move("version", "GET", "/v1/summary", {"month": "2022-08", "group_by": "org", "as_of": version})
        yield Move("version", "GET", "/v1/changes", {"since": version, "as_of": version + 1})
    yield Move("version", "GET", "/v1/changes", {"since": reported, "group_by": "org"})
    for as_of in (reported, "2022-09-06T10:00:00+08:00", "2022-09-06T02:00:00.000020Z"):
        for path in ("/v1/summary", "/v1/observations", "/v1/completeness", "/v1/targets"):
            yield Move("version", "GET", path, {"month": "2022-08", "as_of": as_of})
        question = {"month": "2022-08", "org": ATTACKER, "as_of": as_of}
        yield Move("version", "GET", "/v1/indicators/home_gigabit_coverage/explanation", question)


class AttackStart(NamedTuple):
    """State of the campaign when the attack begins."""

    own: dict[str, str]  # ids of the attacker's things
    reported: int  # the version of an issued report


async def prepare_campaign(practice: CampaignApi) -> AttackStart:
    """July and August in part, with registers of both competitors, a case, a finding and a report."""
    await practice.samples("2022-07", "telecom", "economy")
    await practice.samples("2022-08", "telecom", "economy", "mobile")
    await pushed(practice, "economy", "key_places", [place("P1"), place("P2")])
    await pushed(practice, "kangmei", "compounds", [building("B1", 100), building("B2", 60)])
    for org in ("telecom", "mobile"):
        await pushed(practice, org, "place_tests", [test_of("P1", reached=org == "telecom")])
        await pushed(practice, org, "home_coverage", [covered("B1", 40)])
    filed = await practice.api.post("/v1/cases", json=CASE, headers=practice.headers(ATTACKER))
    findings = (await practice.get_ok("/v1/findings", ATTACKER, month="2022-08"))["items"]
    imports = (await practice.get_ok("/v1/imports", ATTACKER))["items"]
    issued = await practice.api.post("/v1/reports", json=REPORT, headers=practice.headers("industry", Role.TASK_FORCE))
    for org in (ATTACKER, "mobile"):  # the newest version is none of the attacker's
        await practice.push_ok(org, [("olt_pon_ports_10g", KANGMEI, 500)])
    ids = {"cases": filed.json()["id"], "findings": findings[0]["id"], "imports": imports[0]["id"], "reports": "1"}
    return AttackStart(ids, issued.json()["data_version"])


class Competitors:
    """Random requests of the attacker's competitors between two rounds of the attack."""

    def __init__(self, practice: CampaignApi) -> None:
        """All of them are told apart by their tokens."""
        self._practice = practice

    async def push(self) -> None:
        """Mobile becomes the largest in one street and gives up another: `lower` moves; users flip a target."""
        counts = [("homes_gigabit_covered", STREETS[0], 39_000), ("homes_gigabit_covered", STREETS[1], 0)]
        await self._practice.push_ok("mobile", [*counts, ("mobile_subs_5g", WHOLE, 300_000)])

    async def complete_the_month(self) -> None:
        """Unicom's counts arrive, for both months: lines without a verdict have one."""
        for month in ("2022-05", "2022-06", "2022-07", "2022-08"):  # of the first two the attacker has nothing
            await self._practice.samples(month, "unicom")
        await pushed(self._practice, "unicom", "place_tests", [test_of("P1", reached=True), test_of("P2", reached=True)])
        await pushed(self._practice, "unicom", "home_coverage", [covered("B1", 100), covered("B2", 60)])

    async def sign(self) -> None:
        """Mobile is accepted, and files a case that counts."""
        practice = self._practice
        await practice.make_moves("mobile", "submit", "accept")
        await practice.for_month("2022-05").make_moves("unicom", "submit", "accept")
        await file_case(practice, "甲", "2022-08-20", "mobile")

    async def retract(self) -> None:
        """Unicom takes nearly everything back."""
        body, how = rows([("mobile_subs_total", WHOLE, 5)]), {"mode": "replace", "month": "2022-08"}
        headers = self._practice.headers("unicom")
        answer = await self._practice.api.post("/v1/observations", json=body, params=how, headers=headers)
        assert answer.status_code == 201, answer.text


async def test_a_carrier_learns_nothing_of_its_rivals_from_a_thousand_dry_runs_reads_and_versions(
    liangjiang: CampaignApi,
) -> None:
    start, choose, competitors = await prepare_campaign(liangjiang), random.Random(5), Competitors(liangjiang)  # noqa: S311 - no secret
    known = [*reads(start.own), *versions(start.reported), *what_if_requests(choose, 12)]
    attack = Attack(liangjiang, [*known, *dry_runs(choose, 25)])
    happening: list[Callable[[], Awaitable[None]]] = [
        competitors.push,
        competitors.complete_the_month,
        competitors.sign,
        competitors.retract,
    ]

    first = await attack.play()
    for happens in happening:
        await happens()
        assert attack.learned(first, await attack.play()) == set(), happens.__doc__

    assert len(first) * (1 + len(happening)) >= 1_000
    statuses = Counter((move.kind, status) for move, (status, _) in zip(attack.moves, first, strict=True))
    assert min(statuses["dry run", 200], statuses["dry run", 422], statuses["what if", 200]) > 5
    assert min(statuses["read", 200] - 50, statuses["version", 403] - 20, statuses["version", 200]) > 4


def _seeing_the_home_coverage(plans: Any, reports: Any, *, is_visible: Any, **breakdown: Any) -> Iterator[SummaryLine]:
    """The summary's lines, and with them those of home coverage, whose deciding variant is `lower`: one carrier's number."""

    def leaking(indicator: PlannedIndicator, within: Breakdown) -> bool:
        return is_visible(indicator, within) or indicator.code == "home_gigabit_coverage"

    return summarise(plans, reports, is_visible=leaking, **breakdown)


async def test_the_attack_notices_where_lower_is_shown_to_carriers(
    liangjiang: CampaignApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    start, choose = await prepare_campaign(liangjiang), random.Random(5)  # noqa: S311 - no secret
    summaries = [move for move in reads(start.own) if move.path == "/v1/summary"]
    attack = Attack(liangjiang, [*summaries, *dry_runs(choose, 10)])
    monkeypatch.setattr(reading, "summarise", _seeing_the_home_coverage)
    monkeypatch.setattr(effects, "may_see_line", lambda *who_and_line: who_and_line[-1].area is None)
    monkeypatch.setattr(effects, "CARRIERS_AND_STREETS", frozenset())  # whose lines are computed from their own counts only
    monkeypatch.setattr(effects, "Role", SimpleNamespace(CARRIER=None))  # for whom whole lines are not computed at all
    competitors = Competitors(liangjiang)
    await competitors.complete_the_month()

    before = await attack.play()
    await competitors.push()

    assert attack.learned(before, await attack.play()) == {("read", "/v1/summary"), ("dry run", "/v1/observations")}
