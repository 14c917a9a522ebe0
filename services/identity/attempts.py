"""Limits on attempts to authenticate that fail, or may fail.

Attempts are counted in memory: every identity process counts its own, and a restart forgets them.
A guess is one out of 2^256, so the limit protects the database and the audit, not the secret.
"""

import ipaddress
from collections import Counter, OrderedDict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from math import ceil
from typing import Final

MAX_FAILED: Final = 10
WINDOW_S: Final = 60.0
MAX_UNKNOWN_AUDITED: Final = 100  # unknown client ids a window: each costs a row in the audit, and anybody can make up ids
MAX_NAMES: Final = 10_000  # the least recently used is forgotten first
MAX_PLACES: Final = 16
MAX_PLACES_PER_ADDRESS: Final = 4
IPV6_NETWORK_BITS: Final = 64  # what one subscriber has; its addresses are as many as it likes


class FailedAttempts:
    """The failed attempts of the last minute by name (of a client, of an address)."""

    def __init__(self, allowed: int = MAX_FAILED) -> None:
        self._allowed = allowed
        self._failures: OrderedDict[str, deque[float]] = OrderedDict()

    def count(self, names: tuple[str, ...], now_s: float) -> int:
        """Count an attempt under each name, and return 0; or count none, and return the seconds until another one is allowed.

        The check and the count are one step, so that of many attempts at once no more pass than of many in a row.
        """
        wait_s = max(self._wait(name, now_s) for name in names)
        if wait_s == 0:
            for name in names:
                self._failures.setdefault(name, deque(maxlen=self._allowed)).append(now_s)
                self._failures.move_to_end(name)
                if len(self._failures) > MAX_NAMES:
                    self._failures.popitem(last=False)
        return wait_s

    def forgive(self, names: tuple[str, ...]) -> None:
        """Forget the last attempt under each name: it has succeeded."""
        for name in names:
            if times := self._failures.get(name):
                times.pop()

    def _wait(self, name: str, now_s: float) -> int:
        times = self._failures.get(name)
        if times is None or len(times) < self._allowed:
            return 0
        return max(0, ceil(times[0] + WINDOW_S - now_s))


class NoPlaceError(Exception):
    """Too many attempts are being verified."""


class Places:
    """The places in which attempts are verified that may be wrong: few of an address, and few in all."""

    def __init__(self) -> None:
        self._taken: Counter[str] = Counter()

    @contextmanager
    def place_for(self, sender: str) -> Iterator[None]:
        """Take a place during the block. Raises NoPlaceError at once if none is free: nobody waits for one."""
        if self._taken.total() >= MAX_PLACES or self._taken[sender] >= MAX_PLACES_PER_ADDRESS:
            raise NoPlaceError
        self._taken[sender] += 1
        try:
            yield
        finally:
            self._taken -= Counter([sender])  # drops the sender with its last attempt


def sender_of(address: str) -> str:
    """Return what the limits count for an address: itself, or its network of 64 bits in IPv6."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, IPV6_NETWORK_BITS), strict=False))
