"""A request for each problem that an operation declares, and for each whose members depend on the operation."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final
from unittest.mock import patch
from uuid import UUID

import httpx
import psycopg

from cli.demo.run import PROJECT
from services.ingest.push import engine, receive
from shared.campaign.apply import apply
from shared.campaign.load import load
from shared.clock import Clock
from shared.database import audit
from shared.http import idempotency
from shared.values import media_types
from shared.vocabulary import Role
from tests.hostile import wire
from tests.openapi.examples.recorder import CAMPAIGN, Recorder, operations
from tests.openapi.examples.writes import REGISTERS, example_bodies, submit_month, tag_of

TRIES: Final = 1_000  # of waiting, 20 ms each
UNKNOWN: Final = str(UUID(int=0))
WRONG_REFERENCES: Final = {
    "key_places": {"area": "nowhere"},
    "compounds": {"area": "nowhere"},
    "base_stations": {"area": "nowhere"},
    "home_coverage": {"building": "nowhere"},
    "place_tests": {"place": "nowhere"},
}


def refuse_everything(office: Recorder, impatient: httpx.Client) -> None:
    """Send all of them; `impatient` reaches services that wait two seconds for a body, and take one request of a client."""
    _requests(office)
    _slow_requests(office, impatient)
    _tokens(office)
    _rows(office)
    _undone_imports(office)
    _import_files(office)
    _challenges(office)
    _cases(office)
    _comments(office)
    _months(office)
    _reopened_months(office)
    _key_places(office)
    _reports(office)
    _explanations(office)
    _outages(office)
    _new_rules(office)


def count(value: int, month: str = "2022-08", metric: str = "fbb_subs_total") -> dict[str, Any]:
    """Return a push of one count of the whole area."""
    return {"observations": [{"metric": metric, "area": "liangjiang", "month": month, "value": value}]}


def _requests(office: Recorder) -> None:
    office.refused("malformed", "push_observations", "telecom", body=b'{"observations": [')
    office.refused("token_invalid", "get_me", headers={"Authorization": ""})
    office.refused(
        "forbidden", "create_report", "industry", body={}, headers=office.client.bearer((CAMPAIGN, "telecom", Role.CARRIER))
    )
    office.refused("not_found", "get_case", path={"id": UNKNOWN})
    office.refused("not_acceptable", "get_me", headers={"Accept": "image/png"})
    office.refused("schema", "get_summary", query={"mnth": "2022-08"})
    office.refused("future_version", "get_summary", query={"as_of": "1000"})
    office.refused("month_not_open", "get_summary", query={"month": "2099-12"})
    office.refused("media_type", "create_case", "telecom", body="<case/>", media="application/xml")
    office.refused("too_large", "create_case", "telecom", body=b" " * (8 << 20) + b"{}")
    office.refused("uri_too_long", "get_me", query={"x": "a" * 20_000})
    office.refused("header_too_large", "get_me", headers={"X-Long": "a" * 70_000})
    key = {"Idempotency-Key": "telecom-2022-08-7"}
    office.ok("push_observations", "telecom", body=count(150_301), headers=key)
    office.refused("idempotency_mismatch", "push_observations", "telecom", body=count(150_302), headers=key)


def _slow_requests(office: Recorder, impatient: httpx.Client) -> None:
    """The body of a request does not come; until it is given up, it is the client's only one."""
    token = office.client.bearer((CAMPAIGN, "telecom", Role.CARRIER))["Authorization"]
    headers = [
        ("Authorization", token),
        ("Content-Type", media_types.JSON),
        ("Content-Length", "2"),
    ]
    port = impatient.base_url.port
    assert port
    with wire.connected(port) as connection:
        connection.sendall(wire.head("POST", "/v1/observations", headers))
        for _ in range(TRIES):
            if not office.send("list_imports", "telecom", http=impatient).is_success:
                break
            time.sleep(0.02)
        office.refused("rate_limited", "list_imports", "telecom", http=impatient)
        late = wire.answer(connection)
    office.record(operations()["push_observations"], httpx.Response(late.status, headers=dict(late.headers), content=late.body))


def _tokens(office: Recorder) -> None:
    (form,) = example_bodies("issue_token")
    assert office.send("issue_token", form=form | {"grant_type": "password"}).status_code == httpx.codes.BAD_REQUEST
    statuses = [office.send("issue_token", form=form).status_code for _ in range(12)]
    assert set(statuses) == {httpx.codes.UNAUTHORIZED, httpx.codes.TOO_MANY_REQUESTS}


def _rows(office: Recorder) -> None:
    office.refused("rows_refused", "push_observations", "telecom", body=count(1, metric="fbb_subs_totl"))
    sheet = "指标,区域,月份,数值\n10G-PON端口数,康美街道,2022年8月,25%\n"
    office.refused("rows_refused", "push_observations_file", "telecom", body=sheet, media=media_types.CSV)
    office.refused("empty", "push_observations_file", "telecom", body="指标,区域,月份,数值\n", media=media_types.CSV)
    for register, org in REGISTERS.items():
        rows = [row | WRONG_REFERENCES[register] for row in example_bodies(f"push_{register}")[0]["rows"]]
        office.refused("rows_refused", f"push_{register}", org, body={"rows": rows})


def _undone_imports(office: Recorder) -> None:
    office.refused("nothing_to_undo", "undo_import", "telecom")
    first = {"id": office.ok("push_observations", "mobile", body=count(120_001)).json()["id"]}
    office.ok("push_observations", "mobile", body=count(120_002))
    office.refused("changed_since", "undo_import", "mobile", path=first)
    second = {"id": office.ok("push_observations", "mobile", body=count(120_003)).json()["id"]}
    office.ok("undo_import", "mobile", path=second)
    office.refused("already_undone", "undo_import", "mobile", path=second)


def _import_files(office: Recorder) -> None:
    accepted = office.ok("push_observations", "mobile", body=count(120_004)).json()["id"]
    office.refused("input_not_kept", "get_import_errors_csv", "mobile", path={"id": accepted})
    wrong = count(1, metric="fbb_subs_totl")
    tried = office.refused("rows_refused", "push_observations", "telecom", body=wrong, query={"dry_run": "true"})
    office.refused("errors_not_kept", "list_import_errors", "telecom", path={"id": tried.json()["import_id"]})


def _challenges(office: Recorder) -> None:
    """Telecom's count has an open challenge; Mobile's has another value by now."""
    (example,) = example_bodies("create_challenge")
    version = office.ok("push_observations", "telecom", body=count(example["value"])).json()["data_version"]
    office.refused("already_challenged", "create_challenge", "economy", body=example | {"data_version": version})
    first = office.ok("push_observations", "mobile", body=count(120_005)).json()
    office.ok("push_observations", "mobile", body=count(120_006))
    read = {"org": "mobile", "value": 120_005, "data_version": first["data_version"]}
    office.refused("count_changed", "create_challenge", "economy", body=example | read)


def _cases(office: Recorder) -> None:
    approve = next(body for body in example_bodies("move_case") if body["move"] == "approve")
    first, draft = example_bodies("create_case")
    incomplete = office.ok("create_case", "mobile", body=draft)
    tag, path = {"If-Match": incomplete.headers["ETag"]}, {"id": incomplete.json()["id"]}
    office.refused("case_incomplete", "move_case", "mobile", path=path, body={"move": "submit"}, headers=tag)
    case = office.ok("create_case", "mobile", body=first)  # the same as Telecom's, which was approved
    path, tag = {"id": case.json()["id"]}, {"If-Match": case.headers["ETag"]}
    office.refused("precondition_required", "move_case", "mobile", path=path, body={"move": "submit"})
    moved = office.ok("move_case", "mobile", path=path, body={"move": "submit"}, headers=tag)
    office.refused(
        "conflict", "move_case", "mobile", path=path, body={"move": "submit"}, headers={"If-Match": moved.headers["ETag"]}
    )
    office.refused("stale", "move_case", "industry", Role.TASK_FORCE, path=path, body=approve, headers=tag)
    tag = tag_of(office, "get_case", "industry", path, Role.TASK_FORCE)
    merge = {"move": "merge", "merged_into": UNKNOWN}
    office.refused("not_mergeable", "move_case", "industry", Role.TASK_FORCE, path=path, body=merge, headers=tag)
    office.ok("move_case", "industry", Role.TASK_FORCE, path=path, body={"move": "take_up"}, headers=tag)
    tag = tag_of(office, "get_case", "industry", path, Role.TASK_FORCE)
    office.refused("duplicate_case", "move_case", "industry", Role.TASK_FORCE, path=path, body=approve, headers=tag)


def _comments(office: Recorder) -> None:
    comment = office.ok("create_case_comment", "economy", body={"text": "已补充应用成效。"}).json()["id"]
    strike_out = {"path": {"comment": comment}, "body": example_bodies("move_case_comment")[0]}
    office.ok("move_case_comment", "economy", **strike_out)
    office.refused("conflict", "move_case_comment", "economy", **strike_out)


def _months(office: Recorder) -> None:
    """Telecom's August is open and has a finding that is not explained; its June is submitted."""
    office.ok("push_observations", "telecom", body=count(4_000_000, metric="mobile_subs_total"))
    month, tag = {"org": "telecom", "month": "2022-08"}, {}
    read = office.ok("get_submission", "telecom", path=month)
    tag, signed = {"If-Match": read.headers["ETag"]}, {"attested_by": {"name": "李四", "title": "副总经理"}}
    submit = {"move": "submit", "content_hash": read.json()["content_hash"], **signed}
    office.refused("findings_unexplained", "move_submission", "telecom", path=month, body=submit, headers=tag)
    office.refused(
        "content_changed", "move_submission", "telecom", path=month, body=submit | {"content_hash": "0" * 64}, headers=tag
    )
    accept = {"move": "accept"}
    tag = tag_of(office, "get_submission", "economy", month)
    office.refused("conflict", "move_submission", "economy", path=month, body=accept, headers=tag)
    reopening, *_ = example_bodies("create_reopening")
    office.refused("conflict", "create_reopening", "telecom", path=month, body=reopening)
    closed = {"org": "telecom", "month": "2022-06"}
    office.refused("stale", "move_submission", "economy", path=closed, body=accept, headers=tag)
    office.refused("month_closed", "push_observations", "telecom", body=count(1, "2022-06"))
    tag = tag_of(office, "get_submission", "economy", closed)
    office.ok("move_submission", "economy", path=closed, body={"move": "return", "reason": "请核对用户数"}, headers=tag)
    office.refused("reason_required", "push_observations", "telecom", body=count(1, "2022-06"))


def _reopened_months(office: Recorder) -> None:
    """Telecom's May is submitted, and the request for reopening it was declined."""
    month = {"org": "telecom", "month": "2022-05"}
    (declined,) = office.ok("list_reopenings", "telecom", path=month).json()["items"]
    path = month | {"id": declined["id"]}
    tag = tag_of(office, "get_reopening", "industry", path, Role.TASK_FORCE)
    body, *_ = example_bodies("move_reopening")
    office.refused("conflict", "move_reopening", "industry", Role.TASK_FORCE, path=path, body=body, headers=tag)
    office.refused("stale", "move_reopening", "industry", Role.TASK_FORCE, path=path, body=body, headers={"If-Match": '"1-0"'})
    reopening, *_ = example_bodies("create_reopening")
    office.ok("create_reopening", "telecom", path=month, body=reopening)
    office.refused("already_requested", "create_reopening", "telecom", path=month, body=reopening)
    tag = tag_of(office, "get_submission", "economy", month)
    office.ok("move_submission", "economy", path=month, body={"move": "accept"}, headers=tag)
    tag = tag_of(office, "get_submission", "industry", month, Role.TASK_FORCE)
    reopen = {"move": "reopen", "reason": "同意更正"}
    office.ok("move_submission", "industry", Role.TASK_FORCE, path=month, body=reopen, headers=tag)
    replace = {"mode": "replace", "month": "2022-05", "reason": "更正"}
    office.refused("not_reopened", "push_observations", "telecom", body=count(149_000, "2022-05"), query=replace)


def _key_places(office: Recorder) -> None:
    """A place that the bureau submitted in July is not in its August."""
    (row, *_) = example_bodies("push_key_places")[0]["rows"]
    office.ok("push_key_places", "economy", body={"rows": [row | {"month": "2022-07", "id": "KP-0099"}]})
    submit_month(office, {"org": "economy", "month": "2022-07"})
    replace = {"mode": "replace", "month": "2022-08"}
    office.refused("places_missing", "push_key_places", "economy", body={"rows": [row]}, query=replace)


def _reports(office: Recorder) -> None:
    report, *_ = example_bodies("create_report")
    office.refused("month_not_ended", "create_report", "industry", body=report | {"month": "2022-09"})
    office.refused("already_acknowledged", "acknowledge_report", "leading_group", body={"note": "已阅"})


def _explanations(office: Recorder) -> None:
    """Telecom's new finding, explained twice, and once more while another explanation is being stored."""
    findings = office.ok("list_findings", "telecom", query={"month": "2022-08"}).json()["items"]
    path = {"id": next(one["id"] for one in findings if one["severity"] == "warn" and one["explained"] is None)}
    with psycopg.connect(office.urls.owner) as other, ThreadPoolExecutor(1) as pool:
        other.execute("SELECT gigacity_begin(%s, 'telecom', 'own')", [CAMPAIGN])
        other.execute(
            "INSERT INTO finding_explanation (campaign, org, month, finding_id, revision, text, actor, at)"
            " VALUES (%s, 'telecom', '2022-08-01', %s, 1, '已核对', 'another', now())",
            [CAMPAIGN, path["id"]],
        )
        same = pool.submit(
            office.refused, "concurrent_change", "explain_finding", "telecom", path=path, body={"text": "数据无误"}
        )
        _wait_for_lock(other)
        other.commit()
        same.result()
    stale = {"If-Match": '"0-0"'}
    office.refused("stale", "explain_finding", "telecom", path=path, body={"text": "数据无误"}, headers=stale)


def _wait_for_lock(other: psycopg.Connection) -> None:
    """Wait until a transaction waits for that of this connection."""
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND transactionid IS NOT NULL"
    for _ in range(TRIES):
        if other.execute(waiting).fetchone() != (0,):
            break
        time.sleep(0.02)


def _outages(office: Recorder) -> None:
    key = "telecom-2022-08-9"
    parts = [CAMPAIGN.encode(), b"telecom", key.encode()]
    lock = int.from_bytes(idempotency.request_digest(parts)[:8], "big", signed=True)
    with psycopg.connect(office.urls.owner) as other:
        other.execute("SELECT pg_advisory_xact_lock(%s)", [lock])
        office.refused("still_running", "push_observations", "telecom", body=count(1), headers={"Idempotency-Key": key})
    with psycopg.connect(office.urls.owner) as other:
        other.execute("SELECT gigacity_begin(%s, '*', 'campaign')", [CAMPAIGN])
        other.execute("SELECT FROM campaign WHERE campaign = %s FOR UPDATE", [CAMPAIGN])
        office.refused("overloaded", "push_observations", "telecom", body=count(1))
    with patch.object(audit, "record", side_effect=RuntimeError("a fault of the product")):
        office.refused("internal_error", "push_observations", "telecom", body=count(2))
    with patch.object(receive, "push", _pushing_on_lost_connection(office.urls.services["ingest"])):
        office.refused("unknown_outcome", "push_observations", "telecom", body=count(3))


def _pushing_on_lost_connection(database: str) -> Any:
    async def push_and_lose(connection: psycopg.AsyncConnection, *request: Any) -> Any:
        outcome = await engine.push(connection, *request)
        with psycopg.connect(database, autocommit=True) as same_role:
            same_role.execute("SELECT pg_terminate_backend(%s, 2000)", [connection.info.backend_pid])
        return outcome

    return push_and_lose


def _new_rules(office: Recorder) -> None:
    """Counts that a rule refuses were pushed before it was in force."""
    definition = load(PROJECT / "campaigns" / f"{CAMPAIGN}.toml")
    without = tuple(rule for rule in definition.rules if rule.code != "pon_10g_within_total")
    ports = [("olt_pon_ports_10g", 9_001), ("olt_pon_ports_total", 9_000)]
    rows = [{"metric": metric, "area": "500112022", "month": "2022-08", "value": value} for metric, value in ports]
    for applied, body in ((definition.model_copy(update={"rules": without}), {"observations": rows}), (definition, None)):
        asyncio.run(_apply(office.urls.owner, applied))
        if body:
            office.ok("push_observations", "telecom", body=body)
    blocked = office.ok("list_findings", "telecom", query={"month": "2022-08", "severity": "block"}).json()["items"]
    office.refused("not_explainable", "explain_finding", "telecom", path={"id": blocked[0]["id"]}, body={"text": "系统口径不同"})


async def _apply(owner: str, definition: Any) -> None:
    async with await psycopg.AsyncConnection.connect(owner, autocommit=True) as connection:
        await apply(connection, definition, "test", Clock())
