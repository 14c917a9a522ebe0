"""Campaign files for tests: a small one, right as it stands, to spoil or change, and the two of this project."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from shared.campaign.definition import Definition
from shared.campaign.findings import FileError
from shared.campaign.load import load

Raw = dict[str, Any]

ROOT = Path(__file__).parents[3]


def text(zh: str, en: str) -> Raw:
    """A text in both languages."""
    return {"zh": zh, "en": en}


def in_both_languages(finding: FileError) -> bool:
    """Return true if fault and remedy are given in Chinese and in English, with names and values of the file set apart."""
    quoted = re.compile(r"`[^`]*`|“[^”]*”|'[^']*'|\"[^\"]*\"")
    said = [(quoted.sub("", told.zh), quoted.sub("", told.en)) for told in (finding.problem, finding.fix)]
    return all(CHINESE.search(zh) and not PHRASE.search(zh) and not CHINESE.search(en) for zh, en in said)


TEXT = text("文", "text")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
PHRASE = re.compile(r"[A-Za-z]+ [a-z]+ [a-z]+")  # three English words

SMALL: Raw = {
    "campaign": {"code": "small", "title": TEXT, "area": "town", "timezone": "Asia/Shanghai", "source": TEXT},
    "calendar": {"opens": "month_start", "due_day": 5, "grace_days": 5},
    "challenges": {"answer_days": 5, "correction_days": 5, "decision_days": 5},
    "supervision": {"starts": "2022-07-01"},
    "organisation": [
        {"code": "red", "title": text("红色公司", "Red company"), "short": text("红", "red"), "roles": ["carrier"]},
        {"code": "blue", "title": text("蓝色公司", "Blue company"), "short": text("蓝", "blue"), "roles": ["carrier"]},
        {
            "code": "office",
            "title": text("东街道办事处", "East office"),
            "short": text("东办", "office"),
            "roles": ["street"],
            "area": "001",
        },
        {
            "code": "desk",
            "title": text("统计局", "Desk of statistics"),
            "short": text("统计", "desk"),
            "roles": ["bureau", "task_force"],
        },
        {"code": "reader", "title": text("领导小组", "Readers"), "short": text("领导", "reader"), "roles": ["leader"]},
    ],
    "area": [
        {"code": "town", "title": text("全镇", "Town"), "short": text("镇", "T")},
        {"code": "001", "title": text("东街道", "East Street"), "short": text("东", "East"), "parent": "town"},
        {
            "code": "002",
            "title": text("西街道", "West Street"),
            "short": text("西", "West"),
            "parent": "town",
            "valid_from": "2022-03",
        },
    ],
    "metric": [
        {
            "code": "ports",
            "title": text("端口数", "Ports"),
            "unit": text("个", "ports"),
            "kind": "stock",
            "grain": "street",
            "owed_by": ["red", "blue"],
            "task": 1,
        },
        {
            "code": "fast_ports",
            "title": text("高速端口数", "Fast ports"),
            "unit": text("个", "ports"),
            "kind": "stock",
            "grain": "street",
            "owed_by": ["red", "blue"],
        },
        {
            "code": "users",
            "title": text("用户数", "Users"),
            "unit": text("户", "users"),
            "kind": "stock",
            "grain": "campaign",
            "owed_by": ["red", "blue"],
        },
        {
            "code": "people",
            "title": text("人口", "People"),
            "unit": text("人", "people"),
            "kind": "reference",
            "grain": "street",
            "owed_by": ["desk"],
        },
        {
            "code": "events",
            "title": text("活动场次", "Events"),
            "unit": text("场", "events"),
            "kind": "flow",
            "grain": "street",
            "reported_by": ["office"],
        },
        {
            "code": "listed",
            "title": text("清单数", "On the list"),
            "unit": text("个", "ports"),
            "kind": "stock",
            "grain": "street",
            "derived": True,
        },
        {
            "code": "reached_any",
            "title": text("任一家通达", "Reached by any"),
            "unit": text("个", "ports"),
            "kind": "stock",
            "grain": "street",
            "derived": True,
        },
    ],
    "indicator": [
        {
            "code": "fast_share",
            "title": text("高速占比", "Share of fast ports"),
            "numerator": "fast_ports",
            "denominator": "ports",
            "scale": 100,
            "decimals": 1,
            "unit": text("%", "%"),
            "caliber": TEXT,
            "source": TEXT,
        },
        {
            "code": "reach",
            "title": text("通达率", "Reach"),
            "numerator": "ports",
            "denominator": "people",
            "scale": 100,
            "unit": text("%", "%"),
            "caliber": TEXT,
            "source": TEXT,
            "decides": "each",
            "variant": [
                {"code": "each", "title": TEXT, "reducer": "each", "unit": text("个·家", "ports × companies")},
                {"code": "any", "title": TEXT, "reducer": "any", "numerator": "reached_any", "denominator": "listed"},
            ],
        },
        {
            "code": "cases",
            "title": text("案例数", "Cases"),
            "unit": text("个", "cases"),
            "caliber": TEXT,
            "source": TEXT,
            "decides": "approved",
            "variant": [{"code": "approved", "title": TEXT, "reducer": "cases"}],
        },
    ],
    "target": [
        {"indicator": "fast_share", "value": 25, "due": "2022-09-30", "source": TEXT},
        {"indicator": "fast_share", "value": 25, "due": "2022-08-30", "kind": "task", "task": 1, "source": TEXT},
    ],
    "rule": [{"code": "fast_within_all", "kind": "part_of", "part": "fast_ports", "whole": "ports", "message": TEXT}],
    "hint": [{"word": "channels", "text": TEXT}],
    "case_domain": [{"code": "industry", "title": TEXT}],
    "difficulty_category": [{"code": "power", "title": TEXT}],
    "case_technology": [{"code": "mobile_5g", "title": TEXT}],
    "task": [
        {
            "number": 1,
            "action": TEXT,
            "title": TEXT,
            "content": TEXT,
            "lead": ["desk"],
            "responsible": ["red", "blue"],
            "cooperating": ["office"],
            "due": "2022-08-30",
            "indicators": ["fast_share"],
            "measure": [
                {"code": "1.1", "text": TEXT, "metrics": ["ports", "fast_ports"]},
                {"code": "1.2", "text": TEXT, "evidence": TEXT},
            ],
        }
    ],
    "benchmark": [{"place": text("某市", "Elsewhere"), "month": "2022-10", "values": {"fast_share": "46.7"}, "source": TEXT}],
}


def small() -> Raw:
    """A copy of the small file to change."""
    copy: Raw = json.loads(json.dumps(SMALL))  # no two places share a text
    return copy


def block(raw: Raw, kind: str, code: str | int) -> Raw:
    """The first block of a kind with that code, number, word or indicator."""
    found: Raw = next(
        item for item in raw[kind] if code in (item.get("code"), item.get("number"), item.get("word"), item.get("indicator"))
    )
    return found


def definition(raw: Raw) -> Definition:
    """The definition of a file that is right."""
    return Definition.model_validate(raw)


@cache
def shipped(name: str) -> Definition:
    """A campaign file of this project: liangjiang or national."""
    return load(ROOT / "campaigns" / f"{name}-2022.toml")
