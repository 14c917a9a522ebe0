"""`gigacity push`: a file of counts to a server, with retries that never hurt and a report that people can read.

Exit codes: 0 everything was stored (or would be, in a dry run, or stood already), 1 something was refused,
2 the command was used wrongly, 3 the service could not be reached.
"""

import gzip
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, BinaryIO, Final
from urllib.parse import urlsplit

import httpx
import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeElapsedColumn

from cli.media import MEDIA
from cli.push.report import Report
from cli.push.sending import Login, PushError, Sender, UnreachableError, document
from shared.vocabulary import PushMode

CHUNK: Final = 1 << 16
COMPRESSED_FROM: Final = 1 << 16  # bytes
SUSPICIOUS: Final = 50  # what shrinks to less than a fiftieth is sent as it is: a service may take it for a bomb

app = typer.Typer(add_completion=False)

File = Annotated[Path, typer.Argument(help=f"Its ending names its format: {', '.join(MEDIA)}.", exists=True, dir_okay=False)]
Server = Annotated[str, typer.Option(envvar="GIGACITY_SERVER", help="The address of the services.")]
ClientId = Annotated[str, typer.Option(envvar="GIGACITY_CLIENT_ID", help="Such as liangjiang-2022.telecom.1.")]
SecretFile = Annotated[
    Path | None,
    typer.Option(
        envvar="GIGACITY_CLIENT_SECRET_FILE",
        exists=True,
        dir_okay=False,
        help="A file that holds the client's secret; else GIGACITY_CLIENT_SECRET. There is no option for the secret itself.",
    ),
]
Month = Annotated[str | None, typer.Option(help="Such as 2022-08: the one month the rows are of. Needed to replace.")]
Mode = Annotated[PushMode, typer.Option(help="All rows or none; the good rows only; or the whole month anew.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what would happen.")]
AllowEmpty = Annotated[bool, typer.Option("--allow-empty", help="Let a file without rows take back the whole month.")]
Reason = Annotated[str | None, typer.Option(help="Why counts change that were submitted before.")]
Dataset = Annotated[str, typer.Option(help="observations, or a register such as registers/key_places.")]
Key = Annotated[str | None, typer.Option(help="An idempotency key of your own, instead of one made from file and question.")]
Patience = Annotated[float, typer.Option(min=0, help="Seconds to go on trying while the service cannot be reached.")]
Language = Annotated[str | None, typer.Option(help="zh or en; else the terminal's.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the answer as it came instead of tables.")]


@dataclass(frozen=True)
class Question:
    """What is pushed, and how."""

    file: Path
    dataset: str
    parameters: dict[str, str]

    @property
    def path(self) -> str:
        """Where it goes."""
        return f"/v1/{self.dataset}" + ("/rows" if self.dataset.startswith("registers/") else "")

    def key(self, client_id: str, before: str) -> str:
        """The same as long as client, file, question and what was stored before are the same.

        So a repeat after a lost answer meets its own key, and a file that was overwritten since is pushed again.
        """
        with self.file.open("rb") as opened:
            digest = hashlib.file_digest(opened, "sha256").hexdigest()
        parts = [client_id, self.path, self.file.suffix.lower(), digest, before, *sorted(map("=".join, self.parameters.items()))]
        return f"push-{hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:40]}"


@app.command("push")
def push_command(  # noqa: PLR0913 - an argument for each option
    file: File,
    server: Server,
    client_id: ClientId,
    client_secret_file: SecretFile = None,
    *,
    month: Month = None,
    mode: Mode = PushMode.ATOMIC,
    dry_run: DryRun = False,
    allow_empty: AllowEmpty = False,
    reason: Reason = None,
    dataset: Dataset = "observations",
    key: Key = None,
    patience: Patience = 120,
    language: Language = None,
    as_json: AsJson = False,
) -> None:
    """Send a file of counts; sent again, it changes nothing. Exits with 0 stored, 1 refused, 2 used wrongly, 3 unreachable."""
    if file.suffix.lower() not in MEDIA:
        raise typer.BadParameter(f"{file.name} ends in none of {', '.join(MEDIA)}")
    if language not in (None, "zh", "en"):
        raise typer.BadParameter("--language is zh or en")
    asked = {"mode": mode.value, "dry_run": "true" if dry_run else "", "allow_empty": "true" if allow_empty else ""}
    asked |= {"month": month or "", "reason": reason or ""}
    question = Question(file, dataset.strip("/"), {name: value for name, value in asked.items() if value})
    login = Login(_address(server), client_id, _secret(client_secret_file))
    spoken = language or _spoken()
    notes = Console(stderr=True, highlight=False)
    try:
        answer = _push(question, login, key=key, patience_s=patience, language=spoken, notes=notes)
    except PushError as error:
        notes.print(str(error), style="bold red", markup=False, soft_wrap=True)
        if isinstance(error, UnreachableError):
            notes.print(
                "Repeat the command when the service is back: it goes on from there, and nothing is stored twice.", soft_wrap=True
            )
        raise typer.Exit(error.exit_code) from error
    if as_json:
        typer.echo(answer.content)
    else:
        console = Console(highlight=False)
        Report(console if console.is_terminal else Console(width=160, highlight=False), spoken).show(
            document(answer) or {"status": answer.status_code, "title": answer.reason_phrase},
            replayed=answer.headers.get("Idempotency-Replayed") == "true",
        )
    raise typer.Exit(_exit_code(answer))


def _push(
    question: Question, login: Login, *, key: str | None, patience_s: float, language: str, notes: Console
) -> httpx.Response:
    with (
        Sender(
            login, language=language, patience_s=patience_s, tell=lambda text: notes.print(text, markup=False, soft_wrap=True)
        ) as sender,
        _sendable(question.file) as (body, encoding),
        _progress(notes) as progress,
    ):
        if key is None and "dry_run" not in question.parameters:
            key = question.key(login.client_id, _latest(sender))
        headers = {"Content-Type": MEDIA[question.file.suffix.lower()], "Content-Length": str(_size(body)), **encoding}
        if key is not None:
            headers["Idempotency-Key"] = key
        return sender.post(question.path, lambda: _pieces(body, progress), question.parameters, headers)


def _latest(sender: Sender) -> str:
    """The newest push that was applied, as far as this client sees."""
    answer = sender.get("/v1/imports", state="applied", limit="1")
    items = document(answer).get("items")
    if not answer.is_success or items is None:
        raise PushError(f"{answer.status_code} {document(answer).get('detail', answer.reason_phrase)}")
    return str(items[0]["id"]) if items else ""


@contextmanager
def _sendable(file: Path) -> Iterator[tuple[BinaryIO, dict[str, str]]]:
    """The bytes to send, compressed where that is worth it, and the header that says so. A workbook is compressed already."""
    with file.open("rb") as opened, tempfile.TemporaryFile() as packed:
        size = file.stat().st_size
        if file.suffix.lower() != ".xlsx" and size >= COMPRESSED_FROM:
            with gzip.GzipFile("", "wb", 6, packed, mtime=0) as target:
                shutil.copyfileobj(opened, target, CHUNK)
        if size < SUSPICIOUS * packed.tell() < SUSPICIOUS * size:
            yield packed, {"Content-Encoding": "gzip"}
        else:
            yield opened, {}


def _size(body: BinaryIO) -> int:
    return body.seek(0, os.SEEK_END)


@contextmanager
def _progress(notes: Console) -> Iterator[Progress]:
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeElapsedColumn())
    with Progress(*columns, console=notes, transient=True, disable=not notes.is_terminal) as progress:
        yield progress


def _pieces(body: BinaryIO, progress: Progress) -> Iterator[bytes]:
    """The body from its beginning; behind its last piece the service is at work."""
    for task in progress.task_ids:  # of a try before
        progress.remove_task(task)
    task = progress.add_task("sending", total=_size(body))
    body.seek(0)
    while piece := body.read(CHUNK):
        yield piece
        progress.advance(task, len(piece))
    progress.update(task, description="sent, waiting for the receipt")


def _exit_code(answer: httpx.Response) -> int:
    """1 as soon as a single row was refused: what runs this every night must notice."""
    if answer.status_code >= 500:
        return 3
    report = document(answer).get("report") or {"counts": {"rejected": 0}}
    return 0 if answer.is_success and report["counts"]["rejected"] == 0 else 1


def _spoken() -> str:
    """The language that the environment asks for, whether or not this machine has its locale."""
    said = next((value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := os.environ.get(name))), "")
    return "zh" if said.startswith("zh") else "en"


def _address(server: str) -> str:
    parts = urlsplit(server)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise typer.BadParameter(f"{server} is no address such as https://gigacity.example", param_hint="--server")
    return server.rstrip("/")


def _secret(file: Path | None) -> str:
    secret = file.read_text(encoding="utf-8") if file else os.environ.get("GIGACITY_CLIENT_SECRET", "")
    if not secret.strip():
        raise typer.BadParameter("set GIGACITY_CLIENT_SECRET, or name a file with --client-secret-file", param_hint="secret")
    return secret.strip()
