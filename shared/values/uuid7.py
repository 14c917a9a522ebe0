"""Identifiers that sort by time (RFC 9562, version 7)."""

import os
import time
from uuid import UUID


def uuid7() -> UUID:
    """Return a new UUIDv7: 48 bits of milliseconds, 74 random bits. To be replaced by `uuid.uuid7` from Python 3.14."""
    return uuid7_of(time.time_ns() // 1_000_000, int.from_bytes(os.urandom(10), "big"))


def uuid7_of(milliseconds: int, rest: int) -> UUID:
    """Return the UUIDv7 of a time since 1970; `rest` has 80 bits, of which version and variant replace six."""
    bits = milliseconds << 80 | rest
    bits = bits & ~(0xF << 76) | 0x7 << 76  # version
    bits = bits & ~(0x3 << 62) | 0x2 << 62  # variant
    return UUID(int=bits)
