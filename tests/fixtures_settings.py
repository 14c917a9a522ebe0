"""Settings and clock of a test: nothing comes from the environment, and the time is fixed."""

import os
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
import time_machine

from shared.clock import Clock
from shared.settings import Settings

MEMORY_FOLDER = Path("/dev/shm")  # noqa: S108 - pytest makes a closed folder in it
REQUIRED_BYTES = 4 << 30  # several times what a run needs
NOW = datetime.fromisoformat("2022-09-06T10:00+08:00")


def pytest_configure(config: pytest.Config) -> None:
    """Keep the files of tests in memory if there is room: they create hundreds of databases, which real servers sync.

    `--basetemp` and PYTEST_DEBUG_TEMPROOT take precedence.
    """
    room = MEMORY_FOLDER.is_dir() and shutil.disk_usage(MEMORY_FOLDER).free >= REQUIRED_BYTES
    if room and config.getoption("basetemp") is None:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY_FOLDER))


@pytest.fixture(autouse=True, scope="session")
def clean_environment() -> Iterator[None]:
    """Remove the user's settings from the environment, except the URL of a server to test on.

    Compiled code is kept, because tests start the command a hundred times.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
        for name in os.environ:
            if name.startswith("GIGACITY_") and name != "GIGACITY_TEST_DATABASE_URL":
                patch.delenv(name)
        yield


class Travel:
    """Moves the real time of this process and the elapsed time, which stand still otherwise."""

    def __init__(self, real_time: time_machine.Traveller) -> None:
        self._real_time = real_time
        self._elapsed_s = 1_000.0

    def elapsed_s(self) -> float:
        """Return the elapsed time, a microsecond later each time."""
        self._elapsed_s += 1e-6
        return self._elapsed_s

    def shift(self, seconds: float) -> None:
        """Let time pass."""
        self._real_time.shift(seconds)
        self._elapsed_s += seconds

    def step_clock(self, seconds: float) -> None:
        """Set the clock of the machine to another time, as its administrator or its time service does."""
        self._real_time.shift(seconds)


@pytest.fixture
def travel(monkeypatch: pytest.MonkeyPatch) -> Iterator[Travel]:
    """Real and elapsed time under the test's control."""
    with time_machine.travel(Clock.real_now(), tick=False) as real_time:
        travel = Travel(real_time)
        monkeypatch.setattr(Clock, "elapsed_s", staticmethod(travel.elapsed_s))
        yield travel


@pytest.fixture
def clock() -> Clock:
    """The business clock, at 2022-09-06T10:00+08:00; move it by setting `clock.fixed`."""
    return Clock(NOW)


@pytest.fixture(scope="session")
def session_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of the mode `test`; their home, and so the key that seals signing keys, lasts for the session."""
    home = tmp_path_factory.mktemp("home")
    return Settings(mode="test", home=home, key_encryption_key_file=None, pool_size=4)


@pytest.fixture
def settings(session_settings: Settings, tmp_path: Path) -> Settings:
    """Settings of the mode `test`, without a database; spooled bodies and attachments go to the test's own folder."""
    return session_settings.model_copy(update={"spool_dir": tmp_path, "attachments_url": (tmp_path / "attachments").as_uri()})
