"""The fictitious work of offices on the demo's day: what they push, remind of, submit, request and challenge."""

from typing import Final

from cli.demo.demo_client import DemoCaller, DemoClient
from cli.demo.sample_items import EVIDENCE
from shared.vocabulary import Role

_CAMPAIGN: Final = "liangjiang-2022"
_CARRIER: Final[DemoCaller] = (_CAMPAIGN, "telecom", Role.CARRIER)
_BUREAU: Final[DemoCaller] = (_CAMPAIGN, "economy", Role.BUREAU)
_SHEET_WITH_ERROR: Final = "指标,区域,月份,数值\nOLT PON端口总数,康美街道,2022年8月,1000\n10G-PON端口数,康美街道,2022年8月,25%\n"
_REMINDER: Final = {"month": "2022-07", "org": "unicom", "channel": "wechat"}
_SUBMITTED_MONTH: Final = "/v1/submissions/telecom/2022-07"
_ATTESTATION: Final = {"name": "李四", "title": "副总经理"}
_REOPENING: Final = {"reason": "漏报一个分局的用户数，须更正", "cells": [{"metric": "fbb_subs_total", "area": "liangjiang"}]}
_STREET: Final[DemoCaller] = (_CAMPAIGN, "yuanyang", Role.STREET)
_EVIDENCE: Final = "提速工单汇总表.xlsx"
_REBUTTAL: Final = {"move": "rebut", "reason": "8月集中完成免费提速，已逐户核对。", "evidence": f"附件：{_EVIDENCE}"}
_CONCESSION: Final = {"move": "concede", "reason": "一个分局的500M用户重复统计，将按期更正。"}


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
    _challenge_counts(client)


def _challenge_counts(client: DemoClient) -> None:
    """The bureau and a street challenge counts: one is rebutted, one conceded, and one waits for an answer."""
    version = client.get(_BUREAU, "/v1/version")["data_version"]

    def challenge(challenger: DemoCaller, reason: str, **count: str) -> str:
        (read,) = client.get(_BUREAU, "/v1/observations", **count)["items"]
        body = {**count, "value": read["value"], "data_version": version, "reason": reason}
        return f"/v1/challenges/{client.post(challenger, '/v1/challenges', body)['id']}"

    unicom, mobile = ((_CAMPAIGN, org, Role.CARRIER) for org in ("unicom", "mobile"))
    of_whole = {"metric": "fbb_subs_500m", "area": "liangjiang"}
    path = challenge(_BUREAU, "500Mbps以上用户数增长明显快于宽带用户总数。", org="unicom", month="2022-08", **of_whole)
    client.move(unicom, path, _REBUTTAL)
    client.attach(unicom, path, EVIDENCE / _EVIDENCE)
    client.post(_BUREAU, f"{path}/comments", {"text": "工单汇总表已收到，正在核对。"})
    path = challenge(_BUREAU, "与宽带用户总数的比例高于其他月份。", org="mobile", month="2022-07", **of_whole)
    client.move(mobile, path, _CONCESSION)
    of_street = {"metric": "olt_pon_ports_10g", "area": "500112007"}
    challenge(_STREET, "辖区内两处局站尚未改造，端口数偏高。", org="telecom", month="2022-08", **of_street)
