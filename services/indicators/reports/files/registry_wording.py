"""Words about tasks and items of a report in Chinese, from its JSON content."""

from collections.abc import Mapping, Sequence
from typing import Final

from services.indicators.reports.files.wording import ReportPart, ReportText
from shared.values.months import day_zh
from shared.vocabulary import TaskMove, TaskReason, TaskStatus

_STATUSES: Final = (
    *(TaskStatus.DONE, TaskStatus.DONE_LATE, TaskStatus.AWAITING_ACCEPTANCE, TaskStatus.IN_PROGRESS),
    *(TaskStatus.CONTINUOUS, TaskStatus.NOT_STARTED, TaskStatus.AT_RISK, TaskStatus.OVERDUE),
)
"""From done to overdue, as a sentence lists them."""
_REVIEWS: Final = {TaskMove.ACCEPT: "验收通过", TaskMove.RETURN: "验收退回", TaskMove.REOPEN: "重新启动"}


class ItemWords:
    """The words for the items of one kind, in the order of `ItemTotals`."""

    def __init__(self, title: str, unit: str, opened: str, resolved: str, ended: str, unfinished: str) -> None:
        self.title, self.unit = title, unit
        self.opened, self.resolved, self.ended, self.unfinished = opened, resolved, ended, unfinished

    @property
    def headings(self) -> Sequence[str]:
        """The headings of the columns with numbers of items."""
        return self.opened, self.resolved, self.ended, self.unfinished, "其中逾期"

    def totals_zh(self, report: ReportText, totals: Mapping[str, int]) -> str:
        """Return a sentence with the numbers: what changed since the previous report, and what is unfinished now."""
        changes = [
            f"{label}{totals[name]}{self.unit}"
            for name, label in (("opened", self.opened), ("resolved", self.resolved), ("ended", self.ended))
            if totals[name]
        ]
        unfinished = f"目前{self.unfinished_zh(totals) or f'没有{self.unfinished}的{self.title}'}"
        return f"{since_zh(report)}，{'、'.join(changes) or '没有新增和办结'}；{unfinished}。"

    def unfinished_zh(self, totals: Mapping[str, int]) -> str:
        """Return how many are unfinished and overdue; empty if none is."""
        overdue = f"，其中逾期{totals['overdue']}{self.unit}" if totals["overdue"] else ""
        return f"{self.unfinished}{self.title}{totals['unfinished']}{self.unit}{overdue}" if totals["unfinished"] else ""


DIFFICULTY_WORDS: Final = ItemWords("具体困难", "件", "新反映", "已解决", "撤回或关闭", "在办")
ACTION_ITEM_WORDS: Final = ItemWords("督办事项", "项", "新下达", "已办结", "已撤销", "在办")
CHALLENGE_WORDS: Final = ItemWords("数据质疑", "项", "新提出", "已裁定", "已撤回", "未裁定")


def since_zh(report: ReportText) -> str:
    """Return the time that the changes are of."""
    return "上期月报发布以来" if report.content["differences"] else "方案实施以来"


def statuses_zh(report: ReportText) -> str:
    """Return the numbers of assignments by status: 按期完成3项、已逾期2项."""
    statuses = [assignment["status"] for task in report.content["tasks"] for assignment in task["assignments"]]
    return "、".join(f"{status.title_.zh}{statuses.count(status)}项" for status in _STATUSES if status in statuses)


def reviews_zh(report: ReportText) -> str:
    """Return how many assignments were accepted, returned and reopened; empty if none was."""
    moves = [review["move"] for review in report.content["task_reviews"]]
    return "、".join(f"{label}{moves.count(move)}项" for move, label in _REVIEWS.items() if move in moves)


def review_zh(review: ReportPart) -> str:
    """Return the result of a review."""
    return _REVIEWS[TaskMove(review["move"])]


def assignments_zh(report: ReportText, task: ReportPart) -> str:
    """Return the organisations by status, one status a line; the status alone if all have the same."""
    groups: dict[str, list[str]] = {}
    for status in TaskStatus:
        for assignment in task["assignments"]:
            if assignment["status"] == status:
                groups.setdefault(status_with_days_zh(assignment), []).append(assignment["org"])
    if len(groups) == 1:
        return next(iter(groups))
    return "\n".join(f"{status}：{report.orgs(orgs)}" for status, orgs in groups.items())


def status_with_days_zh(assignment: ReportPart) -> str:
    """Return the status of an assignment with the days to or since its due date, where they matter."""
    status, days = TaskStatus(assignment["status"]), assignment["days_left"]
    if status is TaskStatus.OVERDUE:
        return f"{status.title_.zh}{-days}天"
    return f"{status.title_.zh}（剩余{days}天）" if status is TaskStatus.AT_RISK and days is not None else status.title_.zh


def reasons_of_status_zh(report: ReportText, assignment: ReportPart) -> str:
    """Return the reasons for the status of an assignment."""
    return "；".join(_reason_zh(report, reason) for reason in assignment["reasons"])


def _reason_zh(report: ReportText, reason: ReportPart) -> str:
    match TaskReason(reason["code"]):
        case TaskReason.DUE_PASSED:
            return "未报送完成"
        case TaskReason.FORECAST_MISSED if reason["indicator"] in report.indicators:
            return f"按当前进度，{report.indicators[reason['indicator']]['title']['zh']}不能按期达标"
        case TaskReason.NO_REPORT:
            return f"{day_zh(reason['day'])}后未填报进展" if reason["day"] else "尚未填报进展"
        case TaskReason.RETURNED:
            return f"{day_zh(reason['day'])}验收退回，待重新报送"
        case code:
            return code.title_.zh


def item_state_zh(item: ReportPart, state_zh: str) -> str:
    """Return the state of an item, with the days that it is overdue."""
    return f"{state_zh}（逾期{-item['days_left']}天）" if item["overdue"] else state_zh


def challenged_zh(report: ReportText) -> str:
    """Return which indicators read challenged counts; empty if none does."""
    lines = [indicator for indicator in report.content["indicators"] if indicator["line"]["challenged"]]
    return "、".join(f"{indicator['title']['zh']}（{indicator['line']['challenged']}项）" for indicator in lines)
