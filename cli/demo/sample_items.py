"""The fictitious items of the demo from July to September: who opened, moved and commented on them, and their evidence."""

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

from cli.demo.demo_client import DemoCaller, DemoClient
from cli.demo.sample_cases import SAMPLE_CASES, SampleCase
from cli.demo.timeline import Event
from shared.vocabulary import Role

EVIDENCE: Final = Path(__file__).parents[2] / "samples" / "liangjiang" / "evidence"
_CAMPAIGN: Final = "liangjiang-2022"
_OFFICES: Final = {"industry": Role.TASK_FORCE, "economy": Role.BUREAU, "leading_group": Role.LEADER}
_CARRIERS: Final = {"telecom", "mobile", "unicom", "tower"}
_CASES, _DIFFICULTIES, _ACTION_ITEMS = "/v1/cases", "/v1/difficulties", "/v1/action-items"
_RISER_ROOMS, _POWER, _PARK, _DUCTS, _PROPERTY = "riser rooms", "power", "park", "ducts", "property"
_CONTACTS, _PLAN, _SITES, _LIST, _UTILITIES = "contacts", "plan", "public sites", "list of ports", "utilities"

_OPENED: Final[dict[str, tuple[str, str, str, dict[str, Any]]]] = {  # by name: day, organisation, collection, the new item
    _CONTACTS: (
        "07-15",
        "industry",
        _ACTION_ITEMS,
        {
            "orgs": ["telecom", "mobile", "unicom"],
            "title": "报送各项任务责任部门和联系方式",
            "text": "请按任务分工表逐项明确责任部门，联系方式填部门电话。",
            "source": "meeting",
            "occasion": "7月15日工作专班启动会",
            "due_on": "2022-07-22",
        },
    ),
    _RISER_ROOMS: (
        "07-20",
        "telecom",
        _DIFFICULTIES,
        {
            "title": "老旧小区弱电井被占用，无法敷设光缆",
            "category": "site_access",
            "place": "人和街道某小区（虚构）",
            "area": "500112009",
            "task": 1,
            "needed": "请协调清理3栋楼的弱电井，涉及96户。",
            "needed_by": "2022-07-31",
        },
    ),
    _PARK: (
        "07-25",
        "mobile",
        _DIFFICULTIES,
        {
            "title": "公园内5G基站选址未获同意",
            "category": "public_resources",
            "place": "天宫殿街道某公园（虚构）",
            "area": "500112010",
            "task": 2,
            "needed": "请协调开放公园内的灯杆，用于安装2个微站。",
            "needed_by": "2022-08-15",
        },
    ),
    _PLAN: (
        "08-08",
        "industry",
        _ACTION_ITEMS,
        {
            "orgs": ["unicom"],
            "title": "报送任务11整改计划",
            "text": "任务11已逾期，请说明原因并报送整改计划。",
            "source": "meeting",
            "occasion": "8月8日工作专班例会",
            "due_on": "2022-08-15",
            "task": 11,
        },
    ),
    _POWER: (
        "08-10",
        "tower",
        _DIFFICULTIES,
        {
            "title": "新建基站电力引入审批时间过长",
            "category": "power_supply",
            "place": "翠云街道5处站址（虚构）",
            "area": "500112008",
            "task": 2,
            "needed": "请协调供电单位8月底前完成5处站址的电力引入。",
            "needed_by": "2022-08-31",
        },
    ),
    _SITES: (
        "08-20",
        "industry",
        _ACTION_ITEMS,
        {
            "orgs": ["kangmei"],
            "title": "核实已开放的公共场所清单",
            "text": "走访发现2处场所未开放，请逐处核实后报送。",
            "source": "visit",
            "occasion": "8月20日康美街道走访",
            "due_on": "2022-08-31",
            "task": 3,
        },
    ),
    _DUCTS: (
        "08-24",
        "unicom",
        _DIFFICULTIES,
        {
            "title": "市政管道无空余管孔",
            "category": "ducts_and_poles",
            "place": "大竹林街道某路段（虚构）",
            "area": "500112014",
            "task": 3,
            "needed": "请协调电信共享1.2公里管道。",
            "needed_by": "2022-09-30",
        },
    ),
    _LIST: (
        "09-05",
        "industry",
        _ACTION_ITEMS,
        {
            "orgs": ["unicom", "telecom"],
            "title": "报送10G-PON端口改造清单",
            "text": "请于9月15日前报送剩余局站的改造计划和已完成清单。",
            "source": "meeting",
            "occasion": "9月5日工作专班例会",
            "due_on": "2022-09-15",
            "task": 1,
        },
    ),
    _UTILITIES: (
        "09-05",
        "leading_group",
        _ACTION_ITEMS,
        {
            "orgs": ["cuiyun"],
            "title": "限期完成5处站址电力引入",
            "text": "请会同供电单位逐处明确通电日期。",
            "source": "instruction",
            "occasion": "9月5日领导小组批示",
            "due_on": "2022-09-12",
            "difficulty_id": _POWER,
        },
    ),
    _PROPERTY: (
        "09-06",
        "telecom",
        _DIFFICULTIES,
        {
            "title": "小区物业不同意进场改造光分配网",
            "category": "property_management",
            "place": "鸳鸯街道某小区（虚构）",
            "area": "500112007",
            "task": 1,
            "needed": "请协调物业同意9月下旬进场，涉及6栋楼。",
            "needed_by": "2022-09-20",
        },
    ),
}

_MOVES: Final[tuple[tuple[str, str, str, dict[str, Any]], ...]] = (  # day, organisation, item, the move
    ("07-20", "mobile", f"{_CONTACTS} mobile", {"move": "report", "report": "已按分工表报送。"}),
    ("07-21", "telecom", f"{_CONTACTS} telecom", {"move": "report", "report": "已按分工表报送，责任部门为网络部。"}),
    ("07-22", "industry", f"{_CONTACTS} mobile", {"move": "accept"}),
    ("07-22", "industry", f"{_CONTACTS} telecom", {"move": "accept"}),
    ("07-22", "industry", _RISER_ROOMS, {"move": "assign", "responsible": "renhe", "due_on": "2022-07-29"}),
    ("07-25", "unicom", f"{_CONTACTS} unicom", {"move": "report", "report": "已报送，因部门调整延迟。"}),
    ("07-26", "industry", f"{_CONTACTS} unicom", {"move": "accept"}),
    ("07-27", "industry", _PARK, {"move": "assign", "responsible": "tiangongdian", "due_on": "2022-08-10"}),
    ("07-28", "renhe", _RISER_ROOMS, {"move": "answer", "answer": "已会同社区、物业清理完毕，钥匙交社区保管。"}),
    ("08-01", "telecom", _RISER_ROOMS, {"move": "resolve"}),
    ("08-09", "tiangongdian", _PARK, {"move": "answer", "answer": "公园管理单位同意开放1根灯杆。"}),
    ("08-12", "mobile", _PARK, {"move": "not_resolved", "reason": "1根灯杆不能覆盖，需要2根。", "due_on": "2022-08-19"}),
    ("08-12", "industry", _POWER, {"move": "assign", "responsible": "cuiyun", "due_on": "2022-08-31"}),
    ("08-14", "unicom", f"{_PLAN} unicom", {"move": "report", "report": "已报送整改计划。"}),
    ("08-16", "industry", f"{_PLAN} unicom", {"move": "return", "reason": "计划没有完成时间，请补充。"}),
    ("08-18", "unicom", f"{_PLAN} unicom", {"move": "report", "report": "已补充，9月20日前完成。"}),
    ("08-19", "industry", f"{_PLAN} unicom", {"move": "accept"}),
    ("08-19", "tiangongdian", _PARK, {"move": "answer", "answer": "已现场会商，同意开放2根灯杆，8月25日可施工。"}),
    ("08-26", "mobile", _PARK, {"move": "resolve"}),
    ("08-30", "unicom", _DUCTS, {"move": "withdraw", "reason": "已与电信签订管道租用协议。"}),
    ("09-02", "industry", _POWER, {"move": "escalate", "reason": "逾期未答复，5处站址均未通电。"}),
    ("09-06", "unicom", f"{_LIST} unicom", {"move": "report", "report": "已报送清单。"}),
    ("09-06", "industry", _PROPERTY, {"move": "assign", "responsible": "yuanyang", "due_on": "2022-09-15"}),
)
_COMMENTS: Final = (  # day, organisation, item, text
    ("07-18", "economy", f"{_CONTACTS} telecom", "可先报送责任部门，联系电话随后补充。"),
    ("07-21", "economy", _RISER_ROOMS, "已请街道会同社区现场查看。"),
    ("08-11", "economy", _POWER, "请铁塔公司附5处站址的报装时间。"),
    ("09-06", "economy", f"{_LIST} unicom", "清单已收到。"),
    ("09-06", "economy", _PROPERTY, "请街道会同社区先行走访。"),
)
_FILES: Final = (  # day, organisation, item, evidence
    ("07-28", "renhe", _RISER_ROOMS, "弱电井清理清单.csv"),
    ("09-06", "unicom", f"{_LIST} unicom", "10G-PON端口改造清单.xlsx"),
)


def item_events(client: DemoClient) -> Iterator[Event]:
    """Yield what happens to items, except to challenges."""
    items = _Items(client)
    for name, (day, org, collection, body) in _OPENED.items():
        yield Event(day, partial(items.open, name, org, collection, body))
    for day, org, name, move in _MOVES:
        yield Event(day, partial(items.move, org, name, move))
    for day, org, name, text in _COMMENTS:
        yield Event(day, partial(items.comment, org, name, text))
    for day, org, name, file in _FILES:
        yield Event(day, partial(items.attach, org, name, EVIDENCE / file))
    for case in SAMPLE_CASES:
        yield from _case_events(items, case)


def _case_events(items: "_Items", case: SampleCase) -> Iterator[Event]:
    """Yield what happens to a case, beginning with its filing."""
    name = str(case.content["title"])
    yield Event(case.filed, partial(items.open, name, case.org, _CASES, case.content))
    for file in case.evidence:
        yield Event(case.filed, partial(items.attach, case.org, name, EVIDENCE / file))
    for day, org, move in case.moves:
        yield Event(day, partial(items.move, org, name, move))


class _Items:
    """Items by the names that the demo has for them; one for several organisations has the name of each behind it."""

    def __init__(self, client: DemoClient) -> None:
        self._client = client
        self._paths: dict[str, str] = {}

    def open(self, name: str, org: str, collection: str, body: Mapping[str, Any]) -> None:
        about = {"difficulty_id": self._id(body["difficulty_id"])} if "difficulty_id" in body else {}
        opened = self._client.post(_caller(org), collection, {**body, **about})
        for item in opened.get("items", ()):
            self._paths[f"{name} {item['org']}"] = f"{collection}/{item['id']}"
        if "id" in opened:
            self._paths[name] = f"{collection}/{opened['id']}"

    def _id(self, name: str) -> str:
        return self._paths[name].rpartition("/")[2]

    def move(self, org: str, name: str, move: Mapping[str, Any]) -> None:
        self._client.move(_caller(org), self._paths[name], move)

    def comment(self, org: str, name: str, text: str) -> None:
        self._client.post(_caller(org), f"{self._paths[name]}/comments", {"text": text})

    def attach(self, org: str, name: str, file: Path) -> None:
        self._client.attach(_caller(org), self._paths[name], file)


def _caller(org: str) -> DemoCaller:
    role = Role.CARRIER if org in _CARRIERS else _OFFICES.get(org, Role.STREET)
    return (_CAMPAIGN, org, role)
