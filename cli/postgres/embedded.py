"""The embedded PostgreSQL server: created on first use, reached by a unix socket, stopped with the process that owns it.

A connection, not the pid file, shows if it is running. The owning process holds a file lock, which the kernel releases
however that process ends.
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

from cli.postgres.binaries import server_account, spawn
from cli.postgres.passwords import role_password

SUPERUSER = "postgres"
OWNER = "gigacity"  # of the database; not a superuser, so that row-level security applies to migrations too
START_TIMEOUT_S = 120.0
STOP_TIMEOUT_S = 30.0
SOCKETS = Path("/tmp")  # noqa: S108 - not TMPDIR: every process must derive the same, short path; its owner is checked

CONFIGURATION = """\
# Written at every start. Put your own settings into local.conf in this folder.
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
    """The embedded server cannot be started; the message gives the reason and the remedy."""


class Embedded:
    """The embedded server of one home folder."""

    def __init__(self, home: Path) -> None:
        self.home = home.resolve()
        self.data = self.home / "postgres"
        self.log = self.home / "postgres.log"
        self.sockets = SOCKETS / f"gigacity-{hashlib.sha256(os.fsencode(self.data)).hexdigest()[:16]}"  # at most 93 bytes
        self._process: subprocess.Popen[bytes] | None = None

    def url(self, role: str = OWNER, database: str = OWNER) -> str:
        """Return the URL that a role logs in with."""
        return f"postgresql://{role}:{self.password(role)}@/{database}?host={self.sockets}"

    def password(self, role: str) -> str:
        """Return the role's password; generate it on first use."""
        return role_password(self.home / "passwords", role)

    def connect(self, database: str = "postgres") -> psycopg.Connection:
        """Connect as the superuser."""
        return psycopg.connect(self.url(SUPERUSER, database), connect_timeout=5, autocommit=True)

    def is_running(self) -> bool:
        """Try to connect to the server."""
        try:
            with self.connect() as connection:
                connection.execute("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True

    @contextmanager
    def running(self, *, exclusive: bool = False) -> Iterator["Embedded"]:
        """Yield the server: start it and stop it after the block, or use the one that another process runs.

        `exclusive`: never use another process's server, which could stop it during the block.
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
            if not exclusive and self.is_running():
                return False
            time.sleep(0.1)
        message = f"another process serves {self.home}: stop it first, or choose another folder with GIGACITY_HOME"
        raise EmbeddedError(message)

    def _start(self) -> None:
        self._create_socket_folder()
        if not self.data.exists():
            self._create()
        self._write("postgresql.conf", CONFIGURATION.format(sockets=self.sockets))
        if self.is_running():  # this process has the lock, so the previous owner ended without stopping it
            spawn("pg_ctl", "stop", "-w", "--mode=fast", data=self.data, output=subprocess.DEVNULL).wait()
        deadline = time.monotonic() + START_TIMEOUT_S
        while self._process is None or not self.is_running():
            if time.monotonic() > deadline:
                message = f"PostgreSQL does not start on {self.data}. The end of {self.log}:\n{self._log_tail()}"
                raise EmbeddedError(message)
            if self._process is None or self._process.poll() is not None:
                # After a kill, the old server's children may use its shared memory for a while: try again until they have ended.
                self._replace_foreign_pid()
                with self.log.open("ab") as log:
                    self._process = spawn("postgres", data=self.data, output=log)
            time.sleep(0.05)
        self._create_owner_and_database()

    def _stop(self) -> None:
        if self._process is None:
            return
        for shutdown_signal in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):  # fast shutdown, immediate shutdown, kill
            self._process.send_signal(shutdown_signal)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(STOP_TIMEOUT_S)
                break
        self._process = None
        shutil.rmtree(self.sockets, ignore_errors=True)

    def _create_socket_folder(self) -> None:
        account = server_account()
        owner = os.geteuid() if account is None else account.uid
        with suppress(FileExistsError):
            self.sockets.mkdir(mode=0o700)
            _give_to_server_account(self.sockets)
        status = self.sockets.lstat()
        if not self.sockets.is_dir() or self.sockets.is_symlink() or status.st_uid != owner:
            message = f"{self.sockets} belongs to another user: remove it"
            raise EmbeddedError(message)

    def _create(self) -> None:
        draft = self.home / "postgres.new"  # renamed when complete, so that a killed initdb leaves no half-made server
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        _give_to_server_account(draft)
        password_file = self.sockets / "initial"
        password_file.touch(mode=0o600)
        password_file.write_text(self.password(SUPERUSER), encoding="ascii")
        _give_to_server_account(password_file)
        try:
            initdb = spawn("initdb", *CREATE_OPTIONS, f"--pwfile={password_file}", data=draft, output=subprocess.PIPE)
            output, _ = initdb.communicate()
        finally:
            password_file.unlink()
        if initdb.returncode != 0:
            message = f"initdb failed:\n{output.decode(errors='replace')}"
            raise EmbeddedError(message)
        draft.rename(self.data)

    def _write(self, name: str, text: str) -> None:
        path = self.data / name
        path.write_text(text, encoding="utf-8")
        _give_to_server_account(path)

    def _replace_foreign_pid(self) -> None:
        """Replace a pid in postmaster.pid that now belongs to another program (after a reboot, in a container).

        Only the pid changes, so the server still checks if surviving processes use its shared memory.
        """
        path = self.data / "postmaster.pid"
        with suppress(OSError, ValueError, IndexError):
            lines = path.read_text(encoding="utf-8").splitlines()
            name = Path("/proc", str(int(lines[0])), "comm").read_text(encoding="utf-8").strip()
            if name != "postgres":
                self._write("postmaster.pid", "\n".join([str(2**22 + 1), *lines[1:], ""]))  # no Linux pid is that large

    def _create_owner_and_database(self) -> None:
        with self.connect() as connection:
            password_hash = connection.pgconn.encrypt_password(
                self.password(OWNER).encode(), OWNER.encode(), b"scram-sha-256"
            ).decode()
            role = connection.execute("SELECT FROM pg_roles WHERE rolname = %s", (OWNER,)).fetchone()
            command = "ALTER ROLE {} PASSWORD {}" if role is not None else "CREATE ROLE {} LOGIN CREATEROLE PASSWORD {}"
            connection.execute(sql.SQL(command).format(sql.Identifier(OWNER), password_hash))
            if connection.execute("SELECT FROM pg_database WHERE datname = %s", (OWNER,)).fetchone() is None:
                connection.execute(sql.SQL("CREATE DATABASE {0} OWNER {0}").format(sql.Identifier(OWNER)))

    def _log_tail(self) -> str:
        return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-8:])


def _give_to_server_account(path: Path) -> None:
    """Make the account that runs the server the owner of a path."""
    account = server_account()
    if account is not None:
        os.chown(path, account.uid, account.gid)
