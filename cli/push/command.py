"""`gigacity push`: sends a file to a server, retries while the server is busy, and prints the report."""

import difflib
import gzip
import hashlib
import json
import os
import re
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

from cli.push.report_printer import ReportPrinter
from cli.push.retrying_client import Login, PushError, RetryingClient, UnreachableError, json_object
from shared.values import media_types
from shared.values.fields import KEY_LENGTH, KEY_PATTERN
from shared.values.months import MONTH_PATTERN
from shared.values.push_paths import push_path
from shared.vocabulary import PushMode, RegisterCode

SEND_BYTES: Final = 1 << 16
COMPRESS_FROM_BYTES: Final = 1 << 16
MAX_COMPRESSION: Final = 50  # a service may reject what shrinks further as a decompression bomb, so it is sent uncompressed

SUFFIXES = ", ".join(media_types.BY_SUFFIX)
DATASETS: Final = ("observations", *(f"registers/{register}" for register in RegisterCode))

app = typer.Typer(add_completion=False)

PushFileArgument = Annotated[Path, typer.Argument(help=f"File to push: {SUFFIXES}.", exists=True, dir_okay=False)]
ServerOption = Annotated[str, typer.Option(envvar="GIGACITY_SERVER", help="Address of the services.")]
LoginOption = Annotated[str, typer.Option(envvar="GIGACITY_CLIENT_ID", help="Client id, such as liangjiang-2022.telecom.1.")]
SecretFileOption = Annotated[
    Path | None,
    typer.Option(
        envvar="GIGACITY_CLIENT_SECRET_FILE",
        exists=True,
        dir_okay=False,
        help="File with the client secret. Without it, the secret is read from GIGACITY_CLIENT_SECRET.",
    ),
]
MonthOption = Annotated[str | None, typer.Option(help="Month of the rows, such as 2022-08. Required with --mode replace.")]
ModeOption = Annotated[
    PushMode,
    typer.Option(help="atomic: all rows or none; partial: valid rows only; replace: replace the whole month."),
]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Show what would change without storing anything.")]
AllowEmptyOption = Annotated[
    bool,
    typer.Option("--allow-empty", help="Accept a file without rows; with --mode replace it retracts the whole month."),
]
ReasonOption = Annotated[str | None, typer.Option(help="Reason for changing counts that were submitted before.")]
DatasetOption = Annotated[str, typer.Option(help=f"One of {', '.join(DATASETS)}.")]
KeyOption = Annotated[
    str | None,
    typer.Option(help="Idempotency key. By default derived from the client, the file, the options and the last applied import."),
]
RetryOption = Annotated[
    float, typer.Option("--patience", min=0, help="Seconds to keep retrying while the service cannot be reached or is busy.")
]
LanguageOption = Annotated[str | None, typer.Option(help="zh or en; defaults to the terminal's language.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the response as JSON instead of tables.")]


@dataclass(frozen=True)
class FilePush:
    """A file with the dataset and the query parameters that it is pushed with."""

    file: Path
    dataset: str
    parameters: dict[str, str]

    @property
    def path(self) -> str:
        """The path of the dataset's endpoint."""
        return push_path(self.dataset, self.media_type)

    @property
    def media_type(self) -> str:
        """The file's media type, by its suffix."""
        return media_types.BY_SUFFIX[self.file.suffix.lower()]

    def key(self, client_id: str, last_import: str) -> str:
        """Derive the idempotency key from the client, the push and the last applied import.

        A repeat after a lost response so has the same key, and a file that was overwritten by another push since has a new one.
        """
        with self.file.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        parameters = sorted(map("=".join, self.parameters.items()))
        parts = [client_id, self.path, self.file.suffix.lower(), digest, last_import, *parameters]
        return f"push-{hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:40]}"


@app.command("push")
def push_command(  # noqa: PLR0913 - an argument for each option
    file: PushFileArgument,
    server: ServerOption,
    client_id: LoginOption,
    client_secret_file: SecretFileOption = None,
    *,
    month: MonthOption = None,
    mode: ModeOption = PushMode.ATOMIC,
    dry_run: DryRunOption = False,
    allow_empty: AllowEmptyOption = False,
    reason: ReasonOption = None,
    dataset: DatasetOption = "observations",
    key: KeyOption = None,
    retry_s: RetryOption = 120,
    language: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    """Push a file of counts or register rows and print the report. Pushing the same file again changes nothing.

    Exit status: 0 stored, 1 rows rejected or push refused, 2 wrong usage, 3 service unreachable.
    """
    if file.suffix.lower() not in media_types.BY_SUFFIX:
        raise typer.BadParameter(f"{file.name} must end in one of {SUFFIXES}")
    if language not in (None, "zh", "en"):
        raise typer.BadParameter("must be zh or en", param_hint="--language")
    if month is not None and not re.fullmatch(MONTH_PATTERN, month):
        raise typer.BadParameter(f"{month} must be a month such as 2022-08", param_hint="--month")
    if month is None and mode is PushMode.REPLACE:
        raise typer.BadParameter("is required with --mode replace", param_hint="--month")
    if key is not None and (len(key) > KEY_LENGTH or not re.fullmatch(KEY_PATTERN, key)):
        raise typer.BadParameter(f"must have 1 to {KEY_LENGTH} visible ASCII characters, without spaces", param_hint="--key")
    parameters = {
        "mode": mode.value,
        "dry_run": "true" if dry_run else "",
        "allow_empty": "true" if allow_empty else "",
        "month": month or "",
        "reason": reason or "",
    }
    push = FilePush(file, _checked_dataset(dataset), {name: value for name, value in parameters.items() if value})
    login = Login(_checked_server(server), client_id, _secret(client_secret_file))
    language = language or _environment_language()
    stderr = Console(stderr=True, highlight=False)
    try:
        response = _send(push, login, key=key, retry_s=retry_s, language=language, stderr=stderr)
    except PushError as error:
        stderr.print(str(error), style="bold red", markup=False, soft_wrap=True)
        if isinstance(error, UnreachableError):
            stderr.print("Repeat the command when the service is available; nothing is stored twice.", soft_wrap=True)
        raise typer.Exit(error.exit_code) from error
    if as_json:
        typer.echo(response.content)
    else:
        console = Console(highlight=False)
        ReportPrinter(console if console.is_terminal else Console(width=160, highlight=False), language).show(
            json_object(response) or {"status": response.status_code, "title": response.reason_phrase},
            replayed=response.headers.get("Idempotency-Replayed") == "true",
        )
    raise typer.Exit(_exit_code(response))


def _send(push: FilePush, login: Login, *, key: str | None, retry_s: float, language: str, stderr: Console) -> httpx.Response:
    def print_retry(text: str) -> None:
        stderr.print(text, markup=False, soft_wrap=True)

    with (
        RetryingClient(login, language=language, retry_s=retry_s, on_retry=print_retry) as client,
        _open_compressed(push.file) as (body, encoding),
        _progress_bar(stderr) as progress,
    ):
        if key is None and "dry_run" not in push.parameters:
            key = push.key(login.client_id, _last_import(client))
        headers = {"Content-Type": push.media_type, "Content-Length": str(_size(body)), **encoding}
        if key is not None:
            headers["Idempotency-Key"] = key
        return client.post(push.path, lambda: _read_in_pieces(body, progress), push.parameters, headers)


def _last_import(client: RetryingClient) -> str:
    """Return the id of the last applied import that this client may see, or an empty string."""
    response = client.get("/v1/imports", state="applied", limit="1")
    body = json_object(response)
    if not response.is_success or "items" not in body:
        raise PushError(f"{response.status_code} {body.get('detail', response.reason_phrase)}")
    return str(body["items"][0]["id"]) if body["items"] else ""


@contextmanager
def _open_compressed(file: Path) -> Iterator[tuple[BinaryIO, dict[str, str]]]:
    """Open the bytes to send, compressed if that saves much, and the header that says so. A workbook is compressed already."""
    with file.open("rb") as original, tempfile.TemporaryFile() as compressed:
        size = file.stat().st_size
        if file.suffix.lower() != ".xlsx" and size >= COMPRESS_FROM_BYTES:
            with gzip.GzipFile("", "wb", 6, compressed, mtime=0) as target:
                shutil.copyfileobj(original, target, SEND_BYTES)
        if size < MAX_COMPRESSION * compressed.tell() < MAX_COMPRESSION * size:
            yield compressed, {"Content-Encoding": "gzip"}
        else:
            yield original, {}


def _size(body: BinaryIO) -> int:
    return body.seek(0, os.SEEK_END)


@contextmanager
def _progress_bar(stderr: Console) -> Iterator[Progress]:
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeElapsedColumn())
    with Progress(*columns, console=stderr, transient=True, disable=not stderr.is_terminal) as progress:
        yield progress


def _read_in_pieces(body: BinaryIO, progress: Progress) -> Iterator[bytes]:
    """Yield the body from its beginning, and show the progress."""
    for task in progress.task_ids:  # of the previous attempt
        progress.remove_task(task)
    task = progress.add_task("sending", total=_size(body))
    body.seek(0)
    while piece := body.read(SEND_BYTES):
        yield piece
        progress.advance(task, len(piece))
    progress.update(task, description="sent, waiting for the response")


def _exit_code(response: httpx.Response) -> int:
    """Return 1 if a single row was rejected: a nightly job must notice."""
    if response.status_code >= 500:
        return 3
    report = json_object(response).get("report") or {"counts": {"rejected": 0}}
    return 0 if response.is_success and report["counts"]["rejected"] == 0 else 1


def _environment_language() -> str:
    """Return the language that the environment names, even if this machine lacks its locale."""
    locale = next((value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := os.environ.get(name))), "")
    return "zh" if locale.startswith("zh") else "en"


def _checked_dataset(dataset: str) -> str:
    name = dataset.strip("/")
    if name not in DATASETS:
        close = difflib.get_close_matches(name, DATASETS, n=1, cutoff=0.5)
        hint = f"; did you mean {close[0]}?" if close else ""
        raise typer.BadParameter(f"{dataset} must be one of {', '.join(DATASETS)}{hint}", param_hint="--dataset")
    return name


def _checked_server(server: str) -> str:
    parts = urlsplit(server)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise typer.BadParameter(f"{server} must be an address such as https://gigacity.example", param_hint="--server")
    return server.rstrip("/")


def _secret(file: Path | None) -> str:
    secret = file.read_text(encoding="utf-8") if file else os.environ.get("GIGACITY_CLIENT_SECRET", "")
    if not secret.strip():
        raise typer.BadParameter("set GIGACITY_CLIENT_SECRET, or name a file with --client-secret-file", param_hint="secret")
    return secret.strip()
