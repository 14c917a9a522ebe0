"""Prints the report of a push as tables, in Chinese or English."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from shared.vocabulary import Status

_ROWS_MAX: Final = 50  # of each table; all errors are at the import's /errors
COUNT_TITLES: Final = {
    "received": ("收到", "received"),
    "created": ("新增", "created"),
    "updated": ("更新", "updated"),
    "unchanged": ("未变", "unchanged"),
    "merged": ("合并重复", "merged"),
    "rejected": ("有误", "rejected"),
    "withheld": ("无误但未入库", "withheld"),
    "retracted": ("撤回", "retracted"),
    "blank": ("空白", "blank"),
}
ERROR_TITLES: Final = {
    "row": ("行", "row"),
    "cell": ("单元格", "cell"),
    "column": ("列", "column"),
    "code": ("代码", "code"),
    "value": ("值", "value"),
    "message": ("说明", "message"),
    "hint": ("建议", "hint"),
}
EFFECT_TITLES: Final = {
    "indicator": ("指标", "indicator"),
    "month": ("月份", "month"),
    "scope": ("范围", "scope"),
    "before": ("导入前", "before"),
    "after": ("导入后", "after"),
    "target": ("目标", "target"),
    "flipped": ("达标变化", "flipped"),
}
FINDING_TITLES: Final = {
    "severity": ("级别", "severity"),
    "rule": ("规则", "rule"),
    "month": ("月份", "month"),
    "metric": ("填报指标", "metric"),
    "area": ("区域", "area"),
    "message": ("说明", "message"),
}
OUTCOMES: Final = {
    "applied": ("已入库", "stored"),
    "unchanged": ("与已有数据相同，未作改动", "same as the stored counts; nothing changed"),
    "partial": ("无误的行已入库，其余未入库", "valid rows were stored, the others rejected"),
    "would_refuse": ("试导入：校验未通过，正式导入将不予入库", "dry run: the push would be refused; nothing was stored"),
    "dry_run": ("试导入：校验通过，未实际入库", "dry run: the push would succeed; nothing was stored"),
    "refused": ("校验未通过，未入库", "refused; nothing was stored"),
}
REPLAYED: Final = ("此前已导入成功，以下为当时的回执", "already pushed; this is the original import")
STYLES: Final = {"refused": "bold red", "would_refuse": "bold red", "partial": "bold yellow"}


class ReportPrinter:
    """Prints reports to one console in one language."""

    def __init__(self, console: Console, language: str) -> None:
        """`language`: zh or en."""
        self._console = console
        self._language = language

    def show(self, body: Mapping[str, Any], *, replayed: bool) -> None:
        """Print an import, a dry run, or the problem document of a refused push."""
        report = body.get("report")
        if not isinstance(report, Mapping):
            self._problem(body)
            return
        self._counts(report["counts"])
        self._errors(report, str(body.get("import_id") or body.get("id") or ""))
        self._normalisations(report["normalisations"])
        self._passed_over(report.get("passed_over", ()))
        self._effects(report["effects"])
        self._findings(report)
        self._console.print(self._outcome(body, replayed=replayed))

    def _choose(self, zh_and_en: tuple[str, str]) -> str:
        return zh_and_en[0 if self._language == "zh" else 1]

    def _text(self, bilingual: Mapping[str, str] | None) -> str:
        return "" if bilingual is None else bilingual[self._language]

    def _table(self, titles: Iterable[tuple[str, str]]) -> Table:
        table = Table(box=None, pad_edge=False, header_style="dim")
        for title in titles:
            table.add_column(Text(self._choose(title)), overflow="fold")
        return table

    def _counts(self, counts: Mapping[str, int]) -> None:
        titles = {name: title for name, title in COUNT_TITLES.items() if counts.get(name) or name == "received"}
        table = self._table(titles.values())
        table.add_row(*(f"{counts[name]:,}" for name in titles))
        self._console.print(table)

    def _errors(self, report: Mapping[str, Any], import_id: str) -> None:
        errors = report["errors"][:_ROWS_MAX]
        if not errors:
            return
        table = self._table(ERROR_TITLES.values())
        for error in errors:
            table.add_row(*map(Text, self._error_cells(error)))
        self._console.print()
        self._console.print(table)
        if (omitted := report["errors_total"] - len(errors)) > 0:
            path = f"/v1/imports/{import_id}/errors"
            zh, en = f"另有 {omitted:,} 处错误，见 {path}", f"{omitted:,} more errors: {path}"
            self._console.print(self._choose((zh, en)), style="dim")
        self._console.print()

    def _error_cells(self, error: Mapping[str, Any]) -> list[str]:
        return [
            str(error["row"] or ""),
            "!".join(part for part in (error.get("sheet"), error.get("cell")) if part),
            *("" if error[name] is None else str(error[name]) for name in ("column", "code", "value")),
            self._text(error["message"]),
            self._text(error["hint"]),
        ]

    def _normalisations(self, normalisations: Iterable[Mapping[str, Any]]) -> None:
        for normalisation in normalisations:
            example = " → ".join(text for text in (normalisation["before"], normalisation["after"]) if text)
            example = f" ({example})" if example else ""
            text = f"{normalisation['count']:>7,} × {self._text(normalisation['message'])}{example}"
            self._console.print(Text(text, style="dim"))

    def _passed_over(self, entries: Iterable[Mapping[str, Any]]) -> None:
        for entry in entries:
            cell = "!".join(part for part in (entry["sheet"], entry["cell"]) if part)
            title = self._choose(("未读取：", "not read: "))
            self._console.print(Text(f"        {title}{self._text(entry['message'])} ({cell} {entry['text']})", style="dim"))

    def _effects(self, effects: Sequence[Mapping[str, Any]]) -> None:
        if not effects:
            return
        table = self._table(EFFECT_TITLES.values())
        for effect in effects[:_ROWS_MAX]:
            scope = " ".join(part for part in (effect["area"], effect["org"]) if part) or self._choose(("全区", "all"))
            values = (self._value(effect["before"]), self._value(effect["after"]))
            target = "" if effect["target"] is None else f"{effect['target']:g}"
            flipped = self._flipped(effect) if effect["flipped"] else ""
            table.add_row(*map(Text, (effect["indicator"], effect["month"], scope, *values, target, flipped)))
        self._console.print()
        self._console.print(table)
        if (omitted := len(effects) - _ROWS_MAX) > 0:
            self._console.print(self._choose((f"另有 {omitted:,} 行变化", f"{omitted:,} more lines changed")), style="dim")
        self._console.print()

    def _findings(self, report: Mapping[str, Any]) -> None:
        unexplained = [finding for finding in report["findings"] if finding["explained"] is None]
        if not unexplained:
            return
        table = self._table(FINDING_TITLES.values())
        for finding in unexplained[:_ROWS_MAX]:
            cells = [str(finding[name] or "") for name in FINDING_TITLES if name != "message"]
            table.add_row(*map(Text, (*cells, self._text(finding["message"]))))
        self._console.print(table)
        if any(finding["severity"] == "warn" for finding in unexplained):
            zh = "标为“报送前须说明”的问题，须先在备注中或通过 /v1/findings 说明，方可报送该月数据"
            en = "explain each `warn` in a note or at /v1/findings before you submit the month"
            self._console.print(self._choose((zh, en)), style="dim")
        if (omitted := report["findings_total"] - len(unexplained[:_ROWS_MAX])) > 0:
            zh, en = f"另有 {omitted:,} 项（含已说明的）", f"{omitted:,} more, including explained ones"
            self._console.print(self._choose((zh, en)), style="dim")
        self._console.print()

    def _value(self, value: Mapping[str, Any] | None) -> str:
        if value is None:
            return "–"
        return str(value["display"] if value["display"] is not None else self._choose(("数据不全", "incomplete")))

    def _flipped(self, effect: Mapping[str, Any]) -> str:
        now_met = (effect["after"] or {}).get("status") == Status.MET
        return self._choose(("✓ 现已达标", "✓ now met") if now_met else ("✗ 不再达标", "✗ no longer met"))

    def _outcome(self, body: Mapping[str, Any], *, replayed: bool) -> Text:
        outcome = _outcome_of(body)
        text = Text(self._choose(OUTCOMES[outcome]), style=STYLES.get(outcome, "bold green"))
        if (version := body.get("data_version")) and outcome != "refused":
            text.append(self._choose((f"，数据版本 {version}", f", data version {version}")))
        if import_id := body.get("import_id") or body.get("id"):
            text.append(self._choose((f"，导入 {import_id}", f", import {import_id}")))
        if replayed:
            text.append(self._choose((f"（{REPLAYED[0]}）", f" ({REPLAYED[1]})")))
        return text

    def _problem(self, body: Mapping[str, Any]) -> None:
        self._console.print(Text(f"{body.get('status', '')} {body.get('title', '')}".strip(), style="bold red"))
        if body.get("detail") != body.get("title"):
            self._console.print(Text(str(body.get("detail", ""))))
        for error in body.get("errors", []):
            hint = f" ({self._text(error['hint'])})" if error.get("hint") else ""
            self._console.print(Text(f"  {error['where']}: {self._text(error['message'])}{hint}"))


def _outcome_of(body: Mapping[str, Any]) -> str:
    rejected = body["report"]["counts"]["rejected"]
    if "import_id" in body:
        return "refused"
    if body["dry_run"]:
        return "would_refuse" if rejected and body["mode"] != "partial" else "dry_run"
    if rejected:
        return "partial"
    return "applied" if body["changed"] else "unchanged"
