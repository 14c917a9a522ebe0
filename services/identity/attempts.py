"""Limits how often secrets may be guessed.

Counted in this process's memory: every identity process counts for itself and forgets when it restarts.
A guess is one out of 2^256, so the limit protects the processor, not the secret.
"""

from collections import OrderedDict, deque
from math import ceil
from typing import Final

MAX_WRONG: Final = 10
WINDOW_S: Final = 60.0
MAX_UNKNOWN_AUDITED: Final = 100  # of guessed names, a window: each costs a row, and names and addresses are free
MAX_COUNTED: Final = 10_000  # names; the longest unused is forgotten first


class Attempts:
    """The wrong attempts of the last minute, by whatever names they count under (a client, an address)."""

    def __init__(self, allowed: int = MAX_WRONG) -> None:
        """No attempt yet; so many are allowed within a window."""
        self._allowed = allowed
        self._wrong: OrderedDict[str, deque[float]] = OrderedDict()

    def wait_s(self, names: tuple[str, ...], now_s: float) -> int:
        """Seconds until another attempt is allowed under all of these names; 0 when it is allowed now."""
        return max(self._wait(name, now_s) for name in names)

    def wrong(self, names: tuple[str, ...], now_s: float) -> None:
        """Count a wrong attempt under each name."""
        for name in names:
            self._wrong.setdefault(name, deque(maxlen=self._allowed)).append(now_s)
            self._wrong.move_to_end(name)
            if len(self._wrong) > MAX_COUNTED:
                self._wrong.popitem(last=False)

    def _wait(self, name: str, now_s: float) -> int:
        times = self._wrong.get(name)
        if times is None or len(times) < self._allowed:
            return 0
        return max(0, ceil(times[0] + WINDOW_S - now_s))
