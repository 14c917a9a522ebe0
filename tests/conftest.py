"""Fixtures by subject: see the modules named here."""

import asyncio
import gc
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import uvloop
from hypothesis import settings

# A check of a change tests the same examples every time, so that it fails only because of the change.
settings.register_profile("fixed", derandomize=True)
settings.register_profile("random")
settings.load_profile("fixed")

pytest_plugins = [
    "tests.fixtures_settings",
    "tests.fixtures_postgres",
    "tests.fixtures_campaign",
    "tests.fixtures_api",
    "tests.fixtures_campaign_api",
    "tests.hostile.tally",
    "tests.fixtures_sampled",
    "tests.fixtures_served",
]

HERE = Path(__file__).parent

sys.modules["sniffio"] = None  # type: ignore[assignment] # httpx looks for it on the disk at every request, in vain


def pytest_asyncio_loop_factories() -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Run coroutines on the event loop of the served product, which also costs less."""
    return {"uvloop": uvloop.new_event_loop}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever starts processes comes first, as a long test at the end leaves the other workers idle."""
    items.sort(key=lambda item: HERE not in item.path.parents[:1] and not {HERE / "cli", HERE / "clients"} & {*item.path.parents})


def pytest_collection_finish() -> None:
    """Leave the collected tests out of garbage collections: looking through them takes a second, in which time limits pass."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)  # much is made and forgotten at each request
