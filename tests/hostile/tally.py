"""The lines that say how many hostile cases were sent, added up over the processes that ran the tests, and what they caused."""

from collections import Counter
from typing import Any

import pytest

RAN = pytest.StashKey[Counter[str]]()
FIGURES = pytest.StashKey[dict[str, str]]()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker tells its controller what it sent."""
    told = getattr(session.config, "workeroutput", None)
    if told is not None:
        ran: Counter[str] = session.config.stash.setdefault(RAN, Counter())
        told["hostile"] = dict(ran)
        told["figures"] = session.config.stash.setdefault(FIGURES, {})


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """The controller adds up."""
    told = getattr(node, "workeroutput", {}).get("hostile", {})
    node.config.stash.setdefault(RAN, Counter()).update(told)
    node.config.stash.setdefault(FIGURES, {}).update(getattr(node, "workeroutput", {}).get("figures", {}))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say how many cases were sent."""
    if ran := config.stash.get(RAN, None):
        groups = ", ".join(f"{group} {number}" for group, number in sorted(ran.items()))
        terminalreporter.write_line(f"hostile input: {ran.total()} cases ran against a real process ({groups})")
    for name, figure in config.stash.get(FIGURES, {}).items():
        terminalreporter.write_line(f"hostile input: {name}: {figure}")
