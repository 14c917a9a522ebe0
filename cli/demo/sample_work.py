"""The fictitious work of offices in the demo: what they push, remind of, request, comment on and move forward."""

from typing import Final

from cli.demo.demo_client import DemoCaller, DemoClient
from shared.vocabulary import Role

_CAMPAIGN: Final = "liangjiang-2022"
_CARRIER: Final[DemoCaller] = (_CAMPAIGN, "telecom", Role.CARRIER)
_BUREAU: Final[DemoCaller] = (_CAMPAIGN, "economy", Role.BUREAU)
_TASK_FORCE: Final[DemoCaller] = (_CAMPAIGN, "industry", Role.TASK_FORCE)
_SHEET_WITH_ERROR: Final = "指标,区域,月份,数值\nOLT PON端口总数,康美街道,2022年8月,1000\n10G-PON端口数,康美街道,2022年8月,25%\n"
_REMINDER: Final = {"month": "2022-07", "org": "unicom", "channel": "wechat"}
_SUBMITTED_MONTH: Final = "/v1/submissions/telecom/2022-07"
_ATTESTATION: Final = {"name": "李四", "title": "副总经理"}
_REOPENING: Final = {"reason": "漏报一个分局的用户数，须更正", "cells": [{"metric": "fbb_subs_total", "area": "liangjiang"}]}
_COUNT: Final = {"org": "unicom", "metric": "fbb_subs_500m", "area": "liangjiang", "month": "2022-08"}
_REBUTTAL: Final = {
    "move": "rebut",
    "reason": "8月集中完成免费提速，已逐户核对。",
    "evidence": "提速工单汇总表，8月。",
}

_DIFFICULTY: Final = {
    "title": "小区物业不同意进场改造光分配网",
    "category": "property_management",
    "place": "鸳鸯街道某小区",
    "area": "500112007",
    "task": 1,
    "needed": "请协调物业同意9月下旬进场，涉及6栋楼。",
    "needed_by": "2022-09-20",
}
_ACTION_ITEM: Final = {
    "orgs": ["unicom", "telecom"],
    "title": "报送10G-PON端口改造清单",
    "text": "请于9月15日前报送剩余局站的改造计划和已完成清单。",
    "source": "meeting",
    "occasion": "9月5日工作专班例会",
    "due_on": "2022-09-15",
    "task": 1,
}


def add_sample_work(client: DemoClient) -> None:
    """Do the work over HTTP. Raises DemoError."""
    client.push_with_errors(_CARRIER, _SHEET_WITH_ERROR)
    client.post(_BUREAU, "/v1/reminders/sent", _REMINDER)
    client.explain_findings(_CARRIER, "2022-07", "新增用户集中入网，数据已核对。")
    signed = {"content_hash": client.get(_CARRIER, _SUBMITTED_MONTH)["content_hash"], "attested_by": _ATTESTATION}
    client.move(_CARRIER, _SUBMITTED_MONTH, {"move": "submit", **signed})
    client.post(_CARRIER, f"{_SUBMITTED_MONTH}/reopenings", _REOPENING)
    case = client.get(_BUREAU, "/v1/cases")["items"][0]["id"]
    client.post(_BUREAU, f"/v1/cases/{case}/comments", {"text": "请补充与光网配合的成效数据。"})
    difficulty = f"/v1/difficulties/{client.post(_CARRIER, '/v1/difficulties', _DIFFICULTY)['id']}"
    client.move(_TASK_FORCE, difficulty, {"move": "assign", "responsible": "yuanyang", "due_on": "2022-09-15"})
    client.post(_BUREAU, f"{difficulty}/comments", {"text": "请街道会同社区先行走访。"})
    issued = client.post(_TASK_FORCE, "/v1/action-items", _ACTION_ITEM)["items"][0]["id"]
    client.move((_CAMPAIGN, "unicom", Role.CARRIER), f"/v1/action-items/{issued}", {"move": "report", "report": "已报送清单。"})
    client.post(_BUREAU, f"/v1/action-items/{issued}/comments", {"text": "清单已收到。"})
    _challenge_a_count(client)


def _challenge_a_count(client: DemoClient) -> None:
    """The bureau challenges a count of Unicom's, which rebuts."""
    version = client.get(_BUREAU, "/v1/version")["data_version"]
    filters = {name: _COUNT[name] for name in ("org", "metric", "month")}
    (count,) = client.get(_BUREAU, "/v1/observations", **filters)["items"]
    read = {"value": count["value"], "data_version": version}
    opened = client.post(_BUREAU, "/v1/challenges", {**_COUNT, **read, "reason": "500Mbps以上用户数增长明显快于宽带用户总数。"})
    path = f"/v1/challenges/{opened['id']}"
    client.move((_CAMPAIGN, "unicom", Role.CARRIER), path, _REBUTTAL)
    client.post(_BUREAU, f"{path}/comments", {"text": "请附提速工单汇总表。"})
