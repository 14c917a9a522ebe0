"""The tables of tasks and items, each declared once for the Word document and the workbook."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final, NamedTuple

from services.indicators.reports.files.registry_wording import (
    ACTION_ITEM_WORDS,
    CHALLENGE_WORDS,
    DIFFICULTY_WORDS,
    ItemWords,
    assignments_zh,
    item_state_zh,
    reasons_of_status_zh,
    review_zh,
    status_with_days_zh,
)
from services.indicators.reports.files.wording import NO_VALUE, ReportPart, ReportText, task_progress_zh
from shared.values.months import month_of
from shared.vocabulary import ActionItemState, CaseState, ChallengeState, DifficultyState, TaskStatus


class RegistryColumn(NamedTuple):
    """A column: its title in both languages, the kind of its cells, and its width in millimetres of a page of 156."""

    zh: str
    en: str
    cells: str = "text"  # text, count, date or month, as the styles of the workbook
    width: int = 19
    left: bool = False  # running text


class LateCell(NamedTuple):
    """A cell that says that something is late."""

    value: str | int


RegistryCell = str | int | date | LateCell | None


class RegistryTable(NamedTuple):
    """A table with its caption in both languages."""

    zh: str
    en: str
    columns: Sequence[RegistryColumn]
    rows: Sequence[Sequence[RegistryCell]]


_NUMBER: Final = RegistryColumn("序号", "No.", "count", 12)
_DUE: Final = RegistryColumn("完成时限", "Due", "date", 21)
_STATE: Final = RegistryColumn("状态", "State", width=27)
_ATTENTION: Final = (TaskStatus.OVERDUE, TaskStatus.AT_RISK)


def task_table(report: ReportText) -> RegistryTable:
    """Return the plan's tasks with the status of their assignments and the numbers that show their progress."""
    columns = [
        _NUMBER,
        RegistryColumn("任务", "Task", width=26, left=True),
        RegistryColumn("责任分工", "Responsibilities", width=31, left=True),
        _DUE,
        RegistryColumn("完成情况", "Status", width=28, left=True),
        RegistryColumn("指标和数据", "Indicators and counts", width=38, left=True),
    ]
    rows = [
        [
            task["number"],
            task["title"]["zh"],
            _responsibilities(report, task),
            date.fromisoformat(task["due"]) if task["due"] else "持续推进",
            _late(assignments_zh(report, task), late=task["status"] == TaskStatus.OVERDUE),
            task_progress_zh(task),
        ]
        for task in report.content["tasks"]
    ]
    return RegistryTable("重点任务进展", "Progress of the tasks", columns, rows)


def attention_table(report: ReportText) -> RegistryTable:
    """Return the assignments that are overdue or at risk, with the reasons; those of a task that have the same share a row."""
    columns = [
        _NUMBER,
        RegistryColumn("任务", "Task", width=33, left=True),
        RegistryColumn("责任单位", "Responsible", width=24, left=True),
        _DUE,
        RegistryColumn("状态", "Status", width=25),
        RegistryColumn("原因", "Reasons", width=41, left=True),
    ]
    rows: list[list[RegistryCell]] = []
    for status in _ATTENTION:
        for task in report.content["tasks"]:
            groups: dict[tuple[str, str], list[str]] = {}
            for assignment in task["assignments"]:
                if assignment["status"] == status:
                    key = status_with_days_zh(assignment), reasons_of_status_zh(report, assignment)
                    groups.setdefault(key, []).append(assignment["org"])
            for (label, reasons), orgs in groups.items():
                due = date.fromisoformat(task["due"]) if task["due"] else "持续推进"
                late = _late(label, late=status is TaskStatus.OVERDUE)
                rows.append([task["number"], task["title"]["zh"], report.orgs(orgs), due, late, reasons])
    return RegistryTable("逾期和有风险的任务", "Overdue tasks and tasks at risk", columns, rows)


def review_table(report: ReportText) -> RegistryTable:
    """Return the acceptances, returns and reopenings since the previous report."""
    columns = [
        _NUMBER,
        RegistryColumn("任务", "Task", width=34, left=True),
        RegistryColumn("责任单位", "Responsible"),
        RegistryColumn("验收结果", "Result"),
        RegistryColumn("日期", "Date", "date", 21),
        RegistryColumn("验收单位", "Reviewed by", width=22),
        RegistryColumn("意见", "Remarks", width=29, left=True),
    ]
    titles = {task["number"]: task["title"]["zh"] for task in report.content["tasks"]}
    rows = [
        [
            review["number"],
            titles[review["number"]],
            report.org(review["org"]),
            review_zh(review),
            date.fromisoformat(review["day"]),
            report.org(review["by"]),
            review["reason"],
        ]
        for review in report.content["task_reviews"]
    ]
    return RegistryTable("任务验收情况", "Reviews of tasks", columns, rows)


def case_table(report: ReportText) -> RegistryTable:
    """Return the approved cases, the latest first."""
    columns = [
        _NUMBER,
        RegistryColumn("案例", "Case", width=36, left=True),
        RegistryColumn("领域", "Domain", width=21),
        RegistryColumn("应用单位", "Applicant", width=36, left=True),
        RegistryColumn("申报单位", "Submitted by", width=25),
        RegistryColumn("认定日期", "Approved on", "date", 26),
    ]
    domains = {domain["code"]: domain["title"]["zh"] for domain in report.content["cases"]["domains"]}
    rows = [
        [
            number,
            case["title"],
            domains.get(case["domain"], case["domain"]),
            case["applicant"],
            report.org(case["org"]),
            date.fromisoformat(case["approved_on"]),
        ]
        for number, case in enumerate(reversed(report.content["cases"]["approved"]), start=1)
    ]
    return RegistryTable("已认定应用案例", "Approved cases", columns, rows)


def case_state_table(report: ReportText) -> RegistryTable:
    """Return the number of cases by state, now and at the time of the previous report."""
    columns = [
        RegistryColumn("案例状态", "State of the case", width=40),
        RegistryColumn("上期", "Last report", "count", 38),
        RegistryColumn("本期", "This report", "count", 38),
        RegistryColumn("其中新转入", "Of these, new", "count", 40),
    ]
    rows = [
        [CaseState(state["state"]).title_.zh, state["before"], state["count"], state["entered"]]
        for state in report.content["cases"]["states"]
    ]
    return RegistryTable("应用案例办理状态", "Cases by state", columns, rows)


def difficulty_table(report: ReportText) -> RegistryTable:
    """Return the difficulties that are unfinished, and those finished since the previous report."""
    columns = [
        _NUMBER,
        RegistryColumn("困难事项", "Difficulty", width=36, left=True),
        RegistryColumn("反映单位", "Reported by"),
        RegistryColumn("类别", "Category"),
        RegistryColumn("承办单位", "Assigned to", width=22),
        RegistryColumn("答复时限", "Due", "date", 21),
        _STATE,
    ]
    rows = [
        [
            number,
            item["title"],
            report.org(item["org"]),
            item["category_title"]["zh"] if item["category_title"] else item["category"],
            report.org(item["responsible"]) if item["responsible"] else None,
            _day(item["due"]),
            _state(item, DifficultyState(item["state"]).title_.zh + ("，已提请领导小组协调" if item["escalated"] else "")),
        ]
        for number, item in enumerate(report.content["difficulties"]["items"], start=1)
    ]
    return RegistryTable("具体困难清单", "Difficulties", columns, rows)


def action_item_table(report: ReportText) -> RegistryTable:
    """Return the action items that are unfinished, and those finished since the previous report."""
    columns = [
        _NUMBER,
        RegistryColumn("督办事项", "Action item", width=34, left=True),
        RegistryColumn("责任单位", "Responsible"),
        RegistryColumn("下达单位", "Issued by", width=22),
        RegistryColumn("下达日期", "Issued on", "date", 21),
        RegistryColumn("反馈时限", "Due", "date", 21),
        _STATE,
    ]
    rows = [
        [
            number,
            item["title"],
            report.org(item["org"]),
            report.org(item["issued_by"]),
            _day(item["issued_on"]),
            _day(item["due"]),
            _state(item, ActionItemState(item["state"]).title_.zh),
        ]
        for number, item in enumerate(report.content["action_items"]["items"], start=1)
    ]
    return RegistryTable("督办事项清单", "Action items", columns, rows)


def challenge_table(report: ReportText) -> RegistryTable:
    """Return the challenges that are undecided, and those decided since the previous report."""
    columns = [
        RegistryColumn("填报单位", "Organisation"),
        RegistryColumn("填报指标", "Metric", width=22, left=True),
        RegistryColumn("区域", "Area", width=15),
        RegistryColumn("月份", "Month", "month", 11),
        RegistryColumn("质疑数值", "Challenged value", "count"),
        RegistryColumn("质疑单位", "Challenged by"),
        RegistryColumn("办理时限", "Due", "date", 21),
        _STATE,
    ]
    rows = [
        [
            report.org(item["org"]),
            item["metric_title"]["zh"] if item["metric_title"] else item["metric"],
            report.area(item["area"]),
            month_of(item["month"]),
            item["value"],
            report.org(item["challenger"]),
            _day(item["due"]),
            _state(item, ChallengeState(item["state"]).title_.zh),
        ]
        for item in report.content["challenges"]["items"]
    ]
    return RegistryTable("数据质疑清单", "Challenges of counts", columns, rows)


def organisation_items_table(report: ReportText, name: str) -> RegistryTable:
    """Return the numbers of items of a kind by organisation; `name` is that of the kind in the content."""
    words, caption, organisation = _ORGANISATIONS[name]
    english = ("Opened", "Resolved", "Ended otherwise", "Unfinished", "Of these, overdue")
    columns = [
        organisation,
        *(RegistryColumn(zh, en, "count", 25) for zh, en in zip(words.headings, english, strict=True)),
    ]
    rows = [
        [
            report.org(each["org"]),
            *(each[count] for count in ("opened", "resolved", "ended", "unfinished")),
            _late(each["overdue"], late=each["overdue"] > 0),
        ]
        for each in report.content[name]["organisations"]
    ]
    return RegistryTable(*caption, columns, rows)


_ORGANISATIONS: Final[Mapping[str, tuple[ItemWords, tuple[str, str], RegistryColumn]]] = {
    "difficulties": (
        DIFFICULTY_WORDS,
        ("各单位具体困难", "Difficulties by organisation"),
        RegistryColumn("反映单位", "Reported by", width=31),
    ),
    "action_items": (
        ACTION_ITEM_WORDS,
        ("各单位督办事项", "Action items by organisation"),
        RegistryColumn("责任单位", "Responsible", width=31),
    ),
    "challenges": (
        CHALLENGE_WORDS,
        ("各单位数据质疑", "Challenges by organisation"),
        RegistryColumn("填报单位", "Organisation", width=31),
    ),
}


def _responsibilities(report: ReportText, task: ReportPart) -> str:
    roles = (("牵头单位", task["lead"]), ("责任单位", task["responsible"]), ("配合单位", task["cooperating"]))
    return "；".join(f"{role}：{report.orgs(codes)}" for role, codes in roles if codes) or NO_VALUE


def _day(day: str | None) -> date | None:
    return date.fromisoformat(day) if day else None


def _state(item: ReportPart, state_zh: str) -> RegistryCell:
    return _late(item_state_zh(item, state_zh), late=item["overdue"])


def _late(value: str | int, *, late: bool) -> RegistryCell:
    return LateCell(value) if late else value
