"""The cost of a request to the process that answers it, and the time that others wait meanwhile.

Waiting is measured from outside, by another client's requests on connections of its own. On a busy machine a process also waits
for a processor; the kernel counts that time for each thread, and it is taken off: what remains is what the process itself causes.
"""

import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

PAUSE_S = 0.02
_TICK_S = 1 / os.sysconf("SC_CLK_TCK")
_KB = 1 << 10


class Delay(NamedTuple):
    """The time of an answer that costs next to nothing."""

    path: str
    seconds: float


@dataclass
class Load:
    """Delays, processor time and memory during a block."""

    delays: list[Delay] = field(default_factory=list)
    cpu_s: float = 0.0  # of the process and of the workers that it waited for
    grown_bytes: int = 0  # the peak of its memory, above what it had before

    @property
    def longest(self) -> Delay:
        """The longest delay."""
        return max(self.delays, key=lambda delay: delay.seconds)


class Observer:
    """Sends the requests of another client, one after the other on each connection, and measures a process."""

    def __init__(self, pid: int, port: int, probes: dict[str, str]) -> None:
        """`probes`: the headers of each request, by path."""
        self._pid, self._port, self._probes = pid, port, probes

    @contextmanager
    def watching(self) -> Iterator[Load]:
        """Measure during the block; every probe is answered at least once."""
        load, done = Load(), threading.Event()
        threads = [threading.Thread(target=self._probe, args=(path, load, done)) for path in self._probes]
        before, cpu_s = self._reset_peak(), self._cpu_s()
        for thread in threads:
            thread.start()
        try:
            yield load
        finally:
            done.set()
            for thread in threads:
                thread.join()
            load.cpu_s = self._cpu_s() - cpu_s
            load.grown_bytes = max(0, self._status("VmHWM") - before)

    @contextmanager
    def measuring(self) -> Iterator[Load]:
        """Measure processor time and memory during the block, without probes."""
        load = Load()
        before, cpu_s = self._reset_peak(), self._cpu_s()
        yield load
        load.cpu_s = self._cpu_s() - cpu_s
        load.grown_bytes = max(0, self._status("VmHWM") - before)

    def _probe(self, path: str, load: Load, done: threading.Event) -> None:
        request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{self._probes[path]}\r\n".encode()
        own = Path(f"/proc/self/task/{threading.get_native_id()}/schedstat")
        with socket.create_connection(("127.0.0.1", self._port), 60) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while not (done.is_set() and any(delay.path == path for delay in load.delays)):
                waited, started = self._run_queue_s() + _run_queue_s(own), time.perf_counter()
                connection.sendall(request)
                answer = _read_answer(connection)
                seconds = time.perf_counter() - started
                assert answer.startswith(b"HTTP/1.1 200"), answer[:500]
                waited = self._run_queue_s() + _run_queue_s(own) - waited
                load.delays.append(Delay(path, max(0.0, seconds - waited)))
                time.sleep(PAUSE_S)

    def _run_queue_s(self) -> float:
        """Seconds that the threads of the process have waited for a processor."""
        return sum(_run_queue_s(task / "schedstat") for task in Path(f"/proc/{self._pid}/task").iterdir())

    def _cpu_s(self) -> float:
        fields = Path(f"/proc/{self._pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return sum(map(int, fields[11:15])) * _TICK_S

    def _reset_peak(self) -> int:
        """Begin a new peak, and return the memory now."""
        Path(f"/proc/{self._pid}/clear_refs").write_text("5", encoding="ascii")
        return self._status("VmRSS")

    def _status(self, name: str) -> int:
        lines = Path(f"/proc/{self._pid}/status").read_text(encoding="utf-8").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith(name)) * _KB


def _run_queue_s(schedstat: Path) -> float:
    with suppress(OSError):  # the thread has ended
        return int(schedstat.read_text(encoding="ascii").split()[1]) / 1e9
    return 0.0


def _read_answer(connection: socket.socket) -> bytes:
    """Read one answer with a length."""
    received = b""
    while b"\r\n\r\n" not in received:
        received += connection.recv(1 << 20)
    head, _, body = received.partition(b"\r\n\r\n")
    length = next(int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length"))
    while len(body) < length:
        body += connection.recv(1 << 20)
    return head
