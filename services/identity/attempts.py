"""A limit on failed attempts to authenticate.

Attempts are counted in memory: every identity process counts its own, and a restart forgets them.
A guess is one out of 2^256, so the limit protects the processor, not the secret.
"""

from collections import OrderedDict, deque
from math import ceil
from typing import Final

MAX_FAILED: Final = 10
WINDOW_S: Final = 60.0
MAX_UNKNOWN_AUDITED: Final = 100  # unknown client ids a window: each costs a row in the audit, and anybody can make up ids
MAX_NAMES: Final = 10_000  # the least recently used is forgotten first


class FailedAttempts:
    """The failed attempts of the last minute by name (of a client, of an address)."""

    def __init__(self, allowed: int = MAX_FAILED) -> None:
        self._allowed = allowed
        self._failures: OrderedDict[str, deque[float]] = OrderedDict()

    def wait_s(self, names: tuple[str, ...], now_s: float) -> int:
        """Return the seconds until another attempt is allowed under all of these names; 0 if it is allowed now."""
        return max(self._wait(name, now_s) for name in names)

    def count_failure(self, names: tuple[str, ...], now_s: float) -> None:
        """Count a failed attempt under each name."""
        for name in names:
            self._failures.setdefault(name, deque(maxlen=self._allowed)).append(now_s)
            self._failures.move_to_end(name)
            if len(self._failures) > MAX_NAMES:
                self._failures.popitem(last=False)

    def _wait(self, name: str, now_s: float) -> int:
        times = self._failures.get(name)
        if times is None or len(times) < self._allowed:
            return 0
        return max(0, ceil(times[0] + WINDOW_S - now_s))
