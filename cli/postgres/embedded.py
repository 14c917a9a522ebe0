"""The embedded PostgreSQL server: created on first use, reached by a unix socket, stopped with the process that owns it.

A connection, not the pid file, shows if it is running. The owning process holds a file lock, which the kernel releases
however that process ends.
"""

import errno
import fcntl
import hashlib
import os
import shutil
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
from cli.postgres.supervisor import SAY_AFTER_S, EmbeddedError, Supervisor, say, server_state

SUPERUSER = "postgres"
OWNER = "gigacity"  # of the database; not a superuser, so that row-level security applies to migrations too
LOCK_TIMEOUT_S = 120.0  # for the process before this one to end
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


class Embedded:
    """The embedded server of one home folder."""

    def __init__(self, home: Path) -> None:
        self.home = home.resolve()
        self.data = self.home / "postgres"
        self.log = self.home / "postgres.log"
        self.sockets = SOCKETS / f"gigacity-{hashlib.sha256(os.fsencode(self.data)).hexdigest()[:16]}"  # at most 93 bytes
        self._socket = self.sockets / ".s.PGSQL.5432"
        self._lock_file = self.home / "postgres.lock"

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
    def running(self, *, exclusive: bool = False, create: bool = True) -> Iterator["Embedded"]:
        """Yield the server: start it and stop it after the block, or use the one that another process runs.

        `exclusive`: never use another process's server, which could stop it during the block. `create`: make a new server if the
        folder has none. Raises EmbeddedError, also at the end of the block if the server could not be kept running.
        """
        if not create and not self.data.exists() and not self._lock_file.exists():
            raise EmbeddedError(self._no_database())
        try:
            self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = self._lock_file.open("ab", buffering=0)
        except OSError as error:
            raise _failure(error) from error
        with closing(lock):
            if not self._acquire(lock, exclusive=exclusive):
                yield self
                return
            if not create and not self.data.exists():
                raise EmbeddedError(self._no_database())
            self._prepare_data()
            try:
                with Supervisor(self.data, self.log, self._socket, prepare=self._prepare_start, answers=self.is_running):
                    self._create_owner_and_database()
                    yield self
            finally:
                shutil.rmtree(self.sockets, ignore_errors=True)

    def _no_database(self) -> str:
        return (
            f"there is no database in {self.home}: change to the folder where `gigacity up` runs, or set GIGACITY_HOME"
            " or GIGACITY_DATABASE_URL. Only `gigacity up`, `restore` and `demo` create a database"
        )

    def _acquire(self, lock: FileIO, *, exclusive: bool) -> bool:
        """Return True once this process owns the server, or False if it may use another process's."""
        started, said = time.monotonic(), False
        while (waited_s := time.monotonic() - started) < LOCK_TIMEOUT_S:
            with suppress(BlockingIOError):
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                with suppress(OSError):  # on a full disk it does without its number
                    lock.truncate(0)
                    lock.write(f"{os.getpid()}\n".encode())
                return True
            if not exclusive and self.is_running():
                return False
            if waited_s > SAY_AFTER_S:
                if not exclusive and self._is_hidden():
                    raise EmbeddedError(
                        f"{self._owner()} serves {self.home}, but its socket {self._socket} cannot be seen from here: run this"
                        " command where it runs, in the same container, and with the same /tmp (systemd: without PrivateTmp)"
                    )
                if not said:
                    doing = "serves" if exclusive else "starts or stops the server of"
                    advice = "stop it, or choose another folder with GIGACITY_HOME" if exclusive else f"its log is {self.log}"
                    say(f"Waiting up to {LOCK_TIMEOUT_S:.0f} s: {self._owner()} {doing} {self.home}; {advice}")
                    said = True
            time.sleep(0.1)
        raise EmbeddedError(f"{self._owner()} serves {self.home}: stop it first, or choose another folder with GIGACITY_HOME")

    def _owner(self) -> str:
        """Return who holds the lock."""
        with suppress(OSError, ValueError):
            return f"another process (number {int(self._lock_file.read_text(encoding='ascii'))})"
        return "another process"

    def _is_hidden(self) -> bool:
        """Return whether the server accepts connections, but not at a socket that this process can see."""
        return server_state(self.data) == "ready" and not self._socket.exists()

    def _prepare_data(self) -> None:
        """Make ready what has to be there once; the server does not run yet."""
        try:
            self._create_socket_folder()
            if not self.data.exists():
                self._create()
            self._write("postgresql.conf", CONFIGURATION.format(sockets=self.sockets))
            self.password(SUPERUSER)
            self.password(OWNER)
        except OSError as error:
            raise _failure(error) from error
        if self.is_running():  # this process has the lock, so the previous owner ended without stopping it
            spawn("pg_ctl", "stop", "-w", "--mode=fast", data=self.data, output=subprocess.DEVNULL).wait()

    def _prepare_start(self) -> None:
        """Make ready what a crash, a reboot or a cleaner of /tmp may have changed."""
        self._create_socket_folder()
        self._replace_foreign_pid()

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
        say(f"Creating a new database in {self.home}")
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
            shutil.rmtree(draft, ignore_errors=True)
            raise EmbeddedError(f"no database could be created in {self.home}:\n{output.decode(errors='replace')}")
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


def _failure(error: OSError) -> EmbeddedError:
    remedy = {errno.ENOSPC: ": free some space", errno.EACCES: ": run as its owner, or choose another GIGACITY_HOME"}
    return EmbeddedError(f"{error.filename or 'a file'}: {error.strerror}{remedy.get(error.errno or 0, '')}")


def _give_to_server_account(path: Path) -> None:
    """Make the account that runs the server the owner of a path."""
    account = server_account()
    if account is not None:
        os.chown(path, account.uid, account.gid)
