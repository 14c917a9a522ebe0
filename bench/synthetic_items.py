"""Items of the registry with their histories, as a campaign would have them after some months."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import product
from typing import Any, Final, NamedTuple
from uuid import UUID

import orjson

from bench.bench_database import NOW
from shared.campaign.applied import AppliedDefinition
from shared.tables.action_item import ActionItem
from shared.tables.case_file import CaseFile
from shared.tables.challenge import Challenge
from shared.tables.difficulty import Difficulty
from shared.tables.item import Item
from shared.tables.task_assignment import TaskAssignment
from shared.values.uuid7 import uuid7_of
from shared.vocabulary import ActionItemSource, Industry, NetworkMode, RecommendedTo, Role

FIRST_DAY: Final = datetime(2022, 1, 10, tzinfo=UTC)
LONGEST_LIFE: Final = timedelta(days=45)
CHANGES: Final = 11  # of an item, for ten on average: challenges have fewer

COMMON_WORD: Final = "工厂"  # in a fifth of the items
RARE_WORD: Final = "海绵城市"  # in three of each kind
ENGLISH_WORD: Final = "factory"
RARE_ITEMS: Final = frozenset({11, 61, 161})

_PLACES: Final = ("鸳鸯", "人和", "天宫殿", "翠云", "大竹林", "礼嘉", "金山", "康美", "照母山", "汽博", "光电园", "水土")
_SUBJECTS: Final = (
    f"智能{COMMON_WORD} smart {ENGLISH_WORD}",
    "远程医疗 telemedicine",
    "智慧园区 campus network",
    "车联网 connected vehicles",
    "超高清直播 live video",
)
_OBJECTS: Final = ("5G专网", "全光网改造", "杆塔资源共享", "机房供电", "管道进场", "小区光纤到户", "边缘云平台", "基站选址")
_SENTENCES: Final = (
    "利用5G与边缘计算承载生产网络，端到端时延低于20毫秒，产线停机时间下降三成。",
    "The network carries machine vision and remote control over one private slice.",
    "物业以线路老旧为由要求另行付费，进场施工已推迟两周，请协调。",
    "请于月底前完成剩余端口更换，并报送完成清单和现场照片。",
    "本月数值较上月增加明显，而建设台账中没有对应的开通记录，请核对口径。",
    "双方已现场踏勘，方案经评审通过，材料随附。",
)
_NAME_CHARACTERS: Final = "宏远盛达鑫源华信安泰博通嘉禾天成瑞丰恒立众合正邦明德启航聚力卓越云帆海纳百川金桥银湖长江渝州巴山"
_COMPANIES: Final = ("汽车制造", "电子科技", "物业管理", "生物医药", "仪器仪表", "智慧物流", "轨道交通", "新能源", "软件信息")


class _Change(NamedTuple):
    """A change of an item: its move, None for an edit, and the state after it."""

    move: str | None
    state: str


class Life(NamedTuple):
    """The history of an item: how frequent it is, a prelude that is repeated, and the end; edits fill it up."""

    weight: int
    prelude: str
    end: str


def _changes(text: str) -> list[_Change]:
    """Return the changes in a text such as `submit>submitted approve>approved`."""
    return [_Change(move, state) for move, _, state in (part.partition(">") for part in text.split())]


_RETURNED: Final = "submit>submitted return>returned"
_REVIEWED: Final = "submit>submitted take_up>in_review"
_NOT_RESOLVED: Final = "answer>answered not_resolved>assigned"
_REPORT_RETURNED: Final = "report>reported return>returned"
_LIVES: Final[Mapping[str, tuple[str, Sequence[Life]]]] = {
    "case": (
        "draft",
        (
            Life(56, _RETURNED, f"{_REVIEWED} approve>approved publish>approved"),
            Life(20, _RETURNED, f"{_REVIEWED} approve>approved"),
            Life(8, _RETURNED, f"{_REVIEWED} approve>approved recommend>recommended record_outcome>recommended"),
            Life(6, _RETURNED, f"{_REVIEWED} reject>rejected"),
            Life(4, "", "submit>submitted withdraw>withdrawn"),
            Life(2, "", f"{_REVIEWED} approve>approved revoke>revoked"),
            Life(1, _RETURNED, _REVIEWED),
            Life(1, _RETURNED, "submit>submitted"),
            Life(1, "", _RETURNED),
            Life(1, "", ""),
        ),
    ),
    "difficulty": (
        "open",
        (
            Life(86, f"assign>assigned {_NOT_RESOLVED}", "answer>answered resolve>resolved"),
            Life(7, "assign>assigned", "close>closed"),
            Life(3, "", "withdraw>withdrawn"),
            Life(1, "", ""),
            Life(2, f"assign>assigned {_NOT_RESOLVED}", "assign>assigned"),
            Life(1, "assign>assigned", "answer>answered"),
        ),
    ),
    "action_item": (
        "open",
        (
            Life(90, _REPORT_RETURNED, "report>reported accept>accepted"),
            Life(5, "", "withdraw>withdrawn"),
            Life(3, "", ""),
            Life(1, _REPORT_RETURNED, _REPORT_RETURNED),
            Life(1, _REPORT_RETURNED, "report>reported"),
        ),
    ),
    "challenge": (
        "open",
        (
            Life(65, "", "rebut>rebutted dismiss>dismissed"),
            Life(25, "", "concede>conceded correct>corrected uphold>upheld"),
            Life(5, "", "withdraw>withdrawn"),
            Life(2, "", ""),
            Life(1, "", "concede>conceded"),
            Life(2, "", "rebut>rebutted"),
        ),
    ),
    "assignment": ("not_started", (Life(1, "report_progress>in_progress", "report_done>awaiting_acceptance"),)),
}


_SET_BY_MOVES: Final[Mapping[str, Sequence[str]]] = {
    "approve": ("approved_on", "approved_version"),
    "publish": ("published",),
    "recommend": ("recommended_to", "recommended_on"),
    "record_outcome": ("selected", "outcome_note", "outcome_on"),
    "revoke": ("ended_on", "ended_version"),
    "assign": ("responsible", "due_on"),
    "answer": ("answer",),
    "report": ("report",),
    "uphold": ("ended_version",),
    "dismiss": ("ended_version",),
}
"""The columns that the first move of its name sets."""


class SyntheticItem(NamedTuple):
    """An item, and the rows of its history by column."""

    kind: str
    row: Item
    changes: list[dict[str, Any]]


@dataclass(frozen=True)
class ItemMaker:
    """Makes items of a campaign. The same seed makes the same items."""

    definition: AppliedDefinition
    chance: random.Random

    def items(self, count: int) -> Iterator[SyntheticItem]:
        """Yield items by kind and time of creation: an assignment for each in the plan, then the other kinds."""
        definition = self.definition
        for number, (id_, assignment) in enumerate(definition.assignments.items()):
            columns = {"number": assignment.task.number, "measures": [], "milestones": []}
            yield self._item("assignment", TaskAssignment, assignment.org, number / len(definition.assignments), columns, id_)
        orgs = [each.code for each in definition.organisations if {Role.CARRIER, Role.STREET} & set(each.roles)]
        counts = definition.metric_codes.values(), [area.code for area in definition.areas]
        challenged = list(product(range(1, 9), *counts))
        for kind, row, columns_of, share in (
            ("case", CaseFile, self._case, 0.4),
            ("difficulty", Difficulty, self._difficulty, 0.25),
            ("action_item", ActionItem, self._action_item, 0.25),
            ("challenge", Challenge, partial(self._challenge, challenged), 0.1),
        ):
            kind_count = round((count - len(definition.assignments)) * share)
            for number in range(kind_count):
                org = orgs[number % len(orgs)]
                yield self._item(kind, row, org, number / kind_count, columns_of(number, org))

    def _item(
        self, kind: str, row: type[Item], org: str, age: float, columns: dict[str, Any], id_: UUID | None = None
    ) -> SyntheticItem:
        """Return an item with its history; `age` is 0 for the oldest and almost 1 for the newest one."""
        created = FIRST_DAY + (NOW - FIRST_DAY) * age
        start, lives = _LIVES[kind]
        (life,) = self.chance.choices(lives, [each.weight for each in lives])
        changes = _filled_up(start, life, edited=kind != "challenge")
        span = min(NOW - created, LONGEST_LIFE) * self.chance.uniform(0.3, 0.99)
        times = [created + span * (number / len(changes)) for number in range(1, len(changes) + 1)]
        history: list[dict[str, Any]] = [
            {"revision": revision, "move": change.move, "state": change.state, "at": at, "before": {}, "after": {}}
            for revision, (change, at) in enumerate(zip(changes, times, strict=True), start=2)
        ]
        moves = {change.move for each in lives for change in _changes(f"{each.prelude} {each.end}")}
        never_set = {name for move in moves for name in _SET_BY_MOVES.get(move or "", ())}
        state = start
        for entry in history:
            changed: dict[str, tuple[Any, Any]] = {} if entry["state"] == state else {"state": (state, entry["state"])}
            for name in never_set.intersection(_SET_BY_MOVES.get(entry["move"], ())):
                changed[name] = (False if name == "published" else None, _as_json(columns[name]))
            never_set -= changed.keys()
            entry["before"] = {name: before for name, (before, _) in changed.items()}
            entry["after"] = {name: after for name, (_, after) in changed.items()}
            state = entry["state"]
        if kind == "case":
            columns["was_submitted"] = any(change.move == "submit" for change in changes)
        given = {name: value for name, value in columns.items() if name not in never_set}
        id_ = id_ or uuid7_of(int(created.timestamp() * 1_000), self.chance.getrandbits(80))
        campaign = self.definition.campaign.code
        common: dict[str, Any] = {"campaign": campaign, "org": org, "id": id_, "state": state, "created_at": created}
        item = row(**common, revision=1 + len(history), updated_at=times[-1] if times else created, **given)
        return SyntheticItem(kind, item, history)

    def _case(self, number: int, org: str) -> dict[str, Any]:
        day = _day(number)
        return {
            **self._place(org),
            "title": self._title(number),
            "domain": self.chance.choice(self.definition.case_domains).code,
            "industry": self.chance.choice(list(Industry)).value,
            "applicant": f"重庆{_name(number // 4)}{_COMPANIES[number // 4 % 9]}有限公司",
            "credit_code": f"9150{number // 4:014}",
            "partners": ["重庆某系统集成有限公司"],
            "technologies": [each.code for each in self.chance.sample(self.definition.case_technologies, 2)],
            "network_mode": self.chance.choice(list(NetworkMode)).value,
            "summary": self._text(3),
            "results": [{"name": "时延", "value": number % 50, "unit": "毫秒"}],
            "started_on": day,
            "investment_cny": 10_000 * number,
            "links": ["https://example.com/case"],
            "approved_on": day,
            "approved_version": 1,
            "ended_on": day,
            "ended_version": 1,
            "recommended_to": self.chance.choice(list(RecommendedTo)).value,
            "recommended_on": day,
            "selected": number % 2 == 0,
            "outcome_note": "已入选",
            "outcome_on": day,
            "published": True,
        }

    def _difficulty(self, number: int, org: str) -> dict[str, Any]:
        others = [each.code for each in self.definition.organisations if each.code != org and Role.LEADER not in each.roles]
        return {
            **self._place(org),
            "title": self._title(number),
            "category": self.chance.choice(self.definition.difficulty_categories).code,
            "place": f"{_PLACES[number % 12]}街道{number % 300}号",
            "task": self.chance.choice([None, *(task.number for task in self.definition.tasks)]),
            "needed": self._text(2),
            "needed_by": _day(number) + timedelta(days=30),
            "responsible": self.chance.choice(others),
            "due_on": _day(number) + timedelta(days=20),
            "answer": self._text(1),
        }

    def _action_item(self, number: int, org: str) -> dict[str, Any]:  # noqa: ARG002 - as the others
        return {
            "issue_id": uuid7_of(number, 0),
            "issued_by": ("industry", "leading_group")[number % 2],
            "title": self._title(number),
            "text": self._text(2),
            "source": self.chance.choice(list(ActionItemSource)).value,
            "occasion": "工作专班例会",
            "issued_on": _day(number),
            "due_on": _day(number) + timedelta(days=20),
            "task": self.chance.choice(self.definition.tasks).number,
            "report": self._text(1),
        }

    def _challenge(self, counts: Sequence[tuple[int, str, str]], number: int, org: str) -> dict[str, Any]:  # noqa: ARG002
        month, metric, area = counts[number % len(counts)]
        return {
            "metric": metric,
            "area": area,
            "month": date(2022, month, 1),
            "value": number,
            "data_version": 1,
            "challenger": "economy",
            "reason": f"{self._title(number)}：{self._text(1)}",
            "evidence": self._text(1),
            "due": NOW.date() + timedelta(days=number % 10 - 4),
            "decision_due": NOW.date() + timedelta(days=number % 10 + 1),
            "opened_version": 1,
            "ended_version": 1,
        }

    def _place(self, org: str) -> dict[str, str | None]:
        """Return the area of an item: that of a subdistrict office, or any or none."""
        own = self.definition.organisation(org).area
        return {"area": own or self.chance.choice([None, *(area.code for area in self.definition.areas)])}

    def _title(self, number: int) -> str:
        rare = RARE_WORD if number in RARE_ITEMS else ""
        return f"{_PLACES[number % 12]}{rare}{self.chance.choice(_SUBJECTS)}{self.chance.choice(_OBJECTS)}（{number}）"

    def _text(self, sentences: int) -> str:
        return "".join(self.chance.choices(_SENTENCES, k=sentences))


def _filled_up(start: str, life: Life, *, edited: bool) -> list[_Change]:
    """Return the changes of a life: its prelude as often as there is room for it, after some edits, and its end."""
    prelude, end = _changes(life.prelude), _changes(life.end)
    if not edited:
        return end
    repeated = prelude * ((CHANGES - len(end)) // len(prelude)) if prelude else []
    return [_Change(None, start)] * (CHANGES - len(end) - len(repeated)) + repeated + end


def _day(number: int) -> date:
    return (FIRST_DAY + timedelta(days=number % 230)).date()


def _name(number: int) -> str:
    """Return three characters by which a company is distinguished from others."""
    return "".join(random.Random(number).choices(_NAME_CHARACTERS, k=3))  # noqa: S311 - not a secret


def _as_json(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def copied(value: object) -> object:
    """Return a value as COPY takes it: objects as JSON."""
    is_json = isinstance(value, dict) or (isinstance(value, list) and any(isinstance(each, dict) for each in value))
    return orjson.dumps(value).decode() if is_json else value
