"""One PostgreSQL of our own on one machine: made on first use, reached by a unix socket, gone with the process that owns it.

Whether it runs is asked of the server, never of a pid file. Whoever starts it holds a file lock, which the kernel
gives back however that process ends.
"""

import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from io import FileIO
from pathlib import Path

import psycopg
from psycopg import sql

from cli.postgres.binaries import account, spawn
from cli.postgres.passwords import password

SUPERUSER = "postgres"
OWNER = "gigacity"  # of the database; no superuser, so that row-level security holds for migrations too
START_TIMEOUT_S = 120.0
STOP_TIMEOUT_S = 30.0
SOCKETS = Path("/tmp")  # noqa: S108 - not TMPDIR: every process must derive the same, short path; its owner is checked

CONFIGURATION = """\
# Written at every start. Put settings of your own into local.conf beside this file.
listen_addresses = ''
unix_socket_directories = '{sockets}'
password_encryption = 'scram-sha-256'
fsync = on
full_page_writes = on
synchronous_commit = on
max_connections = 100
shared_buffers = '256MB'
max_wal_size = '2GB'
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
lc_messages = 'C'
include_if_exists = 'local.conf'
"""
CREATE_OPTIONS = (
    *("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
    *("--data-checksums", "--auth=scram-sha-256", f"--username={SUPERUSER}"),
)


class EmbeddedError(RuntimeError):
    """The embedded server cannot be had; the message says why and what to do."""


class Embedded:
    """The embedded server of one home folder."""

    def __init__(self, home: Path) -> None:
        self.home = home.resolve()
        self.data = self.home / "postgres"
        self.log = self.home / "postgres.log"
        self.sockets = SOCKETS / f"gigacity-{hashlib.sha256(os.fsencode(self.data)).hexdigest()[:16]}"  # at most 93 bytes
        self._process: subprocess.Popen[bytes] | None = None

    def url(self, role: str = OWNER, database: str = OWNER) -> str:
        """The address a role logs in with."""
        return f"postgresql://{role}:{self.password(role)}@/{database}?host={self.sockets}"

    def password(self, role: str) -> str:
        """The role's password, generated on first use."""
        return password(self.home / "passwords", role)

    def connect(self, database: str = "postgres") -> psycopg.Connection:
        """Connect as the superuser."""
        return psycopg.connect(self.url(SUPERUSER, database), connect_timeout=5, autocommit=True)

    def answers(self) -> bool:
        """Whether the server runs, by asking it."""
        try:
            with self.connect() as connection:
                connection.execute("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True

    @contextmanager
    def running(self, *, exclusive: bool = False) -> Iterator["Embedded"]:
        """The server, for as long as the block lasts: the one that runs, or one that starts and stops with the block.

        `exclusive`: never borrow it, as the process that serves must not lose it to another that ends first.
        """
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        with closing((self.home / "postgres.lock").open("ab", buffering=0)) as lock:
            if self._acquire(lock, exclusive=exclusive):
                try:
                    self._start()
                    yield self
                finally:
                    self._stop()
            else:
                yield self

    def _acquire(self, lock: FileIO, *, exclusive: bool) -> bool:
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline:
            with suppress(BlockingIOError):
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return True
            if not exclusive and self.answers():
                return False
            time.sleep(0.1)
        message = f"another process serves {self.home}: stop it first, or choose another folder with GIGACITY_HOME"
        raise EmbeddedError(message)

    def _start(self) -> None:
        self._lay_sockets()
        if not self.data.exists():
            self._create()
        self._write("postgresql.conf", CONFIGURATION.format(sockets=self.sockets))
        if self.answers():  # we hold the lock, so its owner is gone without having stopped it
            spawn("pg_ctl", "stop", "-w", "--mode=fast", data=self.data, output=subprocess.DEVNULL).wait()
        deadline = time.monotonic() + START_TIMEOUT_S
        while self._process is None or not self.answers():
            if time.monotonic() > deadline:
                message = f"PostgreSQL does not start on {self.data}. The end of {self.log}:\n{self._last_words()}"
                raise EmbeddedError(message)
            if self._process is None or self._process.poll() is not None:
                # Right after a kill the old server's children may still hold its memory: try again until they are gone.
                self._forget_stranger()
                with self.log.open("ab") as log:
                    self._process = spawn("postgres", data=self.data, output=log)
            time.sleep(0.05)
        self._furnish()

    def _stop(self) -> None:
        if self._process is None:
            return
        for request in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):  # fast, immediate, at once
            self._process.send_signal(request)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(STOP_TIMEOUT_S)
                break
        self._process = None
        shutil.rmtree(self.sockets, ignore_errors=True)

    def _lay_sockets(self) -> None:
        become = account()
        owner = os.geteuid() if become is None else become.uid
        with suppress(FileExistsError):
            self.sockets.mkdir(mode=0o700)
            _give(self.sockets)
        found = self.sockets.lstat()
        if not self.sockets.is_dir() or self.sockets.is_symlink() or found.st_uid != owner:
            message = f"{self.sockets} belongs to somebody else: remove it"
            raise EmbeddedError(message)

    def _create(self) -> None:
        draft = self.home / "postgres.new"  # renamed when whole: a killed initdb leaves nothing that looks like a server
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        _give(draft)
        secret = self.sockets / "initial"
        secret.touch(mode=0o600)
        secret.write_text(self.password(SUPERUSER), encoding="ascii")
        _give(secret)
        try:
            initdb = spawn("initdb", *CREATE_OPTIONS, f"--pwfile={secret}", data=draft, output=subprocess.PIPE)
            words, _ = initdb.communicate()
        finally:
            secret.unlink()
        if initdb.returncode != 0:
            message = f"initdb failed:\n{words.decode(errors='replace')}"
            raise EmbeddedError(message)
        draft.rename(self.data)

    def _write(self, name: str, text: str) -> None:
        path = self.data / name
        path.write_text(text, encoding="utf-8")
        _give(path)

    def _forget_stranger(self) -> None:
        """Let the server see through a lock file whose pid now belongs to some other program (after a reboot, in a container).

        Only the pid is replaced, so the server's own check of the memory that survivors may hold still takes place.
        """
        path = self.data / "postmaster.pid"
        with suppress(OSError, ValueError, IndexError):
            lines = path.read_text(encoding="utf-8").splitlines()
            name = Path("/proc", str(int(lines[0])), "comm").read_text(encoding="utf-8").strip()
            if name != "postgres":
                self._write("postmaster.pid", "\n".join([str(2**22 + 1), *lines[1:], ""]))  # no Linux pid is that large

    def _furnish(self) -> None:
        with self.connect() as connection:
            secret = connection.pgconn.encrypt_password(self.password(OWNER).encode(), OWNER.encode(), b"scram-sha-256").decode()
            known = connection.execute("SELECT FROM pg_roles WHERE rolname = %s", (OWNER,)).fetchone()
            command = "ALTER ROLE {} PASSWORD {}" if known is not None else "CREATE ROLE {} LOGIN CREATEROLE PASSWORD {}"
            connection.execute(sql.SQL(command).format(sql.Identifier(OWNER), secret))
            if connection.execute("SELECT FROM pg_database WHERE datname = %s", (OWNER,)).fetchone() is None:
                connection.execute(sql.SQL("CREATE DATABASE {0} OWNER {0}").format(sql.Identifier(OWNER)))

    def _last_words(self) -> str:
        return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-8:])


def _give(path: Path) -> None:
    """Hand a path to the account the server runs as."""
    become = account()
    if become is not None:
        os.chown(path, become.uid, become.gid)
