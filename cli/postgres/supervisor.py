"""Runs the process of the embedded PostgreSQL, and starts it again whenever it ends."""

import math
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import structlog
import typer

from cli.postgres.binaries import spawn

SAY_AFTER_S: Final = 1.0  # of waiting without a word
GIVE_UP_AFTER_S = 60.0  # without a run that lasted STABLE_S
STABLE_S: Final = 5.0
_LONGEST_PAUSE_S: Final = 1.0  # between two attempts
REPEAT_LOG_S: Final = 60.0  # for a state that lasts
STOP_TIMEOUT_S: Final = 30.0
_POLL_S: Final = 0.05
_WATCH_S: Final = 0.5  # between two looks at the socket
_FULL_BYTES: Final = 1 << 20
_TAIL_BYTES: Final = 2_000

_FULL: Final = "No space left on device"
_LEFTOVERS: Final = "pre-existing shared memory block"  # children of a killed server end a moment later than it does

_log = structlog.get_logger()


class EmbeddedError(RuntimeError):
    """The embedded server cannot run; the message gives the reason and the remedy."""


@dataclass(frozen=True)
class _End:
    """The end of a run of the server that nobody asked for."""

    how: str
    lived_s: float  # from its first answer; 0 if it never answered
    end_of_log: str
    disk_full: bool

    @property
    def advice(self) -> str:
        """The reason as far as it is known, and what to do."""
        if self.disk_full:
            return "the disk is full: free some space"
        if _LEFTOVERS in self.end_of_log:
            return "processes of the server before it have not ended yet"
        return "see the end of its log"


class Supervisor:
    """A thread that starts the server, watches it, and starts it again after it has ended in any way.

    The thread lives as long as the server, because the kernel's signal to the children of a dead parent is tied to it. If the
    server cannot be kept running, the main thread gets SIGINT, and the block raises the reason.
    """

    def __init__(
        self, data: Path, log_file: Path, socket: Path, prepare: Callable[[], None], answers: Callable[[], bool]
    ) -> None:
        """`prepare` is called before each start; `answers` returns whether the server accepts connections."""
        self._data = data
        self._log_file = log_file
        self._socket = socket
        self._prepare = prepare
        self._answers = answers
        self._stopping = threading.Event()
        self._first_start = threading.Event()  # set when it is over, well or not
        self._ended = threading.Event()
        self._logged = ("", float("-inf"))  # the advice that was logged last, and when
        self._error: EmbeddedError | None = None

    def __enter__(self) -> Self:
        """Return once the server accepts connections. Raises EmbeddedError if it does not start."""
        threading.Thread(target=self._run, name="postgres").start()
        try:
            if not self._first_start.wait(SAY_AFTER_S):
                say(f"Waiting for PostgreSQL to start, which can take minutes after a crash; its log is {self._log_file}")
                self._first_start.wait()
        except BaseException:  # Ctrl-C
            self._stop_thread()
            raise
        if self._error is not None:
            raise self._error
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the server; open transactions are rolled back. Raises EmbeddedError if it could not be kept running."""
        self._stop_thread()
        if self._error is not None:
            raise self._error

    def _stop_thread(self) -> None:
        self._stopping.set()
        self._ended.wait()  # not Thread.join, which a signal can break off for good

    def _run(self) -> None:
        try:
            self._keep_running()
        except Exception as error:  # noqa: BLE001 - whoever waits for the server must hear of any error
            self._give_up(f"PostgreSQL cannot be run: {error}")
        finally:
            self._first_start.set()
            self._ended.set()

    def _keep_running(self) -> None:
        pause_s, unstable_since = 0.0, math.inf  # the first end after the last run that was stable
        while not self._stopping.wait(pause_s):
            try:
                end = self._run_server()
            except OSError as error:
                end = self._end(f"not started: {error.strerror}", str(error))
            if end is None:
                return
            stable, now = end.lived_s >= STABLE_S, time.monotonic()
            pause_s = 0.0 if stable else min(max(2 * pause_s, _POLL_S), _LONGEST_PAUSE_S)
            unstable_since = now if stable else min(unstable_since, now)
            if now - unstable_since >= self._patience_s(end):
                self._give_up(f"PostgreSQL does not run, {end.advice}. The end of {self._log_file}:\n{end.end_of_log}")
                return
            self._log_end(end)

    def _patience_s(self, end: _End) -> float:
        """Return how long to try. A first start that fails has an operator who reads why; later ones must go on by themselves."""
        if self._first_start.is_set():
            return math.inf if end.disk_full else GIVE_UP_AFTER_S
        return GIVE_UP_AFTER_S if _LEFTOVERS in end.end_of_log else 0.0

    def _run_server(self) -> _End | None:
        """Start the server and wait until it ends; None if it was stopped on purpose."""
        self._prepare()
        with self._log_file.open("ab") as log_file:
            log_start = log_file.tell()
            process = spawn("postgres", data=self._data, output=log_file)
        answered_at = None
        while not self._stopping.is_set():
            try:
                process.wait(_POLL_S if answered_at is None else _WATCH_S)
                break
            except subprocess.TimeoutExpired:
                if answered_at is not None and not self._is_open():
                    _log.critical("postgres_unreachable", socket=str(self._socket), state=server_state(self._data))
                    _stop(process)
                elif answered_at is None and self._answers():
                    answered_at = time.monotonic()
                    self._log_restart()
                    self._first_start.set()
        else:
            _stop(process)
            return None
        status = process.returncode
        how = f"killed by {signal.Signals(-status).name}" if status < 0 else f"exit status {status}"
        return self._end(how, self._read_log(log_start), 0.0 if answered_at is None else time.monotonic() - answered_at)

    def _is_open(self) -> bool:
        """Return whether the server takes new connections: it does not if its socket was removed, or if it waits to shut down."""
        return self._socket.exists() and server_state(self._data) != "stopping"

    def _end(self, how: str, end_of_log: str, lived_s: float = 0.0) -> _End:
        return _End(how, lived_s, end_of_log, _FULL in end_of_log or shutil.disk_usage(self._data).free < _FULL_BYTES)

    def _log_end(self, end: _End) -> None:
        """Write one line, and not again for attempts that end in the same way until a minute has passed."""
        advice, logged_at = self._logged
        if self._first_start.is_set() and (end.advice != advice or time.monotonic() - logged_at >= REPEAT_LOG_S):
            _log.critical("postgres_ended", how=end.how, advice=end.advice, end_of_log=end.end_of_log)
            self._logged = (end.advice, time.monotonic())

    def _log_restart(self) -> None:
        if self._first_start.is_set():
            _log.warning("postgres_restarted")
        self._logged = ("", float("-inf"))

    def _give_up(self, message: str) -> None:
        self._error = EmbeddedError(message)
        if self._first_start.is_set():
            _log.critical("postgres_given_up")
            main_thread = threading.main_thread().ident
            if main_thread is not None:
                signal.pthread_kill(main_thread, signal.SIGINT)

    def _read_log(self, start: int) -> str:
        """Return the end of what the server has logged since a position in its log."""
        with self._log_file.open("rb") as log_file:
            size = log_file.seek(0, 2)
            log_file.seek(max(start, size - _TAIL_BYTES))
            return "\n".join(log_file.read().decode(errors="replace").splitlines()[-8:])


def server_state(data: Path) -> str | None:
    """Return the state that a server has written into its folder, such as `ready`; None if there is none."""
    try:
        return (data / "postmaster.pid").read_text(encoding="utf-8").splitlines()[-1].strip()
    except (OSError, IndexError):
        return None


def say(message: str) -> None:
    """Tell the person at the terminal what takes so long."""
    typer.echo(message, err=True)


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Stop the server and wait for it: fast shutdown, immediate shutdown, kill."""
    for shutdown_signal in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        process.send_signal(shutdown_signal)
        try:
            process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            continue
        return
