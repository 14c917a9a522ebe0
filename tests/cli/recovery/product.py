"""The product in a process of its own, on a database that a test breaks."""

import json
import os
import re
import shutil
import signal
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import httpx

from cli.postgres.embedded import Embedded
from tests.cli.commands import environment_of

TIMEOUT_S = 30.0
LAST_LINE = "business date"
COMMAND = "from cli.main import app; app()"
_NO_CERTIFICATES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # plain HTTP needs none, and loading them takes a while
MOUNT, UMOUNT = "/bin/mount", "/bin/umount"


@dataclass
class Product:
    """A running `gigacity up` and its clients, as (id, secret) by organisation."""

    process: subprocess.Popen[str]
    home: Path
    log: Path
    address: str
    clients: Mapping[str, tuple[str, str]]
    _tokens: dict[str, str] = field(default_factory=dict)
    _values: Iterator[int] = field(default_factory=lambda: count(1))

    def request(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        """Send a request on a new connection."""
        with httpx.Client(base_url=self.address, timeout=TIMEOUT_S, trust_env=False, verify=_NO_CERTIFICATES) as http:
            return http.request(method, path, **arguments)

    def new_token(self, org: str = "telecom") -> httpx.Response:
        """Request a token."""
        return self.request("POST", "/oauth2/token", data={"grant_type": "client_credentials"}, auth=self.clients[org])

    def token(self, org: str = "telecom") -> str:
        """Return the token that was requested first."""
        if org not in self._tokens:
            answer = self.new_token(org)
            assert answer.status_code == 200, answer.text
            self._tokens[org] = answer.json()["access_token"]
        return self._tokens[org]

    def get(self, path: str, org: str = "telecom", token: str | None = None) -> httpx.Response:
        """Get a resource."""
        return self.request("GET", path, headers={"Authorization": f"Bearer {token or self.token(org)}"})

    def push(self, key: str | None = None, value: int | None = None) -> httpx.Response:
        """Push a count, another one each time."""
        row = {"metric": "fbb_subs_total", "area": "liangjiang", "month": "2022-08", "value": value or next(self._values)}
        headers = {"Authorization": f"Bearer {self.token()}"} | ({"Idempotency-Key": key} if key else {})
        return self.request("POST", "/v1/observations", json={"observations": [row]}, headers=headers)

    def all_at_once(self, number: int = 6) -> list[int]:
        """Send so many requests of each kind to every service at the same time, and one push; return the statuses."""
        token = self.token()
        paths = ("/v1/me", "/v1/imports", "/v1/summary?month=2022-08", "/v1/cases") * number
        sends = [*(partial(self.get, path, token=token) for path in paths), *[self.new_token] * number, self.push]
        with ThreadPoolExecutor(len(sends)) as threads:
            return [answer.status_code for answer in threads.map(lambda send: send(), sends)]

    def seconds_until(self, send: Callable[[], httpx.Response], status: range = range(200, 300)) -> float:
        """Send a request again and again until it has such a status; return how long that took."""
        started = time.monotonic()
        while time.monotonic() - started < TIMEOUT_S:
            with suppress(httpx.TransportError):
                answer = send()
                if answer.status_code in status:
                    return time.monotonic() - started
                assert answer.status_code == 503, answer.text
                assert int(answer.headers["Retry-After"]) >= 0
            time.sleep(0.05)
        raise AssertionError(f"not within {TIMEOUT_S} s; the log ends {self.log.read_text(encoding='utf-8')[-3000:]}")

    def events(self, name: str) -> list[dict[str, Any]]:
        """Return the log lines of an event."""
        lines = self.log.read_text(encoding="utf-8").splitlines()
        return [event for line in lines if line.startswith("{") and (event := json.loads(line))["event"] == name]

    def logged(self) -> str:
        """Return the log."""
        return self.log.read_text(encoding="utf-8")


@contextmanager
def running_product(
    home: Path,
    folder: Path,
    clients: Mapping[str, tuple[str, str]],
    *,
    code: str = "",
    status: int | None = 0,
    **settings: str,
) -> Iterator[Product]:
    """Run `gigacity up` during the block. `code` runs in the process first; `status` is its exit status, None: do not ask."""
    log, port = folder / "up.log", ["--port", "0"]
    environment = environment_of({"GIGACITY_HOME": str(home), **settings})
    with log.open("ab") as stderr:
        process = subprocess.Popen(
            [sys.executable, "-c", f"{code}\n{COMMAND}", "up", *port],
            env=environment,
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        )
    assert process.stdout is not None
    with process:
        try:
            lines = []
            for line in process.stdout:
                lines.append(line)
                if line.startswith(LAST_LINE):
                    break
            told = "".join(lines)
            found = re.search(r"^address +(\S+)$", told, re.MULTILINE)
            assert found is not None, log.read_text(encoding="utf-8")
            threading.Thread(target=process.stdout.read, daemon=True).start()
            yield Product(process, home, log, found[1], clients)
        finally:
            with suppress(ProcessLookupError):
                process.send_signal(signal.SIGTERM)
                process.wait(TIMEOUT_S)
    assert status is None or process.returncode == status, log.read_text(encoding="utf-8")[-4000:]


def postmaster(home: Path) -> int:
    """Return the process id of a home's server."""
    return int((Embedded(home).data / "postmaster.pid").read_text(encoding="utf-8").split()[0])


def copy_of(home: Path, to: Path) -> Path:
    """Copy a home whose server does not run."""
    to.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["/bin/cp", "-a", home, to], check=True)
    return to


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path | None]:
    """Mount a small disk during the block; None where that is not allowed."""
    folder.mkdir()
    mounted = os.geteuid() == 0 and (
        subprocess.run([MOUNT, "-t", "tmpfs", "-o", f"size={megabytes}m", "none", folder], check=False).returncode == 0
    )
    try:
        yield folder if mounted else None
    finally:
        if mounted:
            subprocess.run([UMOUNT, "--lazy", folder], check=True)


def fill(folder: Path) -> Path:
    """Fill a disk to the last byte; return the file that does."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(min(1 << 20, max(shutil.disk_usage(folder).free, 1))))
    return filler
