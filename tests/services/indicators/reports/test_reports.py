"""Issuing, reading and acknowledging the monthly report."""

import hashlib
import json
import re
from datetime import datetime, timedelta, timezone

import psycopg
from httpx import Response

from shared.vocabulary import Role
from tests.fixtures_campaign_api import CampaignApi
from tests.services.indicators.reports.practice import WRITTEN, issue


async def test_a_report_freezes_the_month_under_a_version_and_a_number_of_its_own(liangjiang: CampaignApi) -> None:
    await liangjiang.samples("2022-08")
    issued = await issue(liangjiang)
    first = await liangjiang.get("/v1/reports/1/report.json")
    content, report = first.json(), issued.json()
    at_issue = await liangjiang.lines(as_of=report["data_version"])

    assert (issued.status_code, issued.headers["location"]) == (201, "/v1/reports/1")
    assert (report["number"], report["data_version"], report["supersedes"], report["issued_by"]) == (1, 7, None, "industry")
    assert hashlib.sha256(first.content).hexdigest() == report["files"][1]["sha256"]
    assert [one["line"] for one in content["indicators"]] == at_issue == await liangjiang.lines()
    states = {"targets": 7, "met": 4, "not_met": 3, "incomplete": 0, "not_reported": 0, "not_applicable": 0}
    assert content["headline"] == {**states, "provisional": True}
    assert (content["problems"], content["next_steps"], content["differences"]) == (*WRITTEN.values(), None)
    assert {one["code"] for one in content["addressed_to"]} == {"leading_group", "regulator"}
    assert at_issue == await liangjiang.lines(as_of=report["issued_at"])

    await liangjiang.push_ok("telecom", [("olt_pon_ports_10g", "500112022", 500)])
    again = (await issue(liangjiang)).json()
    still = await liangjiang.get("/v1/reports/1/report.json")

    assert (again["number"], again["supersedes"], again["data_version"]) == (2, 1, 9)
    assert (await liangjiang.get_ok("/v1/reports/1"))["superseded_by"] == 2
    assert still.content == first.content
    assert ((await issue(liangjiang)).json()["supersedes"], (await liangjiang.get_ok("/v1/reports/1"))["superseded_by"]) == (2, 2)
    assert await liangjiang.lines(as_of=7) == at_issue != await liangjiang.lines(as_of=9)


async def test_carriers_and_streets_read_what_is_shown_and_their_own_lines_as_of_issued_reports_only(
    liangjiang: CampaignApi,
) -> None:
    await liangjiang.samples("2022-08")
    before = await liangjiang.lines("telecom", group_by="org")
    await issue(liangjiang)
    await liangjiang.push_ok("telecom", [("olt_pon_ports_10g", "500112022", 500)])

    assert await liangjiang.lines("telecom", group_by="org", as_of=7) == before
    assert await liangjiang.lines("telecom", group_by="org") != before
    for version in (6, 8):
        for org in ("telecom", "kangmei"):
            assert (await liangjiang.get("/v1/summary", org, month="2022-08", as_of=version)).status_code == 403
    for org in ("telecom", "kangmei"):
        seen = await liangjiang.get_ok("/v1/reports/1", org)
        (figure,) = [one for one in seen["figures"] if one["indicator"] == "pon_10g_share"]
        assert (figure.keys(), figure["display"], figure["status"]) == (
            {"indicator", "title", "unit", "display", "status", "target", "due"},
            "24.9",
            "not_met",
        )
        assert (seen["files"], seen["acknowledgements"], seen["actions"]) == ([], [], [])
        assert (await liangjiang.get_ok("/v1/reports", org))["items"] == [seen]
        assert (await liangjiang.get("/v1/reports/1/report.json", org)).status_code == 403


async def test_only_the_task_force_issues_and_only_months_that_have_ended(liangjiang: CampaignApi) -> None:
    running = await issue(liangjiang, "2022-09")

    assert (await issue(liangjiang, role=Role.BUREAU)).status_code == 403
    assert (running.status_code, running.json()["detail"]) == (409, "该月尚未结束，不能发布月报。")
    assert (await liangjiang.get_ok("/v1/reports"))["total"] == 0
    for instant, status in (("2022-08-31T23:59:59+08:00", 409), ("2022-09-01T00:00:00+08:00", 201)):
        liangjiang.clock.fixed = datetime.fromisoformat(instant)
        assert (await issue(liangjiang)).status_code == status


async def test_a_repeated_request_issues_nothing_again(liangjiang: CampaignApi) -> None:
    first = await issue(liangjiang, key="august")
    again = await issue(liangjiang, key="august")
    other = await issue(liangjiang, key="august", problems="另有问题")

    assert (again.status_code, again.content) == (201, first.content)
    assert (again.headers["idempotency-replayed"], again.headers["location"]) == ("true", "/v1/reports/1")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_mismatch")
    assert (await liangjiang.get_ok("/v1/reports"))["total"] == 1


async def test_the_leading_group_and_the_regulator_acknowledge_a_report_once(liangjiang: CampaignApi) -> None:
    async def acknowledge(org: str, number: int = 1, note: str | None = None, key: str = "") -> Response:
        headers = liangjiang.headers(org) | ({"Idempotency-Key": key} if key else {})
        body = {"note": note} if note else {}
        return await liangjiang.api.post(f"/v1/reports/{number}/acknowledgements", json=body, headers=headers)

    await issue(liangjiang)
    held = await liangjiang.get("/v1/reports/1", "leading_group")
    first = await acknowledge("leading_group", note="已阅", key="one")

    assert held.json()["actions"] == ["acknowledge"]
    assert (first.status_code, first.json()["actions"]) == (201, [])
    assert [(one["org"], one["note"]) for one in first.json()["acknowledgements"]] == [("leading_group", "已阅")]
    assert (await acknowledge("leading_group", note="已阅", key="one")).content == first.content
    assert (await acknowledge("leading_group")).status_code == 409
    assert (await acknowledge("regulator")).status_code == 201
    assert (await acknowledge("regulator", number=2)).status_code == 404
    assert [(await acknowledge(org)).status_code for org in ("economy", "telecom")] == [403, 403]
    tag = {"If-None-Match": held.headers["etag"]}
    read = await liangjiang.api.get("/v1/reports/1", headers=liangjiang.headers("leading_group") | tag)
    assert (read.status_code, len(read.json()["acknowledgements"])) == (200, 2)
    again = await liangjiang.api.get(
        "/v1/reports/1", headers=liangjiang.headers("leading_group") | {"If-None-Match": read.headers["etag"]}
    )
    assert again.status_code == 304


async def test_every_timestamp_of_a_report_is_in_utc_and_its_date_of_issue_is_local(liangjiang: CampaignApi) -> None:
    await liangjiang.samples("2022-07")
    liangjiang.clock.fixed = datetime.fromisoformat("2022-10-01T02:00+08:00")  # still September in UTC
    issued = (await issue(liangjiang, "2022-07")).json()
    first = (await liangjiang.get("/v1/reports/1/report.json")).json()
    with_offset = {
        **first,
        "issued_at": datetime.fromisoformat(first["issued_at"]).astimezone(timezone(timedelta(hours=8))).isoformat(),
    }
    del with_offset["issued_on"]
    with psycopg.connect(liangjiang.owner) as owner:
        owner.execute("ALTER TABLE report_file NO FORCE ROW LEVEL SECURITY")  # otherwise nothing changes an issued report
        owner.execute("UPDATE report_file SET content = %s WHERE ending = 'json'", [json.dumps(with_offset).encode()])
        owner.execute("ALTER TABLE report_file FORCE ROW LEVEL SECURITY")

    await liangjiang.samples("2022-08")
    number = (await issue(liangjiang)).json()["number"]
    answer = await liangjiang.get(f"/v1/reports/{number}/report.json")

    content = answer.json()
    assert (content["issued_on"], content["differences"]["issued_at"]) == ("2022-10-01", issued["issued_at"])
    assert content["differences"]["changes"]
    instants = re.findall(r"\d{4}-\d\d-\d\dT[^\"]+", answer.text)
    assert len(instants) > 3
    assert [instant for instant in instants if not re.fullmatch(r"2022-09-30T18:\d\d:\d\d\.\d{6}Z", instant)] == []
    assert (await liangjiang.get("/v1/reports/1/report.json")).json() == with_offset
