"""The requests that change something, each with every example of its body."""

import json
from pathlib import Path
from typing import Any, Final

from shared.values import media_types
from shared.vocabulary import Role
from tests.openapi.examples.recorder import Recorder, operations

SAMPLES: Final = Path(__file__).parents[3] / "samples" / "registers" / "2022-08"
REGISTERS: Final = {  # the one that others refer to first
    "key_places": "economy",
    "compounds": "kangmei",
    "base_stations": "telecom",
    "home_coverage": "telecom",
    "place_tests": "telecom",
}
COUNTS: Final = "metric,area,month,value\nfbb_subs_total,liangjiang,2022-08,120000\nfbb_subs_500m,liangjiang,2022-08,30000\n"


def example_bodies(name: str) -> list[Any]:
    """Return the examples of an operation's body."""
    return [body for _, body in operations()[name].bodies]


def write_everything(office: Recorder) -> None:
    """Send all of them, in an order in which each succeeds."""
    _token(office)
    _pushes(office)
    _registers(office)
    _findings(office)
    _cases(office)
    _difficulties(office)
    _action_items(office)
    _challenges(office)
    _assignments(office)
    _months(office)
    _reports(office)
    for body in example_bodies("try_definition"):
        office.ok("try_definition", body=body)
    for body in example_bodies("ask_what_if"):
        office.ok("ask_what_if", "telecom", body=body)
    for body in example_bodies("log_reminder"):
        office.ok("log_reminder", "economy", body=body)


def _token(office: Recorder) -> None:
    for form in example_bodies("issue_token"):
        secrets = {client.client_id: client.secret for client in office.client.clients.values()}
        real = {**form, "client_secret": secrets[form["client_id"]]}
        office.ok("issue_token", form=real)
        office.bodies.append(("issue_token", form))


def _pushes(office: Recorder) -> None:
    for body in example_bodies("push_observations"):
        office.ok("push_observations", "telecom", body=body, query={"dry_run": "true"})
        office.ok("push_observations", "telecom", body=body)
    office.ok("push_observations_file", "mobile", body=COUNTS, media=media_types.CSV, query={"dry_run": "true"})
    pushed = office.ok("push_observations_file", "mobile", body=COUNTS, media=media_types.CSV)
    office.ok("undo_import", "mobile", path={"id": pushed.json()["id"]}, query={"dry_run": "true"})
    office.ok("undo_import", "mobile", path={"id": pushed.json()["id"]})


def _registers(office: Recorder) -> None:
    for register, org in REGISTERS.items():
        for body in example_bodies(f"push_{register}"):
            office.ok(f"push_{register}", org, body=body, query={"dry_run": "true"})
            office.ok(f"push_{register}", org, body=body)
        (sample,) = SAMPLES.glob(f"{org}.{register}.*")
        media, content = media_types.BY_SUFFIX[sample.suffix], sample.read_bytes()
        if media == media_types.JSON:
            media, content = media_types.NDJSON, "\n".join(json.dumps(row) for row in json.loads(content)["rows"]).encode()
        office.ok(f"push_{register}_file", org, body=content, media=media, query={"dry_run": "true"})
        office.ok(f"push_{register}_file", org, body=content, media=media)


def _findings(office: Recorder) -> None:
    rows = [{"metric": "mobile_subs_total", "area": "liangjiang", "month": "2022-08", "value": 3_000_000}]
    report = office.ok("push_observations", "telecom", body={"observations": rows}).json()["report"]
    finding = next(finding for finding in report["findings"] if finding["severity"] == "warn")
    for body in example_bodies("explain_finding"):
        office.ok("explain_finding", "telecom", path={"id": finding["id"]}, body=body)


_MOVES_BEFORE: Final[dict[str, list[dict[str, Any]]]] = {
    "approve": [{"move": "take_up"}],
    "recommend": [{"move": "take_up"}, {"move": "approve", "on": "2022-08-20"}],
}
"""The moves of a submitted case before the move of an example."""
_MOVES_AFTER: Final[dict[str, list[dict[str, Any]]]] = {"recommend": [{"move": "publish"}]}
"""The moves after it, which fill a list."""


def _cases(office: Recorder) -> None:
    case, *_ = example_bodies("create_case")
    for number, body in enumerate(example_bodies("move_case")):
        created = office.ok("create_case", "telecom", body={**case, "title": f"{case['title']}{number or ''}"})
        path = {"id": created.json()["id"]}
        for changes in example_bodies("edit_case"):
            office.ok("edit_case", "telecom", path=path, body=changes, headers=tag_of(office, "get_case", "telecom", path))
        office.ok(
            "edit_case",
            "telecom",
            path=path,
            body={"title": created.json()["title"]},
            headers=tag_of(office, "get_case", "telecom", path),
        )
        office.ok("move_case", "telecom", path=path, body={"move": "submit"}, headers=tag_of(office, "get_case", "telecom", path))
        for move in (*_MOVES_BEFORE.get(body["move"], ()), body, *_MOVES_AFTER.get(body["move"], ())):
            tag = tag_of(office, "get_case", "industry", path, Role.TASK_FORCE)
            office.ok("move_case", "industry", Role.TASK_FORCE, path=path, body=move, headers=tag)
    _comments(office, "case", path)


def _difficulties(office: Recorder) -> None:
    movers = {"assign": ("industry", Role.TASK_FORCE), "answer": ("yuanyang", None), "not_resolved": ("telecom", None)}
    for body in example_bodies("create_difficulty"):
        path = {"id": office.ok("create_difficulty", "telecom", body=body).json()["id"]}
    for changes in example_bodies("edit_difficulty"):
        tag = tag_of(office, "get_difficulty", "telecom", path)
        office.ok("edit_difficulty", "telecom", path=path, body=changes, headers=tag)
    for move in example_bodies("move_difficulty"):  # each follows the one before
        org, role = movers[move["move"]]
        tag = tag_of(office, "get_difficulty", org, path, role)
        office.ok("move_difficulty", org, role, path=path, body=move, headers=tag)
    _comments(office, "difficulty", path)


def _action_items(office: Recorder) -> None:
    for body in example_bodies("create_action_items"):
        issued = office.ok("create_action_items", "industry", Role.TASK_FORCE, body=body).json()["items"]
    path = {"id": issued[0]["id"]}
    for changes in example_bodies("edit_action_item"):
        tag = tag_of(office, "get_action_item", "industry", path, Role.TASK_FORCE)
        office.ok("edit_action_item", "industry", Role.TASK_FORCE, path=path, body=changes, headers=tag)
    for move in example_bodies("move_action_item"):
        org, role = ("telecom", None) if move["move"] == "report" else ("industry", Role.TASK_FORCE)
        tag = tag_of(office, "get_action_item", org, path, role)
        office.ok("move_action_item", org, role, path=path, body=move, headers=tag)
    _comments(office, "action_item", path)


def _comments(office: Recorder, kind: str, path: dict[str, str]) -> None:
    for body in example_bodies(f"create_{kind}_comment"):
        comment = office.ok(f"create_{kind}_comment", "telecom", path=path, body=body).json()["id"]
        for move in example_bodies(f"move_{kind}_comment"):
            office.ok(f"move_{kind}_comment", "telecom", path=path | {"comment": comment}, body=move)


def _challenges(office: Recorder) -> None:
    """Both counts that the example of a push has, one for each answer."""
    (example,) = example_bodies("create_challenge")
    counts = example_bodies("push_observations")[0]["observations"]
    office.ok("push_observations", "telecom", body={"observations": counts})
    for count, answer in zip(counts, example_bodies("move_challenge"), strict=True):
        version = office.ok("get_version", "economy").json()["data_version"]
        read = {name: count[name] for name in ("metric", "value")} | {"data_version": version}
        challenge = office.ok("create_challenge", "economy", body=example | read)
        path, tag = {"id": challenge.json()["id"]}, {"If-Match": challenge.headers["ETag"]}
        office.ok("move_challenge", "telecom", path=path, body=answer, headers=tag)
    office.bodies.append(("create_challenge", example))
    for body in example_bodies("create_challenge_comment"):
        comment = office.ok("create_challenge_comment", "telecom", path=path, body=body).json()["id"]
        for move in example_bodies("move_challenge_comment"):
            office.ok("move_challenge_comment", "telecom", path=path | {"comment": comment}, body=move)


def _assignments(office: Recorder) -> None:
    for operation in ("move_assignment", "edit_assignment"):
        for body in example_bodies(operation):
            office.ok(operation, "telecom", body=body, headers=tag_of(office, "get_assignment", "telecom", {}))
    _comments(office, "assignment", {})


def tag_of(office: Recorder, name: str, org: str, path: dict[str, str], role: Role | None = None) -> dict[str, str]:
    """Return the header that makes a change depend on what was read."""
    return {"If-Match": office.ok(name, org, role, path=path).headers["ETag"]}


def _months(office: Recorder) -> None:
    for number, body in enumerate(example_bodies("create_reopening")):
        month = {"org": "telecom", "month": f"2022-0{5 + number}"}
        submit_month(office, month)
        reopening = office.ok("create_reopening", "telecom", path=month, body=body)
        for move in example_bodies("move_reopening"):
            path = {**month, "id": reopening.json()["id"]}
            tag = tag_of(office, "get_reopening", "industry", path, Role.TASK_FORCE)
            office.ok("move_reopening", "industry", Role.TASK_FORCE, path=path, body=move, headers=tag)


def submit_month(office: Recorder, month: dict[str, str]) -> None:
    """Submit an organisation's month, with explanations of what needs them."""
    office.client.explain_findings(office.caller(operations()["explain_finding"], month["org"], None), month["month"], "已核对。")
    read = office.ok("get_submission", month["org"], path=month)
    signed = {"content_hash": read.json()["content_hash"], "attested_by": {"name": "李四", "title": "副总经理"}}
    tag = {"If-Match": read.headers["ETag"]}
    office.ok("move_submission", month["org"], path=month, body={"move": "submit", **signed}, headers=tag)


def _reports(office: Recorder) -> None:
    for body in example_bodies("create_report"):
        office.ok("create_report", "industry", body=body)
    for name in ("preview_report", "preview_report_docx", "preview_report_xlsx"):
        for body in example_bodies(name):
            office.ok(name, "industry", body=body)
    for body in example_bodies("acknowledge_report"):
        office.ok("acknowledge_report", "leading_group", body=body)
