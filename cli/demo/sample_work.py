"""The fictitious work of offices in the demo: a refused push, a reminder, a month with a request to reopen it, a comment."""

from typing import Final

from cli.demo.demo_client import DemoCaller, DemoClient
from shared.vocabulary import Role

_CAMPAIGN: Final = "liangjiang-2022"
_CARRIER: Final[DemoCaller] = (_CAMPAIGN, "telecom", Role.CARRIER)
_BUREAU: Final[DemoCaller] = (_CAMPAIGN, "economy", Role.BUREAU)
_SHEET_WITH_ERROR: Final = "指标,区域,月份,数值\nOLT PON端口总数,康美街道,2022年8月,1000\n10G-PON端口数,康美街道,2022年8月,25%\n"
_REMINDER: Final = {"month": "2022-07", "org": "unicom", "channel": "wechat"}
_SUBMITTED_MONTH: Final = "/v1/submissions/telecom/2022-07"
_ATTESTATION: Final = {"name": "李四", "title": "副总经理"}
_REOPENING: Final = {"reason": "漏报一个分局的用户数，须更正", "cells": [{"metric": "fbb_subs_total", "area": "liangjiang"}]}


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
