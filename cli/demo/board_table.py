"""Prints the demo's board: tasks by organisation, a letter and a colour for each status."""

from typing import Any, Final

from rich import box
from rich.columns import Columns
from rich.console import Console
from rich.table import Table

from shared.campaign.definition import Definition
from shared.vocabulary import TaskStatus

_STATUSES: Final = {
    TaskStatus.OVERDUE: ("O", "bold red"),
    TaskStatus.AT_RISK: ("R", "yellow"),
    TaskStatus.AWAITING_ACCEPTANCE: ("A", "cyan"),
    TaskStatus.NOT_STARTED: ("N", "dim"),
    TaskStatus.IN_PROGRESS: ("P", "blue"),
    TaskStatus.CONTINUOUS: ("C", "blue"),
    TaskStatus.DONE_LATE: ("L", "magenta"),
    TaskStatus.DONE: ("D", "green"),
}


def show_board(console: Console, board: dict[str, Any], definition: Definition) -> None:
    """Print the board, its legend, and what is overdue, due soon and newly accepted."""
    console.print()
    console.print(_table(board, definition))
    legend = [
        f"[{colour}]{letter}[/] {status.title_.en.partition(',')[0]} {status.title_.zh}"
        for status, (letter, colour) in _STATUSES.items()
    ]
    console.print(Columns(legend, padding=(0, 2)))
    for title, name in (
        (f"overdue as of {board['day']}", "overdue"),
        ("due within 14 days", "due_in_14_days"),
        ("accepted in the last 7 days", "accepted_last_week"),
    ):
        if board[name]:
            console.print(f"{title}: {_by_task(board[name])}")


def _table(board: dict[str, Any], definition: Definition) -> Table:
    table = Table(
        title=f"[bold]board of tasks, {board['day']}[/]",
        title_justify="left",
        title_style="",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
    )
    table.add_column("task", justify="right", no_wrap=True)
    table.add_column("", overflow="ellipsis", no_wrap=True, max_width=36)
    table.add_column("due", no_wrap=True)
    for org in board["organisations"]:
        table.add_column(definition.organisation(org).short.zh.removesuffix("街道"), justify="center", no_wrap=True)
    for task in board["tasks"]:
        statuses = {each["org"]: TaskStatus(each["status"]) for each in task["assignments"]}
        cells = [_cell(statuses[org]) if org in statuses else "" for org in board["organisations"]]
        table.add_row(str(task["number"]), task["title"]["zh"], task["due"] or "", *cells)
    return table


def _cell(status: TaskStatus) -> str:
    letter, colour = _STATUSES[status]
    return f"[{colour}]{letter}[/]"


def _by_task(entries: list[dict[str, Any]]) -> str:
    """Return organisations with their days by task."""
    by_task: dict[int, list[str]] = {}
    for entry in entries:
        days = "" if entry["days_left"] is None else f" {entry['days_left']:+d} d"
        by_task.setdefault(entry["number"], []).append(f"{entry['org']}{days}")
    return "; ".join(f"{number} {', '.join(orgs)}" for number, orgs in by_task.items())
