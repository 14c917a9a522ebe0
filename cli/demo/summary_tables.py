"""Prints the demo's summaries as tables, and commands to try."""

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
from shared.vocabulary import Comparator, DeadlineState, Role, Status

_STATUSES: Final = {
    Status.MET: ("✓", "green", "met"),
    Status.NOT_MET: ("✗", "red", "not met"),
    Status.INCOMPLETE: ("?", "yellow", "incomplete"),
    Status.NO_TARGET: ("", "dim", "no target"),
    Status.NOT_REPORTED: ("", "dim", "not reported"),
    Status.NOT_APPLICABLE: ("", "dim", "not applicable"),
}
COMPARATORS: Final = {Comparator.AT_LEAST: "≥", Comparator.AT_MOST: "≤"}
WIDE_CONSOLE = 112  # characters; room for titles next to the codes
UNBOUNDED_WIDTH = 10_000  # characters, to measure the width that a table needs

LineJson = dict[str, Any]
"""A line of the summary."""


def show_summaries(console: Console, summaries: list[dict[str, Any]], definitions: dict[str, Definition]) -> None:
    """Print the latest month of each campaign in full, and all months by indicator."""
    for campaign, its_summaries in groupby(summaries, itemgetter("campaign")):
        definition = definitions[campaign]
        console.print(f"\n[bold]{definition.campaign.title.en}[/]  {definition.campaign.title.zh}")
        by_month = {summary["lines"][0]["month"]: summary for summary in its_summaries}
        console.print(_latest_month(by_month[max(by_month)], definition, wide=console.width >= WIDE_CONSOLE))
        for table in _tables_that_fit(by_month, console):
            console.print(table)
        for month in sorted(by_month):
            for line in by_month[month]["lines"]:
                if line["target"] is not None and line["missing"]:
                    console.print(f"[yellow]?[/] {month} {line['indicator']}: missing from {_missing(line)}")


def _latest_month(summary: dict[str, Any], definition: Definition, *, wide: bool) -> Table:
    lines = [line for line in summary["lines"] if _is_relevant(line)]
    table = _table(f"{lines[0]['month']}, data version {summary['data_version']}", "indicator")
    if wide:
        table.add_column("", no_wrap=True, style="dim")
    for heading in ("value", "target", "gap"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("status", no_wrap=True)
    table.add_column("who is missing")
    titles = {indicator.code: indicator.title.zh for indicator in definition.indicators}
    for line in lines:
        cells = (_or_dash(line["display"]), _target(line), _or_dash(line["gap"]), _status(line), _missing(line))
        table.add_row(line["indicator"], *([titles[line["indicator"]]] if wide else []), *cells)
        for variant in line["variants"]:
            if not variant["decides"] and variant["display"] is not None:
                table.add_row(f"  [dim]{variant['variant']}[/]", *([""] if wide else []), f"[dim]{variant['display']}[/]")
    return table


def _tables_that_fit(by_month: dict[str, dict[str, Any]], console: Console) -> Iterator[Table]:
    """Yield as many tables as the width of the console requires: a truncated value would be wrong."""
    table = _all_months(by_month)
    required_width = console.measure(table, options=console.options.update(width=UNBOUNDED_WIDTH)).maximum
    if len(by_month) == 1 or required_width <= console.width:
        yield table
    else:
        months, half = list(by_month.items()), len(by_month) // 2
        yield from _tables_that_fit(dict(months[:half]), console)
        yield from _tables_that_fit(dict(months[half:]), console)


def _all_months(by_month: dict[str, dict[str, Any]]) -> Table:
    table = _table("month by month", "indicator")
    rows: dict[str, dict[str, str]] = {}
    for month, summary in by_month.items():
        table.add_column(month, justify="right", no_wrap=True)
        for line in filter(_is_relevant, summary["lines"]):
            rows.setdefault(line["indicator"], {})[month] = _value_cell(line)
    for indicator, cells in rows.items():
        table.add_row(indicator, *(cells.get(month, "") for month in by_month))
    return table


def _table(title: str, first: str) -> Table:
    table = Table(title=f"[bold]{title}[/]", title_justify="left", title_style="", box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column(first, no_wrap=True)
    return table


def _is_relevant(line: LineJson) -> bool:
    """Leave out voluntary indicators without a value."""
    return line["target"] is not None or line["display"] is not None


def _or_dash(value: str | int | None) -> str:
    return "–" if value is None else f"{value:,}" if isinstance(value, int) else value


def _target(line: LineJson) -> str:
    if line["target"] is None:
        return "–"
    return f"{COMPARATORS[Comparator(line['comparator'])]} {line['target']:g} {line['unit']['zh']}"


def _status(line: LineJson) -> str:
    mark, colour, words = _STATUSES[Status(line["status"])]
    return f"[{colour}]{f'{mark} {_deadline(line) or words}'.strip()}[/]"


def _deadline(line: LineJson) -> str:
    """Return the state of the target against its due date, once that has come."""
    state = (line["deadline"] or {}).get("state")
    return "" if state in (None, DeadlineState.OPEN) else DeadlineState(state).title_.zh


def _value_cell(line: LineJson) -> str:
    mark, colour, _ = _STATUSES[Status(line["status"])]
    organisations = dict.fromkeys(cell["org"] for cell in line["missing"])
    return f"[{colour}]{line['display'] or ', '.join(organisations)} {mark}[/]"


def _missing(line: LineJson) -> str:
    """Return the missing metrics by organisation, without the areas."""
    metrics_by_org: dict[str, dict[str, None]] = {}
    for cell in line["missing"]:
        metrics_by_org.setdefault(cell["org"], {})[cell["metric"]] = None
    return "; ".join(f"{org}: {', '.join(metrics)}" for org, metrics in metrics_by_org.items())


def show_commands(console: Console, client: DemoClient, home: Path, report: dict[str, Any]) -> None:
    """Print addresses and shell commands."""
    letter = next(file["path"] for file in report["files"] if file["ending"] == "docx")
    bureau, carrier = (
        client.clients["liangjiang-2022", org, role] for org, role in (("economy", Role.BUREAU), ("telecom", Role.CARRIER))
    )
    clients = "\n".join(
        f"  {role:<14} {issued.client_id}:{issued.secret}"
        for (campaign, _, role), issued in client.clients.items()
        if campaign == "liangjiang-2022"
    )
    console.print(
        f"""
Running until Ctrl-C. Data: {home}
  API pages   {client.address}/docs
  OpenAPI     {client.address}/openapi/gigacity.json
  log         {home}/services.log

Get the summary as the bureau:
  TOKEN=$(curl -s -u '{bureau.client_id}:{bureau.secret}' -d grant_type=client_credentials {client.address}/oauth2/token \\
    | sed -E 's/.*"access_token": ?"([^"]+)".*/\\1/')
  curl -s -H "Authorization: Bearer $TOKEN" '{client.address}/v1/summary?month=2022-08'

Download monthly report {report["number"]} as Word (also .xlsx and .json):
  curl -s -OJ -H "Authorization: Bearer $TOKEN" '{client.address}{letter}'

Push counts as a carrier (the second time, nothing changes):
  TOKEN=$(curl -s -u '{carrier.client_id}:{carrier.secret}' -d grant_type=client_credentials {client.address}/oauth2/token \\
    | sed -E 's/.*"access_token": ?"([^"]+)".*/\\1/')
  curl -s -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' \\
    --data-binary @samples/liangjiang/2022-08/telecom.json '{client.address}/v1/observations'

All clients of the campaign, with role, id and secret:
{clients}
""",
        soft_wrap=True,
        markup=False,
    )
