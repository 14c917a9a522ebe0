"""The fictitious work on the plan's tasks in the demo, from the plan's date of issue to the demo's day."""

from collections.abc import Iterator
from functools import partial
from typing import Any, Final, NamedTuple

from cli.demo.demo_client import DemoCaller, DemoClient
from cli.demo.timeline import Event
from shared.vocabulary import Role, TaskMove

_CAMPAIGN: Final = "liangjiang-2022"
_TASK_FORCE: Final[DemoCaller] = (_CAMPAIGN, "industry", Role.TASK_FORCE)
_CARRIERS: Final = ("telecom", "mobile", "unicom")

# task, organisation: days of progress reports, of the report of completion, and of the reviews of the task force
_WORK: Final[dict[tuple[int, str], str]] = {
    (1, "telecom"): "07-20 08-25",
    (1, "mobile"): "07-22 08-12 done:08-30",
    (1, "unicom"): "07-25 08-05 done:08-29 accept:09-02",
    (2, "telecom"): "07-18 done:08-12 accept:08-16",
    (2, "mobile"): "07-19 done:08-15 accept:08-18",
    (2, "unicom"): "07-26 done:08-19 accept:08-24",
    (3, "telecom"): "07-21 08-30",
    (3, "mobile"): "07-28 08-26",
    (3, "unicom"): "07-29 08-31",
    (3, "yuanyang"): "08-28",
    (3, "renhe"): "07-27 08-29",
    (3, "tiangongdian"): "08-25",
    (3, "dazhulin"): "08-31",
    (3, "lijia"): "07-20",
    (3, "jinshan"): "08-30",
    (3, "kangmei"): "09-01",
    (4, "telecom"): "07-15 done:08-10 accept:08-15",
    (4, "mobile"): "07-18 done:08-12 accept:08-15",
    (4, "unicom"): "07-20 done:08-15 accept:08-19",
    (5, "telecom"): "07-25 done:08-26 accept:08-31",
    (5, "mobile"): "07-28 done:08-29 accept:09-02",
    (5, "unicom"): "08-01 done:08-30 return:09-05",
    (6, "telecom"): "07-20 done:08-15 accept:08-22",
    (6, "mobile"): "07-22 done:08-13 accept:09-01",
    (6, "unicom"): "08-02 08-20 done:09-02",
    (7, "telecom"): "07-29 08-26",
    (7, "mobile"): "08-05 08-29",
    (7, "unicom"): "08-19",
    (8, "telecom"): "07-29 08-29",
    (8, "mobile"): "08-01 08-27",
    (8, "unicom"): "08-05",
    (9, "telecom"): "07-10 done:07-14 accept:07-18",
    (9, "mobile"): "07-11 done:07-15 accept:07-19",
    (9, "unicom"): "07-12 done:07-20 accept:07-26",
    (10, "telecom"): "07-15 done:07-29 accept:08-05",
    (10, "mobile"): "07-18 done:07-29 accept:08-05",
    (10, "unicom"): "07-19 08-10 08-31",
    (11, "telecom"): "07-09 done:07-14 accept:07-19",
    (11, "mobile"): "07-11 done:07-15 return:07-19 done:07-25 accept:07-28",
    (11, "unicom"): "07-12 07-28 08-30",
    (12, "telecom"): "07-09 done:07-13 accept:07-20",
    (12, "mobile"): "07-10 done:07-14 accept:07-20",
    (12, "unicom"): "07-11 done:07-15 accept:07-20",
}
_PROGRESS: Final[dict[int, str]] = {
    1: "已完成老旧小区ODN改造摸排，首批OLT设备到货并开始替换，千兆光猫按月投放。",
    2: "重点场所室分方案已通过评审，正在逐处进场施工，每周报送通达清单。",
    3: "已梳理可共享的杆路、管道和灯杆资源，本期新增共享站址已签订协议。",
    4: "400G波分系统完成设备安装，正在割接测试。",
    5: "前传、中回传扩容工程按计划推进，汇聚层已完成半数节点升级。",
    6: "已与制造、教育等行业单位签约，专网切片和边缘节点正在部署。",
    7: "协同创新项目已立项，应用案例材料正在整理，拟近期申报。",
    8: "新建行业网络全部支持IPv6+，家庭网关IPv6配置正在逐批开通。",
    9: "5G服务标准已形成初稿，营业厅和热线考核办法正在征求意见。",
    10: "站址谈判和电力引入同步推进，本期新开通多模基站已入网。",
    11: "网络安全制度正在修订，已开展首轮隐患排查。",
    12: "等级保护备案材料已提交，专网安全指导正在逐户开展。",
}
_DONE: Final = "各项措施已完成，完成依据随表报送，请予验收。"
_RETURNED: Final[dict[int, str]] = {
    5: "汇聚层扩容记录缺少两个节点，请补充后重新报送。",
    11: "风险评估报告未附整改清单，请补充后重新报送。",
}
_MILESTONES: Final = [
    {"title": "完成剩余OLT设备到货", "planned_on": "2022-08-20", "done_on": "2022-08-24"},
    {"title": "完成城区局站替换", "planned_on": "2022-09-12"},
    {"title": "完成入户测速和资料归档", "planned_on": "2022-09-20"},
]


class _Step(NamedTuple):
    """A move of an assignment."""

    day: str
    number: int
    org: str
    move: TaskMove


def task_events(client: DemoClient) -> Iterator[Event]:
    """Yield the moves of assignments, and the milestones of one."""
    measures = {number: _measures(client, number) for number in _PROGRESS}
    for assignment, days in _WORK.items():
        for step in _steps(*assignment, days):
            path = f"/v1/tasks/{step.number}/assignments/{step.org}"
            yield Event(step.day, partial(client.move, _caller(step), path, _body(step, measures[step.number])))
    planned = {"milestones": _MILESTONES}
    yield Event("08-24", partial(client.edit, (_CAMPAIGN, "telecom", Role.CARRIER), "/v1/tasks/1/assignments/telecom", planned))


def _steps(number: int, org: str, days: str) -> Iterator[_Step]:
    moves = {"": TaskMove.REPORT_PROGRESS, "done": TaskMove.REPORT_DONE, "accept": TaskMove.ACCEPT, "return": TaskMove.RETURN}
    for part in days.split():
        name, _, day = part.rpartition(":")
        yield _Step(day, number, org, moves[name])


def _caller(step: _Step) -> DemoCaller:
    if step.move in {TaskMove.ACCEPT, TaskMove.RETURN}:
        return _TASK_FORCE
    return (_CAMPAIGN, step.org, Role.CARRIER if step.org in _CARRIERS else Role.STREET)


def _body(step: _Step, measures: list[dict[str, str]]) -> dict[str, Any]:
    match step.move:
        case TaskMove.REPORT_PROGRESS:
            return {"move": step.move, "text": _PROGRESS[step.number], "measures": [measures[0] | {"state": "under_way"}]}
        case TaskMove.REPORT_DONE:
            return {"move": step.move, "text": _DONE, "measures": measures}
        case TaskMove.RETURN:
            return {"move": step.move, "reason": _RETURNED[step.number]}
        case _:
            return {"move": step.move}


def _measures(client: DemoClient, number: int) -> list[dict[str, str]]:
    """Return all measures of a task as done, each with the evidence that the plan wants."""
    task = client.get(_TASK_FORCE, f"/v1/tasks/{number}")
    return [
        {"code": measure["code"], "state": "done", "evidence": (measure["required_evidence"] or {"zh": "月度填报数据"})["zh"]}
        for measure in task["measures"]
    ]
