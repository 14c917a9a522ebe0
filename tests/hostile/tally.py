"""The lines that say how many hostile cases were sent and forms were read, added up over the processes that ran the tests."""

from collections import Counter
from typing import Any

import pytest

from tests.services.ingest.formats.forms_read import FORMS_READ

RAN = pytest.StashKey[Counter[str]]()
FORMS = pytest.StashKey[Counter[str]]()
FIGURES = pytest.StashKey[dict[str, str]]()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker tells its controller what it sent."""
    session.config.stash.setdefault(FORMS, Counter()).update(FORMS_READ)
    told = getattr(session.config, "workeroutput", None)
    if told is not None:
        ran: Counter[str] = session.config.stash.setdefault(RAN, Counter())
        told["hostile"] = dict(ran)
        told["forms"] = dict(FORMS_READ)
        told["figures"] = session.config.stash.setdefault(FIGURES, {})


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """The controller adds up."""
    told = getattr(node, "workeroutput", {}).get("hostile", {})
    node.config.stash.setdefault(RAN, Counter()).update(told)
    node.config.stash.setdefault(FORMS, Counter()).update(getattr(node, "workeroutput", {}).get("forms", {}))
    node.config.stash.setdefault(FIGURES, {}).update(getattr(node, "workeroutput", {}).get("figures", {}))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say how many cases were sent."""
    if ran := config.stash.get(RAN, None):
        groups = ", ".join(f"{group} {number}" for group, number in sorted(ran.items()))
        terminalreporter.write_line(f"hostile input: {ran.total()} cases ran against a real process ({groups})")
    if forms := config.stash.get(FORMS, None):
        ways = ", ".join(f"{number} {way}" for way, number in sorted(forms.items()))
        terminalreporter.write_line(f"forms: {forms.total()} tables were read ({ways})")
    for name, figure in config.stash.get(FIGURES, {}).items():
        terminalreporter.write_line(f"hostile input: {name}: {figure}")
