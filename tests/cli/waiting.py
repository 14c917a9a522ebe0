"""Waits for what another process does."""

import time
from collections.abc import Callable

PATIENCE_S = 30.0


def wait_until(happened: Callable[[], bool], what: str) -> None:
    """Wait for something; fail the test when it does not come."""
    deadline = time.monotonic() + PATIENCE_S
    while not happened():
        assert time.monotonic() < deadline, f"waited {PATIENCE_S:.0f} s for {what}"
        time.sleep(0.05)
