"""Settings and time of a test: nothing comes from the environment, the clock stands still until it is moved."""

import os
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from shared.clock import Clock
from shared.settings import Settings

MEMORY = Path("/dev/shm")  # noqa: S108 - pytest makes a closed folder in it
ROOM_BYTES = 4 << 30  # several times what a run needs
NOW = datetime.fromisoformat("2022-09-06T10:00+08:00")


def pytest_configure(config: pytest.Config) -> None:
    """Keep what tests write in memory where there is room: they make hundreds of databases, and real servers sync them.

    `--basetemp` and PYTEST_DEBUG_TEMPROOT say otherwise.
    """
    if config.getoption("basetemp") is None and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= ROOM_BYTES:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


@pytest.fixture(autouse=True, scope="session")
def clean_environment() -> Iterator[None]:
    """Take the settings of whoever runs the tests out of the way; the address of another server to test on stays.

    The command, started a hundred times, is compiled once.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
        for name in os.environ:
            if name.startswith("GIGACITY_") and name != "GIGACITY_TEST_DATABASE_URL":
                patch.delenv(name)
        yield


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
    """Settings of the mode `test`, without a database; spooled bodies go to the test's own folder."""
    return session_settings.model_copy(update={"spool_dir": tmp_path})
