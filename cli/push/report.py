"""The report of a push as tables that people like to read."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from shared.vocabulary import Status

SHOWN: Final = 50  # errors; all of them are at the import's /errors
COUNTED: Final = {
    "received": ("收到", "received"),
    "created": ("新增", "created"),
    "updated": ("更新", "updated"),
    "unchanged": ("未变", "unchanged"),
    "merged": ("合并重复", "merged"),
    "rejected": ("拒绝", "rejected"),
    "withheld": ("未入库的好行", "withheld"),
    "retracted": ("撤回", "retracted"),
    "blank": ("空白", "blank"),
}
COLUMNS: Final = {
    "row": ("行", "row"),
    "cell": ("单元格", "cell"),
    "column": ("列", "column"),
    "code": ("代码", "code"),
    "value": ("值", "value"),
    "message": ("说明", "message"),
    "hint": ("建议", "hint"),
}
MOVED: Final = {
    "indicator": ("指标", "indicator"),
    "month": ("月份", "month"),
    "of": ("范围", "of"),
    "before": ("推送前", "before"),
    "after": ("推送后", "after"),
    "target": ("目标", "target"),
    "flipped": ("达标变化", "flipped"),
}
FOUND: Final = {
    "severity": ("级别", "severity"),
    "rule": ("规则", "rule"),
    "month": ("月份", "month"),
    "metric": ("指标", "metric"),
    "area": ("区域", "area"),
    "message": ("说明", "message"),
}
SENTENCES: Final = {
    "applied": ("已入库", "stored"),
    "unchanged": ("与已有数据相同，未作改动", "says what stands already; nothing changed"),
    "partly": ("好行已入库，其余已拒绝", "the good rows are stored, the others refused"),
    "would_refuse": ("试运行：这次推送会被拒绝", "a dry run: this push would be refused"),
    "dry_run": ("试运行：以上会入库，但并未入库", "a dry run: this would be stored, and was not"),
    "refused": ("已拒绝，未入库", "refused, nothing was stored"),
    "replayed": ("此前已推送成功，以下为当时的回执", "was pushed before; this is the receipt it got then"),
}
STYLES: Final = {"refused": "bold red", "would_refuse": "bold red", "partly": "bold yellow"}


class Report:
    """Prints in one language."""

    def __init__(self, console: Console, language: str) -> None:
        """`language`: zh or en."""
        self._console = console
        self._language = language

    def show(self, body: Mapping[str, Any], *, replayed: bool) -> None:
        """An import, a dry run, or the problem that a push was refused with."""
        report = body.get("report")
        if not isinstance(report, Mapping):
            self._problem(body)
            return
        self._counts(report["counts"])
        self._faults(report, str(body.get("import_id") or body.get("id") or ""))
        self._normalised(report["normalisations"])
        self._effects(report["effects"])
        self._findings(report)
        self._console.print(self._outcome(body, replayed=replayed))

    def _say(self, pair: tuple[str, str]) -> str:
        return pair[0 if self._language == "zh" else 1]

    def _text(self, bilingual: Mapping[str, str] | None) -> str:
        return "" if bilingual is None else bilingual[self._language]

    def _table(self, titles: Iterable[str]) -> Table:
        table = Table(box=None, pad_edge=False, header_style="dim")
        for title in titles:
            table.add_column(Text(title), overflow="fold")
        return table

    def _counts(self, counts: Mapping[str, int]) -> None:
        told = {name: pair for name, pair in COUNTED.items() if counts.get(name) or name == "received"}
        table = self._table(self._say(pair) for pair in told.values())
        table.add_row(*(f"{counts[name]:,}" for name in told))
        self._console.print(table)

    def _faults(self, report: Mapping[str, Any], import_id: str) -> None:
        shown = report["errors"][:SHOWN]
        if not shown:
            return
        table = self._table(self._say(pair) for pair in COLUMNS.values())
        for fault in shown:
            table.add_row(*(Text(value) for value in self._cells(fault)))
        self._console.print()
        self._console.print(table)
        if (more := report["errors_total"] - len(shown)) > 0:
            rest = f"/v1/imports/{import_id}/errors"
            self._console.print(self._say((f"另有 {more:,} 处错误，见 {rest}", f"{more:,} more errors: {rest}")), style="dim")
        self._console.print()

    def _cells(self, fault: Mapping[str, Any]) -> list[str]:
        place = "!".join(part for part in (fault.get("sheet"), fault.get("cell")) if part)
        plain = [fault["column"], fault["code"], fault["value"]]
        return [
            str(fault["row"] or ""),
            place,
            *("" if value is None else str(value) for value in plain),
            self._text(fault["message"]),
            self._text(fault["hint"]),
        ]

    def _normalised(self, notes: Iterable[Mapping[str, Any]]) -> None:
        for note in notes:
            change = f" ({note['before']} → {note['after']})" if note.get("before") else ""
            self._console.print(Text(f"{note['count']:>7,} × {self._text(note['message'])}{change}", style="dim"))

    def _effects(self, effects: Sequence[Mapping[str, Any]]) -> None:
        if not effects:
            return
        table = self._table(self._say(pair) for pair in MOVED.values())
        for effect in effects[:SHOWN]:
            place = " ".join(part for part in (effect["area"], effect["org"]) if part) or self._say(("全区", "all"))
            sides = (self._figure(effect["before"]), self._figure(effect["after"]))
            target = "" if effect["target"] is None else f"{effect['target']:g}"
            flipped = self._flipped(effect) if effect["flipped"] else ""
            table.add_row(*map(Text, (effect["indicator"], effect["month"], place, *sides, target, flipped)))
        self._console.print()
        self._console.print(table)
        if (more := len(effects) - SHOWN) > 0:
            self._console.print(self._say((f"另有 {more:,} 行变化", f"{more:,} more lines moved")), style="dim")
        self._console.print()

    def _findings(self, report: Mapping[str, Any]) -> None:
        open_ones = [finding for finding in report["findings"] if finding["explained"] is None]
        if not open_ones:
            return
        table = self._table(self._say(pair) for pair in FOUND.values())
        for finding in open_ones[:SHOWN]:
            cells = [str(finding[name] or "") for name in FOUND if name != "message"]
            table.add_row(*map(Text, (*cells, self._text(finding["message"]))))
        self._console.print(table)
        if any(finding["severity"] == "warn" for finding in open_ones):
            explain = ("警告须先在备注中或经 /v1/findings 说明，才能报送该月", "explain warnings by a note or at /v1/findings")
            self._console.print(self._say(explain), style="dim")
        if (more := report["findings_total"] - len(open_ones[:SHOWN])) > 0:
            self._console.print(self._say((f"共另有 {more:,} 项", f"{more:,} more, explained ones included")), style="dim")
        self._console.print()

    def _figure(self, figure: Mapping[str, Any] | None) -> str:
        if figure is None:
            return "–"
        return str(figure["display"] if figure["display"] is not None else self._say(("数据不全", "incomplete")))

    def _flipped(self, effect: Mapping[str, Any]) -> str:
        met = (effect["after"] or {}).get("status") == Status.MET
        return self._say(("✓ 现已达标", "✓ met now") if met else ("✗ 不再达标", "✗ no longer met"))

    def _outcome(self, body: Mapping[str, Any], *, replayed: bool) -> Text:
        state = _state(body)
        told = Text(self._say(SENTENCES[state]), style=STYLES.get(state, "bold green"))
        if body.get("data_version") and state != "refused":
            told.append(self._say((f"，数据版本 {body['data_version']}", f", data version {body['data_version']}")))
        if identifier := body.get("import_id") or body.get("id"):
            told.append(self._say((f"，导入 {identifier}", f", import {identifier}")))
        if replayed:
            told.append(self._say((f"（{SENTENCES['replayed'][0]}）", f" ({SENTENCES['replayed'][1]})")))
        return told

    def _problem(self, body: Mapping[str, Any]) -> None:
        self._console.print(Text(f"{body.get('status', '')} {body.get('title', '')}".strip(), style="bold red"))
        if body.get("detail") != body.get("title"):
            self._console.print(Text(str(body.get("detail", ""))))
        for error in body.get("errors", []):
            hint = f" ({self._text(error['hint'])})" if error.get("hint") else ""
            self._console.print(Text(f"  {error['where']}: {self._text(error['message'])}{hint}"))


def _state(body: Mapping[str, Any]) -> str:
    rejected = body["report"]["counts"]["rejected"]
    if "import_id" in body:
        return "refused"
    if body["dry_run"]:
        return "would_refuse" if rejected and body["mode"] != "partial" else "dry_run"
    if rejected:
        return "partly"
    return "applied" if body["changed"] else "unchanged"
