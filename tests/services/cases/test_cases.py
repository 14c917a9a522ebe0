"""Application cases over HTTP, on a real database."""

import asyncio
from typing import Any

import psycopg
import pytest
import pytest_asyncio
from httpx import AsyncClient, Response

from cli.postgres.database_urls import DatabaseUrls
from shared.vocabulary import Role
from tests.filed_cases import WHOLE_CASE
from tests.fixtures_api import Bearer, Serve
from tests.fixtures_campaign import NATIONAL


class CasesApi:
    """Creates and moves cases as different organisations."""

    def __init__(self, client: AsyncClient, bearer: Bearer) -> None:
        """Of one running cases service."""
        self.client = client
        self.bearer = bearer

    def headers(self, who: str) -> dict[str, str]:
        """`industry` asks as the task force."""
        return self.bearer(who, Role.TASK_FORCE if who == "industry" else None)

    async def create(self, who: str = "telecom", key: str | None = None, **changed: Any) -> Response:
        """Create a case."""
        headers = self.headers(who) | ({"idempotency-key": key} if key else {})
        return await self.client.post("/v1/cases", json={**WHOLE_CASE, **changed}, headers=headers)

    async def get(self, who: str, path: str, **headers: str) -> Response:
        """Read as an organisation."""
        return await self.client.get(path, headers=self.headers(who) | headers)

    async def move(self, who: str, path: str, move: str, tag: str | None = None, **more: Any) -> Response:
        """Move a case, with its current ETag unless another is given."""
        current = tag or (await self.get(who, path)).headers.get("etag", '"0"')
        return await self.client.post(
            f"{path}/moves", json={"move": move, **more}, headers=self.headers(who) | {"if-match": current}
        )

    async def submitted(self, who: str = "telecom", **changed: Any) -> str:
        """The path of a case that was created and submitted."""
        created = await self.create(who, **changed)
        assert created.status_code == 201, created.text
        path = created.headers["location"]
        assert (await self.move(who, path, "submit")).status_code == 200
        return path

    async def in_review(self, who: str = "telecom", **changed: Any) -> str:
        """The path of a case that the task force has taken up."""
        path = await self.submitted(who, **changed)
        assert (await self.move("industry", path, "take_up")).status_code == 200
        return path

    async def approved(self, who: str = "telecom", on: str = "2022-08-20", **changed: Any) -> str:
        """The path of an approved case."""
        path = await self.in_review(who, **changed)
        assert (await self.move("industry", path, "approve", on=on)).status_code == 200
        return path


@pytest_asyncio.fixture
async def cases_api(serve: Serve, bearer: Bearer) -> CasesApi:
    """The cases service and everybody's tokens."""
    return CasesApi(await serve("cases"), bearer)


def offered(answer: Response) -> list[str]:
    """Return the moves that an answer offers."""
    return [action["move"] for action in answer.json()["actions"]]


def ledger(urls: DatabaseUrls) -> list[tuple[Any, ...]]:
    with psycopg.connect(urls.owner) as connection:
        connection.execute("SELECT gigacity_begin('liangjiang-2022', '*', 'campaign')")
        return connection.execute("SELECT version, kind, subject, actor FROM ledger ORDER BY version").fetchall()


async def test_a_case_goes_from_draft_to_approved_and_every_answer_says_what_comes_next(cases_api: CasesApi) -> None:
    filed = await cases_api.create()
    path = filed.headers["location"]
    submitted = await cases_api.move("telecom", path, "submit")
    taken_up = await cases_api.move("economy", path, "take_up")
    approved = await cases_api.move("industry", path, "approve", on="2022-08-31")
    read = await cases_api.get("telecom", path)

    assert (filed.status_code, filed.json()["state"], offered(filed)) == (201, "draft", ["submit", "withdraw"])
    assert path == f"/v1/cases/{filed.json()['id']}"
    assert (submitted.json()["state"], offered(submitted)) == ("submitted", ["withdraw"])
    assert (approved.json()["state"], approved.json()["approved_on"], offered(approved)) == (
        "approved",
        "2022-08-31",
        ["recommend", "publish", "revoke", "merge"],
    )
    assert (taken_up.json()["state"], offered(taken_up)) == ("in_review", ["return"])
    assert offered(read) == ["request_revocation"]
    history = (await cases_api.get("telecom", f"{path}/history")).json()["items"]
    assert [(step["move"], step["org"], step["on"]) for step in history] == [
        ("submit", "telecom", None),
        ("take_up", "economy", None),
        ("approve", "industry", "2022-08-31"),
    ]
    assert {name: read.json()[name] for name in WHOLE_CASE} == WHOLE_CASE


async def test_only_approval_and_its_end_take_a_data_version(cases_api: CasesApi, urls: DatabaseUrls) -> None:
    before = len(ledger(urls))
    path = await cases_api.in_review()
    between = len(ledger(urls))
    approved = await cases_api.move("industry", path, "approve", on="2022-08-20")
    await cases_api.move("telecom", path, "request_revocation", reason="重复")
    revoked = await cases_api.move("industry", path, "revoke", reason="重复", on="2022-09-06")

    entries = ledger(urls)[before:]
    assert between == before
    assert [(version, kind, subject) for version, kind, subject, _ in entries] == [
        (before + 1, "case", approved.json()["id"]),
        (before + 2, "case", approved.json()["id"]),
    ]
    assert [actor for *_, actor in entries] == ["liangjiang-2022.industry.2", "liangjiang-2022.industry.2"]
    assert (approved.json()["approved_version"], approved.json()["ended_version"]) == (before + 1, None)
    assert (revoked.json()["approved_version"], revoked.json()["ended_version"]) == (before + 1, before + 2)


@pytest.mark.parametrize("on", ["2022-09-07", "2023-01-01", "1999-12-31", "0001-01-01"])
async def test_an_approval_is_not_dated_in_the_future_nor_absurdly_long_ago(cases_api: CasesApi, on: str) -> None:
    path = await cases_api.in_review()

    refused = await cases_api.move("industry", path, "approve", on=on)

    assert (refused.status_code, [error["where"] for error in refused.json()["errors"]]) == (422, ["/on"])


async def test_today_is_the_campaigns_day_not_the_servers(cases_api: CasesApi) -> None:
    path = await cases_api.in_review()  # 2022-09-06T10:00+08:00

    assert (await cases_api.move("industry", path, "approve", on="2022-09-06")).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        {"move": "approve"},
        {"move": "approve", "on": 1661904000},
        {"move": "approve", "on": "2022-08-31T00:00:00"},
        {"move": "approve", "on": "2022-13-01"},
        {"move": "return"},
        {"move": "return", "reason": "  "},
        {"move": "withdraw", "on": "2022-08-31"},
        {"move": "announce"},
        {"move": "publish", "on": "2022-08-31"},
        {"move": "approve", "on": "2022-08-31", "status": "approved"},
        {},
    ],
)
async def test_a_move_says_exactly_what_it_needs(cases_api: CasesApi, body: dict[str, Any]) -> None:
    path = await cases_api.in_review()
    tag = (await cases_api.get("industry", path)).headers["etag"]

    refused = await cases_api.client.post(f"{path}/moves", json=body, headers=cases_api.headers("industry") | {"if-match": tag})

    assert refused.status_code == 422


async def test_a_returned_case_tells_why_and_can_be_submitted_again(cases_api: CasesApi) -> None:
    path = await cases_api.submitted("yuanyang")

    returned = await cases_api.move("economy", path, "return", reason="请补充成效")
    seen = await cases_api.get("yuanyang", path)
    history = (await cases_api.get("yuanyang", f"{path}/history")).json()["items"]
    again = await cases_api.move("yuanyang", path, "submit")

    assert returned.json()["state"] == "returned"
    assert (history[-1]["reason"], offered(seen)) == ("请补充成效", ["submit", "withdraw"])
    assert again.json()["state"] == "submitted"


async def test_a_move_needs_the_version_it_was_decided_on(cases_api: CasesApi) -> None:
    path = (await cases_api.create()).headers["location"]
    old = (await cases_api.get("telecom", path)).headers["etag"]
    await cases_api.move("telecom", path, "submit")

    without = await cases_api.client.post(f"{path}/moves", json={"move": "withdraw"}, headers=cases_api.headers("telecom"))
    stale = await cases_api.move("telecom", path, "withdraw", tag=old)

    assert (without.status_code, without.json()["code"]) == (428, "precondition_required")
    assert (stale.status_code, stale.json()["code"]) == (412, "stale")
    assert (stale.json()["your_revision"], stale.json()["current_revision"]) == (1, 2)
    assert stale.headers["etag"] == '"2"'


async def test_of_two_that_approve_at_once_one_does_and_one_version_is_taken(cases_api: CasesApi, urls: DatabaseUrls) -> None:
    path = await cases_api.in_review()
    before = len(ledger(urls))

    answers = await asyncio.gather(*(cases_api.move("industry", path, "approve", on="2022-08-20") for _ in range(3)))

    statuses = sorted(answer.status_code for answer in answers)
    assert statuses[0] == 200
    assert set(statuses[1:]) <= {409, 412}
    assert len(ledger(urls)) - before == 1


async def test_a_move_that_waited_for_another_is_stale_even_if_the_state_is_the_same(
    cases_api: CasesApi, urls: DatabaseUrls
) -> None:
    path = await cases_api.in_review()
    async with await psycopg.AsyncConnection.connect(urls.owner) as other:
        await other.execute("SELECT gigacity_begin('liangjiang-2022', 'telecom', 'own')")
        await other.execute("UPDATE case_file SET revision = revision + 1 WHERE campaign = 'liangjiang-2022'")
        waiting = asyncio.create_task(cases_api.move("industry", path, "approve", on="2022-08-20"))
        await asyncio.sleep(0.5)
        await other.commit()

    stale = await waiting

    assert (stale.status_code, stale.json()["your_revision"], stale.json()["current_revision"]) == (412, 3, 4)


async def test_a_lock_held_too_long_is_overload_and_the_next_try_succeeds(cases_api: CasesApi, urls: DatabaseUrls) -> None:
    path = await cases_api.in_review()
    async with await psycopg.AsyncConnection.connect(urls.owner) as other:
        await other.execute("SELECT gigacity_begin('liangjiang-2022', '*', 'campaign')")
        await other.execute("SELECT FROM campaign WHERE campaign = 'liangjiang-2022' FOR UPDATE")
        refused = await cases_api.move("industry", path, "approve", on="2022-08-20")

    again = await cases_api.move("industry", path, "approve", on="2022-08-20")

    assert (refused.status_code, refused.json()["code"], refused.headers["retry-after"]) == (503, "overloaded", "1")
    assert again.status_code == 200


async def test_an_answer_held_is_not_sent_again_and_the_tag_belongs_to_the_view(cases_api: CasesApi) -> None:
    path = await cases_api.submitted()
    mine = await cases_api.get("telecom", path)

    unchanged = await cases_api.get("telecom", path, **{"if-none-match": mine.headers["etag"]})
    other = await cases_api.get("industry", path, **{"if-none-match": mine.headers["etag"]})

    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert other.status_code == 200


@pytest.mark.parametrize("who", ["leading_group", "regulator", "industry", "economy"])
async def test_who_files_no_cases_may_not(cases_api: CasesApi, who: str) -> None:
    assert (await cases_api.create(who)).status_code == 403


async def test_a_case_of_another_campaign_does_not_exist(cases_api: CasesApi, bearer: Bearer) -> None:
    path = await cases_api.approved()

    answer = await cases_api.client.get(path, headers=bearer("miit", campaign=NATIONAL))

    assert answer.status_code in (403, 404)


async def test_the_same_application_is_approved_once(cases_api: CasesApi) -> None:
    await cases_api.approved("telecom")
    path = await cases_api.in_review("mobile", title="5G + 智能 工厂", applicant="某汽车（制造）企业")

    refused = await cases_api.move("industry", path, "approve", on="2022-08-21")

    assert (refused.status_code, refused.json()["code"]) == (409, "duplicate_case")
    assert (await cases_api.move("industry", path, "return", reason="重复")).status_code == 200


async def test_a_repeated_request_with_a_key_files_one_case_and_gets_the_same_bytes(cases_api: CasesApi) -> None:
    first, *others = await asyncio.gather(*(cases_api.create(key="case-1") for _ in range(4)))
    await cases_api.move("telecom", first.headers["location"], "submit")
    later = await cases_api.create(key="case-1")

    assert {answer.content for answer in (*others, later)} == {first.content}
    assert (later.status_code, later.headers["location"]) == (201, first.headers["location"])
    assert later.headers["idempotency-replayed"] == "true"
    assert (await cases_api.get("telecom", "/v1/cases")).json()["total"] == 1


async def test_a_key_is_one_request_of_one_organisation(cases_api: CasesApi) -> None:
    await cases_api.create(key="case-1")

    other_body = await cases_api.create(key="case-1", title="另一个")
    other_org = await cases_api.create("mobile", key="case-1")

    assert (other_body.status_code, other_body.json()["code"]) == (422, "idempotency_mismatch")
    assert other_org.status_code == 201
    assert "idempotency-replayed" not in other_org.headers


@pytest.mark.parametrize(
    ("changed", "where"),
    [
        ({"domain": "vertical_industy"}, "/domain"),
        ({"area": "500112999"}, "/area"),
        ({"title": ""}, "/title"),
        ({"title": "a\r\nb"}, "/title"),
        ({"title": "礼嘉\u202e"}, "/title"),
        ({"title": "x" * 201}, "/title"),
        ({"summary": "a\x1b[31m"}, "/summary"),
        ({"org": "mobile"}, "/org"),
        ({"state": "approved"}, "/state"),
        ({"approved_version": 1}, "/approved_version"),
        ({"id": "0198c0de-0000-7000-8000-000000000000"}, "/id"),
        ({"applicant": None}, "/applicant"),
    ],
)
async def test_a_field_that_is_wrong_or_not_the_senders_is_named(
    cases_api: CasesApi, changed: dict[str, Any], where: str
) -> None:
    refused = await cases_api.create(**changed)

    assert (refused.status_code, [error["where"] for error in refused.json()["errors"]]) == (422, [where])


async def test_an_empty_text_or_list_must_not_be_empty(cases_api: CasesApi) -> None:
    texts = (await cases_api.create(title=" ", summary="", results=[{"name": "", "value": 1, "unit": "%"}])).json()["errors"]

    assert [(error["where"], error["code"]) for error in texts] == [
        ("/title", "text_too_short"),
        ("/summary", "text_too_short"),
        ("/results/0/name", "text_too_short"),
    ]
    assert {(error["message"]["zh"], error["message"]["en"]) for error in texts} == {("不得为空", "must not be empty")}


async def test_a_wrong_domain_is_told_the_nearest_one(cases_api: CasesApi) -> None:
    refused = await cases_api.create(domain="vertical_industy")

    assert "vertical_industry" in refused.json()["errors"][0]["hint"]["en"]


async def test_a_list_is_walked_page_by_page_without_gap_or_repeat(cases_api: CasesApi) -> None:
    ids = [(await cases_api.create(title=f"案例{number}")).json()["id"] for number in range(5)]

    found: list[str] = []
    following = ""
    while True:
        page = (await cases_api.get("telecom", f"/v1/cases?limit=2{following}")).json()
        assert page["total"] == 5
        found += [item["id"] for item in page["items"]]
        if page["next"] is None:
            break
        following = f"&next={page['next']}"
    assert found == ids


async def test_a_cursor_fits_its_own_question_only(cases_api: CasesApi) -> None:
    for number in range(2):
        await cases_api.create(title=f"案例{number}")
    page = (await cases_api.get("telecom", "/v1/cases?limit=1")).json()

    refused = await cases_api.get("telecom", f"/v1/cases?state=draft&next={page['next']}")

    assert (refused.status_code, refused.json()["errors"][0]["where"]) == (422, "query.next")


@pytest.mark.parametrize(
    ("question", "total"),
    [("state=draft", 1), ("state=submitted", 1), ("domain=social_livelihood", 1), ("org=telecom", 2), ("org=mobile", 0)],
)
async def test_filters_narrow_the_list(cases_api: CasesApi, question: str, total: int) -> None:
    await cases_api.create(domain="social_livelihood", title="甲")
    await cases_api.submitted(title="乙")

    page = (await cases_api.get("telecom", f"/v1/cases?{question}")).json()

    assert (page["total"], len(page["items"])) == (total, total)


@pytest.mark.parametrize("path", ["/v1/cases/x", "/v1/cases/%00", "/v1/cases/1", "/v1/cases/0198c0de%20"])
async def test_an_id_that_is_none_is_refused(cases_api: CasesApi, path: str) -> None:
    assert (await cases_api.get("telecom", path)).status_code in (404, 422)


async def test_nobody_gets_in_without_a_token(cases_api: CasesApi) -> None:
    for method, path in [("GET", "/v1/cases?x=1"), ("POST", "/v1/cases"), ("POST", "/v1/cases/x/moves"), ("GET", "/v1/cases/x")]:
        answer = await cases_api.client.request(method, path, content=b"{not json")
        assert (answer.status_code, answer.json()["code"]) == (401, "token_invalid")
        assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_filing_and_moving_are_audited_with_the_request(cases_api: CasesApi, urls: DatabaseUrls) -> None:
    path = (await cases_api.create()).headers["location"]
    moved = await cases_api.move("telecom", path, "submit")

    with psycopg.connect(urls.owner) as connection:
        connection.execute("SELECT gigacity_begin('liangjiang-2022', '*', 'campaign')")
        rows = connection.execute(
            "SELECT operation, actor, subject, request_id FROM audit WHERE operation LIKE '%case' ORDER BY id"
        )
        entries = rows.fetchall()
    case_id = path.rsplit("/", 1)[1]
    assert [entry[:3] for entry in entries] == [
        ("create_case", "liangjiang-2022.telecom.1", case_id),
        ("move_case", "liangjiang-2022.telecom.1", case_id),
    ]
    assert entries[1][3] == moved.headers["x-request-id"]


async def test_a_revision_from_a_list_or_from_another_reader_is_enough_for_a_move(cases_api: CasesApi) -> None:
    path = await cases_api.submitted()
    (listed,) = (await cases_api.get("industry", "/v1/cases")).json()["items"]
    theirs = await cases_api.get("telecom", path)
    mine = await cases_api.get("industry", path)

    stale = await cases_api.move("industry", path, "return", tag='"1"', reason="请补充")
    returned = await cases_api.move("industry", path, "return", tag=theirs.headers["etag"], reason="请补充")
    again = await cases_api.move("telecom", path, "submit", tag=f'"{listed["revision"] + 1}"')

    assert theirs.headers["etag"] != mine.headers["etag"]  # other bytes: they have other actions
    assert (stale.status_code, stale.headers["etag"]) == (412, f'"{listed["revision"]}"')
    assert (returned.status_code, again.status_code) == (200, 200)
