"""What the demo shows a person: the summaries as tables, and commands to try."""

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, Final

from rich import box
from rich.console import Console
from rich.table import Table

from cli.demo.demo_client import DemoClient
from shared.campaign.definition import Definition
from shared.vocabulary import Role, Status

STATUSES: Final = {
    Status.MET: ("✓", "green", "met"),
    Status.NOT_MET: ("✗", "red", "not met"),
    Status.INCOMPLETE: ("?", "yellow", "incomplete"),
    Status.NO_TARGET: ("", "dim", "no target"),
    Status.NOT_APPLICABLE: ("", "dim", "not applicable"),
}
COMPARATORS: Final = {">=": "≥"}
WIDE = 112  # columns that leave room for titles beside the codes
UNBOUNDED = 10_000  # columns, to ask how many a table would take

Line = dict[str, Any]


def show_summaries(console: Console, summaries: list[dict[str, Any]], definitions: dict[str, Definition]) -> None:
    """For each campaign its latest month in full, and how it came there."""
    for campaign, its_summaries in groupby(summaries, itemgetter("campaign")):
        definition = definitions[campaign]
        console.print(f"\n[bold]{definition.campaign.title.en}[/]  {definition.campaign.title.zh}")
        by_month = {summary["lines"][0]["month"]: summary for summary in its_summaries}
        console.print(_latest(by_month[max(by_month)], definition, wide=console.width >= WIDE))
        for table in _that_fit(by_month, console):
            console.print(table)
        for month in sorted(by_month):
            for line in by_month[month]["lines"]:
                if line["target"] is not None and line["missing"]:
                    console.print(f"[yellow]?[/] {month} {line['indicator']}: missing from {_missing(line)}")


def _latest(summary: dict[str, Any], definition: Definition, *, wide: bool) -> Table:
    lines = [line for line in summary["lines"] if _tells_something(line)]
    table = _table(f"{lines[0]['month']}, data version {summary['data_version']}", "indicator")
    if wide:
        table.add_column("", no_wrap=True, style="dim")
    for heading in ("value", "target", "gap"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("status", no_wrap=True)
    table.add_column("who is missing")
    titles = {indicator.code: indicator.title.zh for indicator in definition.indicators}
    for line in lines:
        figures = (_or_dash(line["display"]), _target(line), _or_dash(line["gap"]), _status(line), _missing(line))
        table.add_row(line["indicator"], *([titles[line["indicator"]]] if wide else []), *figures)
        for variant in line["variants"]:
            if not variant["decides"] and variant["display"] is not None:
                table.add_row(f"  [dim]{variant['variant']}[/]", *([""] if wide else []), f"[dim]{variant['display']}[/]")
    return table


def _that_fit(by_month: dict[str, dict[str, Any]], console: Console) -> Iterator[Table]:
    """As many tables as the terminal's width asks for: a figure that is cut off says something else."""
    table = _month_by_month(by_month)
    wanted = console.measure(table, options=console.options.update(width=UNBOUNDED)).maximum
    if len(by_month) == 1 or wanted <= console.width:
        yield table
    else:
        months, half = list(by_month.items()), len(by_month) // 2
        yield from _that_fit(dict(months[:half]), console)
        yield from _that_fit(dict(months[half:]), console)


def _month_by_month(by_month: dict[str, dict[str, Any]]) -> Table:
    table = _table("month by month", "indicator")
    rows: dict[str, dict[str, str]] = {}
    for month, summary in by_month.items():
        table.add_column(month, justify="right", no_wrap=True)
        for line in filter(_tells_something, summary["lines"]):
            rows.setdefault(line["indicator"], {})[month] = _figure(line)
    for indicator, figures in rows.items():
        table.add_row(indicator, *(figures.get(month, "") for month in by_month))
    return table


def _table(title: str, first: str) -> Table:
    table = Table(title=f"[bold]{title}[/]", title_justify="left", title_style="", box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column(first, no_wrap=True)
    return table


def _tells_something(line: Line) -> bool:
    """Voluntary figures that nobody reported would only be noise."""
    return line["target"] is not None or line["display"] is not None


def _or_dash(value: str | int | None) -> str:
    return "–" if value is None else f"{value:,}" if isinstance(value, int) else value


def _target(line: Line) -> str:
    if line["target"] is None:
        return "–"
    return f"{COMPARATORS.get(line['comparator'], line['comparator'])} {line['target']:g} {line['unit']['zh']}"


def _status(line: Line) -> str:
    mark, colour, words = STATUSES[Status(line["status"])]
    return f"[{colour}]{f'{mark} {words}'.strip()}[/]"


def _figure(line: Line) -> str:
    mark, colour, _ = STATUSES[Status(line["status"])]
    organisations = dict.fromkeys(cell["org"] for cell in line["missing"])
    return f"[{colour}]{line['display'] or ', '.join(organisations)} {mark}[/]"


def _missing(line: Line) -> str:
    """Who owes what, without the areas."""
    owed: dict[str, dict[str, None]] = {}
    for cell in line["missing"]:
        owed.setdefault(cell["org"], {})[cell["metric"]] = None
    return "; ".join(f"{org}: {', '.join(metrics)}" for org, metrics in owed.items())


def show_commands(console: Console, calls: DemoClient, home: Path, report: dict[str, Any]) -> None:
    """Addresses, and lines to paste into a shell."""
    letter = next(file["path"] for file in report["files"] if file["ending"] == "docx")
    bureau, carrier = (
        calls.clients["liangjiang-2022", org, role] for org, role in (("economy", Role.BUREAU), ("telecom", Role.CARRIER))
    )
    console.print(
        f"""
Running until Ctrl-C, on data in {home}.
  API pages   {calls.address}/docs
  OpenAPI     {calls.address}/openapi/gigacity.json
  log         {home}/services.log

The summary as the bureau sees it:
  TOKEN=$(curl -s -u '{bureau.client_id}:{bureau.secret}' -d grant_type=client_credentials {calls.address}/oauth2/token \\
    | sed -E 's/.*"access_token": ?"([^"]+)".*/\\1/')
  curl -s -H "Authorization: Bearer $TOKEN" '{calls.address}/v1/summary?month=2022-08'

The monthly report that the task force issued, number {report["number"]}, as Word (also .xlsx and .json):
  curl -s -OJ -H "Authorization: Bearer $TOKEN" '{calls.address}{letter}'

A push as a carrier, which changes nothing the second time:
  TOKEN=$(curl -s -u '{carrier.client_id}:{carrier.secret}' -d grant_type=client_credentials {calls.address}/oauth2/token \\
    | sed -E 's/.*"access_token": ?"([^"]+)".*/\\1/')
  curl -s -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' \\
    --data-binary @samples/liangjiang/2022-08/telecom.json '{calls.address}/v1/observations'
""",
        soft_wrap=True,
        markup=False,
    )
