"""Waits for a change made by another process."""

import time
from collections.abc import Callable

TIMEOUT_S = 30.0


def wait_until(condition: Callable[[], bool], description: str) -> None:
    """Wait for a condition; fail the test after a timeout."""
    deadline = time.monotonic() + TIMEOUT_S
    while not condition():
        assert time.monotonic() < deadline, f"waited {TIMEOUT_S:.0f} s for {description}"
        time.sleep(0.05)
