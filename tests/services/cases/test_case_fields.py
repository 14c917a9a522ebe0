"""The content of cases: fields, edits, versions, similar cases, publication, comments, and callers at once."""

import asyncio
from typing import Any

import pytest
from httpx import Response

from shared.campaign.apply import ReinterpretationError
from shared.campaign.definition import Definition
from shared.vocabulary import Role
from tests.filed_cases import WHOLE_CASE, approve_case, file_case, move_case
from tests.fixtures_campaign_api import CampaignApi
from tests.shared.campaign.plans import shipped

TASK_FORCE = ("industry", Role.TASK_FORCE)


async def send(campaign: CampaignApi, method: str, path: str, who: str | tuple[str, Role], body: Any, **headers: str) -> Response:
    org, role = (who, None) if isinstance(who, str) else who
    more = {name.replace("_", "-"): value for name, value in headers.items()}
    return await campaign.api.request(method, path, json=body, headers=campaign.headers(org, role) | more)


@pytest.mark.parametrize(
    ("changed", "where", "code"),
    [
        ({"credit_code": "91500000MA5U00007K"}, "/credit_code", "invalid_value"),
        ({"credit_code": "9150000MA5U00007J"}, "/credit_code", "text_too_short"),
        ({"credit_code": "91500000MA5U0000IJ"}, "/credit_code", "invalid_value"),
        ({"industry": "Z"}, "/industry", "unknown_value"),
        ({"network_mode": "private"}, "/network_mode", "unknown_value"),
        ({"technologies": ["mobile_5g", "mobile_6g"]}, "/technologies/1", "unknown_technology"),
        ({"technologies": ["mec", "mec"]}, "/technologies", "invalid_value"),
        ({"results": [{"name": "时延", "value": 1e16, "unit": "毫秒"}]}, "/results/0/value", "too_large"),
        ({"results": [{"name": "时延", "value": "20", "unit": "毫秒"}]}, "/results/0/value", "not_a_number"),
        ({"links": ["javascript:alert(1)"]}, "/links/0", "invalid_value"),
        ({"started_on": "2022-09-07"}, "/started_on", "date_out_of_range"),
        ({"started_on": "1022-09-07"}, "/started_on", "date_out_of_range"),
        ({"investment_cny": -1}, "/investment_cny", "too_small"),
        ({"partners": ["x"] * 21}, "/partners", "too_many"),
        ({"contact": "张三 13800000000"}, "/contact", "unknown_field"),
    ],
)
async def test_a_wrong_field_is_named(liangjiang: CampaignApi, changed: dict[str, Any], where: str, code: str) -> None:
    refused = await send(liangjiang, "POST", "/v1/cases", "telecom", {**WHOLE_CASE, **changed})

    assert refused.status_code == 422
    assert [(error["where"], error["code"]) for error in refused.json()["errors"]] == [(where, code)]


async def test_credit_codes_of_registries_with_letters_are_taken_and_written_in_capitals(liangjiang: CampaignApi) -> None:
    created = await send(liangjiang, "POST", "/v1/cases", "telecom", {**WHOLE_CASE, "credit_code": "n2500105mf12345677"})

    assert created.status_code == 201, created.text
    assert created.json()["credit_code"] == "N2500105MF12345677"


async def test_an_edit_changes_its_fields_only_and_only_while_the_case_is_open(liangjiang: CampaignApi) -> None:
    draft = {name: WHOLE_CASE[name] for name in ("title", "domain", "applicant", "summary")}
    created = await send(liangjiang, "POST", "/v1/cases", "telecom", draft)
    path = created.headers["location"]
    lacking = await send(liangjiang, "POST", f"{path}/moves", "telecom", {"move": "submit"}, if_match='"1"')
    rest = {name: value for name, value in WHOLE_CASE.items() if name not in draft}
    edited = await send(liangjiang, "PATCH", path, "telecom", rest, if_match='"1"')
    same = await send(liangjiang, "PATCH", path, "telecom", {"industry": "C"}, if_match='"2"')
    stale = await send(liangjiang, "PATCH", path, "telecom", {"title": "x"}, if_match='"1"')
    without = await send(liangjiang, "PATCH", path, "telecom", {"title": "x"})
    emptied = await send(liangjiang, "PATCH", path, "telecom", {"title": None}, if_match='"2"')
    await move_case(liangjiang, path, "telecom", move="submit")
    late = await send(liangjiang, "PATCH", path, "telecom", {"title": "x"}, if_match='"3"')

    assert (lacking.status_code, lacking.json()["code"]) == (409, "case_incomplete")
    assert lacking.json()["fields"] == ["credit_code", "industry", "network_mode", "results", "started_on", "technologies"]
    assert {name: edited.json()[name] for name in WHOLE_CASE} == WHOLE_CASE
    assert (edited.json()["revision"], same.json()["revision"]) == (2, 2)
    assert [stale.status_code, without.status_code, emptied.status_code, late.status_code] == [412, 428, 422, 409]
    history = (await liangjiang.get_ok(f"{path}/history", "telecom"))["items"]
    assert [(change["move"], change["revision"]) for change in history] == [(None, 2), ("submit", 3)]
    assert {"field": "industry", "before": None, "after": "C"} in history[0]["changes"]
    assert [change["move"] for change in (await liangjiang.get_ok(f"{path}/history"))["items"]] == ["submit"]


async def test_each_submission_keeps_a_version_and_versions_are_compared(liangjiang: CampaignApi) -> None:
    path = await file_case(liangjiang, "甲")
    await move_case(liangjiang, path, "economy", move="return", reason="请补充")
    tag = (await liangjiang.get(path, "telecom")).headers["etag"]
    await send(liangjiang, "PATCH", path, "telecom", {"title": "乙", "investment_cny": None}, if_match=tag)
    await move_case(liangjiang, path, "telecom", move="submit")

    listed = await liangjiang.get_ok(f"{path}/versions", "regulator")
    first = await liangjiang.get_ok(f"{path}/versions/1")
    difference = await liangjiang.get_ok(f"{path}/versions/2/difference")
    absent = await liangjiang.get(f"{path}/versions/3")

    assert ([version["number"] for version in listed["items"]], listed["total"]) == ([1, 2], 2)
    assert first["content"] == {**WHOLE_CASE, "title": "甲", "area": None}
    assert (difference["base"], difference["number"]) == (1, 2)
    assert difference["changes"] == [
        {"field": "title", "before": "甲", "after": "乙"},
        {"field": "investment_cny", "before": 3_200_000, "after": None},
    ]
    assert absent.status_code == 404


async def test_a_case_that_a_reader_does_not_see_is_not_there_among_similar_ones(liangjiang: CampaignApi) -> None:
    hidden = await file_case(liangjiang, "远程会诊", org="mobile")
    await move_case(liangjiang, hidden, *TASK_FORCE, move="return", reason="缺少成效数据")
    path = await file_case(liangjiang, "远程会诊")

    to_regulator = await liangjiang.get_ok(path, "regulator")
    to_reviewer = await liangjiang.get_ok(path, "economy")

    assert (await liangjiang.api.get(hidden, headers=liangjiang.headers("regulator"))).status_code == 404
    assert (to_regulator["has_similar_cases"], to_regulator["similar_cases"]) == (False, [])
    assert [case["state"] for case in to_reviewer["similar_cases"]] == ["returned"]


async def test_who_may_not_see_the_case_that_theirs_was_merged_into_does_not_learn_its_id(liangjiang: CampaignApi) -> None:
    competitors = await file_case(liangjiang, "车路协同", org="mobile")
    own = await file_case(liangjiang, "车路协同示范")
    paths = [await file_case(liangjiang, title) for title in ("车路协同一期", "车路协同二期")]
    for path, into in zip(paths, (competitors, own), strict=True):
        await move_case(liangjiang, path, *TASK_FORCE, move="merge", merged_into=into.rpartition("/")[2], reason="同一应用")

    for reader, hidden in (("telecom", 1), ("economy", 0)):
        shown = [(await liangjiang.get_ok(path, reader))["merged_into"] for path in paths]
        listed = (await liangjiang.get_ok("/v1/cases", reader, state="merged"))["items"]
        csv = (await liangjiang.get("/v1/cases", reader, state="merged", format="csv")).text
        histories = [(await liangjiang.get(f"{path}/history", reader)).text for path in paths]
        assert shown == [case["merged_into"] for case in listed]
        assert shown.count(None) == hidden
        seen = [competitors.rpartition("/")[2] in text for text in (*map(str, shown), csv, *histories)]
        assert any(seen) is (hidden == 0)
        assert own.rpartition("/")[2] in csv
        assert own.rpartition("/")[2] in histories[1]


async def test_similar_cases_are_named_to_reviewers_and_only_hinted_at_to_who_files(liangjiang: CampaignApi) -> None:
    first = await file_case(liangjiang, "5G＋智能工厂质检", org="mobile", applicant="某汽车集团")
    await file_case(liangjiang, "智慧医院", org="mobile", applicant="某医院", credit_code="91500112MA5U123459")
    path = await file_case(liangjiang, "5G智能工厂 质检", applicant="某汽车集团公司", credit_code="91500112MA5U123459")

    own = await liangjiang.get_ok(path, "telecom")
    reviewed = await liangjiang.get_ok(path)
    await approve_case(liangjiang, path)

    assert (own["has_similar_cases"], own["similar_cases"]) == (True, None)
    found = [(case["title"], case["same_credit_code"]) for case in reviewed["similar_cases"]]
    assert found == [("5G＋智能工厂质检", False), ("智慧医院", True)]
    assert reviewed["similar_cases"][0]["id"] == first.rpartition("/")[2]
    assert (await liangjiang.get_ok(path))["has_similar_cases"] is None


async def test_a_published_case_shows_five_fields_to_everybody_and_filters_by_no_other(liangjiang: CampaignApi) -> None:
    path = await file_case(liangjiang, "甲", "2022-08-20", partners=["某秘密伙伴"])
    await move_case(liangjiang, path, *TASK_FORCE, move="publish")

    shown = await liangjiang.get_ok("/v1/cases/published", "mobile", facets=True)
    searched = await liangjiang.get_ok("/v1/cases/published", "renhe", q="秘密伙伴")
    by_org = await liangjiang.get("/v1/cases/published", "mobile", org="telecom")
    listed = await liangjiang.get_ok("/v1/cases", "mobile")
    hidden = await liangjiang.get(path, "mobile")
    await move_case(liangjiang, path, *TASK_FORCE, move="revoke", reason="失实", on="2022-09-01")
    gone = await liangjiang.get_ok("/v1/cases/published", "mobile")

    (case,) = shown["items"]
    assert set(case) == {"id", "title", "domain", "applicant", "summary", "results"}
    assert shown["facets"] == [{"field": "domain", "values": [{"value": "vertical_industry", "count": 1}]}]
    assert (searched["total"], by_org.status_code, listed["total"], hidden.status_code, gone["total"]) == (0, 422, 0, 404, 0)


async def test_a_recommendation_has_a_recipient_and_an_outcome(liangjiang: CampaignApi) -> None:
    path = await file_case(liangjiang, "甲", "2022-08-20")
    await move_case(liangjiang, path, *TASK_FORCE, move="recommend", recommended_to="regulator", on="2022-08-25")
    outcome: dict[str, Any] = {"move": "record_outcome", "selected": True, "note": "入选市级案例", "on": "2022-09-05"}
    moved = await move_case(liangjiang, path, "regulator", **outcome)
    await move_case(liangjiang, path, "telecom", move="request_revocation", reason="已停用")
    requested = await liangjiang.get_ok("/v1/cases", revocation_requested=True)

    assert (moved["state"], moved["recommended_to"], moved["selected"]) == ("recommended", "regulator", True)
    assert (moved["outcome_note"], moved["outcome_on"]) == ("入选市级案例", "2022-09-05")
    assert [case["revocation_requested_on"] for case in requested["items"]] == ["2022-09-06"]
    assert (await liangjiang.line("application_cases"))["numerator"] == 1


async def test_the_applicant_does_not_review_its_own_case(liangjiang: CampaignApi) -> None:
    applicant = (await liangjiang.get_ok("/v1/catalogue"))["organisations"]
    name = next(one["title"]["zh"] for one in applicant if one["code"] == "industry")
    path = await file_case(liangjiang, "甲", applicant=f" {name} ")

    refused = await send(liangjiang, "POST", f"{path}/moves", TASK_FORCE, {"move": "take_up"}, if_match='"2"')

    assert refused.status_code == 403


@pytest.mark.parametrize("target", ["itself", "draft", "absent"])
async def test_a_case_is_merged_into_a_submitted_one_only(liangjiang: CampaignApi, target: str) -> None:
    path = await file_case(liangjiang, "甲")
    draft = (await send(liangjiang, "POST", "/v1/cases", "mobile", WHOLE_CASE)).json()["id"]
    other = {"itself": path.rpartition("/")[2], "draft": draft, "absent": "0198c0de-0000-7000-8000-000000000000"}[target]

    refused = await send(liangjiang, "POST", f"{path}/moves", TASK_FORCE, {"move": "merge", "merged_into": other}, if_match='"2"')

    assert (refused.status_code, refused.json()["code"]) == (409, "not_mergeable")


async def test_two_cases_are_never_merged_into_one_another(liangjiang: CampaignApi) -> None:
    paths = [await file_case(liangjiang, title) for title in ("甲", "乙")]
    ids = [path.rpartition("/")[2] for path in paths]

    answers = await asyncio.gather(
        *(
            send(liangjiang, "POST", f"{path}/moves", TASK_FORCE, {"move": "merge", "merged_into": other}, if_match='"2"')
            for path, other in zip(paths, reversed(ids), strict=True)
        )
    )

    assert sorted(answer.status_code for answer in answers) == [200, 409]


async def test_a_repeated_move_with_a_key_is_made_once(liangjiang: CampaignApi) -> None:
    path = await file_case(liangjiang, "甲")
    body, headers = {"move": "take_up"}, {"if_match": '"2"', "idempotency_key": "take-up-1"}

    first, again = [await send(liangjiang, "POST", f"{path}/moves", "economy", body, **headers) for _ in range(2)]
    other = await send(liangjiang, "POST", f"{path}/moves", "economy", {"move": "return", "reason": "…"}, **headers)

    assert (first.status_code, again.status_code, again.content) == (200, 200, first.content)
    assert again.headers["idempotency-replayed"] == "true"
    assert other.json()["code"] == "idempotency_mismatch"


async def test_comments_are_struck_out_by_their_author_and_internal_ones_stay_with_the_oversight(
    liangjiang: CampaignApi,
) -> None:
    path = await file_case(liangjiang, "甲", "2022-08-20")
    person = {"name": "李四", "title": "科长"}
    internal = await send(
        liangjiang, "POST", f"{path}/comments", "economy", {"text": "存疑", "visibility": "internal", "person": person}
    )
    forbidden = await send(liangjiang, "POST", f"{path}/comments", "telecom", {"text": "x", "visibility": "internal"})
    plain = await send(liangjiang, "POST", f"{path}/comments", "telecom", {"text": "已补充"}, idempotency_key="c-1")
    repeated = await send(liangjiang, "POST", f"{path}/comments", "telecom", {"text": "已补充"}, idempotency_key="c-1")
    strike = {"move": "strike_out", "reason": "写错"}
    moves = f"{path}/comments/{plain.json()['id']}/moves"
    by_other = await send(liangjiang, "POST", moves, "economy", strike)
    struck = await send(liangjiang, "POST", moves, "telecom", strike)
    twice = await send(liangjiang, "POST", moves, "telecom", strike)
    hidden = await send(liangjiang, "POST", f"{path}/comments/{internal.json()['id']}/moves", "telecom", strike)

    assert (internal.json()["person"], forbidden.status_code, repeated.content) == (person, 403, plain.content)
    assert [by_other.status_code, struck.status_code, twice.status_code, hidden.status_code] == [403, 200, 409, 404]
    assert (struck.json()["text"], struck.json()["strike_reason"], struck.json()["actions"]) == ("已补充", "写错", [])
    seen = {who: (await liangjiang.get_ok(f"{path}/comments", who))["total"] for who in ("telecom", "leading_group")}
    assert seen == {"telecom": 1, "leading_group": 2}


async def test_search_ignores_width_and_case_and_filters_go_with_it(liangjiang: CampaignApi) -> None:
    await file_case(liangjiang, "ＭＥＣ 智能工厂", applicant="Alpha 厂")
    await file_case(liangjiang, "智慧医院", applicant="某医院", technologies=["network_slicing"], industry="Q")

    async def total(**query: str) -> int:
        return int((await liangjiang.get_ok("/v1/cases", **query))["total"])

    assert [await total(q=words) for words in ("mec", "mec 工厂", "mec 医院", "ALPHA", "100%", "_")] == [1, 1, 0, 1, 0, 0]
    assert [await total(technology="network_slicing"), await total(industry="Q"), await total(technology="mec")] == [1, 1, 1]
    page = await liangjiang.get_ok("/v1/cases", facets=True, industry="Q")
    facets = {facet["field"]: {value["value"]: value["count"] for value in facet["values"]} for facet in page["facets"]}
    assert (facets["industry"], facets["state"]) == ({"C": 1, "Q": 1}, {"submitted": 1})


async def test_a_domain_or_technology_in_use_is_not_removed(liangjiang: CampaignApi, definition: Definition) -> None:
    await send(liangjiang, "POST", "/v1/cases", "telecom", WHOLE_CASE)
    used = {"case_domains": "vertical_industry", "case_technologies": "mec"}

    for name, code in used.items():
        kept = tuple(block for block in getattr(definition, name) if block.code != code)
        with pytest.raises(ReinterpretationError, match=code):
            await liangjiang.apply(definition.model_copy(update={name: kept}))
    unused = tuple(block for block in definition.case_technologies if block.code != "ar_vr")
    await liangjiang.apply(definition.model_copy(update={"case_technologies": unused}))


async def test_whole_numbers_among_the_results_have_no_fraction(liangjiang: CampaignApi) -> None:
    results = [{"name": "线路", "value": 8, "unit": "路"}, {"name": "时延", "value": 7.50, "unit": "毫秒"}]
    created = await send(liangjiang, "POST", "/v1/cases", "telecom", {**WHOLE_CASE, "results": results})
    path = created.headers["location"]
    headers = liangjiang.headers("telecom")
    await move_case(liangjiang, path, "telecom", move="submit")
    texts = [
        created.text,
        (await liangjiang.api.get(path, headers=headers)).text,
        (await liangjiang.api.get("/v1/cases", headers=headers)).text,
        (await liangjiang.api.get(f"{path}/versions/1", headers=headers)).text,
    ]
    table = await liangjiang.api.get("/v1/cases?format=csv", headers=headers)

    assert all('"value":8,' in text and '"value":7.5,' in text for text in texts)
    assert "线路 8 路; 时延 7.5 毫秒" in table.text


@pytest.mark.parametrize("tag", ["1", "*", 'W/"1"', '"1", "2"', "'1'", '"1'])
async def test_an_if_match_that_can_name_no_revision_is_malformed_and_not_stale(liangjiang: CampaignApi, tag: str) -> None:
    created = await send(liangjiang, "POST", "/v1/cases", "telecom", WHOLE_CASE)
    path = created.headers["location"]
    edited = await send(liangjiang, "PATCH", path, "telecom", {"title": "新"}, if_match=tag)
    moved = await send(liangjiang, "POST", f"{path}/moves", "telecom", {"move": "submit"}, if_match=tag)

    for refused in (edited, moved):
        assert (refused.status_code, refused.json()["code"]) == (400, "malformed"), refused.text
        assert [error["where"] for error in refused.json()["errors"]] == ["header.If-Match"]
        assert "revision" in refused.json()["errors"][0]["message"]["en"]


async def test_a_bureau_decides_about_the_application_of_the_only_task_force(liangjiang: CampaignApi) -> None:
    path = await file_case(liangjiang, "园区监管", org="mobile", applicant="产业促进局")
    other = await file_case(liangjiang, "智慧医院", applicant="某医院")
    for each in (path, other):
        await move_case(liangjiang, each, "economy", move="take_up")

    async def waiting(who: str, role: Role | None = None) -> dict[str, str]:
        headers = liangjiang.headers(who, role)
        inbox = (await liangjiang.api.get("/v1/inbox", params={"kind": "case"}, headers=headers)).json()["items"]
        return {entry["path"]: entry["action"] for entry in inbox}

    inboxes = [await waiting("economy"), await waiting(*TASK_FORCE), await waiting("industry")]
    approve: dict[str, Any] = {"move": "approve", "on": "2022-08-20"}
    refused = await send(liangjiang, "POST", f"{path}/moves", TASK_FORCE, approve, if_match='"3"', accept_language="en")
    others = await send(liangjiang, "POST", f"{other}/moves", "economy", approve, if_match='"3"', accept_language="en")
    await move_case(liangjiang, path, "economy", **approve)
    recommended = await move_case(liangjiang, path, "economy", move="recommend", recommended_to="regulator", on="2022-08-25")

    assert inboxes == [{path: "approve"}, {other: "approve"}, {}]
    assert (refused.status_code, refused.json()["detail"]) == (
        403,
        "Your organisation is the applicant of the case; another organisation must do this.",
    )
    assert (others.status_code, others.json()["detail"]) == (
        403,
        "Only a bureau in place of a task force that is concerned itself may do this.",
    )
    assert recommended["state"] == "recommended"


async def test_no_step_of_a_case_is_dated_before_the_one_before_it(liangjiang: CampaignApi) -> None:
    path = await file_case(liangjiang, started_on="2022-06-01")
    await move_case(liangjiang, path, *TASK_FORCE, move="take_up")

    async def refused(day: str, **move: Any) -> str:
        tag = (await liangjiang.api.get(path, headers=liangjiang.headers(*TASK_FORCE))).headers["etag"]
        answer = await send(liangjiang, "POST", f"{path}/moves", TASK_FORCE, {**move, "on": day}, if_match=tag)
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "date_out_of_range"), answer.text
        return str(answer.json()["errors"][0]["message"]["en"])

    recommend: dict[str, Any] = {"move": "recommend", "recommended_to": "regulator"}
    outcome: dict[str, Any] = {"move": "record_outcome", "selected": True, "note": "入选"}
    messages = [await refused("2000-01-01", move="approve"), await refused("2022-05-31", move="approve")]
    await move_case(liangjiang, path, *TASK_FORCE, move="approve", on="2022-06-01")
    messages.append(await refused("2022-05-31", **recommend))
    await move_case(liangjiang, path, *TASK_FORCE, **recommend, on="2022-06-02")
    messages.append(await refused("2022-06-01", **outcome))
    messages.append(await refused("2022-05-31", move="revoke", reason="材料失实"))
    await move_case(liangjiang, path, *TASK_FORCE, **outcome, on="2022-06-02")

    first = ["2022-06-01", "2022-06-01", "2022-06-01", "2022-06-02", "2022-06-01"]
    assert messages == [f"must be between {day} and 2022-09-06" for day in first]


async def test_a_case_that_began_before_the_campaign_is_approved_within_it(liangjiang: CampaignApi) -> None:
    await liangjiang.apply(shipped("liangjiang"))  # with its first month, 2021-12
    path = await file_case(liangjiang, started_on="2020-03-01")
    await move_case(liangjiang, path, *TASK_FORCE, move="take_up")
    approve = {"move": "approve", "on": "2021-11-30"}
    early = await send(liangjiang, "POST", f"{path}/moves", TASK_FORCE, approve, if_match='"3"')
    approved = await move_case(liangjiang, path, *TASK_FORCE, move="approve", on="2021-12-01")

    assert (early.status_code, approved["state"]) == (422, "approved")


async def test_a_revocation_is_requested_until_it_is_decided(liangjiang: CampaignApi) -> None:
    path = await file_case(liangjiang, on="2022-08-20")

    async def requested(*, wanted: bool) -> list[str]:
        page = await liangjiang.get_ok("/v1/cases", revocation_requested=wanted)
        return [f"/v1/cases/{case['id']}" for case in page["items"]]

    await move_case(liangjiang, path, "telecom", move="request_revocation", reason="重复")
    before = (await requested(wanted=True), await requested(wanted=False))
    await move_case(liangjiang, path, *TASK_FORCE, move="revoke", reason="重复", on="2022-09-01")

    assert before == ([path], [])
    assert (await requested(wanted=True), await requested(wanted=False)) == ([], [path])


@pytest.mark.parametrize("path", ["/v1/tasks/board", "/v1/inbox", "/v1/workload"])
async def test_a_wrong_day_is_answered_as_it_was_sent_and_with_what_is_taken(liangjiang: CampaignApi, path: str) -> None:
    headers = liangjiang.headers("economy")
    errors = [
        (await liangjiang.api.get(path, params={"as_of": day}, headers=headers)).json()["errors"][0]
        for day in ("2022-9-1", "2020-07-01")
    ]

    assert [error["value"] for error in errors] == ["2022-9-1", "2020-07-01"]
    assert errors[0]["message"]["en"].startswith("must be a day such as 2022-09-06")


async def test_the_workload_takes_the_kinds_that_it_has(liangjiang: CampaignApi) -> None:
    async def status(kind: str) -> int:
        answer = await liangjiang.api.get("/v1/workload", params={"kind": kind}, headers=liangjiang.headers("economy"))
        return answer.status_code

    kinds = ["case", "difficulty", "action_item", "challenge", "assignment", "month", "reopening", "finding"]
    assert [await status(kind) for kind in kinds] == [200] * 5 + [422] * 3
